//! Jobs: work that the service does after it has answered.

use std::time::Duration;

use citrix_cloud_gen::operation::Asynchronous;
use citrix_cloud_gen::ops::jobs::{CancelJob, DeleteJob, GetJob, GetJobResults};
use serde_json::Value;

use super::{JobPoller, Site};
use crate::decode::{self, Unreadable};
use crate::models::JobStatus;
use crate::{BoxRequest, Client, Error, Request};

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
    pub(super) fn id_of(answer: &Value) -> Option<String> {
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
    pub fn get(&self) -> Request<GetJob> {
        self.site.send(GetJob::new(&self.id))
    }

    /// Gets what the job produced; the shape depends on the job. JSON that comes as text, as
    /// Citrix's Go SDK has it, is read.
    ///
    /// # Errors
    ///
    /// As [`JobHandle::get`].
    pub fn results(&self) -> BoxRequest<Value> {
        self.site
            .send(GetJobResults::new(&self.id))
            .map(|results| match results {
                Value::String(text) => match serde_json::from_str(&text) {
                    Ok(read @ (Value::Object(_) | Value::Array(_))) => read,
                    _ => Value::String(text),
                },
                results => results,
            })
    }

    /// Asks the service to cancel the job. Nothing else cancels one.
    ///
    /// # Errors
    ///
    /// As [`JobHandle::get`].
    pub fn cancel(&self) -> Request<CancelJob> {
        self.site.send(CancelJob::new(&self.id))
    }

    /// Deletes the service's memory of the job.
    ///
    /// # Errors
    ///
    /// As [`JobHandle::get`].
    pub fn delete(&self) -> Request<DeleteJob> {
        self.site.send(DeleteJob::new(&self.id))
    }

    /// Waits for the end of the job, at most `deadline`; [`JobPoller::updates`] watches it meanwhile.
    pub fn wait(&self, deadline: Duration) -> JobPoller {
        JobPoller::new(self.clone(), deadline)
    }

    pub(super) fn site(&self) -> &Site {
        &self.site
    }
}

impl<O: Asynchronous> Request<O> {
    /// Asks the service to make a job of it (`async=true`) and returns that job, which can be
    /// waited for.
    ///
    /// Advised for whatever may take longer than 90 s.
    ///
    /// # Errors
    ///
    /// As awaiting the request; [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is
    /// sent, for a call that is not below a site; [`ErrorKind::Decode`](crate::ErrorKind::Decode)
    /// when the service did the work at once and made no job of it.
    pub async fn as_job(self) -> Result<JobHandle, Error> {
        let request = self.with(Asynchronous::asynchronous).decoded_by(|answer| {
            let shown = || JobHandle::id_of(&serde_json::from_slice(answer.body()).ok()?);
            decode::job(answer).or_else(shown).ok_or_else(|| {
                let words = "the service did it at once and made no job of it";
                Unreadable::Mismatch(words.to_owned())
            })
        });
        let (shared, site) = request.site();
        let Some(site) = site else {
            return Err(Error::input(
                "only operations below a site of Citrix DaaS can be jobs",
            ));
        };
        let id = request.await?;
        Ok(Client { shared }.daas().site(site).job(id))
    }
}
