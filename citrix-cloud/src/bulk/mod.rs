//! Bulk actions on machines or sessions: a plan, a run, and one outcome per object.
//!
//! A plan shows what would happen to each object and why. Running it yields one report per object,
//! as soon as its outcome is known.
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
//! A machine whose session count is unknown counts as in use. The age of a snapshot is checked each
//! time a request is about to be sent: after any wait, whether for a permit, a fixed rate,
//! `Retry-After` or a retry, an object whose snapshot is older than [`Bulk::max_staleness`] is
//! checked again, and its request follows immediately. **A session can still start between the
//! two**: the service has no call that does both. [`Bulk::drain`] closes that gap with maintenance
//! mode. Reboots are requested without `force`, so the guest is asked to restart and not cut off;
//! [`Bulk::force`] is for machines that hang, and not available for
//! [`reboot_idle`](Selection::reboot_idle).
//!
//! Concurrent runs over the same machines do not know about each other: a machine that both have
//! just listed is rebooted by both. With a [`Bulk::max_staleness`] of zero, every machine is checked
//! right before its request, which narrows that gap to the time until the service marks the
//! power action as pending.
//!
//! # Requests without a response
//!
//! A request that was sent without getting a response may have run, and so may a write that was
//! redirected. The run looks for evidence: it compares the snapshot before the request with new
//! ones, repeatedly within [`Bulk::confirm_timeout`]. A pending power action, a newer
//! deregistration or a different power state shows that the request ran.
//!
//! The absence of a change only shows that the request did not run if running would have left a
//! trace on this particular object that would still be visible. In that case, the request is sent
//! again. These are the rules:
//!
//! | action | if nothing changed, it did not run, provided that |
//! |---|---|
//! | reboot | the machine is registered, and the service reports the time of its last deregistration and that nothing is pending |
//! | start, shutdown, suspend, resume | the service reports a power state that it manages and that nothing is pending |
//! | maintenance mode, logoff, hide, unhide | (always, because these are idempotent) |
//! | disconnect | the session is in the same state, and the service reports the same time of its last change |
//! | message | (never) |
//!
//! In all other cases the outcome is [`Outcome::Unknown`]. An object whose outcome is not known yet
//! counts as in progress for [`Bulk::concurrency`] and [`Bulk::max_failures`].
//!
//! If no connection can be made for 20 consecutive objects, after the retries of each, the service is
//! considered down: the rest are reported as [`NotAttempted::Unreachable`], and the run can be resumed
//! from its journal.

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::Error;
use crate::daas::Site;

mod action;
mod confirm;
mod decision;
mod evidence;
mod freshness;
mod journal;
mod limits;
mod line;
mod maintenance;
mod plan;
mod report;
mod rows;
mod scheduler;
mod selection;
mod snapshot;
mod task;
mod watch;

pub use action::Action;
pub use decision::{Decision, SkipReason};
pub use journal::{JournalEntry, JournalState};
pub use plan::{Plan, Step};
pub use report::{NotAttempted, Outcome, Report};
pub use scheduler::Reports;
pub use selection::{MachineSelection, Selection, SessionSelection};
pub use snapshot::Snapshot;

use selection::Filter;

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
    /// One request per object.
    #[default]
    Individual,
    /// The service's own batches: objects submitted at the same time share a request, up to 50 per
    /// request.
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

/// An action on many objects that has not been planned yet.
#[derive(Debug, Clone)]
#[must_use = "nothing is asked for until `plan` is awaited"]
pub struct Bulk {
    site: Site,
    filter: Filter,
    action: Action,
    options: Options,
    /// An option that was set although the action does not support it.
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

    /// Sets how many objects are processed at the same time; default 64.
    ///
    /// Objects whose outcome is not known yet count; those that are only waiting to register do
    /// not.
    pub fn concurrency(mut self, objects: NonZeroUsize) -> Self {
        self.options.concurrency = objects;
        self
    }

    /// Sets the maximum age of an object's snapshot when its request is sent; default 5 s.
    ///
    /// An older snapshot is refreshed first. With zero, the object is checked before every
    /// request.
    pub fn max_staleness(mut self, age: Duration) -> Self {
        self.options.max_staleness = age;
        self
    }

    /// Sets how long to look for evidence that a request without a response ran; default 30 s.
    ///
    /// A request that the service queues even later may be sent twice. With zero, there are no
    /// checks, and such an object is reported as [`Outcome::Unknown`] at once.
    pub fn confirm_timeout(mut self, within: Duration) -> Self {
        self.options.confirm_timeout = within;
        self
    }

    /// Sets how many machines may be between their request and their registration; default
    /// unlimited.
    ///
    /// This applies to actions after which a machine registers. A machine is reported once it has
    /// registered.
    pub fn max_unavailable(mut self, machines: NonZeroUsize) -> Self {
        self.options.max_unavailable = Some(machines);
        self
    }

    /// Sets how long a machine may take to register again; default 15 min.
    ///
    /// After that it counts as failed, and another machine may start. Without
    /// [`Bulk::max_unavailable`], [`Bulk::min_available`] or [`Bulk::drain`], the run does not wait
    /// for registration.
    pub fn ready_timeout(mut self, time: Duration) -> Self {
        self.options.ready_timeout = time;
        self
    }

    /// Keeps at least this many machines of each delivery group registered and out of maintenance
    /// mode; default 0.
    ///
    /// Machines of the group outside the selection count too. Machines without a delivery group, or
    /// that are not currently registered, are not affected.
    pub fn min_available(mut self, machines: usize) -> Self {
        self.options.min_available = Some(machines);
        self
    }

    /// Stops after this many objects have failed or their outcome has stayed unknown; default
    /// unlimited.
    ///
    /// No more than that fail: every object in progress counts until its outcome is known, so fewer
    /// are submitted at the same time than [`Bulk::concurrency`] allows. The rest are reported as
    /// [`Outcome::NotAttempted`].
    pub fn max_failures(mut self, failures: NonZeroUsize) -> Self {
        self.options.max_failures = Some(failures);
        self
    }

    /// Puts each machine into maintenance mode first, checks its sessions again, and acts only if
    /// it is still eligible; default no.
    ///
    /// Maintenance mode ends once the action has begun on the machine itself: it has deregistered
    /// and nothing is pending any more. For a machine that was not registered before, a pending
    /// action that has completed or its registration shows this. Maintenance mode also ends if the
    /// action is not carried out, and if the run is aborted. A machine that somebody else has put
    /// into maintenance mode stays there.
    pub fn drain(mut self, drain: bool) -> Self {
        self.options.drain = drain;
        self
    }

    /// Reports objects in the plan's order instead of as their outcomes become known; default no.
    ///
    /// Each report then waits for all before it.
    pub fn ordered(mut self, ordered: bool) -> Self {
        self.options.ordered = ordered;
        self
    }

    /// Sets how requests are sent; default [`Mode::Individual`].
    ///
    /// Checks are individual requests in both modes.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.options.mode = mode;
        self
    }

    /// Includes machines with sessions, which the action ends or cuts off; default no.
    ///
    /// Only for power actions. [`Bulk::force`] does not imply it.
    pub fn in_use(mut self, also: bool) -> Self {
        match &mut self.action {
            Action::Power { in_use, .. } => *in_use = also,
            _ if also => self.unfit = Some("in_use"),
            _ => {}
        }
        self
    }

    /// Sets whether to shut down or reboot without asking the guest; default no.
    ///
    /// **Anything the guest has not written to disk is lost**: the unsaved work of users, who are not
    /// logged off, and updates in progress. Machines with sessions are still skipped unless
    /// [`Bulk::in_use`] is set. Only for [`PowerAction::Shutdown`] and [`PowerAction::Reboot`].
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

    /// Lists the objects and decides for each what would happen; nothing is changed.
    ///
    /// For a dry run, drop the plan instead of running it.
    ///
    /// # Errors
    ///
    /// Any error of listing the objects, because a plan never covers only a part of a selection;
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, if an option does
    /// not apply to the action.
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
