//! One call's attempts: turn, token, send, classify, wait, again.

use std::sync::Arc;

use http::{StatusCode, header};
use reqwest::{Request, Response};
use tokio::time::Instant;

use super::body::{self, Broken};
use super::limiter::Feedback;
use super::retry::RetryClass;
use super::token::{AuthRetry, Token};
use super::{Answer, Call, NotSent, PermitUse, connection, dress, duplicate, redirect, route};
use crate::error::cause;
use crate::{Error, ErrorKind};

/// One attempt that is over.
struct Attempt {
    /// The answer, or what broke.
    outcome: Result<Answer, Error>,
    class: RetryClass,
    /// The token that it was sent with.
    token: Option<Arc<Token>>,
}

impl Call {
    /// Sends a request to a target until it is answered for good, or may not be sent again.
    ///
    /// The last attempt's answer or failure is returned as it is.
    pub(super) async fn attempt(
        &self,
        request: &Request,
        mut target: route::Target,
        operation: &'static str,
    ) -> Result<Answer, Error> {
        let mut failures = 0;
        let mut renewals = AuthRetry::default();
        let mut redirected = false;
        loop {
            let Attempt {
                outcome,
                class,
                token,
            } = self.once(request, &target, operation).await?;
            let again = match (class, &outcome, &token) {
                (RetryClass::Unauthorized, _, Some(token)) => {
                    renewals.allow(&self.shared.tokens, token).await
                }
                (RetryClass::Final, Ok(answer), _)
                    if answer.status() == StatusCode::TEMPORARY_REDIRECT
                        && self.shared.settings.follow_region
                        && !redirected =>
                {
                    redirected = true;
                    match redirect::region(answer.headers(), target.base()) {
                        Some(host) => target.move_to(&host),
                        None => false,
                    }
                }
                (RetryClass::Final | RetryClass::Unauthorized, ..) => false,
                (class, ..) => {
                    failures += 1;
                    self.retry_after_backoff(class, failures).await
                }
            };
            if !again {
                return outcome;
            }
        }
    }

    /// Waits until a request that failed so may be sent again; false when it may not.
    pub(super) async fn retry_after_backoff(&self, class: RetryClass, failures: u32) -> bool {
        if self.options.permit != PermitUse::Own {
            return false;
        }
        let (idempotent, deadline) = (self.is_idempotent(), self.deadline());
        self.shared
            .retry_after_backoff(class, idempotent, failures, deadline, fastrand::f64())
            .await
    }

    /// Whether repeating this call does no harm: it reads, or the caller says so.
    fn is_idempotent(&self) -> bool {
        self.options.idempotent || !self.lock().writes
    }

    /// Sends the request once and reads the answer.
    ///
    /// Fails only where nothing was sent and nothing ever will be.
    async fn once(
        &self,
        request: &Request,
        target: &route::Target,
        operation: &'static str,
    ) -> Result<Attempt, Error> {
        let mut request = duplicate(request)?;
        target.aim(&mut request)?;
        let tokens = &self.shared.tokens;
        let authenticated = dress::needs_token(operation);
        // Before the permit, so that all who need a token wait for one request and share its failure;
        // once more after it, where the token has ended while the call waited for its permit.
        let mut token = match authenticated {
            true => Some(tokens.get(&self.shared, self.deadline()).await?),
            false => None,
        };
        // The question which API version is there is no attempt of the call.
        let is_own = self.lock().operation == Some(operation);
        let check = self.options.before_send.as_ref().filter(|_| is_own);
        let mut permit = match self.options.permit {
            PermitUse::Own => {
                let alone = |at| check.is_none_or(|check| check.is_ready_at(at));
                Some(self.shared.limiters.permit(request.url(), alone).await)
            }
            PermitUse::Shared => None,
            PermitUse::Beside => {
                self.shared.limiters.place(request.url()).await;
                None
            }
        };
        if token.as_ref().is_some_and(|token| token.is_over()) {
            token = Some(tokens.get(&self.shared, self.deadline()).await?);
        }
        if let Some(token) = &token {
            request
                .headers_mut()
                .insert(header::AUTHORIZATION, token.header());
        }
        if let Some(check) = check {
            let ready = async {
                if !check.is_ready_at(Instant::now()) {
                    check.refresh(PermitUse::Shared).await?;
                    if let Some(permit) = &mut permit {
                        permit.second().await;
                    }
                }
                check.commit()
            };
            match ready.await {
                Ok(Some(body)) => *request.body_mut() = Some(body.into()),
                Ok(None) => {}
                Err(NotSent::Never(error)) => return Err(error),
                Err(NotSent::NotNow(error, class)) => {
                    if let Some(permit) = permit {
                        permit.end(feedback(class));
                    }
                    return Ok(Attempt {
                        outcome: Err(error),
                        class,
                        token: None,
                    });
                }
            }
        }
        self.keep(|record| {
            record.attempts += 1;
            record.status = None;
            record.in_flight = true;
        });
        let span = tracing::Span::current();
        let host = request.url().host_str().unwrap_or_default();
        span.record("server.address", host);
        span.record("url.path", request.url().path());
        let (outcome, class) = match self.shared.exchange(request, operation).await {
            Ok(response) => self.answered(response, operation).await,
            Err(error) => self.unanswered(&error, operation),
        };
        if let Some(permit) = permit {
            permit.end(feedback(class));
        }
        if matches!(class, RetryClass::Final) {
            self.shared.budget.deposit();
        }
        self.keep(|record| {
            record.in_flight = false;
            record.doubtful |= record.writes && class == RetryClass::Ambiguous;
        });
        Ok(Attempt {
            outcome,
            class,
            token,
        })
    }

    fn unanswered(
        &self,
        error: &reqwest::Error,
        operation: &'static str,
    ) -> (Result<Answer, Error>, RetryClass) {
        let outcome = Err(connection::broken(error, &self.circumstance(operation)));
        (outcome, RetryClass::of_error(error))
    }

    async fn answered(
        &self,
        mut response: Response,
        operation: &'static str,
    ) -> (Result<Answer, Error>, RetryClass) {
        let status = response.status();
        self.keep(|record| {
            record.status = Some(status);
            if let Some(id) = cause::transaction_id(response.headers()) {
                record.transaction_id = Some(id);
            }
        });
        let limit = self.shared.settings.max_response_size;
        let body = match body::read(&mut response, limit).await {
            Ok(body) => body,
            Err(broken) => return self.unread(broken, status, operation),
        };
        let headers = std::mem::take(response.headers_mut());
        let class = RetryClass::of_answer(status, &headers, &body);
        let mut answer = http::Response::new(body);
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        (Ok(answer), class)
    }

    /// An answer whose head came and whose body did not.
    fn unread(
        &self,
        broken: Broken,
        status: StatusCode,
        operation: &'static str,
    ) -> (Result<Answer, Error>, RetryClass) {
        let circumstance = self.circumstance(operation);
        match broken {
            Broken::CutShort(error) => (
                Err(connection::cut_short(&error, &circumstance)),
                RetryClass::Ambiguous,
            ),
            Broken::TooLong(why) | Broken::Garbled(why) => (
                Err(connection::unusable(
                    ErrorKind::Decode,
                    format!("the answer cannot be used: {why}"),
                    status,
                    &circumstance,
                )),
                RetryClass::Final,
            ),
        }
    }
}

/// What the limiter learns from what is known about a request.
fn feedback(class: RetryClass) -> Feedback {
    match class {
        RetryClass::Rejected(_) => Feedback::Refused,
        RetryClass::NotSent | RetryClass::Ambiguous => Feedback::Failed,
        RetryClass::Final | RetryClass::Unauthorized => Feedback::Answered,
    }
}
