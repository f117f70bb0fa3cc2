//! `demo`: the walkthrough, on an emulator inside this program or against the real service.

use citrix_cloud_emulator::ids;
use clap::Args;

use crate::arguments::{id_or_name, site};
use crate::context::Context;
use crate::exit::{Exit, Failure};

mod live;
pub(crate) mod sandbox;
mod steps;
mod tour;

use tour::Tour;

/// Show the walkthrough of Citrix's API on a built-in emulator.
///
/// Every step shows what is sent, and the response as a table. Unless --live is given, the demo
/// ignores credentials, endpoint and region in the environment, and nothing leaves this machine.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// Run against the configured customer; asks before each change.
    #[arg(long)]
    live: bool,

    /// With --live: the catalog whose idle machines to reboot, by id or name.
    #[arg(long, value_name = "ID|NAME", value_parser = id_or_name, requires = "live")]
    catalog: Option<String>,

    /// With --live: the site, by id or name; required if the customer has several.
    #[arg(long, value_name = "ID|NAME", value_parser = site, requires = "live")]
    site: Option<String>,
}

impl Demo {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let refuse = |why: &str| Err(Failure::Usage(why.to_owned()));
        if context.out.is_whole() {
            return refuse("the demo only prints text; use --output json with other commands");
        }
        if self.live {
            if !context.terminal.can_ask || !context.terminal.stdout {
                return refuse("demo --live asks before each change, which needs a terminal");
            }
            return live::run(context, self.site, self.catalog).await;
        }
        if sandbox::elsewhere(context) {
            return refuse(
                "the demo runs on its own emulator; --profile, --endpoint, --region and --customer only work with demo --live",
            );
        }
        emulated(context).await
    }
}

async fn emulated(context: &Context) -> Result<Exit, Failure> {
    let (_server, client) = sandbox::sandbox(context).await?;
    let tour = Tour::new(context, client, false);
    steps::resource_locations(&tour).await?;
    steps::services(&tour).await?;
    steps::send_notification(&tour).await?;
    steps::who_am_i(&tour).await?;
    let site = tour.client.daas().site(ids::SITE_ID);
    let catalog = site.machine_catalog(ids::CATALOG_ID);
    steps::machines(&tour, &catalog).await?;
    let plan = steps::plan(&catalog).await?;
    steps::reboot_idle(&tour, "Reboot idle machines", plan).await?;
    let edge = site.machine_catalog(ids::EDGE_CATALOG_ID);
    let plan = steps::plan(&edge).await?;
    steps::reboot_idle(&tour, "The same for machines in unusual states", plan).await?;
    Ok(Exit::Done)
}
