//! Future events, in order of time.

use std::collections::BTreeSet;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::arrivals::Arrivals;
use super::collection::{Collection, Member};
use crate::clock::later;

/// A change that is due at some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Event {
    /// The first half of a power action is over. The number shows whether a newer action replaced it.
    PowerHalfway { machine: String, action: usize },
    /// A power action is over.
    PowerDone { machine: String, action: usize },
    /// A job starts its work.
    JobStart { job: String },
    /// A job reaches its final status.
    JobEnd { job: String },
    /// A user logs on.
    Arrival { arrivals: Arrivals },
    /// A change of a resource location reaches the site.
    Location { location: String },
    /// A user logs off.
    Departure { session: String },
}

/// Future events. Those at the same time happen in the order in which they were scheduled.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schedule {
    due: BTreeSet<(Timestamp, u64)>,
    planned: Collection<Planned>,
}

/// An event and its time.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Planned {
    at: Timestamp,
    event: Event,
}

impl Member for Planned {
    /// Events are never looked up by id.
    fn id(&self) -> &str {
        ""
    }

    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Schedule {
    pub(crate) fn plan(&mut self, from: Timestamp, delay: SignedDuration, event: Event) {
        let at = later(from, delay);
        let serial = self.planned.append(Planned { at, event });
        self.due.insert((at, serial));
    }

    /// Returns when the earliest event is due.
    pub(crate) fn first(&self) -> Option<Timestamp> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Removes the earliest event, if it is due.
    pub(crate) fn next_due(&mut self, now: Timestamp) -> Option<(Timestamp, Event)> {
        let (at, serial) = *self.due.first().filter(|(at, _)| *at <= now)?;
        self.due.pop_first();
        Some((at, self.planned.take(serial)?.event))
    }

    /// Returns the scheduled events, for saving or restoring them; [`reorder`](Self::reorder) must follow.
    pub(super) fn planned_mut(&mut self) -> &mut Collection<Planned> {
        &mut self.planned
    }

    /// Recomputes which event comes first.
    pub(crate) fn reorder(&mut self) {
        let planned = self.planned.after(0);
        self.due = planned.map(|(serial, it)| (it.at, serial)).collect();
    }
}
