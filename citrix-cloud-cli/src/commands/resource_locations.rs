//! `resource-locations`.

use citrix_cloud::models::platform::ResourceLocation;
use citrix_cloud::resource_locations::ResourceLocations;
use citrix_cloud::{Client, CreateResourceLocation, UpdateResourceLocation};
use clap::{Args, Subcommand};

use super::daas::show_all;
use crate::arguments::{guid, id_or_name};
use crate::completion::NameKind;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::near::near;
use crate::output::Table;
use crate::sending::{Consent, DryRun, note_name};

pub(super) const TABLE: Table<'_> = Table::new(
    "resource locations",
    &[
        ("NAME", "/name"),
        ("INTERNAL ONLY", "/internalOnly"),
        ("TIME ZONE", "/timeZone"),
        ("READ ONLY", "/readOnly"),
        ("ID", "/id"),
    ],
);

/// What can be done with resource locations.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List all resource locations.
    List,
    /// Show one resource location.
    Get {
        /// The id or name.
        #[arg(value_name = "ID|NAME", value_parser = id_or_name)]
        #[arg(add = NameKind::Listed("/resourcelocations").completer())]
        id: String,
    },
    /// Create a resource location.
    Create {
        /// The name.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        settings: Settings,
        #[command(flatten)]
        dry: DryRun,
    },
    /// Change the given fields of a resource location; all others stay unchanged.
    Update {
        /// The id or name.
        #[arg(value_name = "ID|NAME", value_parser = id_or_name)]
        #[arg(add = NameKind::Listed("/resourcelocations").completer())]
        id: String,
        /// The new name.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        settings: Settings,
        #[command(flatten)]
        dry: DryRun,
    },
    /// Delete a resource location.
    Delete {
        /// The id or name.
        #[arg(value_name = "ID|NAME", value_parser = id_or_name)]
        #[arg(add = NameKind::Listed("/resourcelocations").completer())]
        id: String,
        #[command(flatten)]
        consent: Consent,
    },
}

/// Everything but the name.
#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// Whether it is for internal use only.
    #[arg(long, value_name = "BOOL")]
    internal_only: Option<bool>,
    /// The time zone, by its Windows name, such as "GMT Standard Time".
    #[arg(long, value_name = "TZ")]
    time_zone: Option<String>,
    /// Whether it is read-only.
    #[arg(long, value_name = "BOOL")]
    read_only: Option<bool>,
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let out = &context.out;
        let locations = || Ok::<_, Failure>(context.client()?.resource_locations());
        match self {
            Self::List => show_all(context, &TABLE, locations()?.list()).await?,
            Self::Get { id } => {
                let locations = locations()?;
                let location = locations.resource_location(found(&locations, id).await?);
                out.object(&TABLE, &location.get().json().await?)?;
            }
            Self::Create {
                name,
                settings,
                dry,
            } => {
                let new = settings.for_new(name);
                let create = |client: &Client| client.resource_locations().create(new.clone());
                if !dry.shows(context, create)? {
                    let created = locations()?.create(new).json().await?;
                    out.object(&TABLE, &created)?;
                }
            }
            Self::Update {
                id,
                name,
                settings,
                dry,
            } => {
                let update = settings.for_update(name);
                if dry.dry_run {
                    note_if_name(context, &id);
                }
                let request = |client: &Client| {
                    let location = client.resource_locations().resource_location(&id);
                    location.update(update.clone())
                };
                if dry.shows(context, request)? {
                    return Ok(Exit::Done);
                }
                let locations = locations()?;
                // An invalid change is rejected before the user is asked.
                let change = locations.resource_location(&id).update(update.clone());
                if let Some(error) = change.refused() {
                    return Err(error.clone().into());
                }
                let location = locations.resource_location(found(&locations, id).await?);
                out.object(&TABLE, &location.update(update).json().await?)?;
            }
            Self::Delete { id, consent } => {
                if consent.dry.dry_run {
                    note_if_name(context, &id);
                }
                let delete = |client: &Client| {
                    let location = client.resource_locations().resource_location(&id);
                    location.delete()
                };
                if consent.dry.shows(context, delete)? {
                    return Ok(Exit::Done);
                }
                let question = format!("Delete the resource location {id}.");
                let command = "resource-locations delete";
                consent.given(context, command, &question).await?;
                let locations = locations()?;
                let id = found(&locations, id).await?;
                locations.resource_location(&id).delete().await?;
                out.deleted("resource location", &id)?;
            }
        }
        Ok(Exit::Done)
    }
}

fn note_if_name(context: &Context, id: &str) {
    if guid(id).is_err() {
        note_name(context, id);
    }
}

/// Returns the id of a resource location, given by id, for which nothing is sent, or by name.
async fn found(locations: &ResourceLocations, wanted: String) -> Result<String, Failure> {
    if guid(&wanted).is_ok() {
        return Ok(wanted);
    }
    let all = locations.list().all().await?;
    let named = |it: &&ResourceLocation| {
        let name = it.name.as_deref();
        name.is_some_and(|name| name.eq_ignore_ascii_case(&wanted))
    };
    let ids: Vec<&String> = all
        .iter()
        .filter(named)
        .filter_map(|it| it.id.as_ref())
        .collect();
    match ids.as_slice() {
        [id] => Ok((*id).clone()),
        [] => {
            let names = all.iter().filter_map(|it| it.name.as_deref());
            let near = near(&wanted, names);
            let near = match near.is_empty() {
                true => String::new(),
                false => format!("; did you mean {}?", near.join(" or ")),
            };
            Err(Failure::Missing(format!(
                "no resource location `{wanted}`{near}"
            )))
        }
        ids => {
            let ids: Vec<&str> = ids.iter().map(|it| it.as_str()).collect();
            let ids = ids.join(", ");
            Err(Failure::Usage(format!(
                "several resource locations are called `{wanted}`; give the id of one: {ids}"
            )))
        }
    }
}

impl Settings {
    fn for_new(self, name: String) -> CreateResourceLocation {
        let mut new = CreateResourceLocation::new(name);
        if let Some(internal_only) = self.internal_only {
            new = new.internal_only(internal_only);
        }
        if let Some(time_zone) = self.time_zone {
            new = new.time_zone(time_zone);
        }
        if let Some(read_only) = self.read_only {
            new = new.read_only(read_only);
        }
        new
    }

    fn for_update(self, name: Option<String>) -> UpdateResourceLocation {
        let mut update = UpdateResourceLocation::new();
        if let Some(name) = name {
            update = update.name(name);
        }
        if let Some(internal_only) = self.internal_only {
            update = update.internal_only(internal_only);
        }
        if let Some(time_zone) = self.time_zone {
            update = update.time_zone(time_zone);
        }
        if let Some(read_only) = self.read_only {
            update = update.read_only(read_only);
        }
        update
    }
}
