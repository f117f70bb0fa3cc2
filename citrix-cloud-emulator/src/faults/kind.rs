//! Kinds of faults.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::span;

/// What happens to a request when a [`Fault`](super::Fault) fires.
///
/// Kinds that respond or cut the connection do so without carrying out the request, unless
/// [`after_acting`](super::Fault::after_acting) is set. Those marked *real response* change the response to a request
/// that was carried out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum FaultKind {
    /// Delays the request, before or after it is carried out. Later rules may fire as well.
    Latency(Latency),
    /// Responds with 429 to requests that exceed this rate.
    RateLimit(RateLimit),
    /// Responds with this status and the body that the service uses for it. An invalid status counts as 500.
    Status(u16),
    /// Responds with 530 to every operation of `DaaS`, and to nothing else, until the customer's site is activated
    /// (`POST /resourceprovider/{customer}/site/activation`). Activation takes as long as a job.
    FrozenSite,
    /// Responds with this status and asks the caller to wait.
    RetryLater {
        /// The status, usually 429 or 503.
        status: u16,
        /// How the delay is given.
        delay: RetryDelay,
    },
    /// Responds with this status, an HTML page and no transaction id, like a gateway.
    Html(u16),
    /// Responds with this status and a line of plain text.
    Text(u16),
    /// Responds with this status and no body.
    Empty(u16),
    /// Closes the connection immediately. A rule without conditions does so before any request is read; one with
    /// conditions must read the request's head first.
    RefuseConnection,
    /// Closes the connection without a response, before the request's body is read.
    Close,
    /// Resets the connection without a response, before the request's body is read.
    Reset,
    /// Real response: closes the connection in the middle of its body.
    CloseInBody,
    /// Real response: resets the connection in the middle of its body.
    ResetInBody,
    /// Real response, cut to half of its body, with the correct length of that half.
    TruncatedJson,
    /// Real response, with this content type.
    WrongContentType(String),
    /// Real response, in which each string starts with an escape such as `\x4e`, which is not valid JSON.
    HexEscapes,
    /// Real response, whose body takes this long to arrive, in real time.
    #[serde(with = "span")]
    SlowBody(Duration),
    /// Invalidates the token of the request, and responds with 401.
    ExpiredToken,
    /// Responds with 307, because the customer's region is another one.
    Redirect {
        /// The host to redirect to, such as `api-eu.cloud.com`.
        host: String,
        /// Whether there is a `Location`; the service sometimes omits it.
        #[serde(default = "yes")]
        location: bool,
    },
    /// Real response: a list's continuation token leads to the same page again and again.
    RepeatedToken,
    /// Responds with 404 to reads of objects created less than this long ago, by the emulator's clock; other requests
    /// pass. Use it without `times`, because every read counts.
    #[serde(with = "span")]
    LateConsistency(Duration),
    /// Real response: a list never ends, because each page has a new token. Use it without `times` and `rate`, because
    /// only this rule understands these tokens.
    EndlessTokens,
    /// Real response: a list's pages shift, so that each page after the first misses this many rows at its start.
    ShiftedPages(usize),
    /// Real response: each page after the first also repeats the first page's rows with these properties changed, as
    /// when objects move between pages.
    RepeatedRows(Map<String, Value>),
    /// A job started by the request fails; its work is done only with `after_acting`. Rules match the operation of the
    /// work.
    JobFails,
    /// A job started by the request starts but never ends.
    JobHangs,
    /// A job started by the request disappears when it should end.
    JobVanishes,
    /// An item of a batch gets this status. Rules match the item's operation.
    ItemFails(u16),
}

/// How long requests are delayed, in real time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Latency {
    /// A constant delay.
    #[serde(with = "span")]
    Fixed(Duration),
    /// A uniformly distributed delay.
    Uniform {
        /// The minimum.
        #[serde(with = "span")]
        from: Duration,
        /// The maximum.
        #[serde(with = "span")]
        to: Duration,
    },
    /// A log-normally distributed delay with a long tail, as in networks; at most ten minutes.
    LogNormal {
        /// The median.
        #[serde(with = "span")]
        median: Duration,
        /// The spread of the logarithm: 0.5 is calm, 1 is wild.
        sigma: f64,
    },
}

/// A token bucket that refills evenly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// The sustained rate in requests per second.
    pub per_second: f64,
    /// How many requests may arrive at once after a pause; default 1.
    #[serde(default = "one")]
    pub burst: u32,
    /// The time that it follows; default real time.
    #[serde(default)]
    pub time: Time,
    /// How the response gives the delay; default one second in `Retry-After`.
    #[serde(default)]
    pub delay: RetryDelay,
}

/// A source of time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Time {
    /// Real time (tokio's, which a test can pause).
    #[default]
    Real,
    /// The emulator's [`Clock`](crate::Clock).
    Emulated,
}

/// Where and how a response says how long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RetryDelay {
    /// The response does not say it.
    None,
    /// `Retry-After` with a number of seconds.
    Seconds(u32),
    /// `Retry-After` with an HTTP date, this many seconds from now in real time.
    HttpDate(u32),
    /// `Retry-After` with an RFC 3339 time, this many seconds from now in real time.
    Rfc3339(u32),
    /// `retryDelay` among the `parameters` of the body.
    Parameters {
        /// The number, sent as text.
        seconds: u32,
        /// The shape of `parameters`.
        shape: Shape,
    },
    /// "Try again in N seconds." in the gateway's message.
    Message(u32),
}

impl Default for RetryDelay {
    fn default() -> Self {
        Self::Seconds(1)
    }
}

/// The shapes of `parameters` in an error body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A list of `name` and `value`.
    NameValue,
    /// A list of `key` and `value`.
    KeyValue,
    /// An object of names and values.
    Map,
    /// One `name` and `value`, not in a list.
    Bare,
    /// A list of objects with keys of their own.
    Maps,
}

/// The stage of a request at which a kind is considered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Request,
    Job,
    Item,
}

impl FaultKind {
    /// Creates a 429 that asks the caller to wait.
    #[must_use]
    pub fn throttled(delay: RetryDelay) -> Self {
        Self::RetryLater { status: 429, delay }
    }

    pub(super) fn stage(&self) -> Stage {
        match self {
            Self::JobFails | Self::JobHangs | Self::JobVanishes => Stage::Job,
            Self::ItemFails(_) => Stage::Item,
            _ => Stage::Request,
        }
    }

    /// Returns whether it changes a real response.
    pub(super) fn needs_a_response(&self) -> bool {
        matches!(
            self,
            Self::CloseInBody
                | Self::ResetInBody
                | Self::TruncatedJson
                | Self::WrongContentType(_)
                | Self::HexEscapes
                | Self::SlowBody(_)
                | Self::LateConsistency(_)
                | Self::RepeatedToken
                | Self::EndlessTokens
                | Self::ShiftedPages(_)
                | Self::RepeatedRows(_)
        )
    }
}

impl RateLimit {
    /// Admits this many requests per second, one at a time, and responds to the others with `Retry-After: 1`.
    #[must_use]
    pub fn per_second(per_second: f64) -> Self {
        Self {
            per_second,
            burst: one(),
            time: Time::default(),
            delay: RetryDelay::default(),
        }
    }
}

fn one() -> u32 {
    1
}

fn yes() -> bool {
    true
}
