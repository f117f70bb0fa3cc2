//! The commands, one group per module.

use clap::Subcommand;

use crate::context::Context;
use crate::exit::{Exit, Failure};

mod api;
pub(crate) mod completions;
pub(crate) mod daas;
mod demo;
mod notifications;
mod resource_locations;
mod search;
mod service_principals;
mod service_states;

/// The first word after the program's name.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Demo(demo::Demo),

    /// The places where a customer's machines and connectors are.
    #[command(subcommand)]
    ResourceLocations(resource_locations::Command),

    /// The services that the customer is entitled to.
    #[command(subcommand)]
    ServiceStates(service_states::Command),

    /// What administrators see behind the bell of the console.
    #[command(subcommand)]
    Notifications(notifications::Command),

    /// The identities that automation signs in with.
    #[command(subcommand)]
    ServicePrincipals(service_principals::Command),

    /// Citrix DaaS: sites, machine catalogs, machines, sessions.
    #[command(subcommand)]
    Daas(daas::Command),

    Api(Box<api::Api>),

    Search(search::Search),

    Completions(completions::Completions),
}

impl Command {
    /// Runs the command.
    pub(crate) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Demo(command) => command.run(context).await,
            Self::ResourceLocations(command) => command.run(context).await,
            Self::ServiceStates(command) => command.run(context).await,
            Self::Notifications(command) => command.run(context).await,
            Self::ServicePrincipals(command) => command.run(context).await,
            Self::Daas(command) => command.run(context).await,
            Self::Api(command) => command.run(context).await,
            Self::Search(command) => command.run(context),
            Self::Completions(command) => command.run(context),
        }
    }
}
