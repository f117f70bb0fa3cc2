//! From what the generated code returns to a typed value or the one [`Error`].

use std::borrow::Cow;
use std::error::Error as _;
use std::future::{Future, ready};

use bytes::Bytes;
use citrix_cloud_gen::{Error as GenError, ResponseValue};
use futures_util::future::Either;
use http::StatusCode;
use serde::de::DeserializeOwned;

use super::{Call, connection};
use crate::error::Inner;
use crate::error::cause::{self, ErrorContext};
use crate::escapes::mended;
use crate::{Error, ErrorKind};

impl Call {
    /// The typed value of a generated operation, or its error.
    ///
    /// What only a failure needs is kept out of the future of every call: answers are large.
    pub(crate) fn settle<'a, T: DeserializeOwned + Send + 'a>(
        &'a self,
        result: Result<ResponseValue<T>, GenError<()>>,
    ) -> impl Future<Output = Result<T, Error>> + Send + 'a {
        match result {
            Ok(value) => Either::Left(ready(Ok(value.into_inner()))),
            Err(error) => Either::Right(Box::pin(async move {
                match error {
                    GenError::InvalidResponsePayload(body, error) => self.reread(body, error).await,
                    error => Err(self.explain(error).await),
                }
            })),
        }
    }

    /// The value of a body that was kept.
    pub(crate) async fn read<T: DeserializeOwned>(&self, body: Bytes) -> Result<T, Error> {
        match serde_json::from_slice(&body) {
            Ok(value) => Ok(value),
            Err(error) => self.reread(body, error).await,
        }
    }

    /// Reads a body that is no JSON once more: with its escapes mended, and, where the call is a
    /// read, from another answer, since one that was cut off or came from a gateway may be whole the
    /// next time.
    async fn reread<T: DeserializeOwned>(
        &self,
        mut body: Bytes,
        mut error: serde_json::Error,
    ) -> Result<T, Error> {
        while error.is_eof() || error.is_syntax() {
            if let Cow::Owned(mended) = mended(&body)
                && let Ok(value) = serde_json::from_slice(&mended)
            {
                return Ok(value);
            }
            let Some(answer) = self.again().await else {
                break;
            };
            let answer = answer?;
            if !answer.status().is_success() {
                return Err(self.explain(GenError::UnexpectedResponse(answer)).await);
            }
            let whole = answer.bytes().await;
            body =
                whole.map_err(|error| Error::decode(format!("the answer broke off: {error}")))?;
            match serde_json::from_slice(&body) {
                Ok(value) => return Ok(value),
                Err(again) => error = again,
            }
        }
        Err(self.unreadable::<T>(&body, &error))
    }

    /// As [`Call::settle`], for a write whose answer may have no body.
    pub(crate) async fn settle_optional<T: DeserializeOwned + Send>(
        &self,
        result: Result<ResponseValue<T>, GenError<()>>,
    ) -> Result<Option<T>, Error> {
        match result {
            Err(GenError::InvalidResponsePayload(body, _))
                if body.is_empty() && self.job_id().is_none() =>
            {
                Ok(None)
            }
            Err(_) if self.kept_blank() && self.job_id().is_none() => Ok(None),
            other => self.settle(other).await.map(Some),
        }
    }

    /// As [`Call::settle`], for an operation whose answer has no body.
    pub(crate) async fn settle_empty(
        &self,
        result: Result<ResponseValue<()>, GenError<()>>,
    ) -> Result<(), Error> {
        match result {
            Ok(_) => self.started_job().map_or(Ok(()), Err),
            Err(_) if self.kept_blank() => self.started_job().map_or(Ok(()), Err),
            Err(error) => Err(self.explain(error).await),
        }
    }

    fn kept_blank(&self) -> bool {
        let record = self.lock();
        let body = record.body.as_ref();
        body.is_some_and(|body| body.trim_ascii().is_empty())
    }

    /// The error behind an error of the generated code.
    pub(crate) async fn explain(&self, error: GenError<()>) -> Error {
        self.shared.masked(self.explained(error).await)
    }

    async fn explained(&self, error: GenError<()>) -> Error {
        let operation = self.record().operation.unwrap_or("call");
        match error {
            GenError::UnexpectedResponse(response) => {
                let (status, headers) = (response.status(), response.headers().clone());
                // The error of a raw client is explained by another call; the answer says whose it is.
                let circumstance = response.extensions().get::<ErrorContext>().cloned();
                let circumstance = circumstance.unwrap_or_else(|| self.circumstance(operation));
                let body = response.bytes().await.unwrap_or_else(|error| {
                    Bytes::from(format!("the error's body did not arrive: {error}"))
                });
                let secrets = &self.shared.secrets;
                cause::classify(status, &headers, &body, &circumstance, secrets)
            }
            GenError::CommunicationError(error) => typed_source(&error)
                .unwrap_or_else(|| connection::broken(&error, &self.circumstance(operation))),
            GenError::ResponseBodyError(error) => {
                connection::cut_short(&error, &self.circumstance(operation))
            }
            GenError::InvalidResponsePayload(body, error) => {
                self.unreadable::<serde::de::IgnoredAny>(&body, &error)
            }
            GenError::InvalidRequest(message) | GenError::Custom(message) => Error::input(message),
            other => Error::input(other.to_string()),
        }
    }

    /// The error of a success whose body is not of the type that the document says.
    fn unreadable<T: DeserializeOwned>(&self, body: &[u8], error: &serde_json::Error) -> Error {
        if let Some(started) = self.started_job() {
            return started;
        }
        let mut deserializer = serde_json::Deserializer::from_slice(body);
        let message = match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
            Err(error) if error.path().iter().next().is_some() => {
                format!(
                    "the answer does not read at `{}`: {}",
                    error.path(),
                    error.inner()
                )
            }
            _ if body.is_empty() => "the answer is empty".to_owned(),
            _ => format!("the answer is not the JSON that the document says: {error}"),
        };
        self.with_record(Inner::new(ErrorKind::Decode, message))
    }

    /// The job that the service made of the call, as an error, when it answered 202.
    fn started_job(&self) -> Option<Error> {
        let id = self.job_id()?;
        let message = format!("the service made job {id} of it; wait for that one");
        let mut inner = Inner::new(ErrorKind::JobStarted, message);
        inner.job = Some(id);
        Some(self.with_record(inner))
    }

    /// The id of the job that goes on in the place of an answer.
    pub(crate) fn job_id(&self) -> Option<String> {
        let record = self.record();
        job_at(record.status?, record.location.as_deref())
    }

    fn with_record(&self, mut inner: Inner) -> Error {
        let record = self.record();
        inner.operation = record.operation;
        inner.status = record.status;
        inner.attempts = record.attempts;
        inner.transaction_id = record.transaction_id;
        self.shared.masked(inner.into())
    }
}

/// The id of the job that a 202 points to: the last segment of its `Location`.
pub(crate) fn job_at(status: StatusCode, location: Option<&str>) -> Option<String> {
    if status != StatusCode::ACCEPTED {
        return None;
    }
    let path = location?.split(['?', '#']).next()?.trim_end_matches('/');
    let id = path.rsplit('/').next()?;
    (!id.is_empty()).then(|| id.to_owned())
}

/// The transport's own error behind a reqwest error.
fn typed_source(error: &reqwest::Error) -> Option<Error> {
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(ours) = inner.downcast_ref::<Error>() {
            return Some(ours.clone());
        }
        source = inner.source();
    }
    None
}
