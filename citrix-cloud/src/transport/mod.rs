//! The transport: everything between a built request and its answer, for every operation.
//!
//! One call goes this way, and nothing goes around it:
//!
//! 1. once per call: transaction id, span, deadline;
//! 2. what it carries: headers, `Content-Length` ([`dress`]);
//! 3. where it goes: origin, API version, site ([`route`]);
//! 4. per attempt ([`attempt`]): a turn at the host ([`limiter`]), token ([`token`]), send, observe, read
//!    the body within limits ([`body`]), classify ([`retry`]), wait;
//! 5. the last attempt's answer is decoded ([`answer`]), or becomes the one [`Error`].
//!
//! A 401 drops the token, and the call is repeated once with a new one. What was never sent or was
//! refused before anything ran is repeated whatever it is; what may have run is repeated only where
//! that does no harm. All waiting is within the deadline.
//!
//! Redirects are never followed by themselves, and error answers are returned as they came.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use citrix_cloud_gen::hooks::{BoxError, Sending, Transport};
use http::{HeaderValue, StatusCode, header};
use reqwest::{Request, Response};
use tokio::time::Instant;
use tracing::Instrument as _;

use crate::error::body::ErrorBody;
use crate::error::cause::{self, ErrorContext};
use crate::mask::KnownSecrets;
use crate::{Error, RequestEvent, Service, deadline};

mod answer;
mod attempt;
mod before_send;
mod body;
mod connection;
mod courier;
mod dress;
mod limiter;
mod redirect;
mod retry;
mod route;
mod token;

pub(crate) use answer::job_at;
pub(crate) use before_send::{BeforeSend, NotSent, PermitUse};
pub(crate) use body::{DEFAULT_LIMIT, without_mark};
pub(crate) use connection::Connections;
pub(crate) use courier::{Attempts, Courier};
pub(crate) use dress::header_safe;
pub(crate) use limiter::{FixedRate, Limiters};
pub(crate) use redirect::region_named;
#[cfg(test)]
pub(crate) use retry::RetryPolicy;
pub(crate) use retry::{RetryBudget, RetryClass, is_safe};
#[cfg(feature = "redis")]
pub use token::RedisTokenStore;
#[cfg(feature = "__fuzz")]
pub(crate) use token::read_answer;
pub(crate) use token::{AuthRetry, NoStore, Token, TokenCache};
pub use token::{
    FileTokenStore, LockGuard, StoreError, StoreFuture, StoredToken, TokenKey, TokenStore,
};

use crate::client::Settings;

/// What all clones of a client share.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) connections: Connections,
    pub(crate) tokens: TokenCache,
    pub(crate) limiters: Limiters,
    pub(crate) budget: RetryBudget,
    pub(crate) route: route::Router,
    pub(crate) secrets: Arc<KnownSecrets>,
}

impl Shared {
    /// Sends one request and shows it to `on_request` and to the log.
    pub(crate) async fn exchange(
        &self,
        request: Request,
        operation: &'static str,
    ) -> reqwest::Result<Response> {
        let on_request = self.settings.on_request.as_ref();
        let exchange = on_request.map(|_| RequestEvent::of(&request, operation));
        let started = std::time::Instant::now();
        let sent = self.connections.to(request.url()).execute(request).await;
        let elapsed = started.elapsed();
        let status = sent
            .as_ref()
            .ok()
            .map(|response| response.status().as_u16());
        tracing::debug!(
            citrix.operation = operation,
            http.response.status_code = status,
            elapsed_ms = elapsed.as_millis() as u64,
            "attempt"
        );
        if let (Some(on_request), Some(exchange)) = (on_request, exchange) {
            on_request(&RequestEvent {
                status,
                elapsed,
                ..exchange
            });
        }
        sent
    }

    /// An error with our own secrets masked, should a service repeat what it was sent.
    pub(crate) fn masked(&self, error: Error) -> Error {
        error.masked(&self.secrets)
    }
}

/// What one call may change of the client's settings.
#[derive(Clone, Default)]
pub(crate) struct Options {
    pub(crate) timeout: Option<Duration>,
    pub(crate) transaction_id: Option<String>,
    /// Whether the caller reads the body of a success itself: the generated code does not get it.
    pub(crate) keep_body: bool,
    /// Whether the service is asked to make a job of the call.
    pub(crate) as_job: bool,
    /// Who sends the request instead of this transport.
    pub(crate) courier: Option<Arc<Courier>>,
    /// Whether the caller says that repeating does no harm.
    pub(crate) idempotent: bool,
    /// What is checked in the moment in which the call is sent, each time.
    pub(crate) before_send: Option<Arc<dyn BeforeSend>>,
    pub(crate) permit: PermitUse,
}

/// What came of a call, besides its answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    pub(crate) attempts: u32,
    pub(crate) transaction_id: Option<String>,
    pub(crate) status: Option<StatusCode>,
    pub(crate) location: Option<String>,
    pub(crate) body: Option<Bytes>,
    pub(crate) writes: bool,
    pub(crate) operation: Option<&'static str>,
    /// Whether an attempt is out that nothing is known of yet.
    in_flight: bool,
    /// Whether an earlier attempt of a write may have run.
    doubtful: bool,
}

/// The transport of one call.
pub(crate) struct Call {
    pub(crate) shared: Arc<Shared>,
    pub(crate) service: Service,
    /// The site a DaaS call is for.
    pub(crate) site: Option<String>,
    pub(crate) options: Options,
    deadline: OnceLock<Instant>,
    record: Mutex<Record>,
    /// A read as it was sent, in case its answer turns out not to be whole.
    sent: Mutex<Option<Request>>,
}

/// An answer with its whole body.
pub(crate) type Answer = http::Response<Bytes>;

impl Call {
    pub(crate) fn new(
        shared: Arc<Shared>,
        service: Service,
        site: Option<String>,
        options: Options,
    ) -> Arc<Self> {
        Arc::new(Self {
            shared,
            service,
            site,
            options,
            deadline: OnceLock::new(),
            record: Mutex::default(),
            sent: Mutex::default(),
        })
    }

    pub(crate) fn record(&self) -> Record {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Record> {
        self.record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, change: impl FnOnce(&mut Record)) {
        change(&mut self.lock());
    }

    /// How long the call may take, from its start.
    fn timeout(&self) -> Duration {
        self.options.timeout.unwrap_or(self.shared.settings.timeout)
    }

    /// The time at which the call gives up, counted from the first time that this is asked.
    fn deadline(&self) -> Instant {
        *self
            .deadline
            .get_or_init(|| deadline::after(self.timeout()))
    }

    async fn run(&self, mut request: Request, operation: &'static str) -> Result<Response, Error> {
        let transaction = match &self.options.transaction_id {
            Some(id) => id.clone(),
            None => uuid::Uuid::new_v4().to_string(),
        };
        let writes = !is_safe(request.method());
        self.keep(|record| {
            *record = Record {
                transaction_id: Some(transaction.clone()),
                operation: Some(operation),
                writes,
                ..Record::default()
            };
        });
        self.shared.secrets.add_headers(request.headers());
        token::remember_request(&self.shared.secrets, operation, &request);
        let url = request.url_mut();
        if self.options.as_job && !url.query_pairs().any(|(name, _)| name == "async") {
            url.query_pairs_mut().append_pair("async", "true");
        }
        if let Some(courier) = &self.options.courier {
            let sent = courier.carry(request).await?;
            let attempts = sent.extensions().get::<Attempts>();
            let attempts = attempts.map_or(1, |Attempts(attempts)| *attempts);
            self.keep(|record| record.attempts = attempts);
            return self.hand_on(self.finish(sent, operation));
        }
        dress::dress(&mut request, self, operation, &transaction)?;
        let answer = self.dispatch(&request, operation).await?;
        if !writes {
            *self.sent.lock().unwrap_or_else(PoisonError::into_inner) = Some(request);
        }
        self.hand_on(answer)
    }

    /// The answer for the generated code; an error of no meaning when its body is kept.
    fn hand_on(&self, answer: Response) -> Result<Response, Error> {
        match self.lock().body {
            Some(_) => Err(Error::decode("the answer is kept for the caller")),
            None => Ok(answer),
        }
    }

    /// The body of a success that was kept, once.
    pub(crate) fn kept(&self) -> Option<Bytes> {
        self.lock().body.take()
    }

    /// Sends a read again whose answer was not whole; nothing when that may not be.
    pub(super) async fn again(&self) -> Option<Result<Response, Error>> {
        let request = self
            .sent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take()?;
        let (operation, failures) = {
            let record = self.lock();
            (record.operation?, record.attempts)
        };
        if !self
            .retry_after_backoff(RetryClass::Ambiguous, failures)
            .await
        {
            return None;
        }
        let answer = self.dispatch(&request, operation).await;
        *self.sent.lock().unwrap_or_else(PoisonError::into_inner) = Some(request);
        Some(answer)
    }

    /// Sends a request to where its service is, within the deadline.
    async fn dispatch(
        &self,
        request: &Request,
        operation: &'static str,
    ) -> Result<Response, Error> {
        let span = tracing::info_span!(
            "citrix_cloud.call",
            otel.kind = "client",
            citrix.operation = operation,
            citrix.transaction_id = self.lock().transaction_id.as_deref(),
            http.request.method = %request.method(),
            http.response.status_code = tracing::field::Empty,
            http.request.resend_count = tracing::field::Empty,
            server.address = tracing::field::Empty,
            server.port = tracing::field::Empty,
            url.path = tracing::field::Empty,
            error.type = tracing::field::Empty,
        );
        let work = async {
            match self.shared.route.known(self, operation)? {
                Some(target) => self.attempt(request, target, operation).await,
                None => self.shared.route.find_out(self, request, operation).await,
            }
        };
        let call = async {
            let outcome = match tokio::time::timeout_at(self.deadline(), work).await {
                Ok(outcome) => outcome,
                Err(_) => Err(connection::timed_out(
                    self.timeout(),
                    &self.circumstance(operation),
                )),
            };
            let span = tracing::Span::current();
            span.record(
                "http.request.resend_count",
                self.lock().attempts.saturating_sub(1),
            );
            match outcome {
                Ok(answer) => {
                    span.record("http.response.status_code", answer.status().as_u16());
                    Ok(self.finish(answer, operation))
                }
                Err(error) => {
                    span.record("error.type", tracing::field::debug(error.kind()));
                    Err(error)
                }
            }
        };
        call.instrument(span).await
    }

    /// Keeps what the answer says of itself, and its body when the caller wants it.
    fn finish(&self, answer: Answer, operation: &'static str) -> Response {
        // Only the answer of another region says that nothing ran here; whoever sends any other
        // redirect may have passed the write on before.
        let redirected = answer.status().is_redirection() && !self.is_of_another_region(&answer);
        self.keep(|record| {
            record.doubtful |= record.writes && redirected;
            record.status = Some(answer.status());
            let location = answer.headers().get(header::LOCATION);
            // Only a part of it is used, by which a secret would not be recognized.
            record.location = location.and_then(|it| it.to_str().ok()).map(|location| {
                let mut location = location.to_owned();
                self.shared.secrets.mask(&mut location);
                location
            });
            if let Some(id) = cause::transaction_id(answer.headers()) {
                record.transaction_id = Some(id);
            }
            if self.options.keep_body && answer.status().is_success() {
                record.body = Some(answer.body().clone());
            }
        });
        let failed = !answer.status().is_success();
        token::remember_answer(&self.shared.secrets, operation, answer.body());
        let mut response = Response::from(answer.map(reqwest::Body::from));
        if failed {
            let circumstance = self.circumstance(operation);
            response.extensions_mut().insert(circumstance);
        }
        response
    }

    /// Whether this is the documented 307 of a region that the customer does not live in, which may
    /// come without a `Location`.
    fn is_of_another_region(&self, answer: &Answer) -> bool {
        let asked = self.shared.settings.endpoints.api();
        answer.status() == StatusCode::TEMPORARY_REDIRECT
            && (redirect::region(answer.headers(), asked).is_some() || {
                let body = ErrorBody::read(answer.body(), &self.shared.secrets);
                body.region().is_some()
            })
    }

    /// What an error of this call says of it.
    pub(crate) fn circumstance(&self, operation: &'static str) -> ErrorContext {
        // Read in place: this runs on every call, and a copy of the record would copy its texts.
        let record = self.lock();
        ErrorContext {
            operation,
            service: self.service,
            signing_in: false,
            writes: record.writes,
            in_doubt: record.writes && (record.in_flight || record.doubtful),
            attempts: record.attempts,
            transaction_id: record.transaction_id.clone(),
        }
    }
}

impl Transport for Call {
    fn send<'a>(&'a self, request: Request, operation: &'static str) -> Sending<'a> {
        Box::pin(async move {
            self.run(request, operation)
                .await
                .map_err(|error| Box::new(self.shared.masked(error)) as BoxError)
        })
    }
}

fn duplicate(request: &Request) -> Result<Request, Error> {
    request
        .try_clone()
        .ok_or_else(|| Error::input("a streamed body cannot be sent"))
}

fn header_value(text: &str, name: &str) -> Result<HeaderValue, Error> {
    HeaderValue::from_str(text)
        .map_err(|_| Error::input(format!("`{name}`: `{text}` cannot stand in a header")))
}
