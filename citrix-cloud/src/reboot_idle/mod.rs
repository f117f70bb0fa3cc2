//! Rebooting the machines of a catalog that nobody uses: the walkthrough's script, made careful.
//!
//! A plan comes first and says what would happen to each machine and why; running it yields one
//! outcome per machine in the catalog's order.
//!
//! A machine whose session count is not known counts as in use. Before each reboot of a machine
//! that was listed more than a few seconds ago, it is looked at again. **A session can still start
//! between that look and the reboot**: the service has no call that does both. It is asked without
//! `force`, so the guest is asked to restart and not cut off.
//!
//! Two runs over the same catalog at the same time do not know of each other: a machine that both
//! have just listed is rebooted by both. [`RebootIdle::fresh_for`] of zero looks at every machine
//! right before its reboot, which narrows that gap to the time in which the service has not yet
//! marked the power action as pending.

use std::collections::HashSet;
use std::num::NonZeroUsize;
use std::time::Duration;

use futures_util::{TryStreamExt as _, pin_mut};
use tokio::time::Instant;

use crate::Error;
use crate::daas::{CatalogHandle, Site};

mod plan;
mod run;

pub use plan::{Decision, Plan, SkipReason, Step};
pub use run::{Outcome, Report};

/// How many reboots are asked for at the same time.
const CONCURRENCY: NonZeroUsize = NonZeroUsize::new(10).unwrap();

/// How long a look at a machine is good for.
const FRESH_FOR: Duration = Duration::from_secs(5);

/// What a decision needs to know; asking for these alone keeps a page small.
const FIELDS: [&str; 7] = [
    "Id",
    "Name",
    "SessionCount",
    "PowerState",
    "RegistrationState",
    "InMaintenanceMode",
    "PowerActionPending",
];

/// The settings of a run, before the plan.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = citrix_cloud_emulator::Emulator::default().serve("127.0.0.1:0".parse()?).await?;
/// # use citrix_cloud_emulator::ids;
/// # let client = citrix_cloud::Client::builder()
/// #     .credentials(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)
/// #     .endpoint(emulator.url())
/// #     .build()?;
/// use futures_util::StreamExt as _;
///
/// let site = client.daas().site(ids::SITE_ID);
/// let plan = site.catalog(ids::CATALOG_ID).reboot_idle().plan().await?;
/// for step in plan.steps() {
///     println!("{}: {}", step.name, step.decision);
/// }
/// let mut reports = std::pin::pin!(plan.run());
/// while let Some(report) = reports.next().await {
///     println!("{}: {}", report.name, report.outcome);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "nothing is asked for until `plan` is awaited"]
pub struct RebootIdle {
    site: Site,
    catalog: CatalogHandle,
    concurrency: NonZeroUsize,
    fresh_for: Duration,
}

impl RebootIdle {
    pub(crate) fn new(site: Site, catalog: CatalogHandle) -> Self {
        Self {
            site,
            catalog,
            concurrency: CONCURRENCY,
            fresh_for: FRESH_FOR,
        }
    }

    /// Sets how many machines are dealt with at the same time; default 10.
    pub fn concurrency(mut self, machines: NonZeroUsize) -> Self {
        self.concurrency = machines;
        self
    }

    /// Sets how old a look at a machine may be when it is rebooted; default 5 s.
    ///
    /// An older one is taken again. Zero looks before every reboot.
    pub fn fresh_for(mut self, age: Duration) -> Self {
        self.fresh_for = age;
        self
    }

    /// Lists the machines and decides for each; nothing is changed.
    ///
    /// Dropping the plan instead of running it makes this a dry run.
    ///
    /// # Errors
    ///
    /// What listing fails with; there is no plan for a part of a catalog.
    pub async fn plan(self) -> Result<Plan, Error> {
        let pages = self.catalog.machines().fields(FIELDS).pages();
        pin_mut!(pages);
        let mut steps: Vec<Step> = Vec::new();
        let mut seen = HashSet::new();
        while let Some(page) = pages.try_next().await? {
            let listed = Instant::now();
            let listed = page
                .items
                .into_iter()
                .map(|machine| Step::new(machine, listed));
            // A list that shifts between two pages has a machine twice; it is dealt with once.
            steps
                .extend(listed.filter(|step| {
                    step.id.is_empty() || seen.insert(step.id.to_ascii_lowercase())
                }));
        }
        Ok(Plan {
            site: self.site,
            steps,
            concurrency: self.concurrency,
            fresh_for: self.fresh_for,
        })
    }
}
