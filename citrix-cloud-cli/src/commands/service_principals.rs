//! `service-principals`.

use clap::Subcommand;

use super::daas::show_all;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::Table;

const TABLE: Table<'_> = Table::new(
    "service principals",
    &[
        ("NAME", "/displayName|/name"),
        ("CLIENT ID", "/clientId"),
        ("CREATED", "/createdAt|/createdDate"),
        ("SECRET ENDS", "/primary/expirationDate"),
        ("ID", "/id"),
    ],
);

/// What can be done with service principals.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the service principals.
    List,
    /// Show one service principal.
    Get {
        /// Its id.
        id: String,
    },
    /// Create a service principal and print the full response, including its secret.
    Create {
        /// Its name.
        #[arg(long, value_name = "NAME")]
        display_name: String,
    },
    /// Delete a service principal; it can no longer sign in.
    Delete {
        /// Its id.
        id: String,
    },
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let out = &context.out;
        let principals = context.client()?.service_principals();
        match self {
            Self::List => show_all(context, &TABLE, principals.list()).await?,
            Self::Get { id } => out.object(
                &TABLE,
                &principals.service_principal(id).get().json().await?,
            )?,
            Self::Create { display_name } => {
                let answer = principals.create(display_name).json().await?;
                // The secret comes this once, and no document says under which name.
                out.object(&TABLE, &answer)?;
            }
            Self::Delete { id } => {
                principals.service_principal(&id).delete().await?;
                out.deleted("service principal", &id)?;
            }
        }
        Ok(Exit::Done)
    }
}
