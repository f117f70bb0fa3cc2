//! The token request.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use citrix_cloud_gen::operation::Meta;
use http::{HeaderMap, StatusCode, header};
use reqwest::Url;
use serde::de::IgnoredAny;
use serde_json::Value;
use tokio::time::Instant;

use super::store::StoredToken;
use crate::config::Settings;
use crate::error::Inner;
use crate::error::cause::{self, ErrorContext};
use crate::escapes::without_mark;
use crate::mask::KnownSecrets;
use crate::retry::{Retries, RetryClass};
use crate::wire::{Broken, HttpClient, Sending, broken, cut_short, read_body};
use crate::{Error, ErrorKind, Secret};

/// The longest that any token is used, whatever the service says.
pub(super) const LONGEST_LIFE: Duration = Duration::from_secs(24 * 3600);

/// The lifetime of a token if the response does not give one.
const DEFAULT_LIFE: Duration = Duration::from_secs(3600);

/// The largest token response that is read.
const LONGEST: usize = 1024 * 1024;

const OPERATION: &str = "getAccessToken";

/// What is read of a token response. Nothing else in it matters, of whatever type it is, so a token
/// is recognized, and masked, in as many responses as possible.
#[derive(Default)]
struct TokenResponse {
    access_token: Option<Secret>,
    expires_in: Option<Value>,
}

citrix_cloud_gen::model! {
    TokenResponse {
        0 access_token "access_token" value,
        1 expires_in "expires_in" value,
    }
}

/// Returns how long a token may be used: `expires_in` is text in one document and a number in
/// another.
fn life(expires_in: Option<&Value>) -> Duration {
    match expires_in {
        Some(Value::String(text)) => text.trim().parse().ok(),
        Some(Value::Number(number)) => number.as_f64(),
        _ => None,
    }
    .filter(|seconds: &f64| *seconds >= 0.0)
    .map(|seconds| Duration::try_from_secs_f64(seconds).unwrap_or(LONGEST_LIFE))
    .map_or(DEFAULT_LIFE, |life| life.min(LONGEST_LIFE))
}

/// Fetches tokens from the service.
pub(crate) struct Fetcher {
    pub(crate) settings: Arc<Settings>,
    pub(crate) http: Arc<HttpClient>,
    pub(crate) retries: Arc<Retries>,
    pub(crate) secrets: Arc<KnownSecrets>,
}

impl Fetcher {
    /// Requests a token with the client credentials, at the root path and without `Authorization`.
    ///
    /// The request is idempotent, so it is retried like any read, until `deadline`.
    pub(super) async fn fetch(&self, deadline: Instant) -> Result<StoredToken, Error> {
        let mut context = ErrorContext {
            operation: OPERATION,
            daas: false,
            signing_in: true,
            writes: false,
            in_doubt: false,
            attempts: 0,
            transaction_id: Some(uuid::Uuid::new_v4().to_string()),
        };
        loop {
            context.attempts += 1;
            let (outcome, class) = attempt(self, &context).await;
            let failures = context.attempts;
            let retries = &self.retries;
            if !retries
                .after_backoff(class, true, failures, deadline, fastrand::f64())
                .await
            {
                return outcome.map_err(|error| error.masked(&self.secrets));
            }
        }
    }
}

async fn attempt(
    fetcher: &Fetcher,
    context: &ErrorContext,
) -> (Result<StoredToken, Error>, RetryClass) {
    let asked = SystemTime::now();
    let request = match build(fetcher, context) {
        Ok(request) => request,
        Err(error) => return (Err(error), RetryClass::Final),
    };
    let path = request.url().path().to_owned();
    let sending = Sending {
        operation: OPERATION,
        path: &path,
        resend: context.attempts.saturating_sub(1),
        secrets: &fetcher.secrets,
    };
    let mut response = match fetcher.http.send(request, &sending).await {
        Ok(response) => response,
        Err(error) => {
            let class = RetryClass::of_error(&error);
            return (Err(broken(&error, context)), class);
        }
    };
    let status = response.status();
    let body = read_body(&mut response, LONGEST).await;
    let headers = response.headers();
    match body {
        Ok(body) if status.is_success() => {
            let read = read(&body, status, headers, context);
            // A body that is not JSON came from a gateway rather than the service, and is retried
            // like a 503. JSON without a token is the service's final response.
            let class = match &read {
                Err(_) if !is_json(&body) => RetryClass::Ambiguous,
                _ => RetryClass::Final,
            };
            let token = read.map(|(token, life)| StoredToken {
                token,
                expires_at: ends(asked, life),
            });
            (token, class)
        }
        Ok(body) => {
            let error = cause::classify(status, headers, &body, context, &fetcher.secrets);
            let class = RetryClass::of_status(status, error.retry_after());
            (Err(error), class)
        }
        Err(Broken::CutShort(error)) => (Err(cut_short(&error, context)), RetryClass::Ambiguous),
        Err(Broken::TooLong(_) | Broken::Garbled(_)) => (Err(unusable()), RetryClass::Final),
    }
}

fn build(fetcher: &Fetcher, context: &ErrorContext) -> Result<reqwest::Request, Error> {
    let settings = &fetcher.settings;
    let mut url: Url = settings.endpoints.api().clone();
    let prefix = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{prefix}/cctrustoauth2/root/tokens/clients"));
    let credentials = &settings.credentials;
    let http = fetcher.http.to(&url);
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("grant_type", "client_credentials");
    form.append_pair("client_id", credentials.client_id());
    form.append_pair("client_secret", credentials.client_secret().expose());
    http.post(url)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form.finish())
        .header(header::ACCEPT, "application/json")
        .header(
            "citrix-transactionid",
            context.transaction_id.as_deref().unwrap_or_default(),
        )
        .build()
        .map_err(|_| Error::config("the credentials cannot be sent as a form"))
}

/// Remembers the secrets in a caller's own token request, because an error may echo them.
pub(crate) fn remember_request(secrets: &KnownSecrets, meta: &Meta, body: &[u8]) {
    if meta.id != OPERATION {
        return;
    }
    let fields = url::form_urlencoded::parse(body);
    let secret = fields.filter(|(name, _)| name == "client_secret");
    secret.for_each(|(_, secret)| secrets.add(&secret));
}

/// Like [`remember_request`], for the token in the response.
pub(crate) fn remember_response(secrets: &KnownSecrets, meta: &Meta, body: &[u8]) {
    if meta.id == OPERATION
        && let Ok(response) = serde_json::from_slice::<TokenResponse>(without_mark(body))
        && let Some(token) = response.access_token
    {
        secrets.add(token.expose());
    }
}

/// Returns when a token expires that was requested at `asked` and lives for `life`.
fn ends(asked: SystemTime, life: Duration) -> SystemTime {
    asked.checked_add(life).unwrap_or(asked)
}

fn is_json(body: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(without_mark(body)).is_ok()
}

/// Reads a token and its lifetime; the body of a token response is never repeated in an error.
pub(crate) fn read(
    body: &Bytes,
    status: StatusCode,
    headers: &HeaderMap,
    context: &ErrorContext,
) -> Result<(Secret, Duration), Error> {
    let unreadable = || {
        let mut inner = Inner::new(ErrorKind::Decode, UNUSABLE);
        inner.operation = Some(OPERATION);
        inner.status = Some(status);
        inner.attempts = context.attempts;
        inner.transaction_id =
            cause::transaction_id(headers).or_else(|| context.transaction_id.clone());
        inner.into_error()
    };
    let response: TokenResponse =
        serde_json::from_slice(without_mark(body)).map_err(|_| unreadable())?;
    let life = life(response.expires_in.as_ref());
    let usable = |token: &Secret| {
        let text = token.expose();
        !text.is_empty() && http::HeaderValue::from_str(text).is_ok()
    };
    let token = response
        .access_token
        .filter(usable)
        .ok_or_else(unreadable)?;
    Ok((token, life))
}

const UNUSABLE: &str = "the token response has no usable access_token";

pub(super) fn unusable() -> Error {
    let mut inner = Inner::new(ErrorKind::Decode, UNUSABLE);
    inner.operation = Some(OPERATION);
    inner.into_error()
}

#[cfg(test)]
mod tests {
    use citrix_cloud_gen::operation::Operation;
    use citrix_cloud_gen::ops::platform::GetAccessToken;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const TOKEN: &str = "eyJhbGciOi.hunter2";

    #[test]
    fn the_operation_has_the_name_that_the_document_gives_it() {
        use citrix_cloud_gen::operation::Operation as _;
        assert_eq!(
            citrix_cloud_gen::ops::platform::GetAccessToken::META.id,
            OPERATION
        );
    }

    fn response(body: &[u8]) -> Result<(Secret, Duration), Error> {
        let context = ErrorContext {
            operation: OPERATION,
            daas: false,
            signing_in: true,
            writes: false,
            in_doubt: false,
            attempts: 1,
            transaction_id: None,
        };
        let body = Bytes::copy_from_slice(body);
        read(&body, StatusCode::OK, &HeaderMap::new(), &context)
    }

    fn anything() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            any::<String>().prop_map(Value::from),
            prop::collection::vec(any::<u8>(), 0..4).prop_map(Value::from),
            Just(json!(TOKEN)),
            Just(json!([TOKEN])),
            Just(json!({ "access_token": TOKEN })),
        ]
    }

    proptest! {
        #[test]
        fn any_response_is_a_token_that_can_be_sent_or_a_readable_error(
            token in anything(),
            life in anything(),
            other in anything(),
        ) {
            let body = json!({ "access_token": token, "expires_in": life, "scope": other });
            match response(body.to_string().as_bytes()) {
                Ok((read, life)) => {
                    prop_assert_eq!(Some(read.expose()), token.as_str());
                    let kept = StoredToken { token: read, expires_at: ends(SystemTime::now(), life) };
                    prop_assert!(crate::auth::Token::new(kept).is_some());
                }
                Err(error) => {
                    prop_assert_eq!(error.kind(), ErrorKind::Decode);
                    prop_assert!(error.message().contains("access_token"));
                }
            }
        }

        #[test]
        fn no_error_repeats_any_of_a_broken_response(
            before in any::<Vec<u8>>(),
            after in any::<Vec<u8>>(),
            cut in any::<prop::sample::Index>(),
        ) {
            let whole = format!(r#"{{"expires_in":"3600","access_token":"{TOKEN}"}}"#);
            let part = &whole.as_bytes()[..cut.index(whole.len())];
            for body in [&[&before, part, &after].concat()[..], part, &before] {
                if let Err(error) = response(body) {
                    let shown = format!("{error} {error:?} {error:#?}");
                    prop_assert!(!shown.contains("hunter") && !shown.contains("eyJ"), "{}", shown);
                }
            }
        }
    }

    #[test]
    fn other_fields_of_any_type_cost_neither_the_token_nor_its_mask() {
        let body =
            json!({ "access_token": TOKEN, "expires_in": "60", "token_type": 7 }).to_string();
        let (token, life) = response(body.as_bytes()).unwrap();
        assert_eq!((token.expose(), life.as_secs()), (TOKEN, 60));

        let secrets = KnownSecrets::new("client-secret");
        remember_response(&secrets, &GetAccessToken::META, body.as_bytes());
        let mut echo = format!("a gateway repeats {TOKEN}");
        secrets.mask(&mut echo);
        assert!(!echo.contains(TOKEN), "{echo}");
    }

    #[test]
    fn the_lifetime_is_read_from_text_and_number() {
        let life = |json: &str| {
            let response: TokenResponse = serde_json::from_str(json).unwrap();
            super::life(response.expires_in.as_ref()).as_secs()
        };
        assert_eq!(life("\n   {\"expires_in\": \"1800\"}"), 1800);
        assert_eq!(life(r#"{"expires_in": 1800}"#), 1800);
        assert_eq!(life("{}"), 3600);
        assert_eq!(life(r#"{"expires_in": "soon"}"#), 3600);
        assert_eq!(life(r#"{"expires_in": -5}"#), 3600);
        for beyond_reason in [
            "1e19",
            "1e300",
            "\"1e19\"",
            "\"inf\"",
            "18446744073709551615",
        ] {
            let json = format!(r#"{{"expires_in": {beyond_reason}}}"#);
            assert_eq!(life(&json), 24 * 3600, "{json}");
        }
        assert_eq!(life(r#"{"expires_in": "NaN"}"#), 3600);
    }
}
