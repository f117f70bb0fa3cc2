//! The commands, one group per module.

use clap::Subcommand;

use crate::context::Context;
use crate::exit::{Exit, Failure};

mod api;
pub(crate) mod completions;
mod config;
pub(crate) mod daas;
mod demo;
mod fleet;
mod login;
mod logout;
mod man;
mod mcp;
mod monitor;
mod notifications;
mod overview;
mod resource_locations;
mod search;
mod secure_client;
mod service_principals;
mod service_states;
mod verify;
mod whoami;

/// The hand-written commands here that only read, and print rows or one report, so that `--watch` and `fleet` may run
/// them. Those of `daas` and `monitor` are listed beside their variants.
const READING: &[&str] = &[
    "notifications list",
    "overview",
    "resource-locations get",
    "resource-locations list",
    "service-principals get",
    "service-principals list",
    "service-states list",
];

/// Returns whether a hand-written command only reads.
pub(crate) fn only_reads(words: &[String]) -> bool {
    let words = words.join(" ");
    reading().any(|it| it == words)
}

fn reading() -> impl Iterator<Item = String> {
    let below = |word: &'static str, verbs: &'static [&str]| {
        verbs.iter().map(move |verb| format!("{word} {verb}"))
    };
    let here = READING.iter().map(|it| (*it).to_owned());
    here.chain(below("daas", daas::READING))
        .chain(below("monitor", monitor::READING))
}

/// The first word after the program's name.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(demo::Demo),

    Login(Box<login::Login>),

    Logout(logout::Logout),

    Whoami(whoami::Whoami),

    /// Manage the profiles that `login` creates: list them, and get and set their fields.
    #[command(subcommand)]
    Config(config::Command),

    Fleet(fleet::Fleet),

    Overview(overview::Overview),

    /// Manage resource locations, the places with a customer's machines and connectors.
    #[command(subcommand)]
    ResourceLocations(resource_locations::Command),

    /// Show the services that the customer is entitled to.
    #[command(subcommand)]
    ServiceStates(service_states::Command),

    /// List and send notifications, which administrators see under the console's bell icon.
    #[command(subcommand)]
    Notifications(notifications::Command),

    /// Manage service principals, the identities that automation signs in with.
    #[command(subcommand)]
    ServicePrincipals(service_principals::Command),

    /// Citrix DaaS: sites, machine catalogs, machines, sessions.
    #[command(subcommand)]
    Daas(daas::Command),

    /// The Monitor service: sessions, logons, failures, load and usage, for up to 90 days.
    #[command(subcommand)]
    Monitor(monitor::Command),

    Api(Box<api::Api>),

    Search(search::Search),

    Verify(verify::Verify),

    Mcp(mcp::Mcp),

    Completions(completions::Completions),

    Man(man::Man),
}

impl Command {
    /// Returns whether it writes its output to a file instead of printing it.
    pub(crate) fn writes_a_file(&self) -> bool {
        match self {
            Self::Overview(command) => command.writes_a_file(),
            Self::Monitor(command) => command.writes_a_file(),
            _ => false,
        }
    }

    /// Runs the command.
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Demo(command) => command.run(context).await,
            Self::Login(command) => command.run(context).await,
            Self::Logout(command) => command.run(context),
            Self::Whoami(command) => command.run(context).await,
            Self::Config(command) => command.run(context),
            Self::Fleet(command) => Box::pin(command.run(context)).await,
            Self::Overview(command) => command.run(context).await.map(|()| Exit::Done),
            Self::ResourceLocations(command) => command.run(context).await,
            Self::ServiceStates(command) => command.run(context).await,
            Self::Notifications(command) => command.run(context).await,
            Self::ServicePrincipals(command) => command.run(context).await,
            Self::Daas(command) => command.run(context).await,
            Self::Monitor(command) => command.run(context).await,
            Self::Api(command) => command.run(context).await,
            Self::Search(command) => command.run(context),
            Self::Verify(command) => command.run(context).await,
            Self::Mcp(command) => Box::pin(command.run(context)).await,
            Self::Completions(command) => command.run(context),
            Self::Man(command) => command.run(context),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;
    use crate::options::Program;

    /// The other hand-written commands: each changes something or does not print rows.
    const OTHERS: &[&str] = &[
        "api",
        "completions",
        "config get",
        "config list",
        "config set",
        "config unset",
        "daas batch",
        "daas jobs cancel",
        "daas jobs results",
        "daas jobs wait",
        "daas machines maintenance",
        "daas machines power",
        "daas reboot-idle",
        "daas sessions disconnect",
        "daas sessions hide",
        "daas sessions logoff",
        "daas sessions message",
        "daas sessions unhide",
        "daas sites activate",
        "demo",
        "fleet",
        "login",
        "logout",
        "man",
        "mcp",
        "monitor describe",
        "monitor enums",
        "monitor export",
        "monitor sets",
        "monitor watch",
        "notifications send",
        "resource-locations create",
        "resource-locations delete",
        "resource-locations update",
        "search",
        "service-principals create",
        "service-principals delete",
        "verify",
        "whoami",
    ];

    fn leaves(command: &clap::Command, way: &str, found: &mut Vec<String>) {
        let below = command
            .get_subcommands()
            .filter(|it| it.get_name() != "help");
        let mut below = below.peekable();
        if below.peek().is_none() {
            found.push(way.trim_start().to_owned());
        }
        for it in below {
            leaves(it, &format!("{way} {}", it.get_name()), found);
        }
    }

    #[test]
    fn every_command_is_known_to_read_or_not() {
        let mut found = Vec::new();
        leaves(&Program::command(), "", &mut found);
        let others = OTHERS.iter().map(|it| (*it).to_owned());
        let known: Vec<String> = reading().chain(others).collect();
        let new = found.iter().filter(|it| !known.contains(it));
        let new: Vec<&String> = new.collect();
        assert!(
            new.is_empty(),
            "new: {new:?}. If it only reads and prints rows, add it to READING in the module that has \
             its variant, so that --watch and fleet run it; otherwise add it to OTHERS in this file"
        );
        let gone: Vec<_> = known.iter().filter(|it| !found.contains(it)).collect();
        assert!(gone.is_empty(), "no longer a command: {gone:?}");
    }
}
