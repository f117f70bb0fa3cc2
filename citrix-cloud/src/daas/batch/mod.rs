//! Many calls in one request (`/$batch`).

use std::fmt;
use std::future::IntoFuture;
use std::num::NonZeroUsize;
use std::pin::Pin;
use std::time::Duration;

use futures_util::{FutureExt as _, Stream, StreamExt as _, stream};
use http::Uri;

use super::Site;
use crate::stream::outcomes;
use crate::{BoxRequest, Error};

mod answer;
mod check;
mod run;
mod stop;
mod together;
mod wire;

pub(crate) use run::Run as BatchRun;
use stop::Stop;
#[cfg(feature = "__fuzz")]
pub(crate) use wire::read as read_results;

const OPERATION: &str = "BatchDoBatchRequest";

/// How many calls one request carries unless told otherwise.
const SIZE: NonZeroUsize = NonZeroUsize::new(50).unwrap();

/// How many requests are under way at once unless told otherwise.
const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(2).unwrap();

/// How long a job of a batch, or of one of its items, is waited for unless told otherwise.
const DEADLINE: Duration = Duration::from_secs(30 * 60);

outcomes! {
    /// What comes of each call of a batch, in the order in which the calls were given.
    ///
    /// Nothing is sent before it is read. Dropping it stops: what was sent goes on at the service, and
    /// what was not is not sent.
    Outcomes<T> of ItemOutcome<T>;
}

/// Calls that go to the service together; awaiting it sends them.
///
/// They are split into requests of 50, of which two are under way at once. Awaiting never fails as
/// a whole: it gives one [`ItemOutcome`] per call, in the order in which the calls were given.
/// [`Batch::outcomes`] gives them one by one.
///
/// What comes of an item is judged as if the call had been made alone, and it is asked for again by
/// the same rules: one that was told to wait after that time and within the client's timeout, one
/// whose token was refused with a new token, and one that may have run only if it reads or is
/// [`Request::idempotent`](crate::Request::idempotent). Besides, an item has
/// [`ErrorKind::OutcomeUnknown`] when it writes and its batch was sent but tells nothing certain of
/// it; the error of a whole request, when it was refused or never sent; and
/// [`ErrorKind::Input`], with nothing sent for it, when it is not a call below the batch's site.
///
/// Items run in parallel and in no certain order. One that the service makes a job of is waited
/// for, and its result read. Behaviour as in Citrix's page on the batch API and its Go SDK.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = citrix_cloud_emulator::Emulator::default().serve("127.0.0.1:0".parse()?).await?;
/// # use citrix_cloud_emulator::ids;
/// # let client = citrix_cloud::Client::builder()
/// #     .credentials(citrix_cloud::Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)?)
/// #     .endpoint(emulator.url())
/// #     .build()?;
/// let site = client.daas().only_site().await?;
/// let names = [r"DEMOLAB\KESTREL", r"DEMOLAB\NOBODY"];
/// let outcomes = site.batch(names.map(|name| site.machine(name).get())).await;
/// for outcome in outcomes {
///     match outcome.result {
///         Ok(machine) => println!("{}: {:?}", names[outcome.index], machine.power_state),
///         Err(error) => println!("{}: {error}", names[outcome.index]),
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// [`ErrorKind::OutcomeUnknown`]: crate::ErrorKind::OutcomeUnknown
/// [`ErrorKind::Input`]: crate::ErrorKind::Input
#[must_use = "a batch is sent when it is awaited"]
pub struct Batch<T> {
    site: Site,
    calls: Vec<BoxRequest<T>>,
    settings: Settings,
}

#[derive(Debug, Clone, Copy)]
struct Settings {
    size: NonZeroUsize,
    concurrency: NonZeroUsize,
    urls: RelativeUrls,
    as_job: bool,
    deadline: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            size: SIZE,
            concurrency: CONCURRENCY,
            urls: RelativeUrls::default(),
            as_job: false,
            deadline: DEADLINE,
        }
    }
}

/// What came of one call of a [`Batch`].
#[derive(Debug)]
#[non_exhaustive]
pub struct ItemOutcome<T> {
    /// The place of the call among those that were given, from 0.
    pub index: usize,
    /// What the call would have given alone.
    pub result: Result<T, Error>,
}

/// How a batch writes the paths of its items.
///
/// Which form is right depends on the way to the site, as Citrix's own clients have it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RelativeUrls {
    /// From the resource on, `/Machines/7`: through the gateway, for both versions of the API.
    #[default]
    Resource,
    /// `{customer}/{site}//Machines/7`: to the delivery controllers directly.
    Site,
    /// `v1/{customer}/{site}/Machines/7`: what the description of the batch model says.
    Versioned,
}

impl RelativeUrls {
    fn write(self, uri: &Uri, customer: &str, site: &str) -> String {
        let path = uri.path();
        let mut written = match self {
            Self::Resource => path.to_owned(),
            Self::Site => format!("{customer}/{site}/{path}"),
            Self::Versioned => format!("v1/{customer}/{site}{path}"),
        };
        if let Some(query) = uri.query() {
            written.push('?');
            written.push_str(query);
        }
        written
    }
}

impl<T: Send + 'static> Batch<T> {
    pub(super) fn new(site: Site, calls: Vec<BoxRequest<T>>) -> Self {
        Self {
            site,
            calls,
            settings: Settings::default(),
        }
    }

    /// Sets how many calls one request carries; default 50.
    ///
    /// No document names a limit. A request that takes over 90 s loses the answers of all its
    /// items, and those of 50 that run in parallel are there long before.
    pub fn size(mut self, calls: NonZeroUsize) -> Self {
        self.settings.size = calls;
        self
    }

    /// Sets how many requests are under way at once; default 2.
    pub fn concurrency(mut self, requests: NonZeroUsize) -> Self {
        self.settings.concurrency = requests;
        self
    }

    /// Sets how the paths of the items are written; default [`RelativeUrls::Resource`].
    pub fn relative_urls(mut self, form: RelativeUrls) -> Self {
        self.settings.urls = form;
        self
    }

    /// Has the service make a job of each request (`async=true`), which no time-out of the gateway
    /// cuts short, and reads the results when it is over.
    pub fn as_job(mut self) -> Self {
        self.settings.as_job = true;
        self
    }

    /// Sets how long a job is waited for, that of a request or that which the service made of an
    /// item; default 30 minutes. Giving up does not cancel it, and its id is in the error.
    ///
    /// With [`Batch::as_job`], items that the service asks to wait are asked for again within this time, and
    /// not the client's timeout.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.settings.deadline = deadline;
        self
    }

    /// Sends the calls, and gives what came of each as soon as it and those before it are known.
    ///
    /// Dropping them stops: what was sent goes on at the service, and what was not is not sent.
    pub fn outcomes(self) -> Outcomes<T> {
        self.outcomes_until(std::future::pending(), std::future::pending())
    }

    /// As [`Batch::outcomes`], but it can be stopped without losing the outcomes of what was sent.
    ///
    /// Once `stop` is ready, no further call is sent and none is sent again, those under way are
    /// waited for, and the stream ends with them. Once `give_up` is ready, nothing is waited for any
    /// more: a call that was sent and writes has [`ErrorKind::OutcomeUnknown`], one that reads
    /// [`ErrorKind::Unavailable`]. Calls that were not sent have no outcome.
    ///
    /// [`ErrorKind::OutcomeUnknown`]: crate::ErrorKind::OutcomeUnknown
    /// [`ErrorKind::Unavailable`]: crate::ErrorKind::Unavailable
    pub fn outcomes_until(
        self,
        stop: impl Future<Output = ()> + Send + 'static,
        give_up: impl Future<Output = ()> + Send + 'static,
    ) -> Outcomes<T> {
        let stopping = Stop::default();
        let mut signals = stopping.clone().follow(stop, give_up).boxed();
        let mut outcomes = self.stopped_by(stopping).boxed();
        Outcomes::new(stream::poll_fn(move |context| {
            // They never end, and come before what they have an effect on.
            let _ = signals.poll_unpin(context);
            outcomes.poll_next_unpin(context)
        }))
    }

    fn stopped_by(self, stop: Stop) -> impl Stream<Item = ItemOutcome<T>> + Send + 'static {
        let Settings {
            size, concurrency, ..
        } = self.settings;
        let run = BatchRun::new(self.site, self.settings, stop.clone());
        let finish = run.clone();
        // In whole requests: what is handed in together goes together.
        stream::iter(chunks(self.calls, size.get()))
            .take_while(move |_| std::future::ready(!stop.is_stopping()))
            .then(move |calls| {
                let run = run.clone();
                async move {
                    let mut sent = Vec::with_capacity(calls.len());
                    for call in calls {
                        sent.push(run.hand_in(call));
                    }
                    stream::iter(sent)
                }
            })
            .flatten()
            .map(move |sent| {
                let run = finish.clone();
                async move { run.finish(sent).await }
            })
            .buffered(size.get().saturating_mul(concurrency.get()))
            .filter_map(std::future::ready)
    }
}

fn chunks<T>(calls: Vec<T>, size: usize) -> impl Iterator<Item = Vec<T>> {
    let mut calls = calls.into_iter();
    std::iter::from_fn(move || {
        let chunk: Vec<_> = calls.by_ref().take(size).collect();
        (!chunk.is_empty()).then_some(chunk)
    })
}

impl<T: Send + 'static> IntoFuture for Batch<T> {
    type Output = Vec<ItemOutcome<T>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.outcomes().collect())
    }
}

impl<T> fmt::Debug for Batch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("site", &self.site)
            .field("calls", &self.calls.len())
            .field("settings", &self.settings)
            .finish()
    }
}
