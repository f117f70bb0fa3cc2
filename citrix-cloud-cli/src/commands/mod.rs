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
    /// Whether it writes its answer to a file instead of printing it.
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
