//! What the answer to a call stands for: a value, or an error with what is known of the call.

use http::{StatusCode, header};
use reqwest::Response;

use super::progress::Progress;
use super::{Attempt, Call, Decode, redirect, stage};
use crate::auth;
use crate::decode::{Answer, Unreadable, is_readable};
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
        mut response: Response,
        progress: &mut Progress,
    ) -> (Result<Answer, Error>, RetryClass) {
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
        let class = RetryClass::of_answer(status, &headers, &body);
        auth::remember_answer(&self.shared.secrets, &self.meta, &body);
        let mut answer = http::Response::new(body);
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        (Ok(answer), class)
    }

    /// Decodes a successful response; if it is not JSON, the next attempt may do better.
    pub(super) fn decoded(
        &self,
        mut attempt: Attempt,
        progress: &Progress,
        decode: &mut Decode<'_>,
    ) -> Attempt {
        if let Ok(answer) = &mut attempt.outcome
            && is_readable(answer.status(), self.meta.reads)
        {
            stage("decode");
            self.mask_location(answer);
            if let Err(unreadable) = decode(answer) {
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
        mut answer: Answer,
        attempts: u32,
        decode: &mut Decode<'_>,
    ) -> Result<(), Error> {
        let mut progress = Progress::new(self);
        progress.attempts = attempts;
        progress.status = Some(answer.status());
        if let Some(id) = cause::transaction_id(answer.headers()) {
            progress.transaction_id = id;
        }
        let read = match is_readable(answer.status(), self.meta.reads) {
            true => {
                self.mask_location(&mut answer);
                decode(&answer).map_err(|unreadable| self.unreadable(&progress, unreadable))
            }
            false => self.judge(&answer, &mut progress),
        };
        read.map_err(|error| error.masked(&self.shared.secrets))
    }

    /// Returns the error that a response represents, or `Ok` if it is a success.
    pub(super) fn judge(&self, answer: &Answer, progress: &mut Progress) -> Result<(), Error> {
        let status = answer.status();
        if is_readable(status, self.meta.reads) {
            return Ok(());
        }
        // Only the redirect of another region proves that nothing ran. A server that sends any
        // other redirect may have forwarded the write before.
        let redirected = status.is_redirection() && !self.is_of_another_region(answer);
        progress.doubtful |= !self.meta.safe && redirected;
        Err(cause::classify(
            status,
            answer.headers(),
            answer.body(),
            &self.context(progress),
            &self.shared.secrets,
        ))
    }

    /// Returns whether this is the documented 307 of a region that the customer does not live in;
    /// it may have no `Location`.
    fn is_of_another_region(&self, answer: &Answer) -> bool {
        let asked = self.shared.settings.endpoints.api();
        answer.status() == StatusCode::TEMPORARY_REDIRECT
            && (redirect::region(answer.headers(), asked).is_some() || {
                let body = ErrorBody::read(answer.body(), &self.shared.secrets);
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
    fn mask_location(&self, answer: &mut Answer) {
        let location = answer.headers().get(header::LOCATION);
        let Some(mut location) = location.and_then(|it| it.to_str().ok()).map(str::to_owned) else {
            return;
        };
        self.shared.secrets.mask(&mut location);
        if let Ok(location) = location.parse() {
            answer.headers_mut().insert(header::LOCATION, location);
        }
    }

    fn error(&self, progress: &Progress, mut inner: Inner) -> Error {
        inner.operation = Some(self.meta.id);
        inner.status = progress.status;
        inner.attempts = progress.attempts;
        inner.transaction_id = Some(progress.transaction_id.clone());
        inner.into_error()
    }

    /// Returns what an error says about this call.
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
