//! `daas machines`.

use citrix_cloud::daas::{PowerAction, Site};
use clap::{Args, Subcommand, ValueEnum};

use super::Where;
use super::bulk::{Acting, Pacing, Task};
use super::selection::{List, MachineChoice, MachineSelectors, Named};
use crate::arguments::{id_or_name, whole_number};
use crate::completion::NameKind;
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

/// Machines: list, get, power, maintenance, update, …
#[derive(Debug, Args)]
pub(crate) struct Machines {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List machines.
    ///
    /// Selectors are sent to the service wherever its searches support them: finding one machine by
    /// name takes one request, however many machines there are. Naming something that does not exist is
    /// an error, unless --allow-empty is given.
    List(List<MachineSelectors>),
    Get(Get),
    Power(Power),
    Maintenance(Maintenance),
}

impl Machines {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.command {
            Command::List(command) => command.run(context, &TABLE).await?,
            Command::Get(command) => command.run(context).await?,
            Command::Power(command) => return command.run(context).await,
            Command::Maintenance(command) => return command.run(context).await,
        }
        Ok(Exit::Done)
    }
}

/// Show everything known about a machine.
#[derive(Debug, Args)]
struct Get {
    /// Its id, or its name with or without its domain.
    #[arg(value_name = "ID|NAME", value_parser = id_or_name)]
    #[arg(add = NameKind::Machines.completer())]
    machine: String,
    #[command(flatten)]
    place: Where,
}

impl Get {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let site = self.place.site(context, &context.client()?).await?;
        let mut named = Named::machine(self.machine);
        named.resolve(&site).await?;
        match site.machine(named.id()).get().json().await {
            Ok(machine) => context.out.object(&TABLE, &machine),
            Err(error) if error.is_not_found() => Err(named.missing_machine(&site).await?.into()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Start, shut down, reboot, suspend or resume machines.
///
/// The guest is asked, unless --force is given. Machines with sessions, or with an unknown number of
/// sessions, are not shut down, rebooted or suspended unless --in-use is given.
#[derive(Debug, Args)]
#[command(override_usage = "citrix-cloud daas machines power <ACTION> <MACHINE|SELECTORS>...")]
struct Power {
    /// The power action.
    action: Verb,
    #[command(flatten)]
    place: Where,
    /// Include machines with sessions; users may lose unsaved work.
    #[arg(long)]
    in_use: bool,
    /// Shut down or reboot without asking the guest. Everything that it has not written to disk is
    /// lost: users' unsaved work, updates in progress. Machines with sessions still need --in-use.
    #[arg(long)]
    force: bool,
    /// Succeed even if a machine given by name or id, not by a pattern, is skipped because it is in use.
    #[arg(long)]
    skip_ok: bool,
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    pacing: Pacing,
    #[command(flatten)]
    choice: MachineChoice,
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
            let power = power.in_use(self.in_use).force(self.force);
            self.pacing.apply(power)
        };
        self.acting.perform(context, &self.place, task, power).await
    }
}

/// Turn maintenance mode on or off; machines in maintenance mode accept no new sessions.
#[derive(Debug, Args)]
#[command(override_usage = "citrix-cloud daas machines maintenance <MODE> <MACHINE|SELECTORS>...")]
struct Maintenance {
    /// Whether to turn it on or off.
    #[arg(value_name = "MODE")]
    switch: Switch,
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    acting: Acting,
    /// Keep at least N machines of each delivery group registered and out of maintenance mode.
    #[arg(long, value_name = "N", value_parser = whole_number, allow_negative_numbers = true)]
    min_available: Option<usize>,
    #[command(flatten)]
    choice: MachineChoice,
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
