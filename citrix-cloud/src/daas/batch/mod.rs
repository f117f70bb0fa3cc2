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

mod check;
mod item_response;
mod queue;
mod run;
mod stop;
mod wire;

pub(crate) use run::Run as BatchRun;
use stop::Stop;
#[cfg(feature = "__fuzz")]
pub(crate) use wire::read as read_results;

const OPERATION: &str = "BatchDoBatchRequest";

/// The default number of calls per request.
const SIZE: NonZeroUsize = NonZeroUsize::new(50).unwrap();

/// The default number of concurrent requests.
const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(2).unwrap();

/// The default time to wait for the job of a batch or of one of its items.
const DEADLINE: Duration = Duration::from_secs(30 * 60);

outcomes! {
    /// The outcome of each call of a batch, in the order of the calls.
    ///
    /// Nothing is sent until the stream is polled. Dropping it stops the batch: calls that were
    /// sent still run at the service, and the others are not sent.
    Outcomes<T> of ItemOutcome<T>;
}

/// Calls that are sent to the service together; awaiting it sends them.
///
/// They are split into requests of 50 calls, two of which run concurrently. Awaiting never fails as
/// a whole: it returns one [`ItemOutcome`] per call, in the order of the calls. [`Batch::outcomes`]
/// returns them one by one.
///
/// Each item is treated as if its call had been made individually, and retried by the same rules:
/// after the delay and within the client's timeout if the service asked it to wait, with a new token
/// if its token was rejected, and, if it may have run, only if it reads or is
/// [`Request::idempotent`](crate::Request::idempotent). In addition, an item
/// fails with [`ErrorKind::OutcomeUnknown`] if it writes and its batch was sent but the response
/// says nothing definite about it; with the error of the whole request if that was rejected or
/// never sent; and with [`ErrorKind::Input`], without being sent, if it is not a call for the
/// batch's site.
///
/// Items run in parallel and in no particular order. If the service turns an item into a job, the
/// job is awaited and its result is read. The behavior follows Citrix's page on the batch API and
/// its Go SDK.
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

/// The outcome of one call of a [`Batch`].
#[derive(Debug)]
#[non_exhaustive]
pub struct ItemOutcome<T> {
    /// The index of the call, starting at 0.
    pub index: usize,
    /// The result that the individual call would have had.
    pub result: Result<T, Error>,
}

/// The form of the paths of a batch's items.
///
/// Which form is right depends on how the site is reached; these are the forms that Citrix's own
/// clients use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum RelativeUrls {
    /// `/Machines/7`, starting at the resource: through the gateway, for both versions of the API.
    #[default]
    Resource,
    /// `{customer}/{site}//Machines/7`: directly to the delivery controllers.
    Site,
    /// `v1/{customer}/{site}/Machines/7`: as in the description of the batch model.
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

    /// Sets the number of calls per request; default 50.
    ///
    /// No document names a limit. A request that takes longer than 90 s loses the responses of all
    /// its items, but 50 calls in parallel finish long before that.
    pub fn size(mut self, calls: NonZeroUsize) -> Self {
        self.settings.size = calls;
        self
    }

    /// Sets the number of concurrent requests; default 2.
    pub fn concurrency(mut self, requests: NonZeroUsize) -> Self {
        self.settings.concurrency = requests;
        self
    }

    /// Sets the form of the items' paths; default [`RelativeUrls::Resource`].
    pub fn relative_urls(mut self, form: RelativeUrls) -> Self {
        self.settings.urls = form;
        self
    }

    /// Asks the service to run each request as a job (`async=true`), which the gateway's timeout
    /// does not cut short, and reads the results when the job has finished.
    pub fn as_job(mut self) -> Self {
        self.settings.as_job = true;
        self
    }

    /// Sets how long to wait for a job, whether of a request or of an item; default 30 minutes.
    /// Reaching the deadline does not cancel the job, and the error contains its id.
    ///
    /// With [`Batch::as_job`], this also replaces the client's timeout for retrying items that the
    /// service asks to wait.
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.settings.deadline = deadline;
        self
    }

    /// Sends the calls, and returns the outcome of each as soon as it and all before it are known.
    ///
    /// Dropping the stream stops the batch: calls that were sent still run at the service, and the
    /// others are not sent.
    pub fn outcomes(self) -> Outcomes<T> {
        self.outcomes_until(std::future::pending(), std::future::pending())
    }

    /// Works like [`Batch::outcomes`], but can be stopped without losing the outcomes of calls that
    /// were sent.
    ///
    /// Once `stop` is ready, no more calls are sent or retried; the stream waits for those in
    /// flight and ends. Once `give_up` is ready, it no longer waits: calls in flight fail with
    /// [`ErrorKind::OutcomeUnknown`] if they write, and with [`ErrorKind::Unavailable`] if they
    /// read. Calls that were not sent have no outcome.
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
            // The signals never complete, and are polled before the calls they affect.
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
        // In whole requests, because calls that are queued together are sent together.
        stream::iter(chunks(self.calls, size.get()))
            .take_while(move |_| std::future::ready(!stop.is_stopping()))
            .then(move |calls| {
                let run = run.clone();
                async move {
                    let mut sent = Vec::with_capacity(calls.len());
                    for call in calls {
                        sent.push(run.enqueue(call));
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
