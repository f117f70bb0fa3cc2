//! The common part of commands that act on many objects: options, confirmation, run, report.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use citrix_cloud::ErrorKind;
use citrix_cloud::bulk::{Bulk, Decision, Mode, Plan, SkipReason};
use citrix_cloud::daas::Site;
use clap::builder::{RangedU64ValueParser, TypedValueParser};
use clap::{Args, ValueEnum};

use super::Where;
use super::selection::Named;
use crate::arguments::{at_least_one, duration, whole_number};
use crate::context::Context;
use crate::errors::of_the_program;
use crate::exit::{Exit, Failure};
use crate::interrupt::interrupt;

mod conclusion;
mod consent;
mod holder;
mod journal;
pub(crate) mod lines;
mod progress;
mod report;
pub(crate) mod run;
mod summary;
mod tracker;
mod words;

use conclusion::Demands;
use journal::{Earlier, Journal};

/// The options of every command that acts on many objects.
#[derive(Debug, Args)]
pub(crate) struct Acting {
    /// Show what would happen without changing anything.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask for confirmation.
    #[arg(long)]
    yes: bool,
    /// Number of concurrent requests, at most 100.
    #[arg(long, value_name = "N", default_value = "64", value_parser = concurrency())]
    concurrency: NonZeroUsize,
    /// How long to look for evidence that a request without a response ran; 0s disables this.
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = duration)]
    confirm_timeout: Duration,
    /// Stop after N failures; the rest are reported as not attempted.
    #[arg(long, value_name = "N", value_parser = at_least_one, allow_negative_numbers = true)]
    max_failures: Option<NonZeroUsize>,
    /// Send one request per object, or the service's own batches.
    #[arg(long, value_enum, default_value_t)]
    mode: Way,
    /// Print the outcomes in the service's order instead of as they become known.
    #[arg(long)]
    ordered: bool,
    /// Succeed even if a selector or an argument names something that does not exist.
    #[arg(long)]
    allow_empty: bool,
    /// Write a report, line by line, to this new file; only one run at a time can use it.
    #[arg(long, value_name = "FILE", conflicts_with = "resume")]
    report: Option<PathBuf>,
    /// Continue the run that wrote this file, and append the rest to it.
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
}

/// How requests are sent.
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
    /// Put each machine into maintenance mode, check its sessions again, and end maintenance mode
    /// when it restarts or is skipped.
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

/// An action and its objects.
pub(super) struct Task {
    pub(super) named: Named,
    /// Whether objects named one by one may be skipped because they are in use.
    pub(super) skip_ok: bool,
}

impl Task {
    /// Creates a task for objects of which only the names are known.
    pub(super) fn on(named: Named) -> Self {
        let skip_ok = false;
        Self { named, skip_ok }
    }
}

impl Acting {
    /// Plans, asks for confirmation, runs and reports.
    ///
    /// `bulk` selects the objects and the action, once the site is known.
    pub(super) async fn perform(
        &self,
        context: &Context,
        place: &Where,
        mut task: Task,
        bulk: impl FnOnce(&Site, &Named) -> Bulk,
    ) -> Result<Exit, Failure> {
        self.check(context)?;
        let client = context.client()?;
        let earlier = self.resume.as_deref().map(Earlier::open).transpose()?;
        let planned = async {
            let site = place.site(context, &client).await?;
            task.named.resolve(&site).await?;
            let bulk = self.settings(bulk(&site, &task.named));
            let mut plan = self.plan(&site, &task.named, bulk).await?;
            // The named objects existed when the resumed run started; by now, their users may have logged off.
            match &earlier {
                Some(earlier) => {
                    let entries = earlier.entries(plan.action(), &site)?;
                    plan = plan.resume(&entries);
                }
                None if self.allow_empty => {}
                None => {
                    let mut steps = plan.steps().iter();
                    let found = steps.any(|it| it.decision != Decision::Skip(SkipReason::Gone));
                    if let Some(unknown) = task.named.unknown(&site, found).await? {
                        return Err(unknown.into());
                    }
                }
            }
            let missing = match self.allow_empty {
                true => Vec::new(),
                false => task.named.gone(&site, &plan).await?,
            };
            Ok::<_, Failure>((site, plan, missing))
        };
        let (site, plan, missing) = tokio::select! {
            biased;
            () = interrupt() => return Err(Failure::Interrupted),
            planned = planned => planned?,
        };
        let demands = Demands {
            named: task.named,
            missing,
            skip_ok: task.skip_ok,
        };
        if plan.steps().is_empty() && !context.out.is_json() {
            context.out.note(words::nothing(plan.action()));
        }
        if self.dry_run {
            return self.preview(context, &site, &plan, &demands);
        }
        let acts = plan.to_act_on().next().is_some();
        if self.asks() && acts {
            demands.note_missing(context);
            if !consent::given(context.terminal, &plan).await? {
                return Err(Failure::Usage("no consent; nothing was changed".to_owned()));
            }
        }
        let journal = match (&self.report, earlier) {
            (Some(file), _) => Some(Journal::create(file, plan.action(), &site)?),
            (None, Some(earlier)) => Some(earlier.into_journal()?),
            (None, None) => None,
        };
        let journal = journal.map(Arc::new);
        let mut report = report::Report::new(site.id(), false, &plan);
        let ended = run::follow(context, plan, journal.clone()).await;
        if context.out.is_json() {
            report.add(&ended);
            report.print(&context.out)?;
        } else if ended.reports.is_empty() && ended.unreported.is_empty() {
            return Ok(Exit::Done);
        }
        Ok(ended.conclude_with(context, journal, &demands))
    }

    /// Fails before anything is sent if confirmation is needed but there is no terminal to ask on.
    fn check(&self, context: &Context) -> Result<(), Failure> {
        context.out.check_report()?;
        if self.asks() && !context.terminal.can_ask {
            return Err(Failure::Usage(
                "this command asks for confirmation, and there is no terminal to ask on; add --yes, \
                 or --dry-run to see what would happen"
                    .to_owned(),
            ));
        }
        Ok(())
    }

    fn asks(&self) -> bool {
        !self.dry_run && !self.yes
    }

    fn settings(&self, bulk: Bulk) -> Bulk {
        let bulk = bulk
            .concurrency(self.concurrency)
            .ordered(self.ordered)
            .confirm_timeout(self.confirm_timeout)
            .mode(match self.mode {
                Way::Individual => Mode::Individual,
                Way::Batch => Mode::Batch,
            });
        match self.max_failures {
            Some(failures) => bulk.max_failures(failures),
            None => bulk,
        }
    }

    async fn plan(&self, site: &Site, named: &Named, bulk: Bulk) -> Result<Plan, Failure> {
        match bulk.plan().await {
            Ok(plan) => Ok(plan),
            // Listing changes nothing, so an invalid query is still a usage error.
            Err(error) if error.kind() == ErrorKind::Input => {
                let words = of_the_program(&error.to_string());
                Err(Failure::Usage(words))
            }
            Err(error) => Err(named.explain(site, error).await),
        }
    }

    /// Shows what would happen.
    fn preview(
        &self,
        context: &Context,
        site: &Site,
        plan: &Plan,
        demands: &Demands,
    ) -> Result<Exit, Failure> {
        match context.out.is_json() {
            true => report::Report::new(site.id(), true, plan).print(&context.out)?,
            false => preview(context, plan)?,
        }
        demands.note_missing(context);
        Ok(match demands.missing.is_empty() {
            true => Exit::Done,
            false => Exit::Missing,
        })
    }
}

/// Prints the lines of a dry run.
fn preview(context: &Context, plan: &Plan) -> Result<(), Failure> {
    for step in plan.steps() {
        context.out.line(&match &step.decision {
            Decision::Skip(reason) => lines::skipped(plan.action(), &step.name, reason),
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
