//! Jobs: calls that were asked for with `async=true` and are answered later.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Site;
use super::collection::Member;
use crate::http::Reply;
use crate::routes::daas::SiteCall;

/// How many jobs are kept. One of a batch can be large.
const KEPT: usize = 5000;

/// How far a job has come (`Status` on the wire).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobStatus {
    /// It waits.
    NotStarted,
    /// It runs.
    InProgress,
    /// It is over, and did what it should.
    Complete,
    /// It is over, and did not.
    Failed,
    /// Somebody cancelled it.
    Canceled,
}

impl JobStatus {
    /// Says whether nothing more is going to happen.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Complete | Self::Failed | Self::Canceled)
    }
}

/// One job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    id: String,
    /// What it does, such as `RebootMachines`.
    pub kind: String,
    /// How far it has come.
    pub status: JobStatus,
    /// When it was asked for.
    pub created: Timestamp,
    /// When it began.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// One for each item of a batch.
    pub sub_jobs: Vec<Job>,
    pub(crate) call: Option<SiteCall>,
    pub(crate) reply: Option<Reply>,
}

impl Job {
    pub(crate) fn new(kind: impl Into<String>, created: Timestamp) -> Self {
        Self {
            id: Uuid::new_v4().to_string(),
            kind: kind.into(),
            status: JobStatus::NotStarted,
            created,
            started: None,
            ended: None,
            sub_jobs: Vec::new(),
            call: None,
            reply: None,
        }
    }

    /// Returns its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Moves the job and its parts to a status, and notes the time.
    pub(crate) fn reach(&mut self, status: JobStatus, at: Timestamp) {
        if self.status.is_final() {
            return;
        }
        self.status = status;
        if status == JobStatus::InProgress {
            self.started = Some(at);
        } else {
            self.ended = Some(at);
        }
        for part in &mut self.sub_jobs {
            part.reach(status, at);
        }
    }
}

impl Site {
    /// Keeps a job; of those that are over, the oldest goes when there are too many.
    pub(crate) fn add_job(&mut self, job: Job) {
        self.jobs.push(job);
        if self.jobs.len() > KEPT {
            let mut jobs = self.jobs.iter();
            let oldest = jobs.find(|it| it.status.is_final());
            let oldest = oldest.map(|it| it.id().to_owned());
            oldest.map(|id| self.jobs.remove(&id));
        }
    }
}

impl Member for Job {
    fn id(&self) -> &str {
        &self.id
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_job_that_is_over_makes_room() {
        let mut site = Site::new("7", "Seven");
        let job = |status| {
            let mut job = Job::new("Test", Timestamp::UNIX_EPOCH);
            job.status = status;
            job
        };
        let waiting = job(JobStatus::NotStarted);
        let over = job(JobStatus::Complete);
        site.add_job(waiting.clone());
        site.add_job(over.clone());
        for _ in 0..KEPT {
            site.add_job(job(JobStatus::Failed));
        }
        assert_eq!(site.jobs.len(), KEPT);
        assert!(site.jobs.contains(waiting.id()) && !site.jobs.contains(over.id()));
    }
}
