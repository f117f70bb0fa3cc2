//! The objects of a list without duplicates: a list that shifts between two pages contains some
//! objects twice.

use std::collections::HashMap;

use super::plan::Step;

/// One object as shown by a list or a response.
pub(super) struct Row {
    pub(super) id: String,
    /// `None` if the object does not match.
    pub(super) step: Option<Step>,
}

/// Objects in the order in which they first appeared, with their newest rows.
#[derive(Default)]
pub(super) struct Rows {
    steps: Vec<Option<Step>>,
    places: HashMap<String, usize>,
}

impl Rows {
    /// Adds a row that is newer than all before it.
    ///
    /// If it differs from an earlier row of the same object, it is not certain which one is right,
    /// so another snapshot is taken before anything is sent.
    pub(super) fn add(&mut self, row: Row) {
        let Row { id, step } = row;
        if id.is_empty() {
            self.steps.push(step);
            return;
        }
        let id = id.to_ascii_lowercase();
        let Some(known) = self.places.get(&id).and_then(|&at| self.steps.get_mut(at)) else {
            // An object that never matched needs no entry.
            if step.is_some() {
                self.places.insert(id, self.steps.len());
                self.steps.push(step);
            }
            return;
        };
        let agrees = match (&*known, &step) {
            (Some(old), Some(new)) => !old.must_look && old.snapshot == new.snapshot,
            _ => false,
        };
        *known = step.map(|step| Step {
            must_look: !agrees,
            ..step
        });
    }

    pub(super) fn into_steps(self) -> Vec<Step> {
        self.steps.into_iter().flatten().collect()
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;
    use crate::bulk::action::Action;
    use crate::bulk::decision::{Decision, SkipReason};
    use crate::bulk::snapshot::Snapshot;

    fn row(id: &str, sessions: i64) -> Row {
        let snapshot = Snapshot {
            sessions: Some(sessions),
            ..Snapshot::default()
        };
        let step = |id| {
            let name = String::new();
            Step::new(&Action::RebootIdle, id, name, snapshot, Instant::now())
        };
        Row {
            id: id.to_owned(),
            step: Some(step(Some(id.to_owned()))),
        }
    }

    #[test]
    fn the_newest_row_wins_and_a_contradiction_is_checked() {
        let mut rows = Rows::default();
        for it in [
            row("a", 0),
            row("b", 0),
            row("c", 1),
            row("d", 0),
            row("e", 0),
        ] {
            rows.add(it);
        }
        rows.add(row("A", 1));
        rows.add(row("b", 0));
        rows.add(row("C", 0));
        rows.add(Row {
            id: "d".into(),
            step: None,
        });
        // Two matching rows do not undo an earlier contradiction.
        rows.add(row("e", 1));
        rows.add(row("e", 0));
        rows.add(row("e", 0));
        let steps: Vec<_> = rows
            .into_steps()
            .into_iter()
            .map(|step| (step.id, step.decision, step.must_look))
            .collect();
        let used = Decision::Skip(SkipReason::InUse(1));
        let expected = [
            ("A", used, true),
            ("b", Decision::Act, false),
            ("C", Decision::Act, true),
            ("e", Decision::Act, true),
        ];
        assert_eq!(
            steps,
            expected.map(|(id, decision, look)| (id.to_owned(), decision, look))
        );
    }
}
