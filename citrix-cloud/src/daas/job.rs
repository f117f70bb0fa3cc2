//! Jobs: work that the service does after it has answered.

use std::time::Duration;

use serde_json::Value;

use super::{JobPoller, Site};
use crate::Request;
use crate::models::{Job, JobStatus};

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
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) when the service does not know it (any more).
    pub fn get(&self) -> Request<Job> {
        let id = self.id.clone();
        self.site.request(|call| async move {
            let sent = call.daas().jobs_get_job().id(id).send().await;
            call.settle(sent).await
        })
    }

    /// Gets what the job produced; the shape depends on the job. JSON that comes as text, as
    /// Citrix's Go SDK has it, is read.
    ///
    /// # Errors
    ///
    /// As [`JobHandle::get`].
    pub fn results(&self) -> Request<Value> {
        let id = self.id.clone();
        self.site.request(|call| async move {
            let sent = call.daas().jobs_get_job_results().id(id).send().await;
            Ok(match call.settle(sent).await? {
                Value::String(text) => match serde_json::from_str(&text) {
                    Ok(read @ (Value::Object(_) | Value::Array(_))) => read,
                    _ => Value::String(text),
                },
                results => results,
            })
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

    /// Waits for the end of the job, at most `deadline`; [`JobPoller::updates`] watches it meanwhile.
    pub fn wait(&self, deadline: Duration) -> JobPoller {
        JobPoller::new(self.clone(), deadline)
    }

    pub(super) fn site(&self) -> &Site {
        &self.site
    }
}
