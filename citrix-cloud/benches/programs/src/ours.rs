//! The same by way of this crate.

use std::env;
use std::hint::black_box;
use std::time::Instant;

use citrix_cloud::Client;
use citrix_cloud::bulk::Outcome as Fate;
use citrix_cloud::daas::Site;
use citrix_cloud::models::Machine;

use crate::bare::Bare;
use crate::{Done, Outcome};

/// A site and one of its catalogs.
pub(crate) struct Ours {
    site: Site,
    catalog: String,
}

impl Ours {
    pub(crate) fn from_env() -> Outcome<Self> {
        let client = Client::from_env()?;
        Ok(Self {
            site: client.daas().site(env::var("BENCH_SITE")?),
            catalog: env::var("BENCH_CATALOG")?,
        })
    }

    /// Reboots the idle machines with the settings that one gets without asking for others.
    pub(crate) async fn reboot(&self) -> Outcome<Done> {
        let plan = self
            .site
            .machine_catalog(&self.catalog)
            .reboot_idle()
            .plan()
            .await?;
        let (mut reports, mut rebooted) = (plan.run(), 0);
        while let Some(report) = reports.next().await {
            match report.outcome {
                Fate::Done => rebooted += 1,
                other => return Err(format!("{}: {other}", report.name).into()),
            }
        }
        Ok(Done::whole(rebooted))
    }

    /// Lists all machines, page by page.
    pub(crate) async fn list(&self) -> Outcome<Done> {
        let list = self
            .site
            .machine_catalog(&self.catalog)
            .machines()
            .page_size(1000);
        let (mut pages, mut machines) = (list.pages(), 0);
        while let Some(page) = pages.try_next().await? {
            machines += page.items.iter().filter(|it| it.id.is_some()).count();
        }
        Ok(Done::whole(machines))
    }

    /// Gets one machine again and again.
    pub(crate) async fn call(&self, rounds: usize) -> Outcome<Done> {
        let list = self
            .site
            .machine_catalog(&self.catalog)
            .machines()
            .page_size(1);
        let first = list.items().try_next().await?;
        let id = first.and_then(|it| it.id).ok_or("there is no machine")?;
        let machine = self.site.machine(id);
        let began = Instant::now();
        for _ in 0..rounds {
            black_box(machine.get().await?);
        }
        Ok(Done::rounds(rounds, began, rounds))
    }
}

/// Decodes one page again and again as a list does it.
pub(crate) async fn decode(rounds: usize) -> Outcome<Done> {
    let body = Bare::from_env().await?.page(None, 1000).await?;
    let (began, mut machines) = (Instant::now(), 0);
    for _ in 0..rounds {
        let page = citrix_cloud::__fuzz::page_of::<Machine>(&body)?;
        machines += black_box(page).items.len();
    }
    Ok(Done::rounds(machines, began, rounds))
}
