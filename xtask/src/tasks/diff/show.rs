//! The formats of a difference.

use std::collections::BTreeSet;
use std::io::Write;

use anyhow::Result;
use serde::Serialize;
use serde_json::json;

use super::Difference;
use super::change::{Callers, Change, Effect, Kind, Part, Subject, Verdict};

/// How many operations or models were added, removed and changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Only in the new document.
    pub added: usize,
    /// Only in the old document.
    pub removed: usize,
    /// In both, with at least one change.
    pub changed: usize,
}

impl Count {
    /// Counts one kind of subject.
    #[must_use]
    pub fn of(changes: &[Change], subject: Subject) -> Self {
        let named = |wanted: &dyn Fn(&Change) -> bool| {
            let fitting = changes
                .iter()
                .filter(|change| change.subject == subject && wanted(change));
            let names: BTreeSet<&str> = fitting.map(|change| change.name.as_str()).collect();
            names.len()
        };
        let whole = |change: &Change| change.part == Part::Whole;
        Self {
            added: named(&|change| whole(change) && change.change == Kind::Added),
            removed: named(&|change| whole(change) && change.change == Kind::Removed),
            changed: named(&|change| !whole(change)),
        }
    }
}

const GROUPS: [(Subject, &str); 2] = [
    (Subject::Operation, "operations"),
    (Subject::Model, "models"),
];

/// Prints one line per change with its mark, `!` before changes that break callers, and the verdict
/// last.
///
/// # Errors
///
/// If `out` cannot be written to.
pub fn text(difference: &Difference, out: &mut dyn Write) -> Result<()> {
    let changes = &difference.changes;
    for (subject, title) in GROUPS {
        let count = Count::of(changes, subject);
        let mut group = changes
            .iter()
            .filter(|change| change.subject == subject)
            .peekable();
        if group.peek().is_none() {
            continue;
        }
        writeln!(
            out,
            "{title}: {} added, {} removed, {} changed",
            count.added, count.removed, count.changed
        )?;
        while let Some(change) = group.next() {
            let broken = if change.breaks() { '!' } else { ' ' };
            let (mark, name, text) = (change.mark(), &change.name, &change.text);
            match change.part {
                Part::Whole => write!(out, "{broken} {mark} {name} ({text})")?,
                _ => write!(out, "{broken} {mark} {name}: {text}")?,
            }
            match &change.waived {
                Some(reason) => writeln!(out, "; waived: {reason}")?,
                None => writeln!(out)?,
            }
            // After the last of several changes of one subject.
            let same = |next: &&&Change| next.name == change.name && next.callers == change.callers;
            if group.peek().filter(|next| same(next)).is_none()
                && let Some(callers) = &change.callers
            {
                writeln!(out, "      {}", written(change.subject, callers, ""))?;
            }
        }
        writeln!(out)?;
    }
    for note in &difference.notes {
        writeln!(out, "note: {note}")?;
    }
    writeln!(out, "{}", verdict(difference))?;
    Ok(())
}

/// Prints counts, changes, notes and verdict as one JSON object.
///
/// # Errors
///
/// If `out` cannot be written to.
pub fn json(difference: &Difference, out: &mut dyn Write) -> Result<()> {
    let changes = &difference.changes;
    let value = json!({
        "verdict": difference.verdict(),
        "step": difference.step(),
        "breaking": changes.iter().filter(|change| change.breaks()).count(),
        "operations": Count::of(changes, Subject::Operation),
        "models": Count::of(changes, Subject::Model),
        "changes": changes,
        "notes": difference.notes,
    });
    writeln!(out, "{}", serde_json::to_string_pretty(&value)?)?;
    Ok(())
}

/// Prints a section for a changelog: additions, changes and removals, breaking changes first.
///
/// # Errors
///
/// If `out` cannot be written to.
pub fn markdown(difference: &Difference, out: &mut dyn Write) -> Result<()> {
    let sections = [
        (Kind::Added, "Added"),
        (Kind::Changed, "Changed"),
        (Kind::Removed, "Removed"),
    ];
    for (kind, title) in sections {
        let mut items: Vec<&Change> = difference
            .changes
            .iter()
            .filter(|change| section(change) == kind)
            .collect();
        if items.is_empty() {
            continue;
        }
        items.sort_by_key(|change| !change.breaks());
        writeln!(out, "### {title}\n")?;
        for change in items {
            writeln!(out, "- {}", item(change))?;
        }
        writeln!(out)?;
    }
    for note in &difference.notes {
        writeln!(out, "Note: {note}\n")?;
    }
    writeln!(out, "{}", verdict(difference))?;
    Ok(())
}

/// Prints a comment for a pull request: the verdict, breaking changes and waivers, with the rest
/// folded.
///
/// # Errors
///
/// If `out` cannot be written to.
pub fn pull_request(difference: &Difference, out: &mut dyn Write) -> Result<()> {
    let sign = match difference.verdict() {
        Verdict::Nothing => "No change",
        Verdict::Compatible => "Compatible",
        Verdict::Breaking => "Breaking",
    };
    writeln!(out, "### {sign}\n\n{}\n", verdict(difference))?;
    let of = |wanted: &dyn Fn(&Change) -> bool| -> Vec<&Change> {
        difference.changes.iter().filter(|it| wanted(it)).collect()
    };
    let breaking = of(&Change::breaks);
    let waived = of(&|change| change.waived.is_some() && !change.breaks());
    let rest = of(&|change| change.waived.is_none() && !change.breaks());
    for change in breaking {
        writeln!(out, "- {}", item(change))?;
    }
    for (title, changes) in [("Looked at", waived), ("Compatible changes", rest)] {
        if changes.is_empty() {
            continue;
        }
        let count = changes.len();
        writeln!(out, "\n<details><summary>{title} ({count})</summary>\n")?;
        for change in changes {
            writeln!(out, "- {}", item(change))?;
        }
        writeln!(out, "\n</details>")?;
    }
    for note in &difference.notes {
        writeln!(out, "\nNote: {note}")?;
    }
    Ok(())
}

/// Returns what users write, each in `quotes`.
fn written(subject: Subject, callers: &Callers, quotes: &str) -> String {
    let rust = match subject {
        Subject::Operation => format!("ops::{}", callers.rust),
        Subject::Model => callers.rust.clone(),
    };
    let command = callers.command.as_ref();
    let command = command.map(|words| format!("citrix-cloud {words}"));
    let all = [Some(rust), callers.call.clone(), command];
    let all = all.into_iter().flatten();
    let all: Vec<String> = all.map(|it| format!("{quotes}{it}{quotes}")).collect();
    all.join(", ")
}

/// A subject is added or removed; a change within a subject changes it.
fn section(change: &Change) -> Kind {
    match change.part {
        Part::Whole => change.change,
        _ => Kind::Changed,
    }
}

fn item(change: &Change) -> String {
    let broken = if change.breaks() {
        "**Breaking:** "
    } else {
        ""
    };
    let subject = match change.subject {
        Subject::Operation => "operation",
        Subject::Model => "model",
    };
    let (name, text) = (&change.name, &change.text);
    let line = match (change.part, change.change) {
        (Part::Whole, _) if change.subject == Subject::Operation => {
            format!("{broken}{subject} `{name}` (`{text}`)")
        }
        (Part::Whole, _) => format!("{broken}{subject} `{name}`"),
        (_, Kind::Added) => format!("{broken}{subject} `{name}`: new {text}"),
        (_, Kind::Removed) => format!("{broken}{subject} `{name}`: without {text}"),
        (_, Kind::Changed) => format!("{broken}{subject} `{name}`: {text}"),
    };
    // These already say what users write.
    let said = matches!(change.part, Part::Call | Part::Command | Part::Name);
    let line = match &change.callers {
        Some(callers) if !said => format!("{line} ({})", written(change.subject, callers, "`")),
        _ => line,
    };
    match &change.waived {
        Some(reason) => format!("{line}; waived: {reason}"),
        None => line,
    }
}

fn verdict(difference: &Difference) -> String {
    let changes = &difference.changes;
    let breaking = changes.iter().filter(|change| change.breaks()).count();
    let step = difference.step();
    let counted = match (changes.len(), breaking) {
        (0, _) => return "nothing changed for a user of the crate; version step: none".to_owned(),
        _ if changes.iter().all(|change| change.effect == Effect::None) => {
            return "every change is waived; version step: none".to_owned();
        }
        (1, 0) => "1 change, compatible".to_owned(),
        (all, 0) => format!("{all} changes, all compatible"),
        (1, _) => "1 change, breaking".to_owned(),
        (all, some) => format!("{all} changes, {some} of them breaking"),
    };
    format!(
        "{counted}; version step: {} (before 1.0: {})",
        step.from_1_0, step.before_1_0
    )
}
