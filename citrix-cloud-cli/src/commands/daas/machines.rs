//! `daas machines`.

use citrix_cloud::daas::PowerAction;
use clap::{Args, Subcommand, ValueEnum};

use super::bulk::{Acting, EXIT_CODES, MachineChoice, Pacing};
use super::{Where, show};
use crate::arguments::{id_or_name, whole_number};
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::Table;

pub(crate) const TABLE: Table = Table {
    things: "machines",
    columns: &[
        ("NAME", "/Name"),
        ("ID", "/Id"),
        ("CATALOG", "/MachineCatalog/Name"),
        ("SESSIONS", "/SessionCount"),
        ("POWER", "/PowerState"),
        ("REGISTRATION", "/RegistrationState"),
        ("MAINTENANCE", "/InMaintenanceMode"),
    ],
};

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
        let list = match self.catalog {
            Some(catalog) => site.catalog(catalog).machines(),
            None => site.machines(),
        };
        show(context, &TABLE, list).await?;
        Ok(Exit::Done)
    }
}

/// Start, shut down, reboot, suspend or resume machines.
///
/// The guest is asked to; nothing is forced. Machines with sessions, or with an unknown number of
/// them, are not shut down, rebooted or suspended unless --in-use is given.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
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
        self.acting.check(context)?;
        let site = self.place.site(&context.client()?).await?;
        let power = self.choice.of(&site)?.power(action).in_use(self.in_use);
        let power = self.pacing.apply(power);
        self.acting.perform(context, &site, power).await
    }
}

/// Put machines into maintenance mode, in which they take no new sessions, or out of it.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
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
        self.acting.check(context)?;
        let site = self.place.site(&context.client()?).await?;
        let mut mode = self
            .choice
            .of(&site)?
            .maintenance_mode(self.switch == Switch::On);
        if let Some(machines) = self.min_available {
            mode = mode.min_available(machines);
        }
        self.acting.perform(context, &site, mode).await
    }
}
