//! `daas reboot-idle`: the walkthrough's script, with consent, a dry run and exit codes.

use std::num::NonZeroUsize;

use citrix_cloud::reboot_idle::{Decision, Plan};
use clap::Args;
use clap::builder::{RangedU64ValueParser, TypedValueParser};

use super::Where;
use crate::arguments::{Guid, guid};
use crate::context::Context;
use crate::exit::{Exit, Failure};

mod consent;
mod interrupt;
pub(crate) mod lines;
mod progress;
mod report;
pub(crate) mod run;

const AFTER_HELP: &str = "\
A machine with sessions, with an unknown number of them, in maintenance mode, with a power action
pending, off or suspended is left alone. The guest is asked to restart; nothing is forced.

Exit codes: 0 every machine that was not left alone was rebooted, or it was a dry run; 3 some
reboots failed or nobody knows; 2 bad usage or no consent, nothing was changed; 1 anything else,
and a run that was stopped.";

/// Reboot the machines of a catalog that nobody uses.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct RebootIdle {
    /// The machine catalog, a GUID.
    #[arg(long, value_name = "ID", value_parser = guid)]
    catalog: Guid,
    #[command(flatten)]
    place: Where,
    /// Say what would happen and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask before rebooting.
    #[arg(long)]
    yes: bool,
    /// How many machines are dealt with at the same time, at most 100.
    #[arg(long, value_name = "N", default_value = "10", value_parser = concurrency())]
    concurrency: NonZeroUsize,
}

impl RebootIdle {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let asks = !self.dry_run && !self.yes;
        if asks && !context.terminal.can_ask {
            return Err(Failure::Usage(
                "reboot-idle asks before it acts, and there is no terminal to ask on; add --yes, \
                 or --dry-run to see what would happen"
                    .to_owned(),
            ));
        }
        let site = self.place.site(&context.client()?).await?;
        let catalog = site.catalog(self.catalog.to_string());
        let plan = catalog
            .reboot_idle()
            .concurrency(self.concurrency)
            .plan()
            .await?;
        if plan.steps().is_empty() && !context.out.is_json() {
            context.out.note("no machines");
        }
        let mut report = report::Report::new(site.id(), self.catalog, self.dry_run, &plan);
        if self.dry_run {
            return match context.out.is_json() {
                true => report.print(&context.out),
                false => preview(context, &plan),
            }
            .map(|()| Exit::Done);
        }
        if asks && plan.to_reboot().next().is_some() && !consent::given(context.terminal, &plan)? {
            return Err(Failure::Usage(
                "no consent; nothing was rebooted".to_owned(),
            ));
        }
        let ended = run::follow(context, plan).await;
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
            _ => lines::would_reboot(&step.name),
        })?;
    }
    Ok(())
}

fn concurrency() -> impl TypedValueParser<Value = NonZeroUsize> {
    RangedU64ValueParser::<usize>::new()
        .range(1..=100)
        .map(|number| NonZeroUsize::new(number).unwrap_or(NonZeroUsize::MIN))
}
