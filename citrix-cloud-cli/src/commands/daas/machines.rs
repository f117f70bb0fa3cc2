//! `daas machines`.

use clap::Args;

use super::{Where, read};
use crate::arguments::id_or_name;
use crate::context::Context;
use crate::exit::Failure;
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

/// List the machines of a site or of one catalog.
#[derive(Debug, Args)]
pub(crate) struct Machines {
    /// Only those of this catalog, by id or name.
    #[arg(long, value_name = "ID|NAME", value_parser = id_or_name)]
    catalog: Option<String>,
    #[command(flatten)]
    place: Where,
}

impl Machines {
    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let site = self.place.site(&context.client()?).await?;
        let list = match self.catalog {
            Some(catalog) => site.catalog(catalog).machines(),
            None => site.machines(),
        };
        let machines = read(context, &TABLE, list).await?;
        context.out.list(&TABLE, &machines)
    }
}
