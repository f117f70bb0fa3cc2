//! Responses that replace the real one.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::kind::{FaultKind, RetryDelay, Shape};
use super::rules::InjectedFault;
use crate::clock::later;
use crate::http::errors::common::problem;
use crate::http::errors::{gateway, orchestration};
use crate::http::{Call, Reply};

/// The error page of a proxy along the way.
const PAGE: &str = "<html>\r\n<head><title>Bad gateway</title></head>\r\n<body>\r\n\
                    <h1>The service cannot be reached</h1>\r\n</body>\r\n</html>\r\n";

/// The status of a site that must be activated first, according to Citrix's Go SDK.
const FROZEN: u16 = 530;

/// Builds the response of a kind that defines one.
pub(super) fn instead(kind: &FaultKind, call: &Call) -> Option<Reply> {
    Some(match kind {
        FaultKind::Status(status) => plain(valid(*status)),
        FaultKind::FrozenSite => plain(FROZEN),
        FaultKind::RetryLater { status, delay } => retry_later(valid(*status), *delay),
        FaultKind::Html(status) => Reply::text(valid(*status), "text/html", PAGE),
        FaultKind::Text(status) => {
            Reply::text(valid(*status), "text/plain", "The service is unavailable.")
        }
        FaultKind::Empty(status) => Reply::empty(valid(*status)),
        FaultKind::Redirect { host, location } => redirect(call, host, *location),
        _ => return None,
    })
}

/// Returns the response to an injected fault that prevents the request from being carried out, if any.
pub(crate) fn before_acting(injected: &InjectedFault, call: &Call) -> Option<Reply> {
    (!injected.acts)
        .then(|| instead(&injected.kind, call))
        .flatten()
}

/// The error of a job that fails.
pub(super) fn of_job() -> Reply {
    orchestration::unexpected(500, "The operation could not be completed.")
}

/// Returns whether the response comes from a component that does not know transaction ids.
pub(crate) fn lacks_transaction(kind: &FaultKind) -> bool {
    matches!(kind, FaultKind::Html(_) | FaultKind::Status(502))
}

fn valid(status: u16) -> u16 {
    if (200..=999).contains(&status) {
        status
    } else {
        500
    }
}

/// Returns the service's own body for a status, in the family that uses it.
fn plain(status: u16) -> Reply {
    match status {
        502 => Reply::text(status, "text/html", PAGE),
        503 => problem(
            status,
            "serviceUnavailable",
            "The service is unavailable.",
            None,
        ),
        429 => problem(status, "rateLimitExceeded", "Too many requests.", None),
        200..=299 => Reply::empty(status),
        _ => gateway::error(status, phrase(status)),
    }
}

/// Returns the response of a batch item.
pub(super) fn of_item(kind: &FaultKind) -> Reply {
    let status = match kind {
        FaultKind::ItemFails(status) => valid(*status),
        _ => 500,
    };
    if status == 429 || status == 503 {
        plain(status)
    } else {
        orchestration::unexpected(status, "The item could not be worked on.")
    }
}

fn retry_later(status: u16, delay: RetryDelay) -> Reply {
    let in_time = |seconds: u32| {
        // Rounded up, because an HTTP date has whole seconds.
        let wait = SignedDuration::from_secs(i64::from(seconds) + 1);
        let at = later(Timestamp::now(), wait);
        Timestamp::from_second(at.as_second()).unwrap_or(at)
    };
    let name = if status == 429 {
        "rateLimitExceeded"
    } else {
        "serviceUnavailable"
    };
    let refusal = |parameters| problem(status, name, "Try again later.", parameters);
    match delay {
        RetryDelay::None => refusal(None),
        RetryDelay::Seconds(seconds) => refusal(None).with("Retry-After", seconds.to_string()),
        RetryDelay::HttpDate(seconds) => {
            let date = in_time(seconds).strftime("%a, %d %b %Y %H:%M:%S GMT");
            refusal(None).with("Retry-After", date.to_string())
        }
        RetryDelay::Rfc3339(seconds) => {
            refusal(None).with("Retry-After", in_time(seconds).to_string())
        }
        RetryDelay::Parameters { seconds, shape } => refusal(Some(parameters(seconds, shape))),
        RetryDelay::Message(seconds) => {
            let message = format!("Rate limit is exceeded. Try again in {seconds} seconds.");
            gateway::error(status, &message)
        }
    }
}

fn parameters(seconds: u32, shape: Shape) -> Value {
    let seconds = seconds.to_string();
    match shape {
        Shape::NameValue => json!([{ "name": "retryDelay", "value": seconds }]),
        Shape::KeyValue => json!([{ "key": "retryDelay", "value": seconds }]),
        Shape::Map => json!({ "retryDelay": seconds }),
        Shape::Bare => json!({ "name": "retryDelay", "value": seconds }),
        Shape::Maps => json!([{ "retryDelay": seconds }]),
    }
}

/// The regions among the parameters are those in the official client's tests.
fn redirect(call: &Call, host: &str, location: bool) -> Reply {
    let region = |host: &str| {
        let first = host.split('.').next().unwrap_or_default();
        match first.strip_prefix("api-") {
            Some("ap-s") => "asp".to_owned(),
            Some(region) => region.to_owned(),
            None => "us".to_owned(),
        }
    };
    let here = call.host.as_deref().unwrap_or_default();
    let customer = call.header("citrix-customerid").unwrap_or_default();
    let parameters = json!([
        { "name": "Citrix-CustomerId", "value": customer },
        { "name": "customerDataRegion", "value": region(host) },
        { "name": "currentAPIMRegion", "value": region(here) },
    ]);
    let detail = "The customer's data is in another region.";
    let reply = problem(307, "Redirect", detail, Some(parameters));
    if location {
        // The service puts an internal path there, which callers cannot use.
        let path = call.segments.join("/");
        reply.with(
            "Location",
            format!("https://{host}/feature-data_move/{path}"),
        )
    } else {
        reply
    }
}

fn phrase(status: u16) -> &'static str {
    if status == FROZEN {
        return "The site is frozen.";
    }
    let known = http::StatusCode::from_u16(status).ok();
    known
        .and_then(|status| status.canonical_reason())
        .unwrap_or("Unknown")
}
