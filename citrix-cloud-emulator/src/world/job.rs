//! Jobs: calls that were asked for with `async=true` and finish later.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::collection::Member;
use crate::daas::SiteCall;
use crate::http::Reply;

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

impl Member for Job {
    fn id(&self) -> &str {
        &self.id
    }
}
