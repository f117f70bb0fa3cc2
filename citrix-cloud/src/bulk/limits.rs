//! Limits on how many objects are processed at the same time.

use std::collections::{HashMap, HashSet};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::plan::Step;
use crate::models::Machine;

use super::Options;
use super::snapshot::Snapshot;

/// How long a count of registered machines is valid; changes of our own are tracked.
const COUNT_FRESH_FOR: Duration = Duration::from_secs(15);

/// The number of consecutive objects without a response after which no further object is started.
///
/// Each of them has been retried by then.
const MAX_WITHOUT_RESPONSE: usize = 20;

/// The limits of a run, and what is in progress.
#[derive(Debug)]
pub(super) struct Limits {
    concurrency: NonZeroUsize,
    max_unavailable: Option<NonZeroUsize>,
    max_failures: Option<NonZeroUsize>,
    min_available: Option<usize>,
    state: Mutex<State>,
    /// Notified whenever something becomes available.
    pub(super) changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// The number of objects whose outcome is not known yet.
    open: usize,
    /// The number of objects that have failed, or whose outcome stays unknown.
    failures: usize,
    /// The number of consecutive objects without a response, up to now.
    without_response: usize,
    away: usize,
    /// The ids of machines that this run has taken out of service.
    out: HashSet<String>,
    /// The ids of machines that accept sessions and are not `out`, by delivery group.
    serving: HashMap<String, HashSet<String>>,
    counted: Option<Instant>,
}

/// Whether an object may start.
#[derive(Debug)]
pub(super) enum Admission {
    /// It may start.
    Permit(Permit),
    /// No object may start now.
    Full,
    /// Its delivery group has too few registered machines now; others may start.
    GroupTooSmall,
}

impl Limits {
    pub(super) fn new(options: &Options) -> Arc<Self> {
        Arc::new(Self {
            concurrency: options.concurrency,
            max_unavailable: options.max_unavailable,
            max_failures: options.max_failures,
            min_available: options.min_available,
            state: Mutex::default(),
            changed: Notify::new(),
        })
    }

    /// Returns whether the registered machines must be counted before another one may start.
    pub(super) fn must_count(&self) -> bool {
        let fresh = |counted: Instant| counted.elapsed() < COUNT_FRESH_FOR;
        self.min_available.is_some() && !self.state().counted.is_some_and(fresh)
    }

    /// Counts all machines from a list that was requested at `began`.
    pub(super) fn count(&self, machines: &[Machine], began: Instant) {
        let mut state = self.state();
        state.serving.clear();
        for machine in machines {
            let snapshot = Snapshot::from(machine);
            let id = machine
                .id
                .as_deref()
                .unwrap_or_default()
                .to_ascii_lowercase();
            if let Some(group) = &snapshot.group
                && snapshot.serves()
                && !state.out.contains(&id)
            {
                state.serving.entry(group.clone()).or_default().insert(id);
            }
        }
        state.counted = Some(began);
    }

    pub(super) fn admit(self: &Arc<Self>, step: &Step) -> Admission {
        let mut state = self.state();
        let full =
            |limit: Option<NonZeroUsize>, now: usize| limit.is_some_and(|it| now >= it.get());
        if full(Some(self.concurrency), state.open)
            || full(self.max_unavailable, state.away)
            // Each object in progress may become a failure.
            || full(self.max_failures, state.failures + state.open)
        {
            return Admission::Full;
        }
        let id = step.id.to_ascii_lowercase();
        let group = step
            .snapshot
            .group
            .clone()
            .filter(|_| self.min_available.is_some());
        let mut serves = false;
        if let (Some(keep), Some(group)) = (self.min_available, &group)
            && let Some(serving) = state.serving.get_mut(group)
            && serving.contains(&id)
        {
            if serving.len() <= keep {
                return Admission::GroupTooSmall;
            }
            serving.remove(&id);
            serves = true;
        }
        state.open += 1;
        state.away += 1;
        state.out.insert(id.clone());
        Admission::Permit(Permit {
            limits: self.clone(),
            id,
            group,
            open: true,
            failed: false,
            serves,
        })
    }

    /// Returns whether the maximum number of failures has been reached, so nothing else may start.
    pub(super) fn has_too_many_failures(&self) -> bool {
        let most = self.max_failures.map(NonZeroUsize::get);
        most.is_some_and(|most| self.state().failures >= most)
    }

    /// Records whether there was a response about an object.
    pub(super) fn record_response(&self, got_response: bool) {
        let mut state = self.state();
        state.without_response = match got_response {
            true => 0,
            false => state.without_response + 1,
        };
    }

    /// Returns whether the service seems to be down, so that no further object is to be started.
    pub(super) fn is_unreachable(&self) -> bool {
        self.state().without_response >= MAX_WITHOUT_RESPONSE
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to process one object; dropping it releases what it holds.
#[derive(Debug)]
pub(super) struct Permit {
    limits: Arc<Limits>,
    id: String,
    group: Option<String>,
    open: bool,
    failed: bool,
    serves: bool,
}

impl Permit {
    /// Records that the service has accepted or refused the request, so another object may be
    /// submitted.
    pub(super) fn submitted(&mut self) {
        if std::mem::take(&mut self.open) {
            self.limits.state().open -= 1;
            self.limits.changed.notify_one();
        }
    }

    /// Records that the object has failed, or that its outcome stays unknown; counted once.
    pub(super) fn failed(&mut self) {
        if !std::mem::replace(&mut self.failed, true) {
            self.limits.state().failures += 1;
        }
    }

    /// Records whether the machine accepts sessions now.
    pub(super) fn serves(&mut self, serves: bool) {
        self.serves = serves;
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.submitted();
        let mut state = self.limits.state();
        state.away -= 1;
        state.out.remove(&self.id);
        if self.serves
            && let Some(group) = self.group.take()
        {
            state
                .serving
                .entry(group)
                .or_default()
                .insert(self.id.clone());
        }
        drop(state);
        self.limits.changed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_response_shows_that_the_service_is_there() {
        let limits = Limits::new(&Options::default());
        let fail = |times: usize| (0..times).for_each(|_| limits.record_response(false));
        fail(MAX_WITHOUT_RESPONSE - 1);
        assert!(!limits.is_unreachable());
        limits.record_response(true);
        fail(MAX_WITHOUT_RESPONSE - 1);
        assert!(!limits.is_unreachable());
        fail(1);
        assert!(limits.is_unreachable());
    }
}
