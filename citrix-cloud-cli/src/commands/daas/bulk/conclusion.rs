//! The end of a run: what is said of it on standard error, and its exit code.

use std::sync::Arc;

use citrix_cloud::bulk::{NotAttempted, Outcome};

use super::journal::Journal;
use super::run::Ended;
use super::summary::Summary;
use crate::commands::daas::selection::{Missing, Named};
use crate::context::Context;
use crate::errors::Told;
use crate::exit::{Exit, Failure};

/// What was named, as far as it matters at the end.
#[derive(Debug, Default)]
pub(super) struct Demands {
    pub(super) named: Named,
    /// What does not exist, unless that is fine.
    pub(super) missing: Vec<Missing>,
    /// Whether those that were named one by one may be in use.
    pub(super) skip_ok: bool,
}

impl Demands {
    /// Names what does not exist, one line for each.
    pub(super) fn note_missing(&self, context: &Context) {
        for missing in &self.missing {
            context.tell(&Failure::Missing(missing.to_string()));
        }
    }
}

impl Ended {
    /// Says on standard error what the lines do not, and gives the exit code.
    pub(crate) fn conclude(self, context: &Context) -> Exit {
        self.conclude_with(context, None, &Demands::default())
    }

    /// As [`Ended::conclude`], with a report and with what was named.
    pub(super) fn conclude_with(
        mut self,
        context: &Context,
        journal: Option<Arc<Journal>>,
        demands: &Demands,
    ) -> Exit {
        for report in &self.reports {
            let Some(error) = &report.left_in_maintenance else {
                continue;
            };
            let told = Told::of_error(error).about(&report.name);
            context.tell_of(&told.about("left in maintenance mode"));
            if let Some(journal) = &journal {
                journal.left_in_maintenance(&report.id, &report.name, error.message());
            }
        }
        let incomplete = journal.and_then(|it| it.failure()).map(Failure::Machine);
        self.unwritten = self.unwritten.take().or(incomplete);
        if let Some(failure) = &self.unwritten {
            context.tell(failure);
        }
        self.tell_failures(context);
        demands.note_missing(context);
        let summary = Summary::of(&self.action, &self.reports, self.unreported.len());
        let exit = self.exit(&summary, demands);
        context.out.note(&summary.line(&self.action));
        exit
    }

    /// Says of each object that failed, or whose outcome is unknown, why and what to do.
    ///
    /// The report has it where output is JSON.
    fn tell_failures(&self, context: &Context) {
        if context.out.is_json() {
            return;
        }
        let failed = self
            .reports
            .iter()
            .filter_map(|report| match &report.outcome {
                Outcome::Failed(error) | Outcome::Unknown(error) => {
                    Some(Told::of_error(error).about(&report.name))
                }
                _ => None,
            });
        let mut failed = failed.peekable();
        while let Some(told) = failed.next() {
            // What to do is said once for those that follow each other.
            let told = match failed.peek() {
                Some(next) if next.has_hint_of(&told) => told.without_hint(),
                _ => told,
            };
            context.tell_of(&told);
        }
    }

    /// The first line of the table of exit codes that applies.
    fn exit(&self, summary: &Summary, demands: &Demands) -> Exit {
        let kept_by_a_limit = self.reports.iter().any(|report| match &report.outcome {
            // As if it had not been reached; why that is so has a code of its own.
            Outcome::NotAttempted(
                NotAttempted::Stopped | NotAttempted::Aborted | NotAttempted::NotRecorded(_),
            ) => false,
            Outcome::NotAttempted(_) => true,
            _ => false,
        });
        let in_use = |report| demands.named.skipped_in_use(report);
        if self.interrupted && !self.sent {
            Exit::Interrupted
        } else if summary.failed + summary.unknown + summary.left > 0 || kept_by_a_limit {
            Exit::SomeFailed
        } else if !demands.skip_ok && self.reports.iter().any(in_use) {
            Exit::InUse
        } else if !demands.missing.is_empty() {
            Exit::Missing
        } else if self.interrupted || self.unwritten.is_some() || !self.unreported.is_empty() {
            Exit::Failed
        } else {
            Exit::Done
        }
    }
}
