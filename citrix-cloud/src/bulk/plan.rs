//! What would happen to each object.

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::sync::Arc;

use tokio::time::Instant;

use super::Options;
use super::action::Action;
use super::decision::{Decision, SkipReason};
use super::journal::{JournalEntry, past};
use super::snapshot::Snapshot;
use crate::daas::Site;

pub(super) type Journal = Arc<dyn Fn(&JournalEntry) -> io::Result<()> + Send + Sync>;

/// What would happen to each object of a selection, in the service's order.
#[derive(Clone)]
#[must_use = "a plan that is not run changes nothing"]
pub struct Plan {
    pub(super) site: Site,
    pub(super) action: Action,
    pub(super) options: Options,
    pub(super) steps: Vec<Step>,
    pub(super) journal: Option<Journal>,
}

impl Plan {
    /// Returns every object with its decision, in the service's order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Returns the objects that the action would be requested for.
    pub fn to_act_on(&self) -> impl Iterator<Item = &Step> {
        self.steps
            .iter()
            .filter(|step| step.decision == Decision::Act)
    }

    /// Returns the action.
    #[must_use]
    pub fn action(&self) -> &Action {
        &self.action
    }

    /// Sets a function that records every journal entry of the run, before a request is sent and at
    /// the end.
    ///
    /// If recording fails before a request, the request is not sent, and no more objects are
    /// started.
    pub fn journal(
        mut self,
        write: impl Fn(&JournalEntry) -> io::Result<()> + Send + Sync + 'static,
    ) -> Self {
        self.journal = Some(Arc::new(write));
        self
    }

    /// Continues where an earlier run of the same action ended.
    ///
    /// Objects that the earlier run completed are skipped. Requests whose outcome it did not learn,
    /// and machines that it may have left in maintenance mode, come first: they are checked, and a
    /// request is sent again only if the check shows that it did not run.
    pub fn resume<'a>(mut self, records: impl IntoIterator<Item = &'a JournalEntry>) -> Self {
        let places: HashMap<String, usize> = self
            .steps
            .iter()
            .enumerate()
            .map(|(place, step)| (step.id.to_ascii_lowercase(), place))
            .collect();
        for past in past(records) {
            let known = places.get(&past.id.to_ascii_lowercase());
            let step = match known.and_then(|&place| self.steps.get_mut(place)) {
                Some(step) => step,
                None if past.drained || past.unconfirmed.is_some() => {
                    let look = past.unconfirmed.clone().unwrap_or_default();
                    let gone = Decision::Skip(SkipReason::Gone);
                    let step = Step::at(past.id, past.name, look, gone);
                    self.steps.push(step);
                    let Some(step) = self.steps.last_mut() else {
                        continue;
                    };
                    step
                }
                None => continue,
            };
            step.drained = past.drained;
            if past.done {
                step.decision = Decision::Skip(SkipReason::DoneBefore);
            } else if past.unconfirmed.is_some() {
                step.decision = Decision::Act;
                step.unconfirmed = past.unconfirmed;
            } else if past.drained && step.decision == Decision::Skip(SkipReason::InMaintenance) {
                step.decision = self.action.decide(&step.snapshot, true);
            }
        }
        self
    }
}

impl fmt::Debug for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Plan")
            .field("action", &self.action)
            .field("options", &self.options)
            .field("steps", &self.steps)
            .finish_non_exhaustive()
    }
}

/// One object of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Step {
    /// The id; empty if the service returned none.
    pub id: String,
    /// The name: `DOMAIN\NAME` of a machine, or user and machine of a session; the id if the
    /// service returned no name.
    pub name: String,
    /// What would happen to it.
    pub decision: Decision,
    pub(super) snapshot: Snapshot,
    /// When the snapshot was requested.
    pub(super) taken: Instant,
    /// The list was inconsistent about the object, so a new snapshot is needed before anything is
    /// sent.
    pub(super) must_look: bool,
    /// The snapshot before a request of an earlier run whose outcome is not known.
    pub(super) unconfirmed: Option<Snapshot>,
    /// An earlier run has left it in maintenance mode.
    pub(super) drained: bool,
}

impl Step {
    /// Returns what is known about the object.
    #[must_use]
    pub fn snapshot(&self) -> &Snapshot {
        &self.snapshot
    }

    pub(super) fn new(
        action: &Action,
        id: Option<String>,
        name: String,
        snapshot: Snapshot,
        taken: Instant,
    ) -> Self {
        let (id, decision) = match id.filter(|id| !id.is_empty()) {
            Some(id) => (id, action.decide(&snapshot, false)),
            None => (String::new(), Decision::Skip(SkipReason::NoId)),
        };
        let step = Self::at(id, name, snapshot, decision);
        Self { taken, ..step }
    }

    pub(super) fn at(id: String, name: String, snapshot: Snapshot, decision: Decision) -> Self {
        Self {
            name: if name.is_empty() { id.clone() } else { name },
            id,
            decision,
            snapshot,
            taken: Instant::now(),
            must_look: false,
            unconfirmed: None,
            drained: false,
        }
    }
}
