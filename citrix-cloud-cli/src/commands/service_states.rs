//! `service-states`.

use clap::Subcommand;
use serde_json::Value;

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::Table;

pub(super) const TABLE: Table<'_> = Table::new(
    "services",
    &[
        ("SERVICE", "/serviceName"),
        ("STATE", "/state"),
        ("TYPE", "/type"),
        ("QUANTITY", "/quantity"),
        ("DAYS LEFT", "/daysToExpiration"),
    ],
);

/// What can be done with service states.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the services and their states.
    List {
        /// Only services in this state, such as `ProductionTrial`.
        #[arg(long)]
        state: Option<String>,
    },
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let Self::List { state } = self;
        let mut services = context
            .client()?
            .service_states()
            .list()
            .json_items()
            .collect()
            .await?;
        if let Some(state) = &state {
            services.retain(|service| is_in(service, state));
        }
        context.out.list(&TABLE, &services)?;
        Ok(Exit::Done)
    }
}

/// Returns whether a service is in a state; the comparison is case-insensitive.
pub(super) fn is_in(service: &Value, state: &str) -> bool {
    service["state"]
        .as_str()
        .is_some_and(|actual| actual.eq_ignore_ascii_case(state))
}
