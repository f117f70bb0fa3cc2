//! The task of one object: check, submit, confirm, wait, restore.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::action::{Action, SubmitResult, never_ran, submit_result, unsure};
use super::confirm::{Confirmation, confirm};
use super::decision::{Decision, SkipReason};
use super::evidence::leaves_lasting_trace;
use super::freshness::{Freshness, Veto};
use super::journal::{JournalEntry, JournalState};
use super::limits::{Limits, Permit};
use super::maintenance::{MAINTENANCE_TIMEOUT, Maintenance, NotDrained};
use super::plan::{Plan, Step};
use super::report::{NotAttempted, Outcome, Report};
use super::snapshot::Snapshot;
use super::watch::{Until, watch};
use super::{Mode, Options};
use crate::Error;
use crate::daas::{BatchRun, Site};
use crate::pipeline::PermitUse;

/// How many times one object is submitted if evidence shows each time that nothing ran.
const TIMES: u32 = 8;

/// The state that all tasks of a run share.
pub(super) struct RunContext {
    pub(super) site: Site,
    pub(super) limits: Arc<Limits>,
    pub(super) stopped: AtomicBool,
    pub(super) action: Action,
    pub(super) options: Options,
    /// Limits concurrent checks of objects after their submission, because many may wait for
    /// evidence at the same time.
    looks: Semaphore,
    journal: Option<super::plan::Journal>,
    /// The batches that calls go into, in batch mode.
    batches: Option<BatchRun>,
}

impl RunContext {
    pub(super) fn new(plan: &Plan) -> Self {
        let options = plan.options.clone();
        let batches = match options.mode {
            Mode::Individual => None,
            Mode::Batch => Some(BatchRun::of(plan.site.clone())),
        };
        Self {
            site: plan.site.clone(),
            limits: Limits::new(&options),
            stopped: AtomicBool::new(false),
            action: plan.action.clone(),
            looks: Semaphore::new(options.concurrency.get().min(Semaphore::MAX_PERMITS)),
            journal: plan.journal.clone(),
            batches,
            options,
        }
    }

    /// Records the outcome of an object and creates its report.
    pub(super) fn end(&self, step: Step, outcome: Outcome, left: Option<Error>) -> Report {
        let report = Report {
            id: step.id,
            name: step.name,
            outcome,
            left_in_maintenance: left,
        };
        if let Some(write) = &self.journal
            && let Err(error) = write(&JournalEntry::from(&report))
        {
            tracing::warn!(%error, "an outcome could not be recorded");
            self.stopped.store(true, Ordering::Relaxed);
        }
        report
    }

    /// Returns whether no more objects may be started.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    pub(super) fn record(&self, id: &str, name: &str, state: JournalState) -> Result<(), Outcome> {
        let Some(write) = &self.journal else {
            return Ok(());
        };
        let (id, name) = (id.to_owned(), name.to_owned());
        write(&JournalEntry { id, name, state }).map_err(|error| {
            self.stopped.store(true, Ordering::Relaxed);
            Outcome::NotAttempted(NotAttempted::NotRecorded(error.to_string()))
        })
    }

    /// Sends the request for one object, with the check that runs when it is about to be sent.
    pub(super) async fn submit(
        &self,
        action: &Action,
        id: &str,
        check: Option<Arc<Freshness>>,
    ) -> SubmitResult {
        let mut request = action.request(&self.site, id);
        if let Some(check) = check {
            request = request.before_send(check);
        }
        let response = match &self.batches {
            Some(batches) => batches.call(request).await,
            None => request.await,
        };
        submit_result(response, id)
    }

    pub(super) async fn look(&self, id: &str, permit: PermitUse) -> Result<Snapshot, Error> {
        self.action.look(&self.site, id, permit).await
    }

    async fn later_look(&self, id: &str) -> Result<Snapshot, Error> {
        let _one_of_many = self.looks.acquire().await;
        self.look(id, PermitUse::Own).await
    }
}

/// One object in progress.
pub(super) struct ObjectTask {
    run: Arc<RunContext>,
    step: Step,
    permit: Permit,
    freshness: Arc<Freshness>,
    maintenance: Maintenance,
    /// How many requests had no conclusive response, in this run and the one that it resumes.
    without_response: u32,
}

impl ObjectTask {
    pub(super) fn new(run: Arc<RunContext>, step: Step, permit: Permit) -> Self {
        Self {
            without_response: u32::from(step.unconfirmed.is_some()),
            freshness: Freshness::new(run.clone(), &step),
            maintenance: Maintenance::new(run.clone(), &step.id, step.drained),
            run,
            step,
            permit,
        }
    }

    /// Processes the object unless `give_up` comes first; returns `None` if it had not been started
    /// by then.
    pub(super) async fn take(
        mut self,
        give_up: impl Future<Output = ()> + Unpin,
    ) -> Option<Report> {
        let outcome = tokio::select! {
            // An outcome that is ready is reported even if the run is aborted at the same moment.
            biased;
            outcome = self.carry_out() => Some(outcome),
            () = give_up => None,
        };
        if outcome.as_ref().is_some_and(Outcome::is_failure) {
            self.permit.failed();
        }
        if let Some(got_response) = outcome.as_ref().and_then(Outcome::got_response) {
            self.run.limits.record_response(got_response);
        }
        let left = match (self.maintenance.is_ours(), &outcome) {
            (false, _) => None,
            (true, Some(_)) => self.restore().await.err(),
            (true, None) => match timeout(MAINTENANCE_TIMEOUT, self.restore()).await {
                Ok(restored) => restored.err(),
                Err(_) => Some(unsure(
                    "the end of maintenance mode was not confirmed in time",
                )),
            },
        };
        let outcome = match outcome {
            Some(outcome) => outcome,
            None if self.without_response > 0 || self.freshness.sent() > 0 => {
                self.permit.failed();
                Outcome::Unknown(unsure("the run was aborted before a response came"))
            }
            None if left.is_some() => Outcome::NotAttempted(NotAttempted::Aborted),
            None => return None,
        };
        Some(self.run.end(self.step, outcome, left))
    }

    async fn carry_out(&mut self) -> Outcome {
        match self.decide_and_submit().await {
            Ok(before) => self.follow(&before).await,
            Err(Outcome::Unknown(error)) => {
                // It counts as a failure from now on, not only once the machine is up again.
                self.permit.failed();
                self.permit.submitted();
                self.permit.serves(false);
                if self.watches() {
                    self.watch(&Snapshot::default(), Until::Up).await;
                }
                Outcome::Unknown(error)
            }
            Err(outcome) => outcome,
        }
    }

    /// Gets the service to accept the request, and returns the last snapshot before it did.
    async fn decide_and_submit(&mut self) -> Result<Snapshot, Outcome> {
        if let Decision::Skip(reason) = &self.step.decision {
            return Err(Outcome::Skipped(reason.clone()));
        }
        if let Some(earlier) = self.step.unconfirmed.take() {
            let lost = unsure("an earlier run sent the request, and no response came");
            if self.confirm(&earlier, lost.clone()).await? {
                return Ok(earlier);
            }
            if !leaves_lasting_trace(&self.run.action, &earlier) {
                return Err(Outcome::Unknown(lost));
            }
        }
        if self.run.options.drain {
            self.drain().await?;
        }
        loop {
            self.freshness.begin();
            let check = self.freshness.clone();
            let submitted = self
                .run
                .submit(&self.run.action, &self.step.id, Some(check))
                .await;
            match self.freshness.take_veto() {
                Some(Veto::Ran) => return Ok(self.freshness.snapshot()),
                Some(Veto::Ends(outcome)) => return Err(outcome),
                None => {}
            }
            let before = self.freshness.snapshot();
            let error = match submitted {
                SubmitResult::Accepted => return Ok(before),
                // Whatever failed, it was not the request itself: that was never sent.
                SubmitResult::Refused(error) | SubmitResult::Unsure(error)
                    if self.freshness.sent() == 0 =>
                {
                    return Err(failed(error));
                }
                SubmitResult::Refused(error) => return self.refused(&before, error).await,
                SubmitResult::Unsure(error) => error,
            };
            self.without_response += 1;
            if self.confirm(&before, error).await? {
                return Ok(before);
            }
        }
    }

    /// Finds out whether a request without a response ran. If it did not, it may be sent again.
    ///
    /// The object still counts as in progress meanwhile, because it may turn out to be a failure.
    async fn confirm(&mut self, before: &Snapshot, error: Error) -> Result<bool, Outcome> {
        let within = self.run.options.confirm_timeout;
        if within.is_zero() || !self.run.action.leaves_evidence() {
            return Err(Outcome::Unknown(error));
        }
        // A failure to record this changes nothing: the request has been sent.
        let _ = self.record(JournalState::Confirming);
        let look = || self.run.later_look(&self.step.id);
        match confirm(&self.run.action, before, within, look).await {
            Confirmation::Ran => Ok(true),
            Confirmation::Unclear => Err(Outcome::Unknown(error)),
            Confirmation::NotRun(..) if self.without_response >= TIMES => Err(Outcome::Failed(
                never_ran(&error, self.without_response, within),
            )),
            Confirmation::NotRun(..) if self.run.is_stopped() => {
                Err(Outcome::NotAttempted(NotAttempted::Stopped))
            }
            Confirmation::NotRun(now, taken) => {
                self.freshness.update(now, taken);
                self.allow().map(|()| false)
            }
        }
    }

    /// Handles a refusal. If it follows a request without a response, it may be a consequence of
    /// that one having run.
    async fn refused(&mut self, before: &Snapshot, error: Error) -> Result<Snapshot, Outcome> {
        if self.without_response > 0 {
            let look = || self.run.later_look(&self.step.id);
            match confirm(&self.run.action, before, Duration::ZERO, look).await {
                Confirmation::Ran => return Ok(before.clone()),
                Confirmation::Unclear => return Err(Outcome::Unknown(error)),
                Confirmation::NotRun(..) => {}
            }
        }
        if error.is_not_found() && !self.run.action.is_for_machines() {
            return Err(Outcome::Skipped(SkipReason::Gone));
        }
        Err(Outcome::Failed(error))
    }

    fn allow(&self) -> Result<(), Outcome> {
        match self.freshness.decide() {
            Decision::Act => Ok(()),
            Decision::Skip(reason) => Err(Outcome::Skipped(reason)),
        }
    }

    /// Puts the machine into maintenance mode and checks it again; from here on, nobody can log on.
    async fn drain(&mut self) -> Result<(), Outcome> {
        let refreshed = self.freshness.ensure().await;
        refreshed.map_err(failed)?;
        self.allow()?;
        match self.freshness.snapshot().in_maintenance {
            // Set by an earlier run of ours, or by somebody else. Leave it on.
            Some(true) => return Ok(()),
            None => return Err(Outcome::Skipped(SkipReason::MaintenanceUnknown)),
            Some(false) => {}
        }
        self.record(JournalState::Draining)?;
        self.freshness.set_ours(true);
        let begun = self.maintenance.begin().await;
        if !self.maintenance.is_ours() {
            // There is nothing left for a resumed run to restore.
            let _ = self.record(JournalState::Restored);
        }
        match begun {
            Ok((snapshot, taken)) => self.freshness.update(snapshot, taken),
            Err(NotDrained::Look(error)) => return Err(failed(error)),
            Err(NotDrained::Refused(error) | NotDrained::NotSeen(error)) => {
                return Err(Outcome::Failed(error));
            }
        }
        self.allow()
    }

    async fn restore(&mut self) -> Result<(), Error> {
        self.maintenance.end().await?;
        // If this entry is lost, a resumed run only checks once more.
        let _ = self.record(JournalState::Restored);
        Ok(())
    }

    /// Follows the machine after the service has accepted the request.
    async fn follow(&mut self, before: &Snapshot) -> Outcome {
        self.permit.submitted();
        let action = &self.run.action;
        let (watches, ends_registered) = (self.watches(), action.ends_registered());
        self.permit.serves(!action.takes_out_of_service());
        if !watches && !self.maintenance.is_ours() {
            return Outcome::Done;
        }
        // If this entry is lost, a resumed run finds out by itself.
        let _ = self.record(JournalState::Accepted);
        if self.maintenance.is_ours() {
            let gone = self.watch(before, Until::Gone).await;
            if !gone && ends_registered {
                return Outcome::NotReady(self.run.options.ready_timeout);
            }
            if let Err(error) = self.restore().await {
                tracing::debug!(%error, "restoring failed; it is tried once more at the end");
            }
        }
        if watches && !self.watch(before, Until::Returned).await {
            return Outcome::NotReady(self.run.options.ready_timeout);
        }
        self.permit.serves(ends_registered);
        Outcome::Done
    }

    fn record(&self, state: JournalState) -> Result<(), Outcome> {
        self.run.record(&self.step.id, &self.step.name, state)
    }

    /// Returns whether the task lasts until the machine has registered.
    fn watches(&self) -> bool {
        let options = &self.run.options;
        self.run.action.ends_registered()
            && (options.max_unavailable.is_some() || options.min_available.is_some())
    }

    async fn watch(&self, before: &Snapshot, until: Until) -> bool {
        let look = || self.run.later_look(&self.step.id);
        watch(before, until, self.run.options.ready_timeout, look).await
    }
}

fn failed(error: Error) -> Outcome {
    if error.is_not_found() {
        return Outcome::Skipped(SkipReason::Gone);
    }
    Outcome::Failed(error)
}
