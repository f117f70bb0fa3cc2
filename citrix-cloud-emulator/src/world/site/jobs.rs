//! The site's stored jobs.

use super::Site;
use crate::world::job::Job;

/// The maximum number of stored jobs. A batch job can be large.
const KEPT: usize = 5000;

impl Site {
    /// Stores a job. If there are too many, the oldest finished one is removed.
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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::world::job::JobStatus;

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
