//! One call's attempts: turn, token, send, classify, wait, again.

use std::sync::Arc;

use http::{StatusCode, header};
use reqwest::{Request, Response};

use super::body::{self, Broken};
use super::pace::Feedback;
use super::repeat::{self, Fate};
use super::token::{AuthRetry, Token};
use super::{Answer, Call, connection, dress, duplicate, redirect, route};
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
        let turn = self.shared.paces.turn(request.url()).await;
        if token.as_ref().is_some_and(|token| token.is_over()) {
            token = Some(tokens.get(&self.shared, self.deadline()).await?);
        }
        if let Some(token) = &token {
            request
                .headers_mut()
                .insert(header::AUTHORIZATION, token.header());
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
        turn.end(match fate {
            Fate::Refused(_) => Feedback::Refused,
            Fate::NeverSent | Fate::Doubtful => Feedback::Failed,
            Fate::Final | Fate::Unauthorized => Feedback::Answered,
        });
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
