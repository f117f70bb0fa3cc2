//! Ensures that the snapshot behind a request is fresh when the request is sent.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt as _};
use tokio::time::Instant;

use super::decision::{Decision, SkipReason};
use super::evidence::{Evidence, assess};
use super::journal::JournalState;
use super::plan::Step;
use super::report::Outcome;
use super::snapshot::Snapshot;
use super::task::RunContext;
use crate::pipeline::{BeforeSend, NotSent, PermitUse};
use crate::{Error, deadline};

/// The last check of one object, each time its request is about to be sent.
///
/// By then, all waiting is over: for its turn, its token, the limiter and `Retry-After`. A stale
/// snapshot is refreshed under the same permit, so that the request follows immediately.
pub(super) struct Freshness {
    run: Arc<RunContext>,
    id: String,
    name: String,
    state: Mutex<State>,
}

struct State {
    snapshot: Snapshot,
    taken: Instant,
    /// Take a new snapshot before anything is sent, however fresh this one is.
    must_look: bool,
    /// This run put the machine into maintenance mode.
    ours: bool,
    /// The snapshot when this call was first sent, if it was.
    first: Option<Snapshot>,
    sent: u32,
    veto: Option<Veto>,
}

/// Why a request was not sent, or not retried.
#[derive(Debug)]
pub(super) enum Veto {
    /// The snapshot forbids it.
    Ends(Outcome),
    /// The snapshot shows that an earlier attempt of the same call ran.
    Ran,
}

impl Freshness {
    pub(super) fn new(run: Arc<RunContext>, step: &Step) -> Arc<Self> {
        Arc::new(Self {
            run,
            id: step.id.clone(),
            name: step.name.clone(),
            state: Mutex::new(State {
                snapshot: step.snapshot.clone(),
                taken: step.taken,
                must_look: step.must_look,
                ours: step.drained,
                first: None,
                sent: 0,
                veto: None,
            }),
        })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the newest snapshot, or the one that the request was sent with, once it has been
    /// sent.
    pub(super) fn snapshot(&self) -> Snapshot {
        self.state().snapshot.clone()
    }

    /// Replaces the snapshot with one taken elsewhere.
    pub(super) fn update(&self, snapshot: Snapshot, taken: Instant) {
        let mut state = self.state();
        state.snapshot = snapshot;
        state.taken = taken;
        state.must_look = false;
    }

    /// Sets whether this run put the machine into maintenance mode.
    pub(super) fn set_ours(&self, ours: bool) {
        self.state().ours = ours;
    }

    /// Starts a new call.
    pub(super) fn begin(&self) {
        let mut state = self.state();
        state.first = None;
        state.sent = 0;
        state.veto = None;
    }

    /// Returns the number of attempts of this call that were sent.
    pub(super) fn sent(&self) -> u32 {
        self.state().sent
    }

    pub(super) fn take_veto(&self) -> Option<Veto> {
        self.state().veto.take()
    }

    /// Returns the decision for the newest snapshot.
    pub(super) fn decide(&self) -> Decision {
        let state = self.state();
        self.run.action.decide(&state.snapshot, state.ours)
    }

    /// Takes a snapshot unless the current one is fresh.
    pub(super) async fn ensure(&self) -> Result<(), Error> {
        match self.is_ready_at(Instant::now()) {
            true => Ok(()),
            false => self.look(PermitUse::Own).await,
        }
    }

    fn veto(&self, veto: Veto, words: impl fmt::Display) -> NotSent {
        self.state().veto = Some(veto);
        NotSent::Never(Error::input(format!("not sent: {words}")))
    }

    async fn look(&self, permit: PermitUse) -> Result<(), Error> {
        // The time of the request, because the response is at least as new as that.
        let taken = Instant::now();
        let snapshot = self.run.look(&self.id, permit).await?;
        self.update(snapshot, taken);
        Ok(())
    }
}

impl BeforeSend for Freshness {
    fn is_ready_at(&self, at: Instant) -> bool {
        let state = self.state();
        let stale = deadline::after_instant(state.taken, self.run.options.max_staleness);
        !state.must_look && at < stale
    }

    fn refresh(&self, permit: PermitUse) -> BoxFuture<'_, Result<(), NotSent>> {
        let looked = self.look(permit).map(|looked| {
            looked.map_err(|error| match error.is_not_found() {
                true => {
                    let gone = Veto::Ends(Outcome::Skipped(SkipReason::Gone));
                    self.veto(gone, SkipReason::Gone)
                }
                false => NotSent::after(error),
            })
        });
        looked.boxed()
    }

    fn commit(&self) -> Result<Option<Bytes>, NotSent> {
        if let Decision::Skip(reason) = self.decide() {
            let state = self.state();
            let ran = state.first.as_ref().is_some_and(|first| {
                assess(&self.run.action, first, &state.snapshot) == Evidence::Ran
            });
            drop(state);
            return Err(match ran {
                true => self.veto(Veto::Ran, "an earlier attempt ran"),
                false => self.veto(Veto::Ends(Outcome::Skipped(reason.clone())), reason),
            });
        }
        let before = self.snapshot();
        let asking = JournalState::Asking {
            before: before.clone(),
        };
        if let Err(outcome) = self.run.record(&self.id, &self.name, asking) {
            return Err(self.veto(Veto::Ends(outcome), "it cannot be recorded"));
        }
        let mut state = self.state();
        state.first.get_or_insert(before);
        state.sent += 1;
        // If this attempt is refused, the next one comes after a wait.
        state.must_look = true;
        Ok(None)
    }
}
