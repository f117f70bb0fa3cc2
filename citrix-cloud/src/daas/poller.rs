//! Waiting for a job and following its progress.

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::time::Duration;

use futures_util::{Stream, stream};
use tokio::time::Instant;

use super::job_ending::{conclude, is_over, status};
use crate::error::Inner;
use crate::handles::jobs::JobHandle;
use crate::models::Job;
use crate::stream::streams;
use crate::{Error, ErrorKind};

streams! {
    /// The state of a job at each poll: status, percentage, sub-jobs. The last one is the final
    /// state, whether the job succeeded or not.
    Updates of Job;
}

/// The first pause between two polls.
const FIRST_PAUSE: Duration = Duration::from_secs(2);

/// The longest pause; each pause is 1.5 times as long as the one before, up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The time limit for one poll; a poll that takes longer has failed.
const LOOK: Duration = Duration::from_secs(30);

/// How long before the deadline the last poll happens.
const LAST_LOOK: Duration = Duration::from_secs(1);

/// Stands for no deadline.
const FOREVER: Duration = Duration::from_secs(30 * 365 * 86_400);

/// Waits for a job; awaiting it returns the job once it has completed, with or without warnings.
///
/// It polls the job immediately, again after 2 s, and then at intervals that grow to 30 s. Polls
/// that fail for a transient reason are repeated. Dropping this or reaching the deadline does not
/// cancel the job; only [`JobHandle::cancel`] does.
///
/// # Errors
///
/// Awaiting it fails with [`ErrorKind::JobFailed`] if the job ended in any other way, with the
/// job's own message, its error code as [`Error::code`] and its error parameters as
/// [`Error::details`]; with [`ErrorKind::Timeout`] at the deadline; with [`ErrorKind::JobVanished`]
/// if the service no longer knows a job that it knew before, or [`ErrorKind::NotFound`] if it never
/// did; and with the error of a poll that fails permanently.
#[derive(Debug, Clone)]
#[must_use = "nothing waits until it is awaited"]
pub struct JobPoller {
    job: JobHandle,
    deadline: Duration,
    poll_every: Option<Duration>,
}

impl JobPoller {
    pub(super) fn new(job: JobHandle, deadline: Duration) -> Self {
        Self {
            job,
            deadline,
            poll_every: None,
        }
    }

    /// Sets a fixed pause between polls; by default, pauses grow from 2 s to 30 s.
    pub fn poll_every(mut self, pause: Duration) -> Self {
        self.poll_every = Some(pause);
        self
    }

    /// Returns the state of the job at each poll: status, percentage, sub-jobs. The last one is the
    /// final state, whether the job succeeded or not.
    ///
    /// The stream ends with the same errors as awaiting does, except that a failed job is not an
    /// error here. Dropping the stream does not affect the job.
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
    /// use std::time::Duration;
    ///
    /// let site = client.daas().only_site().await?;
    /// let job = site.machine(r"DEMOLAB\KESTREL").reboot().as_job().await?;
    /// # emulator.clock().advance(Duration::from_secs(60));
    /// let mut looks = job.wait(Duration::from_secs(600)).updates();
    /// while let Some(now) = looks.try_next().await? {
    ///     println!("{:?}, {:?} %", now.status, now.overall_progress_percent);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn updates(self) -> Updates {
        let Self {
            job,
            deadline,
            poll_every,
        } = self;
        let id = job.id().to_owned();
        let pauses = poll_every.map_or(Pauses::Growing, Pauses::Always);
        Updates::new(watch(id, deadline, pauses, move |limit| {
            job.get().timeout(limit).into_future()
        }))
    }

    async fn run(self) -> Result<Job, Error> {
        let job = self.job.clone();
        let mut updates = self.updates();
        let mut last = Job::default();
        while let Some(job) = updates.try_next().await? {
            last = job;
        }
        conclude(last, job.id()).map_err(|error| error.masked(&job.at.client().shared.secrets))
    }
}

impl IntoFuture for JobPoller {
    type Output = Result<Job, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// The state between two polls.
struct Watch<L> {
    id: String,
    look: L,
    began: Instant,
    end: Instant,
    /// The pause before the next poll; none before the first.
    pause: Option<Duration>,
    pauses: Pauses,
    last: Option<Glimpse>,
    /// How many polls in a row found no job. Just after the job was created, or on a node that lags
    /// behind, a single one proves nothing.
    missing: u32,
}

/// The length of the pauses.
#[derive(Clone, Copy)]
enum Pauses {
    Always(Duration),
    Growing,
}

/// Status and percentage, for error messages.
struct Glimpse(String, Option<i64>);

impl fmt::Display for Glimpse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(percent) => write!(f, "{}, {percent} %", self.0),
            None => f.write_str(&self.0),
        }
    }
}

fn watch<F>(
    id: String,
    deadline: Duration,
    pauses: Pauses,
    look: impl Fn(Duration) -> F + Send + Sync,
) -> impl Stream<Item = Result<Job, Error>> + Send
where
    F: Future<Output = Result<Job, Error>> + Send,
{
    let began = Instant::now();
    let watch = Watch {
        id,
        look,
        began,
        end: began.checked_add(deadline).unwrap_or(began + FOREVER),
        pause: None,
        pauses,
        last: None,
        missing: 0,
    };
    stream::try_unfold(Some(watch), async |watch| match watch {
        Some(watch) => watch.next().await.map(Some),
        None => Ok(None),
    })
}

impl<L, F> Watch<L>
where
    L: Fn(Duration) -> F,
    F: Future<Output = Result<Job, Error>>,
{
    /// Polls until it sees the job; the second value is `None` once the job has finished.
    async fn next(mut self) -> Result<(Job, Option<Self>), Error> {
        let mut asked_for = Duration::ZERO;
        loop {
            if let Some(pause) = self.pause {
                self.rest(pause.max(asked_for)).await?;
            }
            self.pause = Some(match (self.pauses, self.pause) {
                (Pauses::Always(pause), _) => pause,
                (Pauses::Growing, None) => FIRST_PAUSE,
                (Pauses::Growing, Some(pause)) => pause.mul_f64(1.5).min(LONGEST_PAUSE),
            });
            asked_for = Duration::ZERO;
            let left = self.end.saturating_duration_since(Instant::now());
            match (self.look)(left.clamp(Duration::from_millis(1), LOOK)).await {
                Ok(job) => {
                    self.missing = 0;
                    self.last = Some(Glimpse(status(&job), job.overall_progress_percent));
                    let over = is_over(&job);
                    return Ok((job, (!over).then_some(self)));
                }
                Err(error) if error.is_not_found() => {
                    self.missing += 1;
                    if self.missing > 1 {
                        return Err(self.missed(error));
                    }
                }
                Err(error) if error.is_retryable() => {
                    tracing::debug!(%error, "polling the job failed; trying again");
                    asked_for = error.retry_after().unwrap_or_default();
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Pauses, but leaves time for a last poll before the deadline.
    async fn rest(&self, pause: Duration) -> Result<(), Error> {
        let left = self.end.saturating_duration_since(Instant::now());
        if left <= LAST_LOOK {
            let mut inner = Inner::new(
                ErrorKind::Timeout,
                format!(
                    "job {} has not finished after {:.0} s{}; it is still running",
                    self.id,
                    (self.end - self.began).as_secs_f64(),
                    self.seen()
                ),
            );
            inner.job = Some(self.id.clone());
            return Err(inner.into_error());
        }
        tokio::time::sleep(pause.min(left - LAST_LOOK)).await;
        Ok(())
    }

    fn missed(&self, error: Error) -> Error {
        if self.last.is_none() {
            return error;
        }
        let mut inner = Inner::new(
            ErrorKind::JobVanished,
            format!(
                "the service no longer knows job {}{}; it is not known how it ended",
                self.id,
                self.seen()
            ),
        );
        inner.job = Some(self.id.clone());
        inner.operation = error.operation();
        inner.transaction_id = error.transaction_id().map(str::to_owned);
        inner.source = Some(std::sync::Arc::new(error));
        inner.into_error()
    }

    fn seen(&self) -> String {
        match &self.last {
            Some(glimpse) => format!(" (last seen: {glimpse})"),
            None => String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::sync::Mutex;

    use futures_util::StreamExt as _;
    use serde_json::{Value, json};

    use super::*;

    fn job(value: Value) -> Job {
        serde_json::from_value(value).unwrap()
    }

    fn running(percent: u8) -> Result<Job, Error> {
        Ok(job(
            json!({ "Status": "InProgress", "OverallProgressPercent": percent }),
        ))
    }

    fn failing(kind: ErrorKind) -> Result<Job, Error> {
        Err(Inner::new(kind, "no").into_error())
    }

    fn complete() -> Result<Job, Error> {
        Ok(job(json!({ "Status": "Complete" })))
    }

    /// Returns the results of the polls and their times in seconds.
    async fn looks(
        deadline: u64,
        script: impl IntoIterator<Item = Result<Job, Error>>,
    ) -> (Vec<Result<Job, Error>>, Vec<f64>) {
        let began = Instant::now();
        let script: Mutex<VecDeque<_>> = Mutex::new(script.into_iter().collect());
        let times = Mutex::new(Vec::new());
        let deadline = Duration::from_secs(deadline);
        let stream = watch("j".to_owned(), deadline, Pauses::Growing, |limit| {
            assert!(limit <= LOOK);
            times.lock().unwrap().push(began.elapsed().as_secs_f64());
            let next = script
                .lock()
                .unwrap()
                .pop_front()
                .unwrap_or_else(|| running(9));
            async move { next }
        });
        let seen = stream.collect().await;
        (seen, times.into_inner().unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_from_two_seconds_to_thirty() {
        let script = (0..12).map(|_| running(1)).chain([complete()]);
        let (seen, times) = looks(3600, script).await;
        assert_eq!(seen.len(), 13);
        let pauses: Vec<f64> = times
            .windows(2)
            .map(|pair| (pair[1] - pair[0]).round())
            .collect();
        assert_eq!(
            pauses,
            [2., 3., 5., 7., 10., 15., 23., 30., 30., 30., 30., 30.]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_failed_poll_does_not_end_the_wait() {
        use ErrorKind as K;
        for kind in [
            K::Unavailable,
            K::Timeout,
            K::Network,
            K::Connect,
            K::Throttled,
            K::NotFound,
        ] {
            let script = [
                failing(kind),
                running(1),
                failing(kind),
                running(2),
                complete(),
            ];
            let (seen, _) = looks(3600, script).await;
            assert_eq!(seen.len(), 3, "{kind:?}");
            assert!(seen.iter().all(Result::is_ok), "{kind:?}");
        }
        let (seen, times) = looks(3600, [failing(K::Forbidden)]).await;
        assert_eq!(seen[0].as_ref().unwrap_err().kind(), K::Forbidden);
        assert_eq!(times.len(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn a_delay_that_the_service_asks_for_is_kept() {
        let mut slow = Inner::new(ErrorKind::Throttled, "slow down");
        slow.retry_after = Some(Duration::from_secs(17));
        let (_, times) = looks(3600, [Err(slow.into_error()), complete()]).await;
        assert_eq!(times[1].round(), 17.);
    }

    #[tokio::test(start_paused = true)]
    async fn the_last_poll_comes_right_before_the_deadline() {
        let (seen, times) = looks(60, []).await;
        assert_eq!(times.last().unwrap().round(), 59.);
        let error = seen.last().unwrap().as_ref().unwrap_err();
        assert_eq!(
            (error.kind(), error.job_id()),
            (ErrorKind::Timeout, Some("j"))
        );
        assert_eq!(
            error.message(),
            "job j has not finished after 60 s (last seen: InProgress, 9 %); it is still running"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_that_is_gone_differs_from_one_that_never_existed() {
        let gone = || failing(ErrorKind::NotFound);
        let (seen, _) = looks(60, [running(40), gone(), gone()]).await;
        let error = seen[1].as_ref().unwrap_err();
        assert_eq!(
            (error.kind(), error.job_id()),
            (ErrorKind::JobVanished, Some("j"))
        );
        assert!(error.message().contains("InProgress, 40 %"), "{error}");
        assert!(!error.is_not_found() && !error.is_retryable());
        let (seen, _) = looks(60, [gone(), gone()]).await;
        assert!(seen[0].as_ref().unwrap_err().is_not_found());
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_beyond_the_clocks_range_means_no_deadline() {
        let look = |_| async { complete() };
        let stream = watch("j".to_owned(), Duration::MAX, Pauses::Growing, look);
        assert_eq!(stream.count().await, 1);
    }
}
