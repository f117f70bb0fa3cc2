//! What is under way in a run, from the records that it writes.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use citrix_cloud::bulk::{JournalEntry, JournalState};

/// How far a run has come.
#[derive(Debug, Default)]
pub(super) struct Tracker(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    under_way: HashMap<String, Phase>,
    sent: bool,
    ended: Count,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Sent,
    Confirming,
    Accepted,
}

/// How many objects are where.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    /// Nothing is to be expected of them any more.
    pub(super) done: usize,
    /// Of those, how many failed or are unknown.
    pub(super) failed: usize,
    /// A request was sent, and its outcome is not known yet.
    pub(super) waiting: usize,
    /// Of those, how many had no response and are being checked.
    pub(super) confirming: usize,
}

impl Tracker {
    /// Notes a record that was written, or would have been.
    pub(super) fn note(&self, entry: &JournalEntry) {
        use JournalState as S;
        let mut state = self.state();
        let phase = match &entry.state {
            S::Draining | S::Asking { .. } => Some(Phase::Sent),
            S::Confirming => Some(Phase::Confirming),
            S::Accepted => Some(Phase::Accepted),
            // It comes before the end of the object.
            S::Restored => return,
            S::Failed { .. } | S::Unknown { .. } | S::NotReady => {
                state.ended.failed += 1;
                None
            }
            S::Done | S::Skipped { .. } | S::NotAttempted { .. } => None,
            _ => return,
        };
        match phase {
            Some(phase) => {
                state.sent = true;
                state.under_way.insert(entry.id.clone(), phase);
            }
            None => {
                state.ended.done += 1;
                state.under_way.remove(&entry.id);
            }
        }
    }

    /// Whether anything was sent that changes something, or was by the run that is resumed.
    pub(super) fn sent(&self) -> bool {
        self.state().sent
    }

    pub(super) fn count(&self) -> Count {
        let state = self.state();
        let phases = || state.under_way.values();
        Count {
            waiting: phases().count(),
            confirming: phases().filter(|it| **it == Phase::Confirming).count(),
            ..state.ended
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_under_way_from_its_request_to_its_end() {
        let tracker = Tracker::default();
        let note = |line: &str| tracker.note(&serde_json::from_str(line).unwrap());
        let count = |done, failed, waiting, confirming| Count {
            done,
            failed,
            waiting,
            confirming,
        };
        note(r#"{"id":"s","name":"s","state":"skipped","reason":"in use"}"#);
        assert_eq!(
            (tracker.sent(), tracker.count()),
            (false, count(1, 0, 0, 0))
        );
        note(r#"{"id":"a","name":"a","state":"asking","before":{}}"#);
        note(r#"{"id":"b","name":"b","state":"draining"}"#);
        note(r#"{"id":"a","name":"a","state":"confirming"}"#);
        assert_eq!((tracker.sent(), tracker.count()), (true, count(1, 0, 2, 1)));
        note(r#"{"id":"a","name":"a","state":"unknown","error":"?"}"#);
        note(r#"{"id":"b","name":"b","state":"restored"}"#);
        assert_eq!(tracker.count(), count(2, 1, 1, 0));
        note(r#"{"id":"b","name":"b","state":"done"}"#);
        assert_eq!(tracker.count(), count(3, 1, 0, 0));
    }
}
