//! What can go wrong.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::span;

/// What happens to a request that a [`Fault`](super::Fault) strikes.
///
/// Kinds that answer or cut do so without carrying the request out, unless
/// [`after_acting`](super::Fault::after_acting) says so. Those marked *real answer* change the answer to a request that
/// was carried out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Kind {
    /// Holds the request back, before it is carried out or after. Rules further down may strike as well.
    Latency(Latency),
    /// Answers 429 to what comes faster than this.
    RateLimit(RateLimit),
    /// Answers this status with the body the service has for it. What is no status of an answer counts as 500.
    Status(u16),
    /// Answers 530 to every operation of `DaaS`, and to nothing else, until the customer's site is activated
    /// (`POST /resourceprovider/{customer}/site/activation`). Waking up takes as long as a job.
    FrozenSite,
    /// Answers this status and says how long to wait.
    RetryLater {
        /// The status, usually 429 or 503.
        status: u16,
        /// How it is said.
        delay: RetryDelay,
    },
    /// Answers this status with a page of HTML and no transaction id, as a gateway does.
    Html(u16),
    /// Answers this status with a line of plain text.
    Text(u16),
    /// Answers this status without a body.
    Empty(u16),
    /// Closes the connection at once. A rule without conditions does so before any request is read; one with
    /// conditions has to see the request's head.
    RefuseConnection,
    /// Closes the connection without an answer, before the request's body is read.
    Close,
    /// Resets the connection without an answer, before the request's body is read.
    Reset,
    /// Real answer: closes the connection in the middle of its body.
    CloseInBody,
    /// Real answer: resets the connection in the middle of its body.
    ResetInBody,
    /// Real answer: half of its body, with the right length of that half.
    TruncatedJson,
    /// Real answer, with this content type.
    WrongContentType(String),
    /// Real answer, where each text begins with an escape such as `\x4e`, which JSON does not have.
    HexEscapes,
    /// Real answer, whose body takes this long, in real time.
    #[serde(with = "span")]
    SlowBody(Duration),
    /// Drops the token that the request carries; 401 is the answer.
    ExpiredToken,
    /// Answers 307: the customer is at home elsewhere.
    Redirect {
        /// The host to turn to, such as `api-eu.cloud.com`.
        host: String,
        /// Whether there is a `Location`; the service leaves it out at times.
        #[serde(default = "yes")]
        location: bool,
    },
    /// Real answer: a list's continuation token leads to the same page again and again.
    RepeatedToken,
    /// Answers 404 to reads of what was made less than this long ago, by the emulator's clock; other requests pass. To be
    /// used without `times`, since every read counts.
    #[serde(with = "span")]
    LateConsistency(Duration),
    /// Real answer: a list never ends, each page has a new token. To be used without `times` and `rate`, since no other
    /// rule knows these tokens.
    EndlessTokens,
    /// Real answer: a list's pages shift, so that each page behind the first lacks this many rows at its beginning.
    ShiftedPages(usize),
    /// Real answer: each page behind the first shows the rows of the first once more, with these properties changed, as
    /// when objects move between two pages.
    RepeatedRows(Map<String, Value>),
    /// A job that the request makes fails; the work is done only after acting. The operation is that of the work.
    JobFails,
    /// A job that the request makes begins and never ends.
    JobHangs,
    /// A job that the request makes is gone when it should end.
    JobVanishes,
    /// An item of a batch is answered with this status. The operation is the item's.
    ItemFails(u16),
}

/// How long requests are held back, in real time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Latency {
    /// Each as long.
    #[serde(with = "span")]
    Fixed(Duration),
    /// Any time between two, each as likely.
    Uniform {
        /// The shortest.
        #[serde(with = "span")]
        from: Duration,
        /// The longest.
        #[serde(with = "span")]
        to: Duration,
    },
    /// Half of them shorter than the median, with a long tail, as networks have it. Ten minutes at most.
    LogNormal {
        /// The middle.
        #[serde(with = "span")]
        median: Duration,
        /// The spread of the logarithm: 0.5 is calm, 1 is wild.
        sigma: f64,
    },
}

/// A bucket of permissions that fills evenly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// How many requests per second are let through in the long run.
    pub per_second: f64,
    /// How many may come at once after a pause; 1 unless set.
    #[serde(default = "one")]
    pub burst: u32,
    /// Which time it follows; real time unless set.
    #[serde(default)]
    pub time: Time,
    /// How the refusal says when to come again; one second in `Retry-After` unless set.
    #[serde(default)]
    pub delay: RetryDelay,
}

/// A time to measure by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Time {
    /// The machine's (tokio's, which a test can pause).
    #[default]
    Real,
    /// The emulator's [`Clock`](crate::Clock).
    Emulated,
}

/// Where and how an answer says how long to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum RetryDelay {
    /// Nowhere.
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
        /// What `parameters` looks like.
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

/// The shapes that `parameters` of an error body takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// A list of `name` and `value`.
    NameValue,
    /// A list of `key` and `value`.
    KeyValue,
    /// An object of names and values.
    Map,
    /// One `name` and `value`, in no list.
    Bare,
    /// A list of objects with names of their own.
    Maps,
}

/// When a kind is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Request,
    Job,
    Item,
}

impl Kind {
    /// Makes a 429 that says how long to wait.
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

    /// Says whether it changes a real answer.
    pub(super) fn needs_an_answer(&self) -> bool {
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
    /// Lets this many requests per second through, one at a time, and answers the others with `Retry-After: 1`.
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
