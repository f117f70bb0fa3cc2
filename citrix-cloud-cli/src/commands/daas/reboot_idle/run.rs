//! Carrying a plan out under the user's eyes.

use std::num::NonZeroUsize;

use citrix_cloud::Error;
use citrix_cloud::reboot_idle::{Decision, Outcome, Plan, SkipReason};
use futures_util::StreamExt as _;

use super::lines;
use super::progress::Progress;
use crate::context::Context;
use crate::exit::{Exit, Failure};

/// What became of a machine, as far as this program knows.
#[derive(Debug)]
pub(crate) enum Fate {
    /// The service took the reboot up.
    Rebooted,
    /// It was left alone.
    Skipped(SkipReason),
    /// It was not rebooted.
    Failed(Error),
    /// The request was sent, and no answer says whether it ran.
    Unknown(Error),
    /// The program was stopped after the machine's turn had come.
    CutOff,
}

impl From<Outcome> for Fate {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Rebooted => Self::Rebooted,
            Outcome::Skipped(reason) => Self::Skipped(reason),
            Outcome::Failed(error) => Self::Failed(error),
            Outcome::Unknown(error) => Self::Unknown(error),
            // An outcome that this program does not know says nothing for sure.
            _ => Self::CutOff,
        }
    }
}

/// One machine and its fate.
#[derive(Debug)]
pub(crate) struct Told {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) fate: Fate,
}

/// A run that is over, or was stopped.
#[derive(Debug, Default)]
pub(crate) struct Ended {
    pub(super) told: Vec<Told>,
    /// How many machines had no turn before the run was stopped; none unless it was.
    pub(super) not_reached: Option<usize>,
}

/// Runs the plan and prints a line per machine as soon as its fate is known.
///
/// The first Ctrl-C begins no further machine and waits for the answers under way; the second one
/// does not wait.
pub(crate) async fn follow(
    context: &Context,
    plan: Plan,
    concurrency: NonZeroUsize,
) -> Result<Ended, Failure> {
    let steps = plan.steps().to_vec();
    // The log goes where the bar would be.
    let shown = context.terminal.stderr && context.options.verbose == 0;
    let progress = Progress::new(steps.len(), shown);
    let mut ended = Ended::default();
    let tell = |told: Told, ended: &mut Ended| {
        let printed = match context.out.is_json() {
            true => progress.advance(|| Ok(())),
            false => progress.advance(|| context.out.line(&lines::line(&told.name, &told.fate))),
        };
        ended.told.push(told);
        printed
    };
    let (interrupted, stop) = tokio::sync::oneshot::channel();
    let mut reports = Box::pin(plan.run_until(async move {
        // A sender that is gone stops nothing.
        if stop.await.is_err() {
            std::future::pending::<()>().await;
        }
    }));
    let mut interrupted = Some(interrupted);
    let mut interrupt = Box::pin(interrupt());
    let cut_off = loop {
        tokio::select! {
            biased;
            () = &mut interrupt => match interrupted.take() {
                Some(interrupted) => {
                    let _ = interrupted.send(());
                    interrupt.set(self::interrupt());
                    context.out.note("stopping; Ctrl-C again does not wait for the last answers");
                }
                None => break true,
            },
            report = reports.next() => match report {
                Some(report) => tell(
                    Told { id: report.id, name: report.name, fate: report.outcome.into() },
                    &mut ended,
                )?,
                None if interrupted.is_some() => return Ok(ended),
                None => break false,
            },
        }
    };
    // Without their answers, nobody knows what came of the machines whose turn had come.
    if cut_off {
        let under_way = steps
            .iter()
            .skip(ended.told.len())
            .take(concurrency.get())
            .cloned();
        for step in under_way.collect::<Vec<_>>() {
            let fate = match step.decision {
                Decision::Skip(reason) => Fate::Skipped(reason),
                _ => Fate::CutOff,
            };
            tell(
                Told {
                    id: step.id,
                    name: step.name,
                    fate,
                },
                &mut ended,
            )?;
        }
    }
    ended.not_reached = Some(steps.len() - ended.told.len());
    Ok(ended)
}

async fn interrupt() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Nobody can interrupt where no handler can be set.
        std::future::pending::<()>().await;
    }
}

impl Ended {
    /// Says on standard error what the lines do not, and gives the exit code.
    pub(crate) fn conclude(&self, context: &Context) -> Exit {
        if let Some(machines) = self.not_reached {
            let words = format!("interrupted; machines not reached: {machines}");
            context.out.note(&words);
            return Exit::Interrupted;
        }
        let unfinished =
            |told: &&Told| matches!(told.fate, Fate::Failed(_) | Fate::Unknown(_) | Fate::CutOff);
        match self.told.iter().filter(unfinished).count() {
            0 => Exit::Done,
            _ => Exit::SomeFailed,
        }
    }
}
