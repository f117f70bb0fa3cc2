//! One line of a journal: an entry as JSON.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::journal::{JournalEntry, JournalState};
use super::snapshot::Snapshot;

struct Line {
    id: String,
    name: String,
    state: String,
    before: Option<Snapshot>,
    reason: Option<String>,
    error: Option<String>,
}

citrix_cloud_gen::model! {
    Line {
        0 id "id" value Required<String>,
        1 name "name" value Required<String>,
        2 state "state" value Required<String>,
        3 before "before" present Optional<Option<Snapshot>>,
        4 reason "reason" present Optional<Option<String>>,
        5 error "error" present Optional<Option<String>>,
    }
}

const STATES: &[&str] = &[
    "draining",
    "asking",
    "confirming",
    "accepted",
    "restored",
    "done",
    "skipped",
    "failed",
    "unknown",
    "notReady",
    "notAttempted",
];

impl Serialize for JournalEntry {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let (mut before, mut reason, mut error) = (None, None, None);
        let state = match self.state.clone() {
            JournalState::Draining => "draining",
            JournalState::Asking { before: it } => {
                before = Some(it);
                "asking"
            }
            JournalState::Confirming => "confirming",
            JournalState::Accepted => "accepted",
            JournalState::Restored => "restored",
            JournalState::Done => "done",
            JournalState::Skipped { reason: it } => {
                reason = Some(it);
                "skipped"
            }
            JournalState::Failed { error: it } => {
                error = Some(it);
                "failed"
            }
            JournalState::Unknown { error: it } => {
                error = Some(it);
                "unknown"
            }
            JournalState::NotReady => "notReady",
            JournalState::NotAttempted { reason: it } => {
                reason = Some(it);
                "notAttempted"
            }
        };
        let line = Line {
            id: self.id.clone(),
            name: self.name.clone(),
            state: state.to_owned(),
            before,
            reason,
            error,
        };
        line.serialize(to)
    }
}

impl<'de> Deserialize<'de> for JournalEntry {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let line = Line::deserialize(from)?;
        let before = line.before.ok_or_else(|| D::Error::missing_field("before"));
        let reason = line.reason.ok_or_else(|| D::Error::missing_field("reason"));
        let error = line.error.ok_or_else(|| D::Error::missing_field("error"));
        let state = match line.state.as_str() {
            "draining" => JournalState::Draining,
            "asking" => JournalState::Asking { before: before? },
            "confirming" => JournalState::Confirming,
            "accepted" => JournalState::Accepted,
            "restored" => JournalState::Restored,
            "done" => JournalState::Done,
            "skipped" => JournalState::Skipped { reason: reason? },
            "failed" => JournalState::Failed { error: error? },
            "unknown" => JournalState::Unknown { error: error? },
            "notReady" => JournalState::NotReady,
            "notAttempted" => JournalState::NotAttempted { reason: reason? },
            other => return Err(D::Error::unknown_variant(other, STATES)),
        };
        Ok(Self {
            id: line.id,
            name: line.name,
            state,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_read_as_it_was_written() {
        for state in STATES {
            let more = match *state {
                "asking" => r#","before":{"sessions":0}"#,
                "skipped" | "notAttempted" => r#","reason":"2 sessions""#,
                "failed" | "unknown" => r#","error":"no""#,
                _ => "",
            };
            let line = format!(r#"{{"id":"1","name":"D\\X","state":"{state}"{more}}}"#);
            let entry: JournalEntry = serde_json::from_str(&line).unwrap();
            assert_eq!(serde_json::to_string(&entry).unwrap(), line);
        }
    }

    #[test]
    fn a_damaged_line_is_an_error_that_names_the_field() {
        for (line, words) in [
            (r#"{"name":"a","state":"done"}"#, "missing field `id`"),
            (r#"{"id":"1","name":"a"}"#, "missing field `state`"),
            (
                r#"{"id":"1","name":"a","state":"asking"}"#,
                "missing field `before`",
            ),
            (
                r#"{"id":"1","name":"a","state":"skipped"}"#,
                "missing field `reason`",
            ),
            (
                r#"{"id":"1","name":"a","state":"failed"}"#,
                "missing field `error`",
            ),
            (
                r#"{"id":"1","name":"a","state":"gone"}"#,
                "unknown variant `gone`, expected one of `draining`",
            ),
        ] {
            let error = serde_json::from_str::<JournalEntry>(line).unwrap_err();
            assert!(error.to_string().contains(words), "{error}");
        }
    }
}
