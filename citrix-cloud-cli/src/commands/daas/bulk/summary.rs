//! The last line of a run: the number of objects by outcome.

use std::collections::BTreeMap;

use citrix_cloud::bulk::{Action, Outcome, Report};

use super::words;

/// The number of objects by outcome.
#[derive(Debug)]
pub(super) struct Summary {
    succeeded: usize,
    skipped: BTreeMap<String, usize>,
    pub(super) failed: usize,
    not_ready: usize,
    pub(super) unknown: usize,
    pub(super) left: usize,
    /// Objects reported as not attempted.
    pub(super) not_attempted: usize,
    /// Objects that were not reported at all.
    unreported: usize,
}

impl Summary {
    pub(super) fn of(action: &Action, reports: &[Report], unreported: usize) -> Self {
        let mut summary = Self {
            succeeded: 0,
            skipped: BTreeMap::new(),
            failed: 0,
            not_ready: 0,
            unknown: 0,
            left: 0,
            not_attempted: 0,
            unreported,
        };
        for report in reports {
            summary.left += usize::from(report.left_in_maintenance.is_some());
            match &report.outcome {
                Outcome::Done => summary.succeeded += 1,
                Outcome::Skipped(reason) => {
                    let class = words::class(action, reason);
                    *summary.skipped.entry(class).or_default() += 1;
                }
                Outcome::Failed(_) => summary.failed += 1,
                Outcome::NotReady(_) => {
                    summary.failed += 1;
                    summary.not_ready += 1;
                }
                Outcome::NotAttempted(_) => summary.not_attempted += 1,
                // An outcome that this program does not know is uncertain.
                _ => summary.unknown += 1,
            }
        }
        summary
    }

    pub(super) fn line(&self, action: &Action) -> String {
        let skipped: usize = self.skipped.values().sum();
        let mut line = format!(
            "{} {}, skipped {skipped}",
            words::succeeded(action),
            self.succeeded
        );
        if skipped > 0 {
            let reasons: Vec<String> = self
                .skipped
                .iter()
                .map(|(reason, number)| format!("{number} {reason}"))
                .collect();
            line += &format!(" ({})", reasons.join(", "));
        }
        line += &format!(", failed {}", self.failed);
        if self.not_ready > 0 {
            line += &format!(" ({} not registered in time)", self.not_ready);
        }
        line += &format!(", unknown {}", self.unknown);
        if action.is_for_machines() {
            line += &format!(", left in maintenance mode {}", self.left);
        }
        line += &format!(", not attempted {}", self.not_attempted + self.unreported);
        line
    }
}
