//! The state that all requests share.

use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use crate::faults::{Fault, Faults};
use crate::journal::Journal;
use crate::limits::Limits;
use crate::monitor::Monitor;
use crate::paging::Pager;
use crate::state::{NotSaved, StateStore};
use crate::tokens::Tokens;
use crate::world::{Event, SiteParts, World};

/// Which versions of the `DaaS` API the emulator serves.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ApiVersions {
    /// Both versions.
    #[default]
    Both,
    /// Only `/cvad/manage/...`, which Citrix documents today.
    Current,
    /// Only `/cvadapis/...`, the preview version, which the walkthrough uses.
    Preview,
}

/// Settings that hold for the life of an emulator.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) token_lifetime: Duration,
    pub(crate) job_duration: SignedDuration,
    pub(crate) latency: Duration,
    /// Whether only documented requests and responses are allowed.
    pub(crate) strict: bool,
    pub(crate) api_versions: ApiVersions,
    pub(crate) limits: Limits,
    pub(crate) faults: Vec<Fault>,
    /// The token that the control API requires. Without one, only this machine may use it.
    pub(crate) control_token: Option<String>,
}

/// Carries out an event that is due. Its meaning is not known here.
pub(crate) type EventHandler = fn(&Shared, SiteParts<'_>, Event, Timestamp);

/// The state and settings behind all clones of an emulator.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    pub(crate) pager: Pager,
    pub(crate) monitor: Monitor,
    world: Mutex<World>,
    store: Option<StateStore>,
    happen: EventHandler,
    tokens: Mutex<Tokens>,
    /// The initial world.
    first: World,
}

impl Shared {
    pub(crate) fn new(
        world: World,
        clock: Clock,
        settings: Settings,
        store: Option<StateStore>,
        happen: EventHandler,
    ) -> Self {
        Self {
            faults: Faults::new(settings.faults.clone(), clock.clone()),
            journal: Journal::new(settings.limits.journal_bytes),
            pager: Pager::new(settings.strict),
            monitor: Monitor::new(clock.now()),
            settings,
            clock,
            first: world.clone(),
            world: Mutex::new(world),
            store,
            happen,
            tokens: Mutex::default(),
        }
    }

    /// Locks the world after carrying out everything that is due, and returns the current time.
    pub(crate) fn world(&self) -> (WorldGuard<'_>, Timestamp) {
        let mut world = WorldGuard {
            world: self.world.lock().unwrap_or_else(PoisonError::into_inner),
            shared: self,
        };
        let now = self.clock.now();
        while let Some((parts, at, event)) = world.next_due(now) {
            (self.happen)(self, parts, event, at);
        }
        (world, now)
    }

    /// Resets everything except the clock.
    pub(crate) fn reset(&self) {
        let (mut world, _) = self.world();
        *world = self.first.clone();
        self.monitor.forget();
        self.tokens().expire_all();
        self.faults.reset(self.settings.faults.clone());
        self.journal.clear();
    }

    /// Returns the initial world.
    pub(crate) fn first(&self) -> &World {
        &self.first
    }

    /// Waits until every change so far is on disk, if there is a state file.
    pub(crate) async fn kept(&self) -> Result<(), NotSaved> {
        match &self.store {
            Some(store) => store.kept().await,
            None => Ok(()),
        }
    }

    /// Does the same for callers that cannot await.
    pub(crate) fn wait_until_kept(&self) {
        if let Some(store) = &self.store {
            store.wait();
        }
    }

    /// Locks the tokens. A thread that needs both locks takes the world's first.
    pub(crate) fn tokens(&self) -> MutexGuard<'_, Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The locked world. Changes are queued for the state file before others can see them.
pub(crate) struct WorldGuard<'a> {
    world: MutexGuard<'a, World>,
    shared: &'a Shared,
}

impl Deref for WorldGuard<'_> {
    type Target = World;

    fn deref(&self) -> &World {
        &self.world
    }
}

impl DerefMut for WorldGuard<'_> {
    fn deref_mut(&mut self) -> &mut World {
        &mut self.world
    }
}

impl Drop for WorldGuard<'_> {
    fn drop(&mut self) {
        if let Some(store) = &self.shared.store {
            store.keep(&mut self.world, &self.shared.clock);
        }
        let shared = self.shared;
        shared
            .monitor
            .notice(&shared.first, &self.world, shared.clock.now());
        self.world.settle();
    }
}
