//! The end of a run: its messages on standard error, and its exit code.

use std::sync::Arc;

use citrix_cloud::bulk::{NotAttempted, Outcome};

use super::journal::Journal;
use super::run::Ended;
use super::summary::Summary;
use crate::commands::daas::selection::{Missing, Named};
use crate::context::Context;
use crate::errors::ErrorReport;
use crate::exit::{Exit, Failure};

/// The requirements that named objects put on the exit code.
#[derive(Debug, Default)]
pub(super) struct Demands {
    pub(super) named: Named,
    /// Named objects that do not exist, unless that is allowed.
    pub(super) missing: Vec<Missing>,
    /// Whether objects named one by one may be skipped because they are in use.
    pub(super) skip_ok: bool,
}

impl Demands {
    /// Lists the objects that do not exist, one per line.
    pub(super) fn note_missing(&self, context: &Context) {
        for missing in &self.missing {
            context.report_failure(&Failure::Missing(missing.to_string()));
        }
    }
}

impl Ended {
    /// Writes to standard error what the lines do not show, and returns the exit code.
    pub(crate) fn conclude(self, context: &Context) -> Exit {
        self.conclude_with(context, None, &Demands::default())
    }

    /// Like [`Ended::conclude`], with a report and the requirements of named objects.
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
            let error_report = ErrorReport::of_error(error).about(&report.name);
            context.print_error(&error_report.about("left in maintenance mode"));
            if let Some(journal) = &journal {
                journal.left_in_maintenance(&report.id, &report.name, error.message());
            }
        }
        let incomplete = journal.and_then(|it| it.failure()).map(Failure::Machine);
        self.unwritten = self.unwritten.take().or(incomplete);
        if let Some(failure) = &self.unwritten {
            context.report_failure(failure);
        }
        self.report_failures(context);
        demands.note_missing(context);
        let summary = Summary::of(&self.action, &self.reports, self.unreported.len());
        let exit = self.exit(&summary, demands);
        context.out.note(&summary.line(&self.action));
        exit
    }

    /// Reports for each object that failed, or whose outcome is unknown, why and what to do.
    ///
    /// With JSON output, the report contains this.
    fn report_failures(&self, context: &Context) {
        if context.out.is_json() {
            return;
        }
        let failed = self
            .reports
            .iter()
            .filter_map(|report| match &report.outcome {
                Outcome::Failed(error) | Outcome::Unknown(error) => {
                    Some(ErrorReport::of_error(error).about(&report.name))
                }
                _ => None,
            });
        let mut failed = failed.peekable();
        while let Some(error_report) = failed.next() {
            // The hint is shown once for consecutive failures that share it.
            let error_report = match failed.peek() {
                Some(next) if next.has_hint_of(&error_report) => error_report.without_hint(),
                _ => error_report,
            };
            context.print_error(&error_report);
        }
    }

    /// Returns the first exit code in the table that applies.
    fn exit(&self, summary: &Summary, demands: &Demands) -> Exit {
        let kept_by_a_limit = self.reports.iter().any(|report| match &report.outcome {
            // Counted as not reached; the cause has an exit code of its own.
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
