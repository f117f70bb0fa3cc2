//! What every request works on.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::clock::Clock;
use crate::faults::{Fault, Faults, JobEnding};
use crate::journal::Journal;
use crate::limits::Limits;
use crate::paging::Pager;
use crate::routes::daas;
use crate::tokens::Tokens;
use crate::world::{Event, World};

/// Which paths of the `DaaS` API exist.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Generations {
    /// Both.
    #[default]
    Both,
    /// Only `/cvad/manage/...`, which Citrix documents today.
    Current,
    /// Only `/cvadapis/...`, which the walkthrough teaches.
    Walkthrough,
}

/// Settings that hold for the life of an emulator.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) token_lifetime: Duration,
    pub(crate) job_duration: SignedDuration,
    pub(crate) latency: Duration,
    pub(crate) generations: Generations,
    pub(crate) limits: Limits,
    pub(crate) faults: Vec<Fault>,
    /// What the control API asks for; without one, it is for this machine alone.
    pub(crate) control_token: Option<String>,
}

/// State and settings behind all clones of an emulator.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) faults: Faults,
    pub(crate) journal: Journal,
    pub(crate) pager: Pager,
    world: Mutex<World>,
    tokens: Mutex<Tokens>,
    /// The world as it was at the start.
    first: World,
}

impl Shared {
    pub(crate) fn new(world: World, clock: Clock, settings: Settings) -> Self {
        Self {
            faults: Faults::new(settings.faults.clone(), clock.clone()),
            settings,
            clock,
            journal: Journal::default(),
            pager: Pager::default(),
            first: world.clone(),
            world: Mutex::new(world),
            tokens: Mutex::default(),
        }
    }

    /// Locks the world after everything that is due has happened, and says what time it is there.
    pub(crate) fn world(&self) -> (MutexGuard<'_, World>, Timestamp) {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.settle();
        let now = self.clock.now();
        while let Some((at, event)) = world.schedule.next_due(now) {
            self.happen(&mut world, event, at);
        }
        (world, now)
    }

    /// Goes back to the start, apart from the clock.
    pub(crate) fn reset(&self) {
        let (mut world, _) = self.world();
        *world = self.first.clone();
        self.tokens().expire_all();
        self.faults.reset(self.settings.faults.clone());
        self.journal.clear();
    }

    /// Locks the tokens. A thread that needs both locks takes the world's first.
    pub(crate) fn tokens(&self) -> MutexGuard<'_, Tokens> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn happen(&self, world: &mut World, event: Event, at: Timestamp) {
        match event {
            Event::PowerHalfway { machine, action } => world.power_halfway(&machine, action, at),
            Event::PowerDone { machine, action } => world.power_done(&machine, action),
            Event::JobStart { job } => daas::start_job(self, world, &job, at),
            Event::JobEnd { job } => match self.faults.fate(&job).map(|fate| fate.ending) {
                Some(JobEnding::Hangs) => {}
                Some(JobEnding::Vanishes) => drop(world.jobs.remove(&job)),
                Some(JobEnding::Fails) | None => daas::end_job(world, &job, at),
            },
        }
    }
}
