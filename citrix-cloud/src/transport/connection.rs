//! HTTP connections, and what it means when one of them fails.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, Url, redirect};

use crate::endpoints::is_loopback;
use crate::error::Inner;
use crate::error::cause::ErrorContext;
use crate::{Endpoints, Error, ErrorKind};

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// The HTTP clients: one for the world, one for this machine that no proxy gets to see.
#[derive(Debug)]
pub(crate) struct Connections {
    world: Option<Client>,
    loopback: Option<Client>,
}

impl Connections {
    /// Builds the clients that the endpoints need.
    ///
    /// TLS 1.2 or newer with the system's trust store; the system's proxy settings for the world.
    pub(crate) fn new(endpoints: &Endpoints, user_agent: &str) -> Result<Self, Error> {
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
                Error::from(inner)
            })
        };
        Ok(Self {
            world: build(false)?,
            loopback: build(true)?,
        })
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

    /// Any of the clients, to build requests with.
    pub(crate) fn any(&self) -> Client {
        match self.world.as_ref().or(self.loopback.as_ref()) {
            Some(client) => client.clone(),
            None => unreachable!("every set of endpoints has at least the API's"),
        }
    }
}

/// The error of a request that got no answer.
pub(crate) fn broken(error: &reqwest::Error, circumstance: &ErrorContext) -> Error {
    let (kind, message) = if error.is_connect() {
        let host = error.url().and_then(Url::host_str).unwrap_or("the service");
        (
            ErrorKind::Connect,
            format!("no connection to {host}: {}", words(error)),
        )
    } else {
        let kind = if circumstance.writes {
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
    failed(kind, message, circumstance).into()
}

/// The error of an answer whose body did not arrive whole; its status was a success.
pub(crate) fn cut_short(error: &reqwest::Error, circumstance: &ErrorContext) -> Error {
    let kind = if circumstance.writes {
        ErrorKind::OutcomeUnknown
    } else {
        ErrorKind::Network
    };
    failed(
        kind,
        format!("the answer broke off: {}", words(error)),
        circumstance,
    )
    .into()
}

/// The error of a call whose time was up.
pub(super) fn timed_out(limit: Duration, circumstance: &ErrorContext) -> Error {
    let kind = match circumstance.in_doubt {
        true => ErrorKind::OutcomeUnknown,
        false => ErrorKind::Timeout,
    };
    failed(
        kind,
        format!("no answer within {} s", limit.as_secs_f64()),
        circumstance,
    )
    .into()
}

/// The error of an answer that came with a status and cannot be used all the same.
pub(super) fn unusable(
    kind: ErrorKind,
    message: String,
    status: reqwest::StatusCode,
    circumstance: &ErrorContext,
) -> Error {
    let mut inner = failed(kind, message, circumstance);
    inner.status = Some(status);
    inner.into()
}

fn failed(kind: ErrorKind, message: String, circumstance: &ErrorContext) -> Inner {
    let unknown = kind == ErrorKind::OutcomeUnknown;
    Inner {
        kind,
        message,
        operation: Some(circumstance.operation),
        attempts: circumstance.attempts,
        transaction_id: circumstance.transaction_id.clone(),
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
