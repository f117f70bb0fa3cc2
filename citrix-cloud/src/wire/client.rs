//! The HTTP clients, and the errors for their failures.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderValue, header};
use reqwest::{Client, ClientBuilder, Request, Response, Url, redirect};

use super::event::RequestEvent;
use super::log::Sending;
use super::proxy::Proxy;
use super::tls::{Tls, Trust};
use crate::endpoints::is_loopback;
use crate::error::Inner;
use crate::error::cause::{self, ErrorContext};
use crate::{Endpoints, Error, ErrorKind};

/// Called for each request once it is over.
pub(crate) type OnRequest = Arc<dyn Fn(&RequestEvent) + Send + Sync>;

/// The time limit for establishing a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// How requests are sent.
pub(crate) struct HttpSettings {
    pub(crate) user_agent: HeaderValue,
    /// The proxy for everything except loopback addresses, instead of the system's settings.
    pub(crate) proxy: Option<Proxy>,
    pub(crate) tls: Tls,
    pub(crate) on_request: Option<OnRequest>,
}

/// Why a request has no usable response.
pub(crate) enum SendError {
    Broken(reqwest::Error),
    /// The caller's own client followed a redirect to this URL.
    Redirected(Url),
}

/// The HTTP clients: one for other hosts, and one without a proxy for loopback addresses.
pub(crate) struct HttpClient {
    world: Option<Client>,
    loopback: Option<Client>,
    /// The user agent to add if the client is the caller's own.
    user_agent: Option<HeaderValue>,
    on_request: Option<OnRequest>,
}

impl HttpClient {
    /// Builds the clients that the endpoints need.
    ///
    /// They use TLS 1.2 or newer with the system's trust store and the configured roots. For other
    /// hosts they use the configured proxy, or else the system's.
    pub(crate) fn new(endpoints: &Endpoints, settings: HttpSettings) -> Result<Self, Error> {
        let build = |local: bool| {
            let all = endpoints.all().filter(|url| is_loopback(url) == local);
            let urls: Vec<_> = all.collect();
            if urls.is_empty() {
                return Ok(None);
            }
            let builder = plain().user_agent(settings.user_agent.clone());
            let builder = match &settings.proxy {
                _ if local => builder.no_proxy(),
                Some(proxy) => builder.proxy(proxy.for_client().map_err(unbuildable)?),
                None => builder,
            };
            // Loading the system's trust store takes longer than a call on this machine, so it is
            // skipped if no endpoint uses TLS.
            let trust = match urls.iter().all(|url| url.scheme() == "http") {
                true => Trust::Nothing,
                false => Trust::SystemAndRoots,
            };
            let built = settings.tls.apply(builder, trust)?.build();
            built.map(Some).map_err(unbuildable)
        };
        Ok(Self {
            world: build(false)?,
            loopback: build(true)?,
            user_agent: None,
            on_request: settings.on_request,
        })
    }

    /// Sends everything with the caller's own client.
    pub(crate) fn of(
        client: Client,
        user_agent: HeaderValue,
        on_request: Option<OnRequest>,
    ) -> Self {
        Self {
            world: Some(client),
            loopback: None,
            user_agent: Some(user_agent),
            on_request,
        }
    }

    /// Sends one request and reports it to `on_request` and the log.
    pub(crate) async fn send(
        &self,
        mut request: Request,
        sending: &Sending<'_>,
    ) -> Result<Response, SendError> {
        if let Some(user_agent) = &self.user_agent {
            let headers = request.headers_mut();
            headers.insert(header::USER_AGENT, user_agent.clone());
        }
        let asked = request.url().clone();
        let event = self
            .on_request
            .as_ref()
            .map(|on_request| (on_request, RequestEvent::of(&request, sending.operation)));
        sending.begin(&request);
        let method = request.method().clone();
        let started = std::time::Instant::now();
        let sent = self.to(request.url()).execute(request).await;
        let elapsed = started.elapsed();
        let status = sent
            .as_ref()
            .ok()
            .map(|response| response.status().as_u16());
        sending.end(&method, elapsed, &sent);
        if let Some((on_request, event)) = event {
            let responded = sent.as_ref().ok();
            let transaction_id = responded.and_then(|it| cause::transaction_id(it.headers()));
            on_request(&RequestEvent {
                status,
                elapsed,
                transaction_id: transaction_id.or_else(|| event.transaction_id.clone()),
                ..event
            });
        }
        match sent {
            Ok(response) if *response.url() != asked => {
                Err(SendError::Redirected(response.url().clone()))
            }
            sent => sent.map_err(SendError::Broken),
        }
    }

    /// Returns the client for a URL.
    pub(crate) fn to(&self, url: &Url) -> &Client {
        let (first, second) = match is_loopback(url) {
            true => (&self.loopback, &self.world),
            false => (&self.world, &self.loopback),
        };
        match first.as_ref().or(second.as_ref()) {
            Some(client) => client,
            None => unreachable!("every set of endpoints has at least the API's"),
        }
    }
}

/// Returns a builder with our settings, whatever features of reqwest other crates have enabled: no
/// redirects, and no decompression, because the limits on bodies are ours.
fn plain() -> ClientBuilder {
    Client::builder()
        .redirect(redirect::Policy::none())
        .no_gzip()
        .no_brotli()
        .no_deflate()
        .no_zstd()
        .connect_timeout(CONNECT_TIMEOUT)
        .tcp_nodelay(true)
}

fn unbuildable(error: reqwest::Error) -> Error {
    let words = format!("the HTTP client cannot be built: {}", words(&error));
    let mut inner = Inner::new(ErrorKind::Config, words);
    inner.source = Some(Arc::new(error));
    inner.into_error()
}

/// Returns the error for a request without a usable response.
pub(crate) fn broken(error: &SendError, context: &ErrorContext) -> Error {
    let error = match error {
        SendError::Broken(error) => error,
        SendError::Redirected(to) => {
            let kind = match context.writes {
                true => ErrorKind::OutcomeUnknown,
                false => ErrorKind::Config,
            };
            let words = format!(
                "the client given to `http_client` followed a redirect to {}; build it with \
                 `redirect(Policy::none())`",
                to.host_str().unwrap_or("another place")
            );
            return failed(kind, words, context).into_error();
        }
    };
    let (kind, message) = if error.is_connect() {
        let host = error.url().and_then(Url::host_str).unwrap_or("the service");
        (
            ErrorKind::Connect,
            format!("no connection to {host}: {}", words(error)),
        )
    } else {
        let kind = if context.writes {
            ErrorKind::OutcomeUnknown
        } else {
            ErrorKind::Network
        };
        (
            kind,
            format!(
                "the connection broke before a response arrived: {}",
                words(error)
            ),
        )
    };
    failed(kind, message, context).into_error()
}

/// Returns the error for a successful response whose body is incomplete.
pub(crate) fn cut_short(error: &reqwest::Error, context: &ErrorContext) -> Error {
    let kind = if context.writes {
        ErrorKind::OutcomeUnknown
    } else {
        ErrorKind::Network
    };
    failed(
        kind,
        format!("the response was cut off: {}", words(error)),
        context,
    )
    .into_error()
}

/// Returns the error for a call that exceeded its time limit.
pub(crate) fn timed_out(limit: Duration, context: &ErrorContext) -> Error {
    let kind = match context.in_doubt {
        true => ErrorKind::OutcomeUnknown,
        false => ErrorKind::Timeout,
    };
    failed(
        kind,
        format!("no response within {} s", limit.as_secs_f64()),
        context,
    )
    .into_error()
}

fn failed(kind: ErrorKind, message: String, context: &ErrorContext) -> Inner {
    let unknown = kind == ErrorKind::OutcomeUnknown;
    Inner {
        kind,
        message,
        operation: Some(context.operation),
        attempts: context.attempts,
        transaction_id: context.transaction_id.clone(),
        hint: unknown
            .then(|| "the write may have run; check the object before trying again".to_owned()),
        ..Inner::default()
    }
}

/// Returns the innermost cause, which the outer errors only wrap; never the URL.
pub(super) fn words(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    let mut text = None;
    while let Some(inner) = cause {
        text = Some(inner.to_string());
        cause = inner.source();
    }
    text.unwrap_or_else(|| "no further detail".to_owned())
}
