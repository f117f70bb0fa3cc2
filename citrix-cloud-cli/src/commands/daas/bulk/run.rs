//! Carrying a plan out under the user's eyes.

use citrix_cloud::bulk::{Action, NotAttempted, Outcome, Plan, Report};
use futures_util::StreamExt as _;
use tokio::sync::oneshot;

use super::interrupt::interrupt;
use super::lines;
use super::progress::Progress;
use super::words;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::escaped;

/// A run that is over, or was stopped.
#[derive(Debug)]
pub(crate) struct Ended {
    /// What was done.
    pub(super) action: Action,
    /// What became of each object that was begun.
    pub(super) told: Vec<Report>,
    /// How many objects had no turn before the run ended early; none unless it did.
    pub(super) not_reached: Option<usize>,
    /// Why not everything could be printed, or written to the report.
    unwritten: Option<Failure>,
}

/// Runs the plan and prints a line per machine as soon as its outcome is known.
///
/// The first interrupt begins no further machine and waits for the answers under way; the second
/// one does not wait. When standard output fails, no further machine is begun either, and the lines
/// go to standard error: what was asked for must be known.
pub(crate) async fn follow(context: &Context, plan: Plan) -> Ended {
    let action = plan.action().clone();
    let objects = plan.steps().len();
    // The log goes where the bar would be.
    let shown = context.terminal.stderr && context.options.verbose == 0;
    let progress = Progress::new(objects, words::things(&action), shown);
    let (stop, stopped) = oneshot::channel();
    let (give_up, given_up) = oneshot::channel();
    let (mut stop, mut give_up) = (Some(stop), Some(give_up));
    let mut reports = Box::pin(plan.run_until(sent(stopped), sent(given_up)));
    let mut interrupted = Box::pin(interrupt());
    let mut ended = Ended {
        action,
        told: Vec::new(),
        not_reached: None,
        unwritten: None,
    };
    loop {
        tokio::select! {
            biased;
            () = &mut interrupted => {
                if let Some(stop) = stop.take() {
                    let _ = stop.send(());
                    context.out.note("stopping; Ctrl-C again does not wait for the last answers");
                } else if let Some(give_up) = give_up.take() {
                    let _ = give_up.send(());
                }
                interrupted.set(interrupt());
            }
            report = reports.next() => {
                let Some(report) = report else { break };
                let line = lines::line(&ended.action, &report.name, &report.outcome);
                let unprinted = ended.unwritten.is_some();
                let printed = progress.advance(|| match context.out.is_json() {
                    true => Ok(()),
                    false if unprinted => {
                        context.out.note(&line);
                        Ok(())
                    }
                    false => context.out.line(&line).inspect_err(|_| context.out.note(&line)),
                });
                if let Err(failure) = printed {
                    ended.unwritten = Some(failure);
                    stop.take().map(|stop| stop.send(()));
                }
                if let Some(error) = &report.left_in_maintenance {
                    let words = format!("still in maintenance mode: {}: {error}", report.name);
                    progress.pause(|| context.out.note(&escaped(&words)));
                }
                ended.told.push(report);
            }
        }
    }
    // The run also ends early when its journal cannot be written.
    let left = objects.saturating_sub(ended.told.len());
    ended.not_reached = (stop.is_none() || left > 0).then_some(left);
    ended
}

/// Ready when something was sent; never when the sender is gone.
async fn sent(receiver: oneshot::Receiver<()>) {
    if receiver.await.is_err() {
        std::future::pending::<()>().await;
    }
}

impl Ended {
    /// Notes why the report file has not all of it, where that is so.
    pub(super) fn is_not_all_in(&mut self, report: Option<std::io::Error>) {
        let failure = report.map(Failure::Machine);
        self.unwritten = self.unwritten.take().or(failure);
    }

    /// Says on standard error what the lines do not, and gives the exit code.
    ///
    /// # Errors
    ///
    /// What kept standard output or the report file from being written to.
    pub(crate) fn conclude(self, context: &Context) -> Result<Exit, Failure> {
        if let Some(number) = self.not_reached {
            let things = words::things(&self.action);
            let words = format!("interrupted; {things} not reached: {number}");
            context.out.note(&words);
        }
        if let Some(failure) = self.unwritten {
            return Err(failure);
        }
        let is_settled = |outcome: &Outcome| match outcome {
            Outcome::Done | Outcome::Skipped(_) => true,
            // As if it had not been reached.
            Outcome::NotAttempted(reason) => *reason == NotAttempted::Stopped,
            _ => false,
        };
        let unsettled = self
            .told
            .iter()
            .any(|report| report.left_in_maintenance.is_some() || !is_settled(&report.outcome));
        Ok(match (unsettled, self.not_reached) {
            (true, _) => Exit::SomeFailed,
            (false, Some(_)) => Exit::Interrupted,
            (false, None) => Exit::Done,
        })
    }
}
