//! `daas machines`.

use citrix_cloud::daas::{PowerAction, Site};
use clap::{Args, Subcommand, ValueEnum};

use super::bulk::{Acting, MachineChoice, Named, Pacing, Task};
use super::{Where, show};
use crate::arguments::{id_or_name, whole_number};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::Table;

pub(crate) const TABLE: Table<'_> = Table::new(
    "machines",
    &[
        ("NAME", "/Name"),
        ("CATALOG", "/MachineCatalog/Name"),
        ("SESSIONS", "/SessionCount"),
        ("POWER", "/PowerState"),
        ("REGISTRATION", "/RegistrationState"),
        ("MAINTENANCE", "/InMaintenanceMode"),
        ("ID", "/Id"),
    ],
)
.wide(&[
    ("DELIVERY GROUP", "/DeliveryGroup/Name"),
    ("ZONE", "/Zone/Name"),
    ("USER", "/SessionUserName"),
    ("ADDRESS", "/IPAddress"),
    ("OS", "/OSType"),
    ("AGENT", "/AgentVersion"),
    ("TAGS", "/Tags"),
    (
        "LAST CONNECTION",
        "/FormattedLastConnectionTime|/LastConnectionTime",
    ),
]);

/// List the machines of a site or of one catalog, or act on them.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Machines {
    /// Only those of this catalog, by id or name.
    #[arg(long, value_name = "ID|NAME", value_parser = id_or_name)]
    catalog: Option<String>,
    #[command(flatten)]
    place: Where,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Power(Power),
    Maintenance(Maintenance),
}

impl Machines {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.command {
            Some(Command::Power(command)) => return command.run(context).await,
            Some(Command::Maintenance(command)) => return command.run(context).await,
            None => {}
        }
        let site = self.place.site(&context.client()?).await?;
        let Some(catalog) = self.catalog else {
            show(context, &TABLE, site.machines().list()).await?;
            return Ok(Exit::Done);
        };
        match show(context, &TABLE, site.machine_catalog(&catalog).machines()).await {
            Ok(()) => Ok(Exit::Done),
            Err(Failure::Service(error)) => {
                Err(Named::catalog(catalog).explain(&site, error).await)
            }
            Err(failure) => Err(failure),
        }
    }
}

/// Start, shut down, reboot, suspend or resume machines.
///
/// The guest is asked to; nothing is forced. Machines with sessions, or with an unknown number of
/// them, are not shut down, rebooted or suspended unless --in-use is given.
#[derive(Debug, Args)]
struct Power {
    /// What to do.
    action: Verb,
    #[command(flatten)]
    choice: MachineChoice,
    #[command(flatten)]
    place: Where,
    /// Also machines with sessions; what users have not saved may be lost.
    #[arg(long)]
    in_use: bool,
    /// It is no error when a machine named with --ids is skipped because it is in use.
    #[arg(long)]
    skip_ok: bool,
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    pacing: Pacing,
}

/// A power action by its name.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Verb {
    Start,
    Shutdown,
    Reboot,
    Suspend,
    Resume,
}

impl Power {
    async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let action = match self.action {
            Verb::Start => PowerAction::Start,
            Verb::Shutdown => PowerAction::Shutdown,
            Verb::Reboot => PowerAction::Reboot,
            Verb::Suspend => PowerAction::Suspend,
            Verb::Resume => PowerAction::Resume,
        };
        let task = Task {
            named: self.choice.named()?,
            skip_ok: self.skip_ok,
        };
        let power = |site: &Site, named: &Named| {
            let power = self.choice.of(site, named).power(action);
            self.pacing.apply(power.in_use(self.in_use))
        };
        self.acting.perform(context, &self.place, task, power).await
    }
}

/// Put machines into maintenance mode, in which they take no new sessions, or out of it.
#[derive(Debug, Args)]
struct Maintenance {
    /// Into it or out of it.
    #[arg(value_name = "MODE")]
    switch: Switch,
    #[command(flatten)]
    choice: MachineChoice,
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    acting: Acting,
    /// Keep at least N machines of each delivery group registered and out of maintenance mode.
    #[arg(long, value_name = "N", value_parser = whole_number, allow_negative_numbers = true)]
    min_available: Option<usize>,
}

/// Maintenance mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

impl Maintenance {
    async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let task = Task::on(self.choice.named()?);
        let mode = |site: &Site, named: &Named| {
            let machines = self.choice.of(site, named);
            let mode = machines.maintenance_mode(self.switch == Switch::On);
            match self.min_available {
                Some(machines) => mode.min_available(machines),
                None => mode,
            }
        };
        self.acting.perform(context, &self.place, task, mode).await
    }
}
