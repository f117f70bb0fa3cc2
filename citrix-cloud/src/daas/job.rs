//! Jobs: work that the service does after it has answered.

use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::Site;
use crate::error::Inner;
use crate::models::{Job, JobStatus};
use crate::{Error, ErrorKind, Request};

/// A job, by id.
#[derive(Debug, Clone)]
pub struct JobHandle {
    site: Site,
    id: String,
}

impl JobHandle {
    pub(super) fn new(site: Site, id: String) -> Self {
        Self { site, id }
    }

    /// The id of an answer that is a job: one has an id, a type and a status of a job's.
    pub(crate) fn id_of(answer: &Value) -> Option<String> {
        let known = |status| JobStatus::KNOWN.contains(&status);
        let is_job = answer["Type"].is_string() && answer["Status"].as_str().is_some_and(known);
        let id = answer["Id"].as_str().filter(|_| is_job);
        id.map(str::to_owned)
    }

    /// The id, with which the job can be found again later.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Gets the job as it is now.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] when the service does not know it (any more).
    pub fn get(&self) -> Request<Job> {
        let id = self.id.clone();
        self.site.request(|call| async move {
            let sent = call.daas().jobs_get_job().id(id).send().await;
            call.settle(sent).await
        })
    }

    /// Gets what the job produced; the shape depends on the job.
    ///
    /// # Errors
    ///
    /// As [`JobHandle::get`].
    pub fn results(&self) -> Request<Value> {
        let id = self.id.clone();
        self.site.request(|call| async move {
            let sent = call.daas().jobs_get_job_results().id(id).send().await;
            call.settle(sent).await
        })
    }

    /// Asks the service to cancel the job. Nothing else cancels one.
    ///
    /// # Errors
    ///
    /// As [`JobHandle::get`].
    pub fn cancel(&self) -> Request<Option<Job>> {
        let id = self.id.clone();
        self.site.request(|call| async move {
            let sent = call.daas().jobs_cancel_job().id(id).send().await;
            call.settle_optional(sent).await
        })
    }

    /// Deletes the service's memory of the job.
    ///
    /// # Errors
    ///
    /// As [`JobHandle::get`].
    pub fn delete(&self) -> Request<()> {
        let id = self.id.clone();
        self.site.request(|call| async move {
            let sent = call.daas().jobs_delete_job().id(id).send().await;
            call.settle_empty(sent).await
        })
    }

    /// Waits for the end of the job, at most `deadline`.
    pub fn wait(&self, deadline: Duration) -> Wait {
        Wait {
            job: self.clone(),
            deadline,
            poll_every: Duration::from_secs(2),
        }
    }
}

/// Waiting for a job; awaiting it gives the job when it has completed, with or without warnings.
///
/// Giving up does not cancel the job: [`JobHandle::cancel`] does.
///
/// # Errors
///
/// When awaited: [`ErrorKind::JobFailed`] with the job's own words when it ended in another way,
/// [`ErrorKind::Timeout`] at the deadline, and what a look at the job fails with. A look that
/// failed for a passing reason is taken again.
#[derive(Debug, Clone)]
#[must_use = "nothing waits until it is awaited"]
pub struct Wait {
    job: JobHandle,
    deadline: Duration,
    poll_every: Duration,
}

impl Wait {
    /// Sets the time between two looks at the job; default 2 s.
    pub fn poll_every(mut self, interval: Duration) -> Self {
        self.poll_every = interval;
        self
    }

    async fn run(self) -> Result<Job, Error> {
        let end = Instant::now() + self.deadline;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            match self
                .job
                .get()
                .timeout(left.max(Duration::from_millis(1)))
                .await
            {
                Ok(job) if is_over(&job) => return conclude(job, &self.job.id),
                Ok(_) => {}
                Err(error) if error.is_retryable() => {
                    tracing::debug!(%error, "a look at the job failed; looking again");
                }
                Err(error) => return Err(error),
            }
            if Instant::now() + self.poll_every >= end {
                let message = format!(
                    "job {} is not over after {} s; it goes on",
                    self.job.id,
                    self.deadline.as_secs_f64()
                );
                let mut inner = Inner::new(ErrorKind::Timeout, message);
                inner.job = Some(self.job.id);
                return Err(inner.into());
            }
            tokio::time::sleep(self.poll_every).await;
        }
    }
}

impl IntoFuture for Wait {
    type Output = Result<Job, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

/// Everything but these is an end; a status that no document lists is taken for one.
fn is_over(job: &Job) -> bool {
    use JobStatus as S;
    !matches!(
        job.status,
        Some(S::Unknown | S::NotStarted | S::InProgress) | None
    )
}

fn conclude(job: Job, id: &str) -> Result<Job, Error> {
    let status = match &job.status {
        Some(JobStatus::Complete | JobStatus::CompleteWithWarning) => return Ok(job),
        Some(status) => status.as_str().to_owned(),
        None => "Unknown".to_owned(),
    };
    let said = job.error_string.filter(|text| !text.is_empty());
    let message = match said {
        Some(words) => format!("job {id} ended as {status}: {words}"),
        None => format!("job {id} ended as {status}"),
    };
    let mut inner = Inner::new(ErrorKind::JobFailed, message);
    inner.job = Some(id.to_owned());
    inner.code = job.error_code.map(|code| code.as_str().to_owned());
    inner.details = job
        .error_parameters
        .unwrap_or_default()
        .into_iter()
        .map(|pair| {
            (
                pair.name.unwrap_or_default(),
                pair.value.unwrap_or_default(),
            )
        })
        .collect();
    Err(inner.into())
}
