//! The pipeline: everything between the request of an operation and its response.
//!
//! Every call of every operation goes through it, without exception:
//!
//! ```text
//! headers (once) -> route (once)
//!   -> retry { token -> permit -> send -> read within limits -> classify -> decode }
//! ```
//!
//! [`Call::send`] is the whole pipeline, [`Call::attempts`] the retry loop and [`Call::attempt`]
//! one attempt; `response` reads and classifies the response. A response is decoded once it is final;
//! truncated JSON is one more reason to retry.
//!
//! A request that was never sent, or was rejected before anything ran, is always retried; one that
//! may have run is retried only if it is idempotent ([`crate::retry`]). A 401 refreshes the token
//! once. All waiting stays within the deadline of the call. Redirects are never followed
//! automatically.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use citrix_cloud_gen::operation::{Meta, Scope};
use http::{Request, StatusCode, header};
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::Error;
use crate::auth::{self, AuthRetry, Token, TokenCache};
use crate::config::Settings;
use crate::decode::{Response, Unreadable};
use crate::endpoints::Service;
use crate::mask::KnownSecrets;
use crate::retry::{Retries, RetryClass};
use crate::wire::{HttpClient, Sending, broken, timed_out};

mod before_send;
mod headers;
mod limiter;
mod progress;
mod redirect;
mod response;
mod route;
mod trace;
#[cfg(feature = "monitor")]
mod turns;

#[cfg(test)]
mod tests;

pub(crate) use before_send::{BeforeSend, NotSent, PermitUse};
use limiter::Feedback;
pub(crate) use limiter::{FixedRate, Limiters};
use progress::Progress;
pub(crate) use route::Router;
use route::{Routed, Target};
#[cfg(feature = "monitor")]
pub(crate) use turns::Turns;

/// The state that all clones of a client share.
pub(crate) struct Shared {
    pub(crate) settings: Arc<Settings>,
    pub(crate) http: Arc<HttpClient>,
    pub(crate) tokens: Arc<TokenCache>,
    pub(crate) limiters: Limiters,
    pub(crate) retries: Arc<Retries>,
    pub(crate) router: Router,
    /// The queue for Monitor, which accepts one query per customer at a time.
    #[cfg(feature = "monitor")]
    pub(crate) monitor: Turns,
    pub(crate) secrets: Arc<KnownSecrets>,
}

/// Settings that one call may override.
#[derive(Clone, Default)]
pub(crate) struct Options {
    pub(crate) timeout: Option<Duration>,
    pub(crate) transaction_id: Option<String>,
    /// Whether the caller has declared the call idempotent.
    pub(crate) idempotent: bool,
    /// The check that runs each time the call is about to be sent.
    pub(crate) before_send: Option<Arc<dyn BeforeSend>>,
    pub(crate) permit: PermitUse,
    /// A status that is final, because a retry would end the same way.
    pub(crate) not_retried: Option<u16>,
}

/// The context of a call: everything known about it except the request.
#[derive(Clone)]
pub(crate) struct Call {
    pub(crate) shared: Arc<Shared>,
    pub(crate) meta: Meta,
    /// The site that an operation of Citrix DaaS is for.
    pub(crate) site: Option<String>,
    pub(crate) options: Options,
}

/// Decodes a response into a place from which the caller takes it.
pub(crate) type Decode<'a> = dyn FnMut(&Response) -> Result<(), Unreadable> + Send + 'a;

/// A finished attempt.
struct Attempt {
    /// The response, or the failure.
    outcome: Result<Response, Error>,
    class: RetryClass,
    /// The token that it was sent with.
    token: Option<Arc<Token>>,
}

impl Call {
    /// Returns the call of an operation that is not for a site, with the client's settings.
    pub(crate) fn new(shared: &Arc<Shared>, meta: Meta) -> Self {
        Self {
            shared: shared.clone(),
            meta,
            site: None,
            options: Options::default(),
        }
    }

    /// Sends a request through the pipeline and decodes the response.
    pub(crate) async fn send(
        &self,
        mut request: Request<Bytes>,
        decode: &mut Decode<'_>,
    ) -> Result<(), Error> {
        let mut progress = Progress::new(self);
        // Before our own headers are added, none of which is secret.
        self.shared.secrets.add_headers(request.headers());
        let span = self.span(&progress.transaction_id);
        span.in_scope(|| headers::insert(&mut request, self, &progress.transaction_id))?;
        auth::remember_request(&self.shared.secrets, &self.meta, request.body());
        let deadline = progress.deadline;
        async {
            let sent = async {
                let progress = &mut progress;
                match self
                    .shared
                    .router
                    .route(self, &request, progress, decode)
                    .await?
                {
                    Routed::To(target) => self.attempts(&request, target, progress, decode).await,
                    Routed::Response(response) => Ok(response),
                }
            };
            let outcome = match tokio::time::timeout_at(deadline, sent).await {
                Ok(outcome) => {
                    outcome.and_then(|response| self.error_for_status(&response, &mut progress))
                }
                Err(_) => {
                    let context = self.context(&progress);
                    Err(timed_out(self.timeout(), &context))
                }
            };
            progress.record(&span, &outcome);
            outcome.map_err(|error| error.masked(&self.shared.secrets))
        }
        .instrument(span.clone())
        .await
    }

    /// Returns the request as it would be sent, without its token.
    pub(crate) fn preview(&self, mut request: Request<Bytes>) -> Result<Request<Bytes>, Error> {
        headers::insert(&mut request, self, &Progress::new(self).transaction_id)?;
        let aimed = route::guess(self)?.aim(&request)?;
        let mut preview = Request::new(request.into_body());
        *preview.method_mut() = aimed.method().clone();
        *preview.headers_mut() = aimed.headers().clone();
        *preview.uri_mut() = aimed
            .url()
            .as_str()
            .parse()
            .map_err(|_| Error::input("the URL is too long"))?;
        Ok(preview)
    }

    /// Sends a request until the response is final or it must not be sent again.
    ///
    /// A successful response has been decoded when this returns.
    async fn attempts(
        &self,
        request: &Request<Bytes>,
        mut target: Target,
        progress: &mut Progress,
        decode: &mut Decode<'_>,
    ) -> Result<Response, Error> {
        let mut failures = 0;
        let mut refreshes = AuthRetry::default();
        let mut redirected = false;
        loop {
            let attempt = self.attempt(request, &target, progress).await?;
            let Attempt {
                outcome,
                class,
                token,
            } = self.decoded(attempt, progress, decode);
            let again = match (class, &outcome, &token) {
                (RetryClass::Unauthorized, _, Some(token)) => {
                    refreshes.allow(&self.shared.tokens, token).await
                }
                (RetryClass::Final, Ok(response), _)
                    if response.status() == StatusCode::TEMPORARY_REDIRECT
                        && self.shared.settings.follow_region
                        && !redirected =>
                {
                    redirected = true;
                    match redirect::region(response.headers(), target.base()) {
                        Some(host) => target.move_to(&host),
                        None => false,
                    }
                }
                (RetryClass::Final | RetryClass::Unauthorized, ..) => false,
                (_, Ok(response), _)
                    if Some(response.status().as_u16()) == self.options.not_retried =>
                {
                    false
                }
                (class, ..) => {
                    failures += 1;
                    // Under a shared permit, the permit's holder does the retrying.
                    self.options.permit == PermitUse::Own
                        && self
                            .shared
                            .retries
                            .after_backoff(
                                class,
                                self.is_idempotent(),
                                failures,
                                progress.deadline,
                                fastrand::f64(),
                            )
                            .await
                }
            };
            if !again {
                return outcome;
            }
        }
    }

    /// Sends a request once and reads the response: token, permit, last check, send, read,
    /// classify.
    ///
    /// Fails only if nothing was sent and nothing ever will be.
    async fn attempt(
        &self,
        request: &Request<Bytes>,
        target: &Target,
        progress: &mut Progress,
    ) -> Result<Attempt, Error> {
        let path = request.uri().path();
        let mut request = target.aim(request)?;
        let (tokens, check) = (&self.shared.tokens, self.options.before_send.as_ref());
        // Before the permit, so that all calls that need a token wait for one request and share its
        // failure. Again after the permit, in case the token expired while the call was waiting.
        stage("token");
        let mut token = match self.meta.authenticated {
            true => Some(tokens.get(progress.deadline).await?),
            false => None,
        };
        stage("permit");
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
            token = Some(tokens.get(progress.deadline).await?);
        }
        if let Some(token) = &token {
            let headers = request.headers_mut();
            headers.insert(header::AUTHORIZATION, token.header());
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
        progress.attempts += 1;
        progress.status = None;
        progress.in_flight = true;
        let span = tracing::Span::current();
        span.record(
            "server.address",
            request.url().host_str().unwrap_or_default(),
        );
        span.record("url.path", request.url().path());
        stage("send");
        let sending = Sending {
            operation: self.meta.id,
            path,
            resend: progress.attempts.saturating_sub(1),
            secrets: &self.shared.secrets,
        };
        let (outcome, class) = match self.shared.http.send(request, &sending).await {
            Ok(response) => self.receive(response, progress).await,
            Err(error) => (
                Err(broken(&error, &self.context(progress))),
                RetryClass::of_error(&error),
            ),
        };
        if let Some(permit) = permit {
            permit.end(feedback(class));
        }
        if class == RetryClass::Final {
            self.shared.retries.deposit();
        }
        progress.in_flight = false;
        progress.doubtful |= !self.meta.safe && class == RetryClass::Ambiguous;
        Ok(Attempt {
            outcome,
            class,
            token,
        })
    }

    pub(crate) fn service(&self) -> Service {
        Service::of(self.meta.service)
    }

    /// Returns whether the call is for a site.
    pub(crate) fn is_below_a_site(&self) -> bool {
        self.meta.scope == Scope::Site
    }

    /// Returns whether the call may run twice: it reads, or the caller says so.
    pub(crate) fn is_idempotent(&self) -> bool {
        self.options.idempotent || self.meta.safe
    }

    /// Returns the time limit for the call, counted from its start.
    fn timeout(&self) -> Duration {
        self.options.timeout.unwrap_or(self.shared.settings.timeout)
    }

    fn span(&self, transaction_id: &str) -> tracing::Span {
        tracing::info_span!(
            "citrix_cloud.call",
            otel.kind = "client",
            citrix.operation = self.meta.id,
            citrix.transaction_id = transaction_id,
            http.request.method = %self.meta.method,
            http.response.status_code = tracing::field::Empty,
            http.request.resend_count = tracing::field::Empty,
            server.address = tracing::field::Empty,
            server.port = tracing::field::Empty,
            url.path = tracing::field::Empty,
            error.type = tracing::field::Empty,
        )
    }
}

/// Converts a retry class into feedback for the limiter.
fn feedback(class: RetryClass) -> Feedback {
    match class {
        RetryClass::Rejected(_) => Feedback::Refused,
        class if class.is_failure() => Feedback::Failed,
        _ => Feedback::Accepted,
    }
}

/// Logs which stage a call has reached.
fn stage(name: &'static str) {
    tracing::trace!(stage = name);
}
