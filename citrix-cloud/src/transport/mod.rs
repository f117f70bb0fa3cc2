//! The transport: everything between a built request and its answer, for every operation.
//!
//! One call goes this way, and nothing goes around it:
//!
//! 1. once per call: transaction id, span, deadline;
//! 2. what it carries: headers, `Content-Length` ([`dress`]);
//! 3. where it goes: origin, path generation, site ([`route`]);
//! 4. per attempt: token, `Authorization`, send, observe;
//! 5. a 401 drops the token, and the call is repeated once with a new one.
//!
//! Redirects are never followed, and error answers are returned as they came: [`answer`] makes the
//! one [`Error`] of them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use citrix_cloud_gen::hooks::{BoxError, Sending, Transport};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use reqwest::{Request, Response};
use tracing::Instrument as _;

use crate::error::cause::{self, Circumstance};
use crate::{Error, Exchange, Service};

mod answer;
mod connection;
mod courier;
mod dress;
mod route;
mod token;

pub(crate) use connection::Connections;
pub(crate) use courier::Courier;
pub(crate) use dress::header_safe;
pub(crate) use token::Tokens;

use crate::client::Settings;

/// What all clones of a client share.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) connections: Connections,
    pub(crate) tokens: Tokens,
    pub(crate) route: route::Router,
}

impl Shared {
    /// Sends one request and shows it to the observer and to the log.
    pub(crate) async fn exchange(
        &self,
        request: Request,
        operation: &'static str,
    ) -> reqwest::Result<Response> {
        let mut exchange = Exchange::of(&request, operation);
        let started = Instant::now();
        let sent = self.connections.to(request.url()).execute(request).await;
        exchange.elapsed = started.elapsed();
        exchange.status = sent
            .as_ref()
            .ok()
            .map(|response| response.status().as_u16());
        tracing::debug!(
            citrix.operation = operation,
            http.response.status_code = exchange.status,
            elapsed_ms = exchange.elapsed.as_millis() as u64,
            "attempt"
        );
        self.settings.observe(&exchange);
        sent
    }

    /// An error with our own secrets masked, should a service repeat what it was sent.
    pub(crate) fn masked(&self, error: Error) -> Error {
        let secret = self.settings.credentials.client_secret().expose();
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let token = self.tokens.current();
        let secrets = [Some(secret), Some(&*encoded), token.as_deref()];
        error.with_words(|text| {
            for secret in secrets.into_iter().flatten() {
                if text.contains(secret) {
                    *text = text.replace(secret, "***");
                }
            }
        })
    }
}

/// What one call may change of the client's settings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) timeout: Option<Duration>,
    pub(crate) transaction_id: Option<String>,
    pub(crate) keep_body: bool,
    /// Whether the service is asked to make a job of the call.
    pub(crate) as_job: bool,
    /// Who sends the request instead of this transport.
    pub(crate) courier: Option<Arc<Courier>>,
}

/// What came of a call, besides its answer.
#[derive(Debug, Clone, Default)]
pub(crate) struct Record {
    pub(crate) attempts: u32,
    pub(crate) transaction_id: Option<String>,
    pub(crate) status: Option<StatusCode>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Option<Bytes>,
    pub(crate) writes: bool,
    pub(crate) operation: Option<&'static str>,
}

/// The transport of one call.
pub(crate) struct Call {
    pub(crate) shared: Arc<Shared>,
    pub(crate) service: Service,
    /// The site a DaaS call is for.
    pub(crate) site: Option<String>,
    pub(crate) options: Options,
    record: Mutex<Record>,
}

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
            record: Mutex::default(),
        })
    }

    pub(crate) fn record(&self) -> Record {
        self.record
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn keep(&self, change: impl FnOnce(&mut Record)) {
        change(&mut self.record.lock().unwrap_or_else(PoisonError::into_inner));
    }

    async fn run(&self, mut request: Request, operation: &'static str) -> Result<Response, Error> {
        let transaction = match &self.options.transaction_id {
            Some(id) => id.clone(),
            None => uuid::Uuid::new_v4().to_string(),
        };
        let writes = !matches!(
            *request.method(),
            Method::GET | Method::HEAD | Method::OPTIONS
        );
        self.keep(|record| {
            *record = Record {
                transaction_id: Some(transaction.clone()),
                operation: Some(operation),
                writes,
                ..Record::default()
            };
        });
        let url = request.url_mut();
        if self.options.as_job && !url.query_pairs().any(|(name, _)| name == "async") {
            url.query_pairs_mut().append_pair("async", "true");
        }
        if let Some(courier) = &self.options.courier {
            let sent = courier.carry(request).await?;
            self.keep(|record| record.attempts = 1);
            return self.finish(sent, operation).await;
        }
        let span = tracing::info_span!(
            "citrix_cloud.call",
            citrix.operation = operation,
            citrix.transaction_id = %transaction,
            http.request.method = %request.method(),
            http.response.status_code = tracing::field::Empty,
            server.address = tracing::field::Empty,
            url.path = tracing::field::Empty,
        );
        let timeout = self.options.timeout.unwrap_or(self.shared.settings.timeout);
        let work = async {
            dress::dress(&mut request, self, operation, &transaction)?;
            let sent = match self.shared.route.known(self, operation)? {
                Some(target) => self.attempt(&request, target, operation).await,
                None => self.shared.route.find_out(self, &request, operation).await,
            }?;
            self.finish(sent, operation).await
        };
        let call = async {
            tokio::time::timeout(timeout, work)
                .await
                .unwrap_or_else(|_| {
                    Err(connection::timed_out(
                        timeout,
                        &self.circumstance(operation),
                    ))
                })
        };
        call.instrument(span).await
    }

    /// Sends a request to a target, with a token; a 401 renews the token and repeats once.
    async fn attempt(
        &self,
        request: &Request,
        target: route::Target,
        operation: &'static str,
    ) -> Result<Response, Error> {
        let authenticated = dress::needs_token(operation);
        let mut renewed = false;
        loop {
            let mut request = duplicate(request)?;
            target.aim(&mut request)?;
            let token = match authenticated {
                true => Some(self.shared.tokens.get(&self.shared).await?),
                false => None,
            };
            if let Some(token) = &token {
                request
                    .headers_mut()
                    .insert(header::AUTHORIZATION, token.header());
            }
            let response = self.send_once(request, operation).await?;
            if response.status() == StatusCode::UNAUTHORIZED
                && !renewed
                && let Some(token) = &token
            {
                tracing::debug!("the token was refused; renewing it once");
                self.shared.tokens.drop_if_current(token);
                renewed = true;
                continue;
            }
            return Ok(response);
        }
    }

    async fn send_once(
        &self,
        request: Request,
        operation: &'static str,
    ) -> Result<Response, Error> {
        self.keep(|record| record.attempts += 1);
        let span = tracing::Span::current();
        span.record(
            "server.address",
            request.url().host_str().unwrap_or_default(),
        );
        span.record("url.path", request.url().path());
        let sent = self.shared.exchange(request, operation).await;
        sent.map_err(|error| connection::broken(&error, &self.circumstance(operation)))
    }

    /// Notes what the answer says of itself and keeps its body when the caller wants it.
    async fn finish(
        &self,
        mut response: Response,
        operation: &'static str,
    ) -> Result<Response, Error> {
        tracing::Span::current().record("http.response.status_code", response.status().as_u16());
        self.keep(|record| {
            record.status = Some(response.status());
            record.headers = response.headers().clone();
            if let Some(id) = cause::transaction_id(response.headers()) {
                record.transaction_id = Some(id);
            }
        });
        if !self.options.keep_body || !response.status().is_success() {
            response
                .extensions_mut()
                .insert(self.circumstance(operation));
            return Ok(response);
        }
        let mut again = http::Response::new(());
        *again.status_mut() = response.status();
        *again.headers_mut() = response.headers().clone();
        let body = response
            .bytes()
            .await
            .map_err(|error| connection::cut_short(&error, &self.circumstance(operation)))?;
        self.keep(|record| record.body = Some(body.clone()));
        Ok(Response::from(again.map(|()| body)))
    }

    /// What an error of this call says of it.
    pub(crate) fn circumstance(&self, operation: &'static str) -> Circumstance {
        // Read in place: a copy of the record would copy the answer's headers on every call.
        let record = self.record.lock().unwrap_or_else(PoisonError::into_inner);
        Circumstance {
            operation,
            service: self.service,
            signing_in: false,
            writes: record.writes,
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
                .map_err(|error| Box::new(error) as BoxError)
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
