//! `resource-locations`.

use citrix_cloud::{CreateResourceLocation, UpdateResourceLocation};
use clap::{Args, Subcommand};

use super::daas::show_all;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::Table;

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
        /// Its id.
        id: String,
    },
    /// Create a resource location.
    Create {
        /// Its name.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        settings: Settings,
    },
    /// Change what is given of a resource location; the rest stays.
    Update {
        /// Its id.
        id: String,
        /// Its new name.
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        settings: Settings,
    },
    /// Delete a resource location.
    Delete {
        /// Its id.
        id: String,
    },
}

/// Everything but the name.
#[derive(Debug, Args)]
pub(crate) struct Settings {
    /// Whether it is reachable from inside only.
    #[arg(long, value_name = "BOOL")]
    internal_only: Option<bool>,
    /// Its time zone, by the Windows name, such as "GMT Standard Time".
    #[arg(long, value_name = "TZ")]
    time_zone: Option<String>,
    /// Whether it is read-only.
    #[arg(long, value_name = "BOOL")]
    read_only: Option<bool>,
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let out = &context.out;
        let locations = context.client()?.resource_locations();
        match self {
            Self::List => show_all(context, &TABLE, locations.list()).await?,
            Self::Get { id } => {
                out.object(&TABLE, &locations.resource_location(id).get().json().await?)?
            }
            Self::Create { name, settings } => {
                let new = settings.for_new(name);
                out.object(&TABLE, &locations.create(new).json().await?)?;
            }
            Self::Update { id, name, settings } => {
                let update = settings.for_update(name);
                let location = locations.resource_location(id);
                out.object(&TABLE, &location.update(update).json().await?)?;
            }
            Self::Delete { id } => {
                locations.resource_location(&id).delete().await?;
                out.deleted("resource location", &id)?;
            }
        }
        Ok(Exit::Done)
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
