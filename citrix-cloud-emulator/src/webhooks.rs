//! Calls to webhook subscribers. They go to loopback addresses only, because an emulator must not send requests to a
//! network.

use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Uri};
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tokio::net::TcpStream;
use uuid::Uuid;

use crate::world::{Platform, ResourceKind};

/// How long to wait for a subscriber.
const PATIENCE: Duration = Duration::from_secs(5);

/// A change, as reported to subscribers.
pub(crate) struct Change<'a> {
    pub(crate) customer: &'a str,
    /// The kind of object that changed, such as `ResourceLocation`.
    pub(crate) event: &'static str,
    /// `Create`, `Update` or `Delete`.
    pub(crate) kind: &'static str,
    pub(crate) identity: &'a str,
    pub(crate) after: Option<&'a Value>,
}

/// Calls every subscriber once, in the background.
pub(crate) fn notify(platform: &Platform, now: Timestamp, change: &Change<'_>) {
    let Ok(runtime) = tokio::runtime::Handle::try_current() else {
        return;
    };
    for subscription in platform.resources(ResourceKind::Webhook) {
        let text = |field: &str| {
            let value = subscription.fields.get(field).and_then(Value::as_str);
            value.unwrap_or_default().to_owned()
        };
        let wants = |field: &str, have: &str| {
            let wanted = text(field);
            wanted == "*" || wanted.eq_ignore_ascii_case(have)
        };
        if !(wants("eventType", change.event) && wants("changeType", change.kind)) {
            continue;
        }
        let body = json!({
            "CustomerId": change.customer,
            "Type": change.event,
            "ChangeType": change.kind,
            "TransactionId": Uuid::new_v4().to_string(),
            "Identity": change.identity,
            "BeforeChange": null,
            "AfterChange": change.after.map(Value::to_string),
            "TimeStamp": now.to_string(),
        });
        let headers = match subscription.fields.get("authHeaders") {
            Some(Value::Object(headers)) => headers.clone(),
            _ => Map::new(),
        };
        let url = text("url");
        runtime.spawn(async move {
            let call = call(&url, headers, body.to_string());
            match tokio::time::timeout(PATIENCE, call).await {
                Ok(Ok(status)) => tracing::info!(url, status, "called a subscriber"),
                Ok(Err(error)) => tracing::warn!(url, %error, "could not call a subscriber"),
                Err(_) => tracing::warn!(url, "a subscriber did not respond in time"),
            }
        });
    }
}

async fn call(
    url: &str,
    headers: Map<String, Value>,
    body: String,
) -> Result<u16, Box<dyn std::error::Error + Send + Sync>> {
    let url: Uri = url.parse()?;
    let address = loopback(&url).ok_or("only plain http to a loopback address is called")?;
    let stream = TcpStream::connect((address, url.port_u16().unwrap_or(80))).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    let connection = tokio::spawn(connection);
    let path = url.path_and_query().map_or("/", |it| it.as_str());
    let host = url.authority().map_or("", |it| it.as_str());
    let mut request = Request::post(path)
        .header("host", host)
        .header("content-type", "application/json");
    for (name, value) in &headers {
        if let Some(value) = value.as_str() {
            request = request.header(name, value);
        }
    }
    let response = sender.send_request(request.body(Full::<Bytes>::new(body.into()))?);
    let response: http::Response<hyper::body::Incoming> = response.await?;
    connection.abort();
    Ok(response.status().as_u16())
}

fn loopback(url: &Uri) -> Option<IpAddr> {
    if url.scheme_str() != Some("http") {
        return None;
    }
    let host = url.host()?.trim_matches(['[', ']']);
    if host.eq_ignore_ascii_case("localhost") {
        return Some(Ipv4Addr::LOCALHOST.into());
    }
    host.parse::<IpAddr>().ok().filter(IpAddr::is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_addresses_are_called() {
        for (url, called) in [
            ("http://127.0.0.1:8080/hook", true),
            ("http://localhost/hook", true),
            ("http://[::1]:9/", true),
            ("https://127.0.0.1/", false),
            ("http://example.com/", false),
            ("http://127.0.0.1.example.com/", false),
            ("http://10.0.0.1/", false),
            ("/hook", false),
        ] {
            assert_eq!(loopback(&url.parse().unwrap()).is_some(), called, "{url}");
        }
    }
}
