//! Jobs: calls with `async=true`, which finish later.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::collection::Member;
use crate::daas::SiteCall;
use crate::http::Reply;

/// The status of a job (`Status` in JSON).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum JobStatus {
    /// The job has not started.
    NotStarted,
    /// The job is running.
    InProgress,
    /// The job succeeded.
    Complete,
    /// The job failed.
    Failed,
    /// The job was cancelled.
    Canceled,
}

impl JobStatus {
    /// Returns whether the status can no longer change.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Complete | Self::Failed | Self::Canceled)
    }
}

/// One job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Job {
    id: String,
    /// The job's type, such as `RebootMachines`.
    pub kind: String,
    /// The current status.
    pub status: JobStatus,
    /// When the job was requested.
    pub created: Timestamp,
    /// When it started.
    pub started: Option<Timestamp>,
    /// When it ended.
    pub ended: Option<Timestamp>,
    /// The sub-jobs of a batch, one for each item.
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

    /// Sets the status of the job and its parts, and records the time.
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

impl Member for Job {
    fn id(&self) -> &str {
        &self.id
    }
}
