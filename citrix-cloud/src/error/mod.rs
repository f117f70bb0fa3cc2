//! The error type.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::StatusCode;

use crate::mask::KnownSecrets;

pub(crate) mod body;
pub(crate) mod cause;
pub(crate) mod delay;
mod kind;
pub(crate) mod status;

pub use kind::ErrorKind;

/// Anything that can go wrong between a call and its typed response.
///
/// There is one opaque type, because callers have the same few questions whichever of its ten error
/// bodies the service sent: what kind of error is it, what did the service say, which transaction
/// was it, did the write happen? It is one word wide and cheap to clone.
///
/// `Display` prints the service's own message, the status, the transaction id and, if Citrix's
/// documentation gives one, the likely cause. `Debug` prints the same and the causes, so a `main`
/// that returns the error prints it as a person wants to read it; `{:#?}` prints every field. None
/// of them ever contains a token or a secret.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone, Default)]
pub(crate) struct Inner {
    pub(crate) kind: ErrorKind,
    pub(crate) message: String,
    pub(crate) status: Option<StatusCode>,
    pub(crate) code: Option<String>,
    pub(crate) details: Vec<(String, String)>,
    pub(crate) transaction_id: Option<String>,
    pub(crate) operation: Option<&'static str>,
    pub(crate) attempts: u32,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) hint: Option<String>,
    pub(crate) job: Option<String>,
    pub(crate) source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Inner {
    pub(crate) fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            ..Self::default()
        }
    }

    pub(crate) fn into_error(self) -> Error {
        Error(Arc::new(self))
    }
}

impl Error {
    /// Creates an error, for mocks and for code that wraps this client.
    ///
    /// ```
    /// use citrix_cloud::{Error, ErrorKind};
    ///
    /// let error = Error::new(ErrorKind::NotFound, "no machine of that name");
    /// assert!(error.is_not_found());
    /// assert_eq!(error.to_string(), "no machine of that name");
    /// ```
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Inner::new(kind, message).into_error()
    }

    /// Creates an error about an invalid setting.
    pub(crate) fn config(message: impl Into<String>) -> Self {
        Inner::new(ErrorKind::Config, message).into_error()
    }

    /// Creates an error about an invalid argument.
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Inner::new(ErrorKind::Input, message).into_error()
    }

    /// Creates an error about an unusable response.
    pub(crate) fn decode(message: impl Into<String>) -> Self {
        Inner::new(ErrorKind::Decode, message).into_error()
    }

    /// Creates an error about something that took too long.
    pub(crate) fn timeout(message: impl Into<String>) -> Self {
        Inner::new(ErrorKind::Timeout, message).into_error()
    }

    /// Masks every secret in all texts of the error, including its sources.
    pub(crate) fn masked(mut self, secrets: &KnownSecrets) -> Self {
        let inner = Arc::make_mut(&mut self.0);
        let details = inner.details.iter_mut();
        let details = details.flat_map(|(name, value)| [name, value]);
        let texts = details
            .chain([&mut inner.message])
            .chain(&mut inner.code)
            .chain(&mut inner.transaction_id)
            .chain(&mut inner.hint)
            .chain(&mut inner.job);
        texts.for_each(|text| secrets.mask_and_cut(text));
        if let Some(source) = &inner.source {
            let (said, shown) = (source.to_string(), chain(source.as_ref()));
            let (mut masked, mut hidden) = (said, shown.clone());
            secrets.mask(&mut hidden);
            if hidden != shown {
                secrets.mask(&mut masked);
                let words = Box::<dyn std::error::Error + Send + Sync>::from(masked);
                inner.source = Some(words.into());
            }
        }
        self
    }

    /// Changes the kind of the error.
    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        Arc::make_mut(&mut self.0).kind = kind;
        self
    }

    /// Adds a hint, unless there is one already.
    #[cfg(feature = "monitor")]
    pub(crate) fn with_hint(mut self, hint: &str) -> Self {
        let inner = Arc::make_mut(&mut self.0);
        inner.hint.get_or_insert_with(|| hint.to_owned());
        self
    }

    /// Returns the kind of error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Returns the service's message, or our own if the service sent none.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Returns the HTTP status, if there was a response.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status.map(|status| status.as_u16())
    }

    /// Returns the service's own name for the error: `invalid_client`, `CWSAuthException`,
    /// `https://errors-api.cloud.com/common/authentication`, or the `ErrorType` of DaaS.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// Returns further details from the service: the `parameters` of a problem body, or the
    /// `ErrorDetails` of DaaS.
    #[must_use]
    pub fn details(&self) -> &[(String, String)] {
        &self.0.details
    }

    /// Returns the transaction id of the call, which Citrix support asks for.
    ///
    /// This is the id in the response, or else the one that was sent with the call.
    #[must_use]
    pub fn transaction_id(&self) -> Option<&str> {
        self.0.transaction_id.as_deref()
    }

    /// Returns the `operationId` of the operation that failed, for example `MachinesRebootMachine`.
    #[must_use]
    pub fn operation(&self) -> Option<&'static str> {
        self.0.operation
    }

    /// Returns the number of requests made for the call, not counting token requests.
    #[must_use]
    pub fn attempts(&self) -> u32 {
        self.0.attempts
    }

    /// Returns how long the service asked to wait; [`Duration::MAX`] if the delay could not be
    /// parsed or is longer than a year.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// Returns the likely cause and what to do about it, if the documentation gives one.
    #[must_use]
    pub fn hint(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Returns the id of the job, for [`ErrorKind::JobStarted`], [`ErrorKind::JobFailed`] and other
    /// errors about a job.
    #[must_use]
    pub fn job_id(&self) -> Option<&str> {
        self.0.job.as_deref()
    }

    /// Returns whether the object does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.kind() == ErrorKind::NotFound
    }

    /// Returns whether the credentials or the token were rejected.
    #[must_use]
    pub fn is_auth(&self) -> bool {
        self.kind() == ErrorKind::Auth
    }

    /// Returns whether the service asked to slow down.
    #[must_use]
    pub fn is_throttled(&self) -> bool {
        self.kind() == ErrorKind::Throttled
    }

    /// Returns whether a write was sent and it is unknown if it ran. Do not blindly repeat such a
    /// call.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        self.kind() == ErrorKind::OutcomeUnknown
    }

    /// Returns whether the DaaS site is frozen, whatever the call was;
    /// [`Site::activate_and_wait`](crate::daas::Site::activate_and_wait) wakes it up.
    #[must_use]
    pub fn is_site_frozen(&self) -> bool {
        self.status() == Some(530)
    }

    /// Returns whether the same call may succeed later and is safe to send again.
    ///
    /// These are the errors that the client itself retries, within its attempts, its retry budget
    /// and the call's deadline: requests that were not sent or were rejected, and transient
    /// failures of reads.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        use ErrorKind as K;
        matches!(
            self.kind(),
            K::Connect | K::Timeout | K::Network | K::Throttled | K::Unavailable | K::SiteFrozen
        )
    }
}

impl Error {
    fn fmt_fields(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        f.debug_struct("Error")
            .field("kind", &inner.kind)
            .field("message", &inner.message)
            .field("status", &inner.status.map(|status| status.as_u16()))
            .field("code", &inner.code)
            .field("details", &inner.details)
            .field("transaction_id", &inner.transaction_id)
            .field("operation", &inner.operation)
            .field("attempts", &inner.attempts)
            .field("retry_after", &inner.retry_after)
            .field("hint", &inner.hint)
            .field("job_id", &inner.job)
            .field("source", &inner.source.as_ref().map(ToString::to_string))
            .finish()
    }
}

/// Returns the sources of an error, from the nearest to the deepest.
fn sources<'a>(
    error: &'a (dyn std::error::Error + 'static),
) -> impl Iterator<Item = &'a (dyn std::error::Error + 'static)> {
    std::iter::successors(error.source(), |error| error.source())
}

/// Returns everything that an error and its sources show.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let all = std::iter::once(error).chain(sources(error));
    all.map(|error| format!("{error}\n{error:?}\n")).collect()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.0;
        if let Some(operation) = inner.operation {
            write!(f, "{operation}: ")?;
        }
        f.write_str(&inner.message)?;
        for (name, value) in &inner.details {
            // The message of a failed job already starts with them.
            if name == "ErrorDetails" && inner.message.contains(value.as_str()) {
                continue;
            }
            write!(f, "; {name}: {value}")?;
        }
        let mut facts = Vec::new();
        facts.extend(inner.status.map(|status| format!("status {status}")));
        facts.extend(inner.code.as_ref().map(|code| format!("code {code}")));
        facts.extend(
            inner
                .transaction_id
                .as_ref()
                .map(|id| format!("transaction {id}")),
        );
        if !facts.is_empty() {
            write!(f, " ({})", facts.join(", "))?;
        }
        if let Some(hint) = &inner.hint {
            write!(f, "\nlikely cause: {hint}")?;
        }
        Ok(())
    }
}

/// Readable, because `unwrap` and a `main` that returns the error print it: `{:?}` prints the same as
/// `Display`, and any causes that the message does not mention. `{:#?}` prints every field.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if f.alternate() {
            return self.fmt_fields(f);
        }
        let mut shown = self.to_string();
        for cause in sources(self) {
            let words = cause.to_string();
            // Messages of broken connections name their causes.
            if !shown.contains(&words) {
                shown.push_str("\ncaused by: ");
                shown.push_str(&words);
            }
        }
        f.write_str(&shown)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let source: &(dyn std::error::Error + 'static) = self.0.source.as_deref()?;
        Some(source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug)]
    struct Told(&'static str, Option<Box<Told>>);

    impl fmt::Display for Told {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl std::error::Error for Told {
        fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
            let source: &(dyn std::error::Error + 'static) = self.1.as_deref()?;
            Some(source)
        }
    }

    fn error() -> Error {
        let refused = Told("connection refused", None);
        let inner = Told("tcp connect error", Some(Box::new(refused)));
        Inner {
            operation: Some("MeGetMe"),
            hint: Some("nobody listens there".to_owned()),
            source: Some(Arc::new(Told(
                "error sending request",
                Some(Box::new(inner)),
            ))),
            ..Inner::new(ErrorKind::Connect, "no connection: connection refused")
        }
        .into_error()
    }

    #[test]
    fn a_main_that_returns_the_error_prints_message_hint_and_causes() {
        // `main` prints `Error: ` and the `Debug` of what it returns.
        assert_eq!(
            format!("Error: {:?}", error()),
            "Error: MeGetMe: no connection: connection refused\n\
             likely cause: nobody listens there\n\
             caused by: error sending request\n\
             caused by: tcp connect error"
        );
        let plain = Error::new(ErrorKind::NotFound, "no machine of that name");
        assert_eq!(format!("{plain:?}"), "no machine of that name");
    }

    #[test]
    fn every_field_is_in_the_long_form() {
        let long = format!("{:#?}", error());
        assert!(long.starts_with("Error {\n    kind: Connect,\n"), "{long}");
        assert!(long.contains(r#"operation: Some("#), "{long}");
        assert!(long.contains("attempts: 0,"), "{long}");
    }
}
