//! Jobs: work that the service continues after it has responded.

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
    /// Returns the id of a job if a response is one: it then has an id, a type and a job status.
    pub(super) fn id_of(response: &Value) -> Option<String> {
        let known = |status| JobStatus::KNOWN.contains(&status);
        let is_job = response["Type"].is_string() && response["Status"].as_str().is_some_and(known);
        let id = response["Id"].as_str().filter(|_| is_job);
        id.map(str::to_owned)
    }

    /// Gets the results of the job. Their shape depends on the job; `null` if there are none. JSON
    /// encoded as a string, which is what Citrix's Go SDK expects, is decoded.
    ///
    /// # Errors
    ///
    /// The same as [`JobHandle::get`].
    pub fn results(&self) -> BoxRequest<Value> {
        self.at
            .send(GetJobResults::new(&self.job))
            .decoded_by(|response| decode::value(response, Reads::Json))
            .map(|results| match results {
                Value::String(text) => match serde_json::from_str(&text) {
                    Ok(read @ (Value::Object(_) | Value::Array(_))) => read,
                    _ => Value::String(text),
                },
                results => results,
            })
    }

    /// Waits until the job has finished, for at most `deadline`; [`JobPoller::updates`] follows its
    /// progress.
    pub fn wait(&self, deadline: Duration) -> JobPoller {
        JobPoller::new(self.clone(), deadline)
    }
}

impl<O: Asynchronous> Request<O> {
    /// Asks the service to run the call as a job (`async=true`), and returns that job.
    ///
    /// Use this for anything that may take longer than 90 s.
    ///
    /// # Errors
    ///
    /// The same as awaiting the request. Also [`ErrorKind::Input`](crate::ErrorKind::Input), before
    /// anything is sent, if the call is not for a site, and
    /// [`ErrorKind::Decode`](crate::ErrorKind::Decode) if the service did the work at once instead
    /// of starting a job.
    pub async fn as_job(self) -> Result<JobHandle, Error> {
        let request = self
            .with(Asynchronous::asynchronous)
            .decoded_by(|response| {
                let shown = || JobHandle::id_of(&serde_json::from_slice(response.body()).ok()?);
                decode::job(response).or_else(shown).ok_or_else(|| {
                    let words = "the service did the work at once and started no job";
                    Unreadable::Mismatch(words.to_owned())
                })
            });
        let (shared, site) = request.site();
        let Some(site) = site else {
            return Err(Error::input(
                "only operations of a Citrix DaaS site can run as jobs",
            ));
        };
        let id = request.await?;
        Ok(Client { shared }.daas().site(site).job(id))
    }
}
