//! Jobs: work that the service does after it has answered.

use std::time::Duration;

use citrix_cloud_gen::operation::{Asynchronous, Reads};
use citrix_cloud_gen::ops::jobs::GetJobResults;
use serde_json::Value;

use super::JobPoller;
use crate::decode::{self, Unreadable};
use crate::handles::jobs::JobHandle;
use crate::models::JobStatus;
use crate::{BoxRequest, Client, Error, Request};

impl JobHandle {
    /// The id of an answer that is a job: one has an id, a type and a status of a job's.
    pub(super) fn id_of(answer: &Value) -> Option<String> {
        let known = |status| JobStatus::KNOWN.contains(&status);
        let is_job = answer["Type"].is_string() && answer["Status"].as_str().is_some_and(known);
        let id = answer["Id"].as_str().filter(|_| is_job);
        id.map(str::to_owned)
    }

    /// Gets what the job produced; the shape depends on the job, and it is `null` where there is nothing.
    /// JSON that comes as text, as Citrix's Go SDK has it, is read.
    ///
    /// # Errors
    ///
    /// As [`JobHandle::get`].
    pub fn results(&self) -> BoxRequest<Value> {
        self.at
            .send(GetJobResults::new(&self.job))
            .decoded_by(|answer| decode::value(answer, Reads::Json))
            .map(|results| match results {
                Value::String(text) => match serde_json::from_str(&text) {
                    Ok(read @ (Value::Object(_) | Value::Array(_))) => read,
                    _ => Value::String(text),
                },
                results => results,
            })
    }

    /// Waits for the end of the job, at most `deadline`; [`JobPoller::updates`] watches it meanwhile.
    pub fn wait(&self, deadline: Duration) -> JobPoller {
        JobPoller::new(self.clone(), deadline)
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
