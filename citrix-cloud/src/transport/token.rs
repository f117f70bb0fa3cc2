//! Tokens: had once for all clones, renewed before they end, renewed once when refused.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, header};
use serde::Deserialize;
use serde_json::Value;
use tokio::time::Instant;

use super::{Shared, connection};
use crate::error::Inner;
use crate::error::cause::{self, Circumstance};
use crate::{Error, ErrorKind, Secret, Service};

/// How long before its end a token is renewed, at most; short-lived ones keep nine tenths.
const MARGIN: Duration = Duration::from_secs(60);

/// The life of a token whose answer does not say it.
const DEFAULT_LIFE: Duration = Duration::from_secs(3600);

const OPERATION: &str = "get_access_token";

/// A token and the time until which it is used.
#[derive(Debug)]
pub(crate) struct Token {
    header: HeaderValue,
    renew_at: Instant,
}

impl Token {
    /// The value of the `Authorization` header, marked as sensitive.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// The token itself, for the items of a batch, which carry it in another form.
    pub(crate) fn text(&self) -> Secret {
        let header = self.header.to_str().unwrap_or_default();
        Secret::from(header.split_once('=').map_or("", |(_, token)| token))
    }
}

/// The token that all clones of a client share.
#[derive(Debug, Default)]
pub(crate) struct Tokens {
    current: std::sync::RwLock<Option<Arc<Token>>>,
    renewing: tokio::sync::Mutex<()>,
}

impl Tokens {
    /// The token, asked for if there is none or it is about to end.
    ///
    /// Concurrent callers wait for one request.
    pub(crate) async fn get(&self, shared: &Shared) -> Result<Arc<Token>, Error> {
        if let Some(token) = self.usable() {
            return Ok(token);
        }
        let _guard = self.renewing.lock().await;
        if let Some(token) = self.usable() {
            return Ok(token);
        }
        let token = Arc::new(request(shared).await?);
        *self
            .current
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = Some(token.clone());
        Ok(token)
    }

    /// Forgets a token that was refused, unless another call has renewed it already.
    pub(crate) fn drop_if_current(&self, refused: &Arc<Token>) {
        let mut current = self
            .current
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if current
            .as_ref()
            .is_some_and(|token| Arc::ptr_eq(token, refused))
        {
            *current = None;
        }
    }

    /// The text of the token as it is now.
    pub(crate) fn current(&self) -> Option<String> {
        let current = self
            .current
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        let header = current.as_ref()?.header.to_str().ok()?;
        header.split_once('=').map(|(_, token)| token.to_owned())
    }

    fn usable(&self) -> Option<Arc<Token>> {
        let current = self
            .current
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        current
            .as_ref()
            .filter(|token| Instant::now() < token.renew_at)
            .cloned()
    }
}

/// The answer of the token endpoint: `expires_in` is text in one document and a number in another.
#[derive(Deserialize)]
struct Answer {
    access_token: Option<Secret>,
    expires_in: Option<Value>,
}

impl Answer {
    fn life(&self) -> Duration {
        match &self.expires_in {
            Some(Value::String(text)) => text.trim().parse().ok(),
            Some(Value::Number(number)) => number.as_f64(),
            _ => None,
        }
        .and_then(|seconds: f64| Duration::try_from_secs_f64(seconds).ok())
        .unwrap_or(DEFAULT_LIFE)
    }
}

/// How long a token is used: to `MARGIN` before its end, or nine tenths of a short life.
fn use_for(life: Duration) -> Duration {
    life.saturating_sub(MARGIN)
        .max(life.mul_f64(0.9).min(MARGIN * 9))
}

/// Asks for a token with the client credentials, at the root path, without `Authorization`.
async fn request(shared: &Shared) -> Result<Token, Error> {
    let settings = &shared.settings;
    let mut url = settings.endpoints.api().clone();
    let prefix = url.path().trim_end_matches('/').to_owned();
    url.set_path(&format!("{prefix}/cctrustoauth2/root/tokens/clients"));
    let mut circumstance = Circumstance {
        operation: OPERATION,
        service: Service::Platform,
        signing_in: true,
        writes: false,
        attempts: 1,
        transaction_id: Some(uuid::Uuid::new_v4().to_string()),
    };
    let credentials = &settings.credentials;
    let http = shared.connections.to(&url);
    let built = http
        .post(url)
        .form(&[
            ("grant_type", "client_credentials"),
            ("client_id", credentials.client_id()),
            ("client_secret", credentials.client_secret().expose()),
        ])
        .header(header::ACCEPT, "application/json")
        .header(
            "citrix-transactionid",
            circumstance.transaction_id.as_deref().unwrap_or_default(),
        )
        .build()
        .map_err(|_| Error::config("the credentials cannot be sent as a form"))?;
    let sent = shared.exchange(built, OPERATION).await;
    let response = sent.map_err(|error| connection::broken(&error, &circumstance))?;
    let (status, headers) = (response.status(), response.headers().clone());
    circumstance.transaction_id =
        cause::transaction_id(&headers).or(circumstance.transaction_id.take());
    let body = response
        .bytes()
        .await
        .map_err(|error| connection::cut_short(&error, &circumstance))?;
    if !status.is_success() {
        return Err(shared.masked(cause::judge(status, &headers, &body, &circumstance)));
    }
    // The body of a token answer is never repeated in an error.
    let unreadable = || {
        let mut inner = Inner::new(
            ErrorKind::Decode,
            "the token answer has no usable access_token",
        );
        inner.operation = Some(OPERATION);
        inner.status = Some(status);
        inner.transaction_id = circumstance.transaction_id.clone();
        Error::from(inner)
    };
    let answer: Answer = serde_json::from_slice(&body).map_err(|_| unreadable())?;
    let token = answer
        .access_token
        .as_ref()
        .map(Secret::expose)
        .filter(|token| !token.is_empty());
    let mut header =
        HeaderValue::from_str(&format!("CwsAuth Bearer={}", token.unwrap_or_default()))
            .map_err(|_| unreadable())?;
    token.ok_or_else(unreadable)?;
    header.set_sensitive(true);
    Ok(Token {
        header,
        renew_at: Instant::now() + use_for(answer.life()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_life_is_read_from_text_and_number() {
        let life = |json: &str| {
            serde_json::from_str::<Answer>(json)
                .unwrap()
                .life()
                .as_secs()
        };
        assert_eq!(life("\n   {\"expires_in\": \"1800\"}"), 1800);
        assert_eq!(life(r#"{"expires_in": 1800}"#), 1800);
        assert_eq!(life("{}"), 3600);
        assert_eq!(life(r#"{"expires_in": "soon"}"#), 3600);
        assert_eq!(life(r#"{"expires_in": -5}"#), 3600);
    }

    #[test]
    fn a_token_is_used_until_shortly_before_its_end() {
        assert_eq!(
            use_for(Duration::from_secs(3600)),
            Duration::from_secs(3540)
        );
        assert_eq!(use_for(Duration::from_secs(10)), Duration::from_secs(9));
        assert_eq!(use_for(Duration::ZERO), Duration::ZERO);
    }
}
