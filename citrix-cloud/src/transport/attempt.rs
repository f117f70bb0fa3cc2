//! One call's attempts: turn, token, send, classify, wait, again.

use std::sync::Arc;

use http::{StatusCode, header};
use reqwest::{Request, Response};
use tokio::time::Instant;

use super::body::{self, Broken};
use super::limiter::Feedback;
use super::repeat::{self, Fate};
use super::token::{AuthRetry, Token};
use super::{Answer, Call, NotSent, PermitUse, connection, dress, duplicate, redirect, route};
use crate::error::cause;
use crate::{Error, ErrorKind};

/// One attempt that is over.
struct Attempt {
    /// The answer, or what broke.
    outcome: Result<Answer, Error>,
    fate: Fate,
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
                fate,
                token,
            } = self.once(request, &target, operation).await?;
            let again = match (fate, &outcome, &token) {
                (Fate::Unauthorized, _, Some(token)) => {
                    renewals.allow(&self.shared.tokens, token).await
                }
                (Fate::Final, Ok(answer), _)
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
                (Fate::Final | Fate::Unauthorized, ..) => false,
                (fate, ..) => {
                    failures += 1;
                    self.wait_for_another(fate, failures).await
                }
            };
            if !again {
                return outcome;
            }
        }
    }

    /// Waits until a request that failed so may be sent again; false when it may not.
    pub(super) async fn wait_for_another(&self, fate: Fate, failures: u32) -> bool {
        if self.options.permit == PermitUse::Shared {
            return false;
        }
        let (harmless, deadline) = (self.harmless(), self.deadline());
        self.shared
            .wait_for_another(fate, harmless, failures, deadline, fastrand::f64())
            .await
    }

    /// Whether repeating this call does no harm: it reads, or the caller says so.
    fn harmless(&self) -> bool {
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
        // Before the turn, so that all who need a token wait for one request and share its failure;
        // once more after it, where the token has ended while the call waited for its turn.
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
                Err(NotSent::NotNow(error, fate)) => {
                    if let Some(permit) = permit {
                        permit.end(feedback(fate));
                    }
                    return Ok(Attempt {
                        outcome: Err(error),
                        fate,
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
        let (outcome, fate) = match self.shared.exchange(request, operation).await {
            Ok(response) => self.answered(response, operation).await,
            Err(error) => self.unanswered(&error, operation),
        };
        if let Some(permit) = permit {
            permit.end(feedback(fate));
        }
        if matches!(fate, Fate::Final) {
            self.shared.budget.pay_in();
        }
        self.keep(|record| {
            record.in_flight = false;
            record.doubtful |= record.writes && fate == Fate::Doubtful;
        });
        Ok(Attempt {
            outcome,
            fate,
            token,
        })
    }

    fn unanswered(
        &self,
        error: &reqwest::Error,
        operation: &'static str,
    ) -> (Result<Answer, Error>, Fate) {
        let outcome = Err(connection::broken(error, &self.circumstance(operation)));
        (outcome, repeat::unanswered(error))
    }

    async fn answered(
        &self,
        mut response: Response,
        operation: &'static str,
    ) -> (Result<Answer, Error>, Fate) {
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
        let fate = repeat::fate_of(status, &headers, &body);
        let mut answer = http::Response::new(body);
        *answer.status_mut() = status;
        *answer.headers_mut() = headers;
        (Ok(answer), fate)
    }

    /// An answer whose head came and whose body did not.
    fn unread(
        &self,
        broken: Broken,
        status: StatusCode,
        operation: &'static str,
    ) -> (Result<Answer, Error>, Fate) {
        let circumstance = self.circumstance(operation);
        match broken {
            Broken::CutShort(error) => (
                Err(connection::cut_short(&error, &circumstance)),
                Fate::Doubtful,
            ),
            Broken::TooLong(why) | Broken::Garbled(why) => (
                Err(connection::unusable(
                    ErrorKind::Decode,
                    format!("the answer cannot be used: {why}"),
                    status,
                    &circumstance,
                )),
                Fate::Final,
            ),
        }
    }
}

/// What the limiter learns from what is known about a request.
fn feedback(fate: Fate) -> Feedback {
    match fate {
        Fate::Refused(_) => Feedback::Refused,
        Fate::NeverSent | Fate::Doubtful => Feedback::Failed,
        Fate::Final | Fate::Unauthorized => Feedback::Answered,
    }
}
