//! Carrying a plan out under the user's eyes.

use citrix_cloud::bulk::{Action, Outcome, Plan, Report};
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
    /// How many objects had no turn before the run was stopped; none unless it was.
    pub(super) not_reached: Option<usize>,
    /// Why not everything could be printed.
    unprinted: Option<Failure>,
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
        unprinted: None,
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
                let unprinted = ended.unprinted.is_some();
                let printed = progress.advance(|| match context.out.is_json() {
                    true => Ok(()),
                    false if unprinted => {
                        context.out.note(&line);
                        Ok(())
                    }
                    false => context.out.line(&line).inspect_err(|_| context.out.note(&line)),
                });
                if let Err(failure) = printed {
                    ended.unprinted = Some(failure);
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
    ended.not_reached = stop.is_none().then(|| objects - ended.told.len());
    ended
}

/// Ready when something was sent; never when the sender is gone.
async fn sent(receiver: oneshot::Receiver<()>) {
    if receiver.await.is_err() {
        std::future::pending::<()>().await;
    }
}

impl Ended {
    /// Says on standard error what the lines do not, and gives the exit code.
    ///
    /// # Errors
    ///
    /// What kept standard output from being written to.
    pub(crate) fn conclude(self, context: &Context) -> Result<Exit, Failure> {
        if let Some(number) = self.not_reached {
            let things = words::things(&self.action);
            let words = format!("interrupted; {things} not reached: {number}");
            context.out.note(&words);
        }
        if let Some(failure) = self.unprinted {
            return Err(failure);
        }
        let unsettled = self.told.iter().any(|report| {
            report.left_in_maintenance.is_some()
                || !matches!(report.outcome, Outcome::Done | Outcome::Skipped(_))
        });
        Ok(match (unsettled, self.not_reached) {
            (true, _) => Exit::SomeFailed,
            (false, Some(_)) => Exit::Interrupted,
            (false, None) => Exit::Done,
        })
    }
}
