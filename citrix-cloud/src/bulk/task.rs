//! The turn of one object: look, ask, find out, wait, put back.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;

use super::action::{Action, SubmitResult, never_ran, taken, unsure};
use super::confirm::{Confirmation, settle};
use super::decision::{Decision, SkipReason};
use super::journal::{JournalEntry, JournalState};
use super::limits::{Limits, Permit};
use super::plan::{Plan, Step};
use super::report::{NotAttempted, Outcome, Report};
use super::snapshot::Snapshot;
use super::watch::{Until, watch};
use super::{Mode, Options};
use crate::Error;
use crate::daas::{BatchRun, Site};

/// How many times one object is asked for when each time evidence shows that nothing ran.
const TIMES: u32 = 8;

/// The time before maintenance mode is asked for a second time; each further one is longer by it.
const PAUSE_IN_OUTAGE: Duration = Duration::from_secs(1);

/// How long the end of a run that nobody waits for any more may take to restore a machine.
const LAST_RESTORE: Duration = Duration::from_secs(10);

/// What all turns of a run share.
pub(super) struct RunContext {
    pub(super) site: Site,
    pub(super) limits: Arc<Limits>,
    pub(super) stopped: AtomicBool,
    action: Action,
    options: Options,
    /// Looks while nothing is asked for: many may wait for evidence at the same time.
    looks: Semaphore,
    journal: Option<super::plan::Journal>,
    /// What calls go together in, where they do.
    together: Option<BatchRun>,
}

impl RunContext {
    pub(super) fn new(plan: &Plan) -> Self {
        let options = plan.options.clone();
        let together = match options.mode {
            Mode::Individual => None,
            Mode::Batch => Some(BatchRun::of(plan.site.clone())),
        };
        Self {
            site: plan.site.clone(),
            limits: Limits::new(
                options.concurrency,
                options.max_unavailable,
                options.min_available,
            ),
            stopped: AtomicBool::new(false),
            action: plan.action.clone(),
            looks: Semaphore::new(options.concurrency.get().min(Semaphore::MAX_PERMITS)),
            journal: plan.journal.clone(),
            together,
            options,
        }
    }

    /// Writes down the end of an object and makes its report.
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

    /// Whether no further object is to be begun.
    pub(super) fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    fn record(&self, step: &Step, state: JournalState) -> Result<(), Outcome> {
        let Some(write) = &self.journal else {
            return Ok(());
        };
        let (id, name) = (step.id.clone(), step.name.clone());
        write(&JournalEntry { id, name, state }).map_err(|error| {
            self.stopped.store(true, Ordering::Relaxed);
            Outcome::NotAttempted(NotAttempted::NotRecorded(error.to_string()))
        })
    }

    async fn ask(&self, action: &Action, step: &Step) -> SubmitResult {
        let request = action.request(&self.site, &step.id);
        let answer = match &self.together {
            Some(batch) => batch.call(request).await,
            None => request.await,
        };
        taken(answer, &step.id)
    }

    async fn look(&self, step: &Step) -> Result<Snapshot, Error> {
        self.action.look(&self.site, &step.id).await
    }

    async fn later_look(&self, step: &Step) -> Result<Snapshot, Error> {
        let _one_of_many = self.looks.acquire().await;
        self.look(step).await
    }
}

/// One object under way.
pub(super) struct ObjectTask {
    run: Arc<RunContext>,
    step: Step,
    permit: Permit,
    /// How many times the service was asked, this run and an unsettled one before it.
    asked: u32,
    /// The machine is in maintenance mode because of us.
    drained: bool,
}

impl ObjectTask {
    pub(super) fn new(run: Arc<RunContext>, step: Step, permit: Permit) -> Self {
        Self {
            asked: u32::from(step.unsettled.is_some()),
            drained: step.drained,
            run,
            step,
            permit,
        }
    }

    /// Carries it out unless `give_up` comes first; nothing when the object was not begun then.
    pub(super) async fn take(
        mut self,
        give_up: impl Future<Output = ()> + Unpin,
    ) -> Option<Report> {
        let outcome = tokio::select! {
            biased;
            outcome = self.carry_out() => Some(outcome),
            () = give_up => None,
        };
        let left = match (self.drained, &outcome) {
            (false, _) => None,
            (true, Some(_)) => self.restore().await.err(),
            (true, None) => match tokio::time::timeout(LAST_RESTORE, self.restore()).await {
                Ok(restored) => restored.err(),
                Err(_) => Some(unsure("no answer came when it was to be restored")),
            },
        };
        let outcome = match outcome {
            Some(outcome) => outcome,
            None if self.asked > 0 => Outcome::Unknown(unsure("given up before an answer came")),
            None if left.is_some() => Outcome::NotAttempted(NotAttempted::Aborted),
            None => return None,
        };
        Some(self.run.end(self.step, outcome, left))
    }

    async fn carry_out(&mut self) -> Outcome {
        match self.decide_and_ask().await {
            Ok(before) => self.follow(&before).await,
            Err(Outcome::Unknown(error)) => {
                self.permit.asked();
                self.permit.serves(false);
                if self.watches() {
                    self.watch(&Snapshot::default(), Until::Up).await;
                }
                Outcome::Unknown(error)
            }
            Err(outcome) => outcome,
        }
    }

    /// Gets the service to take it up, and gives the last look before it did.
    async fn decide_and_ask(&mut self) -> Result<Snapshot, Outcome> {
        let mut before = self.step.look.clone();
        if let Decision::Skip(reason) = &self.step.decision {
            return Err(Outcome::Skipped(reason.clone()));
        }
        if let Some(earlier) = self.step.unsettled.take() {
            let lost = unsure("an earlier run has asked for it, and got no answer");
            match self.settle(&earlier, lost.clone()).await? {
                None => return Ok(earlier),
                Some(_) if !self.run.action.leaves_lasting_evidence(&earlier) => {
                    return Err(Outcome::Unknown(lost));
                }
                Some(now) => before = now,
            }
        } else if self.step.looked.elapsed() >= self.run.options.max_staleness {
            before = self.run.look(&self.step).await.map_err(failed_look)?;
            self.allow(&before)?;
        }
        if self.run.options.drain {
            before = self.drain(before).await?;
        }
        loop {
            let state = JournalState::Asking {
                before: before.clone(),
            };
            self.run.record(&self.step, state)?;
            self.asked += 1;
            let taken = self.run.ask(&self.run.action, &self.step).await;
            let error = match taken {
                SubmitResult::Up => return Ok(before),
                SubmitResult::Refused(error) => return self.refused(&before, error).await,
                SubmitResult::Unsure(error) => error,
            };
            match self.settle(&before, error).await? {
                None => return Ok(before),
                Some(now) => before = now,
            }
        }
    }

    /// Finds out whether an unanswered request ran: nothing when it did, else what is seen now and
    /// may be asked for again.
    async fn settle(
        &mut self,
        before: &Snapshot,
        error: Error,
    ) -> Result<Option<Snapshot>, Outcome> {
        let within = self.run.options.confirm_timeout;
        if within.is_zero() || !self.run.action.leaves_evidence() {
            return Err(Outcome::Unknown(error));
        }
        // What could not be written down changes nothing now: it was asked for.
        let _ = self.run.record(&self.step, JournalState::Confirming);
        self.permit.asked();
        let look = || self.run.later_look(&self.step);
        match settle(&self.run.action, before, within, look).await {
            Confirmation::Ran => Ok(None),
            Confirmation::Unclear => Err(Outcome::Unknown(error)),
            Confirmation::NotRun(_) if self.asked >= TIMES => {
                Err(Outcome::Failed(never_ran(&error, self.asked, within)))
            }
            Confirmation::NotRun(_) if self.run.is_stopped() => {
                Err(Outcome::NotAttempted(NotAttempted::Stopped))
            }
            Confirmation::NotRun(now) => self.allow(&now).map(|()| Some(now)),
        }
    }

    /// A refusal after an unanswered request may be the consequence of that one.
    async fn refused(&mut self, before: &Snapshot, error: Error) -> Result<Snapshot, Outcome> {
        if self.asked > 1 || error.attempts() > 1 {
            let look = || self.run.later_look(&self.step);
            match settle(&self.run.action, before, Duration::ZERO, look).await {
                Confirmation::Ran => return Ok(before.clone()),
                Confirmation::Unclear => return Err(Outcome::Unknown(error)),
                Confirmation::NotRun(_) => {}
            }
        }
        if error.is_not_found() && !self.run.action.is_for_machines() {
            return Err(Outcome::Skipped(SkipReason::Gone));
        }
        Err(Outcome::Failed(error))
    }

    fn allow(&self, look: &Snapshot) -> Result<(), Outcome> {
        match self.run.action.decide(look, self.drained) {
            Decision::Act => Ok(()),
            Decision::Skip(reason) => Err(Outcome::Skipped(reason)),
        }
    }

    /// Puts the machine into maintenance mode and looks again: nobody can log on from here.
    async fn drain(&mut self, before: Snapshot) -> Result<Snapshot, Outcome> {
        match before.in_maintenance {
            // Ours from an earlier run, or somebody else's: it stays.
            Some(true) => return Ok(before),
            None => return Err(Outcome::Skipped(SkipReason::MaintenanceUnknown)),
            Some(false) => {}
        }
        self.run.record(&self.step, JournalState::Draining)?;
        self.drained = true;
        if let Err((error, refused)) = self.set_maintenance(true).await {
            self.drained = !refused;
            return Err(Outcome::Failed(error));
        }
        let now = self.run.look(&self.step).await.map_err(failed_look)?;
        self.allow(&now)?;
        Ok(now)
    }

    async fn restore(&mut self) -> Result<(), Error> {
        self.set_maintenance(false)
            .await
            .map_err(|(error, _)| error)?;
        self.drained = false;
        // The next run would only restore it once more.
        let _ = self.run.record(&self.step, JournalState::Restored);
        Ok(())
    }

    /// Asks until there is an answer; an error comes with whether it never ran.
    async fn set_maintenance(&self, on: bool) -> Result<(), (Error, bool)> {
        let action = Action::MaintenanceMode(on);
        let mut times = 0;
        loop {
            times += 1;
            match self.run.ask(&action, &self.step).await {
                SubmitResult::Up => return Ok(()),
                // The client has repeated it already, as long as it repeats anything at all.
                SubmitResult::Unsure(_) if times < TIMES => {
                    tokio::time::sleep(PAUSE_IN_OUTAGE * times).await;
                }
                SubmitResult::Refused(error) => {
                    let never = times == 1 && error.attempts() <= 1;
                    return Err((error, never));
                }
                SubmitResult::Unsure(error) => return Err((error, false)),
            }
        }
    }

    /// What comes after the service has taken it up.
    async fn follow(&mut self, before: &Snapshot) -> Outcome {
        self.permit.asked();
        let action = &self.run.action;
        let (watches, ends_registered) = (self.watches(), action.ends_registered());
        self.permit.serves(!action.takes_out_of_service());
        if !watches && !self.drained {
            return Outcome::Done;
        }
        // Nothing is lost when this cannot be written: the next run would find out by itself.
        let _ = self.run.record(&self.step, JournalState::Accepted);
        if self.drained {
            let gone = self.watch(before, Until::Gone).await;
            if !gone && ends_registered {
                return Outcome::NotReady(self.run.options.ready_timeout);
            }
            if self.restore().await.is_err() {
                tracing::debug!("restoring failed; it is tried once more at the end");
            }
        }
        if watches && !self.watch(before, Until::Returned).await {
            return Outcome::NotReady(self.run.options.ready_timeout);
        }
        self.permit.serves(ends_registered);
        Outcome::Done
    }

    /// Whether the turn lasts until the machine has registered.
    fn watches(&self) -> bool {
        let options = &self.run.options;
        self.run.action.ends_registered()
            && (options.max_unavailable.is_some() || options.min_available.is_some())
    }

    async fn watch(&self, before: &Snapshot, until: Until) -> bool {
        let look = || self.run.later_look(&self.step);
        watch(before, until, self.run.options.ready_timeout, look).await
    }
}

fn failed_look(error: Error) -> Outcome {
    if error.is_not_found() {
        return Outcome::Skipped(SkipReason::Gone);
    }
    Outcome::Failed(error)
}
