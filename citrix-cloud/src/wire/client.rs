//! The HTTP client, and what it means when one of them fails.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Request, Response, Url, redirect};

use super::event::RequestEvent;
use crate::endpoints::is_loopback;
use crate::error::Inner;
use crate::error::cause::ErrorContext;
use crate::{Endpoints, Error, ErrorKind};

/// Sees each request once it is over.
pub(crate) type OnRequest = Arc<dyn Fn(&RequestEvent) + Send + Sync>;

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// The HTTP clients: one for the world, one for this machine that no proxy gets to see.
pub(crate) struct HttpClient {
    world: Option<Client>,
    loopback: Option<Client>,
    on_request: Option<OnRequest>,
}

impl HttpClient {
    /// Builds the clients that the endpoints need.
    ///
    /// TLS 1.2 or newer with the system's trust store; the system's proxy settings for the world.
    pub(crate) fn new(
        endpoints: &Endpoints,
        user_agent: &str,
        on_request: Option<OnRequest>,
    ) -> Result<Self, Error> {
        let build = |local: bool| {
            let all = endpoints.all().filter(|url| is_loopback(url) == local);
            let urls: Vec<_> = all.collect();
            if urls.is_empty() {
                return Ok(None);
            }
            let plain = urls.iter().all(|url| url.scheme() == "http");
            let builder = Client::builder()
                .user_agent(user_agent)
                .redirect(redirect::Policy::none())
                .connect_timeout(CONNECT_TIMEOUT)
                .tcp_nodelay(true)
                .tls_version_min(reqwest::tls::Version::TLS_1_2);
            let builder = if local { builder.no_proxy() } else { builder };
            // Reading the system's trust store takes longer than a call on this machine.
            let builder = if plain {
                builder.tls_certs_only([])
            } else {
                builder
            };
            builder.build().map(Some).map_err(|error| {
                let mut inner = Inner::new(
                    ErrorKind::Config,
                    format!("no HTTP client: {}", words(&error)),
                );
                inner.source = Some(Arc::new(error));
                inner.into_error()
            })
        };
        Ok(Self {
            world: build(false)?,
            loopback: build(true)?,
            on_request,
        })
    }

    /// Sends one request and shows it to `on_request` and to the log.
    pub(crate) async fn send(
        &self,
        request: Request,
        operation: &'static str,
    ) -> reqwest::Result<Response> {
        let event = self
            .on_request
            .as_ref()
            .map(|on_request| (on_request, RequestEvent::of(&request, operation)));
        let started = std::time::Instant::now();
        let sent = self.to(request.url()).execute(request).await;
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
        if let Some((on_request, event)) = event {
            on_request(&RequestEvent {
                status,
                elapsed,
                ..event
            });
        }
        sent
    }

    /// The client for a URL.
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

/// The error of a request that got no answer.
pub(crate) fn broken(error: &reqwest::Error, context: &ErrorContext) -> Error {
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
                "the connection broke before an answer came: {}",
                words(error)
            ),
        )
    };
    failed(kind, message, context).into_error()
}

/// The error of an answer whose body did not arrive whole; its status was a success.
pub(crate) fn cut_short(error: &reqwest::Error, context: &ErrorContext) -> Error {
    let kind = if context.writes {
        ErrorKind::OutcomeUnknown
    } else {
        ErrorKind::Network
    };
    failed(
        kind,
        format!("the answer broke off: {}", words(error)),
        context,
    )
    .into_error()
}

/// The error of a call whose time was up.
pub(crate) fn timed_out(limit: Duration, context: &ErrorContext) -> Error {
    let kind = match context.in_doubt {
        true => ErrorKind::OutcomeUnknown,
        false => ErrorKind::Timeout,
    };
    failed(
        kind,
        format!("no answer within {} s", limit.as_secs_f64()),
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
            .then(|| "the write may have run; look at the object before asking again".to_owned()),
        ..Inner::default()
    }
}

/// The innermost cause, which says what the outer ones only frame; never the URL.
fn words(error: &reqwest::Error) -> String {
    let mut cause = error.source();
    let mut text = None;
    while let Some(inner) = cause {
        text = Some(inner.to_string());
        cause = inner.source();
    }
    text.unwrap_or_else(|| "no further detail".to_owned())
}
