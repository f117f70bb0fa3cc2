//! What is going to happen, in order of time.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::clock::later;

/// A change that becomes due at some time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Event {
    /// The first half of a power action is over. The number tells whether a newer action replaced it.
    PowerHalfway { machine: String, action: usize },
    /// A power action is over.
    PowerDone { machine: String, action: usize },
    /// A job does its work.
    JobStart { job: String },
    /// A job reaches its final status.
    JobEnd { job: String },
}

/// Events to come; those of the same instant happen in the order they were planned.
#[derive(Debug, Clone, Default)]
pub(crate) struct Schedule {
    planned: BTreeMap<(Timestamp, u64), Event>,
    count: u64,
}

impl Schedule {
    pub(crate) fn plan(&mut self, from: Timestamp, delay: SignedDuration, event: Event) {
        self.count += 1;
        self.planned.insert((later(from, delay), self.count), event);
    }

    /// Takes out the earliest event if its time has come.
    pub(crate) fn next_due(&mut self, now: Timestamp) -> Option<(Timestamp, Event)> {
        let first = self.planned.first_entry()?;
        let at = first.key().0;
        (at <= now).then(|| (at, first.remove()))
    }
}
