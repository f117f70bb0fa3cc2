//! Runs a plan and shows its progress.

use std::collections::HashMap;
use std::sync::Arc;

use citrix_cloud::bulk::{Action, Plan, Report};
use futures_util::StreamExt as _;
use tokio::sync::oneshot;

use super::journal::Journal;
use super::lines;
use super::progress::Progress;
use super::tracker::Tracker;
use super::words;
use crate::context::Context;
use crate::exit::Failure;
use crate::interrupt::interrupt;

/// A run that has ended or was stopped.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The action.
    pub(super) action: Action,
    /// The outcome of each object, in the order of reporting.
    pub(super) reports: Vec<Report>,
    /// Ids and names of the objects without an outcome, because the run ended early.
    pub(super) unreported: Vec<(String, String)>,
    /// Whether the user stopped it.
    pub(super) interrupted: bool,
    /// Whether a request that changes something was sent.
    pub(super) sent: bool,
    /// Why the output or the report is incomplete.
    pub(super) unwritten: Option<Failure>,
}

/// Runs the plan and prints a line per object, either as soon as its outcome is known or in the plan's order.
///
/// On the first interrupt, it starts no further object and waits for pending outcomes; on the second, it stops waiting.
/// If standard output fails, it starts no further object either, and the lines go to standard error, because every
/// attempted action must be reported.
pub(crate) async fn follow(context: &Context, plan: Plan, journal: Option<Arc<Journal>>) -> Ended {
    let action = plan.action().clone();
    // The log would overwrite the bar.
    let shown = context.terminal.stderr && context.options.verbose == 0;
    let progress = Progress::new(plan.steps().len(), words::things(&action), shown);
    let tracker = Arc::new(Tracker::default());
    let mut unreported = Unreported::of(&plan);
    let plan = watched(plan, &tracker, &progress, journal);
    let (stop, stopped) = oneshot::channel();
    let (give_up, given_up) = oneshot::channel();
    let (mut stop, mut give_up) = (Some(stop), Some(give_up));
    let mut reports = Box::pin(plan.run_until(sent(stopped), sent(given_up)));
    let mut interrupted = Box::pin(interrupt());
    let mut ended = Ended {
        action,
        reports: Vec::new(),
        unreported: Vec::new(),
        interrupted: false,
        sent: false,
        unwritten: None,
    };
    loop {
        tokio::select! {
            biased;
            () = &mut interrupted => {
                if ended.interrupted {
                    give_up.take().map(|give_up| give_up.send(()));
                } else {
                    ended.interrupted = true;
                    let words = stopping(&ended.action, tracker.count().waiting);
                    progress.pause(|| context.out.note(&words));
                    stop.take().map(|stop| stop.send(()));
                }
                interrupted.set(interrupt());
            }
            report = reports.next() => {
                let Some(report) = report else { break };
                unreported.remove(&report);
                if ended.print(context, &progress, report).is_err() {
                    stop.take().map(|stop| stop.send(()));
                }
            }
        }
    }
    progress.end();
    ended.unreported = unreported.rest();
    ended.sent = tracker.sent();
    ended
}

/// Attaches the tracker and the report to the plan's records.
fn watched(
    plan: Plan,
    tracker: &Arc<Tracker>,
    progress: &Progress,
    journal: Option<Arc<Journal>>,
) -> Plan {
    let (tracker, progress) = (tracker.clone(), progress.clone());
    plan.journal(move |entry| {
        if let Some(journal) = &journal {
            journal.write(entry)?;
        }
        tracker.note(entry);
        progress.show(tracker.count());
        Ok(())
    })
}

fn stopping(action: &Action, waiting: usize) -> String {
    match waiting {
        0 => "stopping: not waiting for any outcomes".to_owned(),
        number => {
            let (whose, them) = match number {
                1 => ("whose outcome is not known yet", "it"),
                _ => ("whose outcomes are not known yet", "them"),
            };
            format!(
                "stopping: waiting for {} {whose}; Ctrl-C again reports {them} as unknown",
                words::counted(action, number)
            )
        }
    }
}

/// Completes when a signal is sent; never if the sender is dropped.
async fn sent(receiver: oneshot::Receiver<()>) {
    if receiver.await.is_err() {
        std::future::pending::<()>().await;
    }
}

impl Ended {
    /// Prints reports; to standard error once standard output has failed.
    fn print(&mut self, context: &Context, progress: &Progress, report: Report) -> Result<(), ()> {
        if !context.out.is_json() {
            let line = lines::line(&self.action, &report.name, &report.outcome);
            let unprinted = self.unwritten.is_some();
            let printed = progress.pause(|| match unprinted {
                true => {
                    context.out.note(&line);
                    Ok(())
                }
                false => context
                    .out
                    .line(&line)
                    .inspect_err(|_| context.out.note(&line)),
            });
            self.unwritten = self.unwritten.take().or(printed.err());
        }
        self.reports.push(report);
        match self.unwritten {
            Some(_) => Err(()),
            None => Ok(()),
        }
    }
}

/// The objects of a plan without a report so far.
struct Unreported {
    steps: Vec<Option<(String, String)>>,
    places: HashMap<String, Vec<usize>>,
}

impl Unreported {
    fn of(plan: &Plan) -> Self {
        let steps = plan.steps().iter();
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, step) in steps.clone().enumerate() {
            places.entry(step.id.clone()).or_default().push(place);
        }
        let steps = steps.map(|step| Some((step.id.clone(), step.name.clone())));
        Self {
            steps: steps.collect(),
            places,
        }
    }

    fn remove(&mut self, report: &Report) {
        let place = self.places.get_mut(&report.id).and_then(Vec::pop);
        if let Some(step) = place.and_then(|place| self.steps.get_mut(place)) {
            *step = None;
        }
    }

    fn rest(self) -> Vec<(String, String)> {
        self.steps.into_iter().flatten().collect()
    }
}
