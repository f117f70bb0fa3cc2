//! Doing one thing to many machines or sessions: a plan, a run, and one outcome for each.
//!
//! A plan comes first and says what would happen to each object and why; running it yields one
//! report per object, as soon as its outcome is known.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = citrix_cloud_emulator::Emulator::default().serve("127.0.0.1:0".parse()?).await?;
//! # use citrix_cloud_emulator::ids;
//! # let client = citrix_cloud::Client::builder()
//! #     .credentials(citrix_cloud::Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)?)
//! #     .endpoint(emulator.url())
//! #     .build()?;
//!
//! let site = client.daas().site(ids::SITE_ID);
//! let plan = site.machine_catalog(ids::CATALOG_ID).reboot_idle().plan().await?;
//! for step in plan.steps() {
//!     println!("{}: {}", step.name, step.decision);
//! }
//! let mut reports = plan.run();
//! while let Some(report) = reports.next().await {
//!     println!("{}: {}", report.name, report.outcome);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # The gap
//!
//! A machine whose session count is not known counts as in use. The age of what is known counts in
//! the moment in which a request is sent, each time it is sent: after any wait, whether for a permit,
//! a fixed rate, `Retry-After` or a retry, an object whose snapshot is older than
//! [`Bulk::max_staleness`] is looked at again, and its request follows that look at once. **A session
//! can still start between the two**: the service has no call that does both. [`Bulk::drain`] closes
//! that gap with maintenance mode. A reboot is requested without `force`, so the guest is asked to
//! restart and not cut off; [`Bulk::force`] is for machines that hang, and is not part of
//! [`reboot_idle`](Selection::reboot_idle).
//!
//! Two runs over the same machines at the same time do not know of each other: a machine that both
//! have just listed is rebooted by both. [`Bulk::max_staleness`] of zero looks at every machine right
//! before its request, which narrows that gap to the time in which the service has not yet marked
//! the power action as pending.
//!
//! # Requests without an answer
//!
//! A request that was sent and got no answer may have run, and so may a write that was redirected.
//! It is confirmed on evidence: what was read of the object before is compared with what is read
//! after it, again and again within [`Bulk::confirm_timeout`]. A power action that is pending, a newer
//! deregistration or another power state shows that it ran.
//!
//! That nothing changed shows that it did not run only where running would have left a trace on this
//! very object that would still be visible. Then it is submitted again. The rule:
//!
//! | action | nothing ran, if nothing changed and |
//! |---|---|
//! | reboot | the machine is registered, and the service gives the time of its last deregistration and says that nothing is pending |
//! | start, shutdown, suspend, resume | the service gives a power state that it manages, and says that nothing is pending |
//! | maintenance mode, log-off, hide, unhide | always: running twice is running once |
//! | disconnect | the session is in the same state, and the service gives the same time of its last change |
//! | message | never |
//!
//! Anything else stays [`Outcome::Unknown`]. An object whose outcome is not known yet counts as under
//! way for [`Bulk::concurrency`] and [`Bulk::max_failures`].
//!
//! Where no connection comes about for 20 objects in a row, after the retries of each, the service is taken
//! for gone: the rest are reported as [`NotAttempted::Unreachable`], and a run can be resumed from its journal.

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::Error;
use crate::daas::Site;

mod action;
mod confirm;
mod decision;
mod evidence;
mod filter;
mod freshness;
mod journal;
mod limits;
mod listing;
mod maintenance;
mod plan;
mod report;
mod rows;
mod scheduler;
mod search;
mod select;
mod snapshot;
mod task;
mod watch;

pub use action::Action;
pub use decision::{Decision, SkipReason};
pub use journal::{JournalEntry, JournalState};
pub use plan::{Plan, Step};
pub use report::{NotAttempted, Outcome, Report};
pub use scheduler::Reports;
pub use select::{MachineSelection, Selection, SessionSelection};
pub use snapshot::Snapshot;

use filter::Filter;

/// The settings of a run.
#[derive(Debug, Clone)]
struct Options {
    concurrency: NonZeroUsize,
    max_staleness: Duration,
    confirm_timeout: Duration,
    max_unavailable: Option<NonZeroUsize>,
    ready_timeout: Duration,
    min_available: Option<usize>,
    max_failures: Option<NonZeroUsize>,
    drain: bool,
    ordered: bool,
    mode: Mode,
}

/// How requests are sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mode {
    /// One request for each object.
    #[default]
    Individual,
    /// The service's own batches: what is submitted at the same time goes into one request, up to 50
    /// objects.
    Batch,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            concurrency: const { NonZeroUsize::new(64).unwrap() },
            max_staleness: Duration::from_secs(5),
            confirm_timeout: Duration::from_secs(30),
            max_unavailable: None,
            ready_timeout: Duration::from_secs(15 * 60),
            min_available: None,
            max_failures: None,
            drain: false,
            ordered: false,
            mode: Mode::Individual,
        }
    }
}

/// An action on many objects, before the plan.
#[derive(Debug, Clone)]
#[must_use = "nothing is asked for until `plan` is awaited"]
pub struct Bulk {
    site: Site,
    filter: Filter,
    action: Action,
    options: Options,
    /// An option that was set and that the action does not have.
    unfit: Option<&'static str>,
}

impl Bulk {
    fn new(site: Site, filter: Filter, action: Action) -> Self {
        Self {
            site,
            filter,
            action,
            options: Options::default(),
            unfit: None,
        }
    }

    /// Sets how many objects are under way at the same time; default 64.
    ///
    /// Objects whose outcome is not known yet count; those that only wait for their registration do
    /// not.
    pub fn concurrency(mut self, objects: NonZeroUsize) -> Self {
        self.options.concurrency = objects;
        self
    }

    /// Sets how old what is known of an object may be when its request is sent; default 5 s.
    ///
    /// Otherwise it is looked at again. Zero looks before every request.
    pub fn max_staleness(mut self, age: Duration) -> Self {
        self.options.max_staleness = age;
        self
    }

    /// Sets for how long evidence is looked for that a request without an answer ran; default 30 s.
    ///
    /// A request that the service queues even later is submitted twice. Zero does not look: such an
    /// object is reported as [`Outcome::Unknown`] at once.
    pub fn confirm_timeout(mut self, within: Duration) -> Self {
        self.options.confirm_timeout = within;
        self
    }

    /// Sets how many machines may be between the request and their registration; default any number.
    ///
    /// For actions after which a machine registers. Its report comes when it has.
    pub fn max_unavailable(mut self, machines: NonZeroUsize) -> Self {
        self.options.max_unavailable = Some(machines);
        self
    }

    /// Sets how long a machine may take to register again; default 15 min.
    ///
    /// After that it counts as failed and frees its place. Without [`Bulk::max_unavailable`],
    /// [`Bulk::min_available`] or [`Bulk::drain`], registration is not waited for.
    pub fn ready_timeout(mut self, time: Duration) -> Self {
        self.options.ready_timeout = time;
        self
    }

    /// Keeps this many machines of each delivery group registered and out of maintenance mode;
    /// default 0.
    ///
    /// Machines of the group outside the selection count too. Machines without a delivery group, and
    /// those that are not registered now, are not limited.
    pub fn min_available(mut self, machines: usize) -> Self {
        self.options.min_available = Some(machines);
        self
    }

    /// Stops once this many objects have failed or their outcome stays unknown; default any number.
    ///
    /// Never more than that fail: each object under way counts until its outcome is known, so fewer
    /// are submitted at the same time than [`Bulk::concurrency`] allows. The rest are reported as [`Outcome::NotAttempted`].
    pub fn max_failures(mut self, failures: NonZeroUsize) -> Self {
        self.options.max_failures = Some(failures);
        self
    }

    /// Puts each machine into maintenance mode first, looks at its sessions again, and acts only if
    /// it may still be; default no.
    ///
    /// Maintenance mode ends when the action has begun on the machine itself: it has deregistered
    /// and nothing is pending any more. Of a machine that was not registered before, a pending
    /// action that has passed or its registration shows that. It also ends when nothing came of it,
    /// and when the run is given up. A machine that somebody else has put into maintenance mode is
    /// left there.
    pub fn drain(mut self, drain: bool) -> Self {
        self.options.drain = drain;
        self
    }

    /// Reports the objects in the plan's order instead of as their outcomes become known; default no.
    ///
    /// A report then waits for all those before it.
    pub fn ordered(mut self, ordered: bool) -> Self {
        self.options.ordered = ordered;
        self
    }

    /// Sets how requests are sent; default [`Mode::Individual`].
    ///
    /// Looks are single requests either way.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.options.mode = mode;
        self
    }

    /// Acts on machines with sessions too, where that ends them or cuts them off; default no.
    ///
    /// For power actions. [`Bulk::force`] does not imply it.
    pub fn in_use(mut self, also: bool) -> Self {
        match &mut self.action {
            Action::Power { in_use, .. } => *in_use = also,
            _ if also => self.unfit = Some("in_use"),
            _ => {}
        }
        self
    }

    /// Shuts down or reboots without asking the guest; default no.
    ///
    /// **What the guest has not written to its disk is lost**: the unsaved work of users, who are not
    /// logged off, and updates in progress. Machines with sessions are still skipped unless
    /// [`Bulk::in_use`] is set. For [`PowerAction::Shutdown`] and [`PowerAction::Reboot`].
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = citrix_cloud_emulator::Emulator::default().serve("127.0.0.1:0".parse()?).await?;
    /// # use citrix_cloud_emulator::ids;
    /// # let client = citrix_cloud::Client::builder()
    /// #     .credentials(citrix_cloud::Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)?)
    /// #     .endpoint(emulator.url())
    /// #     .build()?;
    /// use citrix_cloud::daas::PowerAction;
    ///
    /// let site = client.daas().site(ids::SITE_ID);
    /// let hung = site.select_machines().name("KESTREL");
    /// let plan = hung.power(PowerAction::Reboot).force(true).plan().await?;
    /// assert_eq!(plan.to_act_on().count(), 1);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// [`PowerAction::Shutdown`]: crate::daas::PowerAction::Shutdown
    /// [`PowerAction::Reboot`]: crate::daas::PowerAction::Reboot
    pub fn force(mut self, force: bool) -> Self {
        match &mut self.action {
            Action::Power { force: forced, .. } => *forced = force,
            _ if force => self.unfit = Some("force"),
            _ => {}
        }
        self
    }

    /// Lists the objects and decides for each; nothing is changed.
    ///
    /// Dropping the plan instead of running it makes this a dry run.
    ///
    /// # Errors
    ///
    /// What listing fails with, since there is no plan for a part of a selection;
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, for an option that
    /// does not go with the action.
    pub async fn plan(self) -> Result<Plan, Error> {
        self.check()?;
        let steps = self.filter.steps(&self.site, &self.action).await?;
        Ok(Plan {
            site: self.site,
            action: self.action,
            options: self.options,
            steps,
            journal: None,
        })
    }

    fn check(&self) -> Result<(), Error> {
        let (action, options) = (&self.action, &self.options);
        let refuse = |option: &str| {
            Err(Error::input(format!(
                "`{option}` cannot be used with {action}"
            )))
        };
        if let Some(option) = self.unfit {
            return refuse(option);
        }
        if action.is_forced_in_vain() {
            return refuse("force");
        }
        if options.max_unavailable.is_some() && !action.ends_registered() {
            return refuse("max_unavailable");
        }
        if options.min_available.is_some() && !action.takes_out_of_service() {
            return refuse("min_available");
        }
        let is_setting = matches!(action, Action::MaintenanceMode(_));
        if options.drain && (is_setting || !action.takes_out_of_service()) {
            return refuse("drain");
        }
        match action {
            Action::SendMessage { text, .. } if text.is_empty() => {
                Err(Error::input("the text of a message is empty"))
            }
            _ => Ok(()),
        }
    }
}
