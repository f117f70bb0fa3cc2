//! The confirmation before a run.

use std::collections::BTreeMap;

use citrix_cloud::bulk::{Decision, Plan};

use super::words;
use crate::exit::Failure;
use crate::output::escaped;
use crate::terminal::Terminal;

/// How many machines are listed by name; the others are only counted.
const NAMED: usize = 10;

/// Shows what would happen, and asks for confirmation.
pub(super) async fn given(terminal: Terminal, plan: &Plan) -> Result<bool, Failure> {
    let question = words::of(plan.action()).question;
    let question = format!("{}\n{question}? [y/N] ", summary(plan));
    terminal.confirm(question).await
}

/// Returns what running a plan would lose, if anything.
pub(super) fn warning(plan: &Plan) -> Option<String> {
    let loss = words::loss(plan.action())?;
    plan.to_act_on().next()?;
    let sessions = plan.to_act_on().filter_map(|it| it.snapshot().sessions);
    Some(match sessions.sum::<i64>() {
        0 => loss.to_owned(),
        number => format!("{loss}; sessions on these machines now: {number}"),
    })
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
            let class = words::class(plan.action(), reason);
            *skipped.entry(class).or_default() += 1;
        }
    }
    if !skipped.is_empty() {
        let reasons: Vec<String> = skipped
            .iter()
            .map(|(reason, count)| format!("{count} {reason}"))
            .collect();
        text += &format!("\nSkipped: {}", reasons.join(", "));
    }
    if let Some(warning) = warning(plan) {
        text += &format!("\nWarning: {warning}");
    }
    text
}
