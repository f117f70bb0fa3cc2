//! The outcome of jobs that got a fault when they were created.

use std::collections::HashMap;

use super::kind::FaultKind;

/// How a job ends instead of succeeding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobEnding {
    Fails,
    Hangs,
    Vanishes,
}

/// How a job ends, and whether its work is done first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JobFate {
    pub(crate) ending: JobEnding,
    pub(crate) acts: bool,
}

/// Fates by job id.
#[derive(Debug, Default)]
pub(super) struct Fates(HashMap<String, JobFate>);

impl Fates {
    pub(super) fn seal(&mut self, job: &str, kind: &FaultKind, acts: bool) {
        let ending = match kind {
            FaultKind::JobFails => JobEnding::Fails,
            FaultKind::JobHangs => JobEnding::Hangs,
            FaultKind::JobVanishes => JobEnding::Vanishes,
            _ => return,
        };
        self.0.insert(job.to_owned(), JobFate { ending, acts });
    }

    pub(super) fn of(&self, job: &str) -> Option<JobFate> {
        self.0.get(job).copied()
    }
}
