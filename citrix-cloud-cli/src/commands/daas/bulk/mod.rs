//! What the commands have in common that act on many objects: options, consent, run, report.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use citrix_cloud::ErrorKind;
use citrix_cloud::bulk::{Bulk, Decision, Mode, Plan};
use citrix_cloud::daas::Site;
use clap::builder::{RangedU64ValueParser, TypedValueParser};
use clap::{Args, ValueEnum};

use crate::arguments::{at_least_one, duration, whole_number};
use crate::context::Context;
use crate::exit::{Exit, Failure};

mod choice;
mod consent;
mod interrupt;
mod journal;
pub(crate) mod lines;
mod progress;
mod report;
pub(crate) mod run;
mod words;

pub(super) use choice::{MachineChoice, SessionChoice};
use journal::Journal;

pub(super) const EXIT_CODES: &str = "\
Exit codes: 0 everything that was not left alone was done, or it was a dry run; 3 some of it failed,
was not asked for, or nobody knows; 2 bad usage or no consent, nothing was changed; 1 anything else,
and a run that was stopped.";

/// The options of every command that acts on many objects.
#[derive(Debug, Args)]
pub(crate) struct Acting {
    /// Say what would happen and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask before acting.
    #[arg(long)]
    yes: bool,
    /// How many are asked for at the same time, at most 100.
    #[arg(long, value_name = "N", default_value = "64", value_parser = concurrency())]
    concurrency: NonZeroUsize,
    /// How long to look for evidence that a request without a response ran; 0s does not look.
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    confirm_timeout: Duration,
    /// Stop after N failures; the rest are reported as not attempted.
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true)]
    max_failures: Option<NonZeroUsize>,
    /// Send one request per object, or the service's own batches.
    #[arg(long, value_enum, default_value_t)]
    mode: Way,
    /// Write what happens, line by line, to this new file.
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    report: Option<PathBuf>,
    /// Go on where the run ended that wrote this file, and write the rest to it.
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
}

/// How the service is asked.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Way {
    #[default]
    Individual,
    Batch,
}

/// The options of actions after which a machine is gone for a time.
#[derive(Debug, Args)]
pub(crate) struct Pacing {
    /// Restart at most N machines at a time (a machine counts until it has re-registered).
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true)]
    max_unavailable: Option<NonZeroUsize>,
    /// With --max-unavailable, --min-available or --drain: how long a machine may take before it counts as failed.
    #[arg(long, value_name = "DURATION", default_value = "15m", value_parser = duration)]
    ready_timeout: Duration,
    /// Keep at least N machines of each delivery group registered and out of maintenance mode.
    #[arg(long, value_name = "N", value_parser = whole_number, allow_negative_numbers = true)]
    min_available: Option<usize>,
    /// Put each machine into maintenance mode, look at its sessions again, and end maintenance mode
    /// when it restarts or was left alone.
    #[arg(long)]
    drain: bool,
}

impl Pacing {
    pub(super) fn apply(&self, mut bulk: Bulk) -> Bulk {
        if let Some(machines) = self.max_unavailable {
            bulk = bulk.max_unavailable(machines);
        }
        if let Some(machines) = self.min_available {
            bulk = bulk.min_available(machines);
        }
        bulk.ready_timeout(self.ready_timeout).drain(self.drain)
    }
}

impl Acting {
    /// Refuses before anything is sent when there must be a question and nobody can be asked.
    pub(super) fn check(&self, context: &Context) -> Result<(), Failure> {
        if self.asks() && !context.terminal.can_ask {
            return Err(Failure::Usage(
                "this command asks before it acts, and there is no terminal to ask on; add --yes, \
                 or --dry-run to see what would happen"
                    .to_owned(),
            ));
        }
        Ok(())
    }

    fn asks(&self) -> bool {
        !self.dry_run && !self.yes
    }

    /// Plans, asks, runs and reports.
    pub(super) async fn perform(
        &self,
        context: &Context,
        site: &Site,
        bulk: Bulk,
    ) -> Result<Exit, Failure> {
        let mut bulk = bulk
            .concurrency(self.concurrency)
            .confirm_timeout(self.confirm_timeout);
        bulk = bulk.mode(match self.mode {
            Way::Individual => Mode::Individual,
            Way::Batch => Mode::Batch,
        });
        if let Some(failures) = self.max_failures {
            bulk = bulk.max_failures(failures);
        }
        // Listing changes nothing, so what cannot be asked for is bad usage still.
        let mut plan = bulk.plan().await.map_err(|error| match error.kind() {
            ErrorKind::Input => Failure::Usage(error.to_string()),
            _ => Failure::Service(error),
        })?;
        if let Some(file) = &self.resume {
            let records = journal::read(file, plan.action(), site)?;
            plan = plan.resume(&records);
        }
        if plan.steps().is_empty() && !context.out.is_json() {
            context.out.note(words::nothing(plan.action()));
        }
        let mut report = report::Report::new(site.id(), self.dry_run, &plan);
        if self.dry_run {
            return match context.out.is_json() {
                true => report.print(&context.out),
                false => preview(context, &plan),
            }
            .map(|()| Exit::Done);
        }
        let acts = plan.to_act_on().next().is_some();
        if self.asks() && acts && !consent::given(context.terminal, &plan)? {
            return Err(Failure::Usage("no consent; nothing was changed".to_owned()));
        }
        let journal = match (&self.report, &self.resume) {
            (Some(file), _) => Some(Journal::create(file, plan.action(), site)?),
            (None, Some(file)) => Some(Journal::append(file)?),
            (None, None) => None,
        };
        let journal = journal.map(Arc::new);
        if let Some(journal) = journal.clone() {
            plan = plan.journal(move |record| journal.write(record));
        }
        let mut ended = run::follow(context, plan).await;
        ended.is_not_all_in(journal.and_then(|journal| journal.failure()));
        if context.out.is_json() {
            report.add(&ended);
            report.print(&context.out)?;
        }
        ended.conclude(context)
    }
}

/// The lines of a dry run.
fn preview(context: &Context, plan: &Plan) -> Result<(), Failure> {
    for step in plan.steps() {
        context.out.line(&match &step.decision {
            Decision::Skip(reason) => lines::skipped(&step.name, reason),
            _ => lines::would(plan.action(), &step.name),
        })?;
    }
    Ok(())
}

fn concurrency() -> impl TypedValueParser<Value = NonZeroUsize> {
    RangedU64ValueParser::<usize>::new()
        .range(1..=100)
        .map(|number| NonZeroUsize::new(number).unwrap_or(NonZeroUsize::MIN))
}
