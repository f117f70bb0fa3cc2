//! The question before the run.

use std::collections::BTreeMap;
use std::io;

use citrix_cloud::bulk::{Decision, Plan, SkipReason};

use super::words;
use crate::output::escaped;
use crate::terminal::Terminal;

/// How many machines are named; of the others, only the number is said.
const NAMED: usize = 10;

/// Shows what would happen and asks for a yes.
pub(super) fn given(terminal: Terminal, plan: &Plan) -> io::Result<bool> {
    let answer = terminal.ask(&format!(
        "{}\n{}? [y/N] ",
        summary(plan),
        words::of(plan.action()).question
    ))?;
    Ok(answer.eq_ignore_ascii_case("y") || answer.eq_ignore_ascii_case("yes"))
}

fn summary(plan: &Plan) -> String {
    let idle: Vec<String> = plan.to_act_on().map(|step| escaped(&step.name)).collect();
    let mut text = format!(
        "{} of {} {} would be {}: {}",
        idle.len(),
        plan.steps().len(),
        words::things(plan.action()),
        words::of(plan.action()).would,
        idle.iter()
            .take(NAMED)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ")
    );
    if idle.len() > NAMED {
        text += &format!(" and {} more", idle.len() - NAMED);
    }
    let mut skipped: BTreeMap<String, usize> = BTreeMap::new();
    for step in plan.steps() {
        if let Decision::Skip(reason) = &step.decision {
            *skipped.entry(class(reason)).or_default() += 1;
        }
    }
    if !skipped.is_empty() {
        let reasons: Vec<String> = skipped
            .iter()
            .map(|(reason, count)| format!("{count} {reason}"))
            .collect();
        text += &format!("\nLeft alone: {}", reasons.join(", "));
    }
    text
}

fn class(reason: &SkipReason) -> String {
    match reason {
        SkipReason::InUse(_) => "in use".to_owned(),
        SkipReason::SessionCountUnknown => "with an unknown session count".to_owned(),
        SkipReason::PowerActionPending => "with a power action pending".to_owned(),
        SkipReason::NoId => "without an id".to_owned(),
        other => other.to_string(),
    }
}
