//! Reads the response to a call and turns it into a decoded value or an error.

use http::{StatusCode, header};

use super::progress::Progress;
use super::{Attempt, Call, Decode, redirect, stage};
use crate::auth;
use crate::decode::{Response, Unreadable, is_readable};
use crate::endpoints::Service;
use crate::error::Inner;
use crate::error::body::ErrorBody;
use crate::error::cause::{self, ErrorContext};
use crate::retry::RetryClass;
use crate::wire::{Broken, cut_short, read_body};
use crate::{Error, ErrorKind};

impl Call {
    /// Reads a response within the limits and classifies it.
    pub(super) async fn receive(
        &self,
        mut response: reqwest::Response,
        progress: &mut Progress,
    ) -> (Result<Response, Error>, RetryClass) {
        let status = response.status();
        progress.status = Some(status);
        if let Some(id) = cause::transaction_id(response.headers()) {
            progress.transaction_id = id;
        }
        stage("read");
        let body = match read_body(&mut response, self.shared.settings.max_response_size).await {
            Ok(body) => body,
            Err(Broken::CutShort(error)) => {
                let error = cut_short(&error, &self.context(progress));
                return (Err(error), RetryClass::Ambiguous);
            }
            Err(Broken::TooLong(why) | Broken::Garbled(why)) => {
                let words = format!("the response cannot be used: {why}");
                let error = self.error(progress, Inner::new(ErrorKind::Decode, words));
                return (Err(error), RetryClass::Final);
            }
        };
        stage("classify");
        let headers = std::mem::take(response.headers_mut());
        let class = RetryClass::of_response(status, &headers, &body);
        auth::remember_response(&self.shared.secrets, &self.meta, &body);
        let mut complete = Response::new(body);
        *complete.status_mut() = status;
        *complete.headers_mut() = headers;
        (Ok(complete), class)
    }

    /// Decodes a successful response. One that is not JSON may be retried.
    pub(super) fn decoded(
        &self,
        mut attempt: Attempt,
        progress: &Progress,
        decode: &mut Decode<'_>,
    ) -> Attempt {
        if let Ok(response) = &mut attempt.outcome
            && is_readable(response.status(), self.meta.reads)
        {
            stage("decode");
            self.mask_location(response);
            if let Err(unreadable) = decode(response) {
                if matches!(unreadable, Unreadable::Garbled(_)) {
                    attempt.class = RetryClass::Garbled;
                }
                attempt.outcome = Err(self.unreadable(progress, unreadable));
            }
        }
        attempt
    }

    /// Reads a response that did not come through the pipeline, after N attempts.
    pub(crate) fn read(
        &self,
        mut response: Response,
        attempts: u32,
        decode: &mut Decode<'_>,
    ) -> Result<(), Error> {
        let mut progress = Progress::new(self);
        progress.attempts = attempts;
        progress.status = Some(response.status());
        if let Some(id) = cause::transaction_id(response.headers()) {
            progress.transaction_id = id;
        }
        let read = match is_readable(response.status(), self.meta.reads) {
            true => {
                self.mask_location(&mut response);
                decode(&response).map_err(|unreadable| self.unreadable(&progress, unreadable))
            }
            false => self.error_for_status(&response, &mut progress),
        };
        read.map_err(|error| error.masked(&self.shared.secrets))
    }

    /// Returns the error that a response represents, or `Ok` if it is a success.
    pub(super) fn error_for_status(
        &self,
        response: &Response,
        progress: &mut Progress,
    ) -> Result<(), Error> {
        let status = response.status();
        if is_readable(status, self.meta.reads) {
            return Ok(());
        }
        // Only the redirect of another region proves that nothing ran. A server that sends any
        // other redirect may have forwarded the write before.
        let redirected = status.is_redirection() && !self.is_of_another_region(response);
        progress.doubtful |= !self.meta.safe && redirected;
        Err(cause::classify(
            status,
            response.headers(),
            response.body(),
            &self.context(progress),
            &self.shared.secrets,
        ))
    }

    /// Returns whether this is the documented 307 of a region that the customer does not live in;
    /// it may have no `Location`.
    fn is_of_another_region(&self, response: &Response) -> bool {
        let asked = self.shared.settings.endpoints.api();
        response.status() == StatusCode::TEMPORARY_REDIRECT
            && (redirect::region(response.headers(), asked).is_some() || {
                let body = ErrorBody::read(response.body(), &self.shared.secrets);
                body.region().is_some()
            })
    }

    fn unreadable(&self, progress: &Progress, unreadable: Unreadable) -> Error {
        let inner = match unreadable {
            Unreadable::Garbled(words) | Unreadable::Mismatch(words) => {
                Inner::new(ErrorKind::Decode, words)
            }
            Unreadable::Absent(words) => Inner::new(ErrorKind::NotFound, words),
            Unreadable::Job(id) => {
                let words = format!("the service made job {id} of it; wait for that one");
                let mut inner = Inner::new(ErrorKind::JobStarted, words);
                inner.job = Some(id);
                inner
            }
        };
        self.error(progress, inner)
    }

    /// Masks the `Location` as a whole, because only a part of it is used later, in which a secret
    /// would not be recognized.
    fn mask_location(&self, response: &mut Response) {
        let location = response.headers().get(header::LOCATION);
        let Some(mut location) = location.and_then(|it| it.to_str().ok()).map(str::to_owned) else {
            return;
        };
        self.shared.secrets.mask(&mut location);
        if let Ok(location) = location.parse() {
            response.headers_mut().insert(header::LOCATION, location);
        }
    }

    fn error(&self, progress: &Progress, mut inner: Inner) -> Error {
        inner.operation = Some(self.meta.id);
        inner.status = progress.status;
        inner.attempts = progress.attempts;
        inner.transaction_id = Some(progress.transaction_id.clone());
        inner.into_error()
    }

    /// Returns the context for errors of this call.
    pub(super) fn context(&self, progress: &Progress) -> ErrorContext {
        let writes = !self.meta.safe;
        ErrorContext {
            operation: self.meta.id,
            daas: self.service() == Service::Daas,
            signing_in: false,
            writes,
            in_doubt: writes && (progress.in_flight || progress.doubtful),
            attempts: progress.attempts,
            transaction_id: Some(progress.transaction_id.clone()),
        }
    }
}
