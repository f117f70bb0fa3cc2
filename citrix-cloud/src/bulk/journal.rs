//! The journal of a run, from which another run can continue.

use std::collections::HashMap;

use super::report::{Outcome, Report};
use super::snapshot::Snapshot;

/// One thing that happened to one object.
///
/// Serialized as JSON, an entry is one line of a report file:
/// `{"id":"…","name":"…","state":"asking",…}`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct JournalEntry {
    /// The id of the object.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What happened.
    pub state: JournalState,
}

/// What happened to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum JournalState {
    /// It is about to be put into maintenance mode for the duration of the action.
    Draining,
    /// The request is about to be sent.
    Asking {
        /// The object's state at this time, which later checks are compared with.
        before: Snapshot,
    },
    /// No response said whether the request ran; checking the object should show it.
    Confirming,
    /// The request ran; the run waits for the machine.
    Accepted,
    /// Maintenance mode has been ended again.
    Restored,
    /// Final: the action was done.
    Done,
    /// Final: it was skipped.
    Skipped {
        /// Why.
        reason: String,
    },
    /// Final: nothing was changed.
    Failed {
        /// The service's message, or ours.
        error: String,
    },
    /// Final: it is not known whether the action was done.
    Unknown {
        /// The service's message, or ours.
        error: String,
    },
    /// Final: the action was done, but the machine did not register again in time.
    NotReady,
    /// Final: no request was sent, or none ran.
    NotAttempted {
        /// Why.
        reason: String,
    },
}

impl From<&Report> for JournalEntry {
    fn from(report: &Report) -> Self {
        let state = match &report.outcome {
            Outcome::Done => JournalState::Done,
            Outcome::Skipped(reason) => JournalState::Skipped {
                reason: reason.to_string(),
            },
            Outcome::Failed(error) => JournalState::Failed {
                error: error.message().to_owned(),
            },
            Outcome::Unknown(error) => JournalState::Unknown {
                error: error.message().to_owned(),
            },
            Outcome::NotReady(_) => JournalState::NotReady,
            Outcome::NotAttempted(reason) => JournalState::NotAttempted {
                reason: reason.to_string(),
            },
        };
        Self {
            id: report.id.clone(),
            name: report.name.clone(),
            state,
        }
    }
}

/// What an earlier run recorded about one object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Past {
    pub(super) id: String,
    pub(super) name: String,
    /// It was done.
    pub(super) done: bool,
    /// The request was sent after this snapshot, and it is not known whether it ran.
    pub(super) unconfirmed: Option<Snapshot>,
    /// It was put into maintenance mode and not taken out again.
    pub(super) drained: bool,
}

/// The result of an earlier run's records, by the id in lower case, in the order of the records.
pub(super) fn past<'a>(records: impl IntoIterator<Item = &'a JournalEntry>) -> Vec<Past> {
    let mut all: Vec<Past> = Vec::new();
    let mut places: HashMap<String, usize> = HashMap::new();
    for record in records {
        let place = *places
            .entry(record.id.to_ascii_lowercase())
            .or_insert(all.len());
        if place == all.len() {
            all.push(Past {
                id: record.id.clone(),
                name: record.name.clone(),
                ..Past::default()
            });
        }
        let Some(past) = all.get_mut(place) else {
            continue;
        };
        match &record.state {
            JournalState::Draining => past.drained = true,
            JournalState::Restored => past.drained = false,
            JournalState::Asking { before } => past.unconfirmed = Some(before.clone()),
            JournalState::Accepted | JournalState::Done | JournalState::NotReady => {
                past.done = true;
                past.unconfirmed = None;
            }
            JournalState::Skipped { .. }
            | JournalState::Failed { .. }
            | JournalState::NotAttempted { .. } => {
                past.unconfirmed = None;
            }
            JournalState::Confirming | JournalState::Unknown { .. } => {}
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<JournalEntry> {
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    #[test]
    fn journal_records_are_lines_that_can_be_read_back() {
        let record = JournalEntry {
            id: "1".into(),
            name: "D\\X".into(),
            state: JournalState::Asking {
                before: Snapshot {
                    sessions: Some(0),
                    pending: Some(false),
                    ..Snapshot::default()
                },
            },
        };
        let line = serde_json::to_string(&record).unwrap();
        assert_eq!(
            line,
            r#"{"id":"1","name":"D\\X","state":"asking","before":{"sessions":0,"pending":false}}"#
        );
        assert_eq!(lines(&line), [record]);
    }

    #[test]
    fn requests_without_an_outcome_are_unconfirmed() {
        let records = lines(
            r#"{"id":"A","name":"a","state":"asking","before":{}}
{"id":"a","name":"a","state":"done"}
{"id":"b","name":"b","state":"asking","before":{"sessions":0}}
{"id":"b","name":"b","state":"confirming"}
{"id":"c","name":"c","state":"asking","before":{}}
{"id":"c","name":"c","state":"unknown","error":"?"}
{"id":"d","name":"d","state":"draining"}
{"id":"d","name":"d","state":"asking","before":{}}
{"id":"d","name":"d","state":"failed","error":"no"}
{"id":"e","name":"e","state":"draining"}
{"id":"e","name":"e","state":"restored"}
{"id":"e","name":"e","state":"skipped","reason":"2 sessions"}"#,
        );
        let seen: Vec<_> = past(&records)
            .into_iter()
            .map(|it| (it.id, it.done, it.unconfirmed.is_some(), it.drained))
            .collect();
        let row =
            |id: &str, done, unconfirmed, drained| (id.to_owned(), done, unconfirmed, drained);
        assert_eq!(
            seen,
            [
                row("A", true, false, false),
                row("b", false, true, false),
                row("c", false, true, false),
                row("d", false, false, true),
                row("e", false, false, false),
            ]
        );
    }
}
