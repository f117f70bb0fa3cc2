//! `service-principals`.

use citrix_cloud::Client;
use clap::Subcommand;
use serde_json::Value;

use super::daas::show_all;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::Table;
use crate::profiles::Field;
use crate::sending::{Consent, DryRun};

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
        /// The id.
        id: String,
    },
    /// Create a service principal and print the full response, including its secret.
    Create {
        /// The name.
        #[arg(long, value_name = "NAME")]
        display_name: String,
        #[command(flatten)]
        dry: DryRun,
    },
    /// Delete a service principal; it can no longer sign in.
    Delete {
        /// The id.
        id: String,
        /// The id again, required to delete the one that this program is signed in with.
        #[arg(long, value_name = "ID")]
        confirm: Option<String>,
        #[command(flatten)]
        consent: Consent,
    },
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let out = &context.out;
        let principals = || Ok::<_, Failure>(context.client()?.service_principals());
        match self {
            Self::List => show_all(context, &TABLE, principals()?.list()).await?,
            Self::Get { id } => {
                let principal = principals()?.service_principal(id).get().json().await?;
                out.object(&TABLE, &principal)?;
            }
            Self::Create { display_name, dry } => {
                let create = |client: &Client| client.service_principals().create(&display_name);
                if !dry.shows(context, create)? {
                    let response = principals()?.create(display_name).json().await?;
                    // The secret is shown only this once, and no document says in which field.
                    out.object(&TABLE, &response)?;
                }
            }
            Self::Delete {
                id,
                confirm,
                consent,
            } => {
                let delete =
                    |client: &Client| client.service_principals().service_principal(&id).delete();
                if consent.dry.shows(context, delete)? {
                    return Ok(Exit::Done);
                }
                let question =
                    format!("Delete the service principal {id}, which can no longer sign in.");
                let command = "service-principals delete";
                consent.given(context, command, &question).await?;
                let principal = principals()?.service_principal(&id);
                let found = principal.get().json().await?;
                if is_own(context, &id, &found)? && confirm.as_ref() != Some(&id) {
                    return Err(Failure::Usage(format!(
                        "`{id}` is what this program is signed in with, and could no longer sign in; add --confirm {id}; nothing was deleted"
                    )));
                }
                principal.delete().await?;
                out.deleted("service principal", &id)?;
            }
        }
        Ok(Exit::Done)
    }
}

/// Returns whether this program is signed in with the service principal.
fn is_own(context: &Context, id: &str, principal: &Value) -> Result<bool, Failure> {
    let settings = context.settings()?;
    let own = settings.value(Field::ClientId);
    let named = [Some(id), principal["clientId"].as_str()];
    Ok(own.is_some_and(|own| {
        named
            .into_iter()
            .flatten()
            .any(|it| it.eq_ignore_ascii_case(own))
    }))
}
