//! Carrying a plan out under the user's eyes.

use std::num::NonZeroUsize;
use std::pin::pin;

use citrix_cloud::reboot_idle::{Decision, Outcome, Plan, SkipReason, Step};
use citrix_cloud::{Error, Exchange};
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
    {
        let mut reports = Box::pin(plan.run());
        let mut interrupt = pin!(interrupt());
        loop {
            tokio::select! {
                biased;
                () = &mut interrupt => break,
                report = reports.next() => match report {
                    None => return Ok(ended),
                    Some(report) => tell(
                        Told { id: report.id, name: report.name, fate: report.outcome.into() },
                        &mut ended,
                    )?,
                },
            }
        }
    }
    // The stream is gone, and with it the answers that it had not passed on yet.
    let started = ended.told.len();
    let answered = context.requests.take();
    for step in steps.iter().skip(started).take(concurrency.get()) {
        let told = Told {
            id: step.id.clone(),
            name: step.name.clone(),
            fate: after_all(step, &answered),
        };
        tell(told, &mut ended)?;
    }
    ended.not_reached = Some(steps.len() - ended.told.len());
    Ok(ended)
}

/// The fate of a machine whose turn may have come, judged by the requests that were answered.
fn after_all(step: &Step, answered: &[Exchange]) -> Fate {
    if let Decision::Skip(reason) = &step.decision {
        return Fate::Skipped(reason.clone());
    }
    let path = format!("/Machines/{}/$reboot", step.id);
    let taken_up = answered.iter().any(|exchange| {
        let sent = exchange.path.replace("%24", "$");
        sent.contains(&path) && exchange.status.is_some_and(|status| status < 300)
    });
    match taken_up {
        true => Fate::Rebooted,
        false => Fate::CutOff,
    }
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
