//! Tracks the progress of a run by the records that it writes.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use citrix_cloud::bulk::{JournalEntry, JournalState};

/// The progress of a run.
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

/// The number of objects by progress.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    /// Objects that are finished.
    pub(super) done: usize,
    /// Of those, objects that failed or whose outcome is unknown.
    pub(super) failed: usize,
    /// Objects for which a request was sent and whose outcome is not known yet.
    pub(super) waiting: usize,
    /// Of those, objects that got no response and are being checked.
    pub(super) confirming: usize,
}

impl Tracker {
    /// Processes a record, whether or not it was also written to a file.
    pub(super) fn note(&self, entry: &JournalEntry) {
        use JournalState as S;
        let mut state = self.state();
        let phase = match &entry.state {
            S::Draining | S::Asking { .. } => Some(Phase::Sent),
            S::Confirming => Some(Phase::Confirming),
            S::Accepted => Some(Phase::Accepted),
            // The end of the object follows.
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

    /// Returns whether a request that changes something was sent, by this run or by the one that it resumes.
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
    fn an_object_is_in_progress_from_its_request_to_its_outcome() {
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
