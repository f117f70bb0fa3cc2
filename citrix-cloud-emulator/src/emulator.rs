//! The emulator and how one is set up.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use crate::clock::Clock;
use crate::daas;
use crate::faults::{Fault, Faults};
use crate::journal::Journal;
use crate::limits::Limits;
use crate::shared::{Generations, Settings, Shared};
use crate::state::{Keeper, StateError};
use crate::world::{Site, World};

/// One emulated cloud. Clones share its state.
#[derive(Debug, Clone)]
pub struct Emulator {
    shared: Arc<Shared>,
}

/// Settings of an emulator to be built.
#[derive(Debug, Clone)]
pub struct EmulatorBuilder {
    world: World,
    clock: Clock,
    settings: Settings,
}

impl Emulator {
    /// Starts from the default world, the system's clock and the service's documented times.
    #[must_use]
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder {
            world: World::default(),
            clock: Clock::system(),
            settings: Settings {
                token_lifetime: Duration::from_secs(3600),
                job_duration: SignedDuration::from_secs(2),
                latency: Duration::ZERO,
                strict: false,
                generations: Generations::Both,
                limits: Limits::default(),
                faults: Vec::new(),
                control_token: None,
            },
        }
    }

    /// Returns the record of all requests.
    #[must_use]
    pub fn journal(&self) -> Journal {
        self.shared.journal.clone()
    }

    /// Returns the rules by which requests go wrong, to change them and to see what they struck.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.shared.faults.clone()
    }

    /// Returns the clock that tokens, jobs and power actions follow.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.shared.clock.clone()
    }

    /// Looks at the world as it is now. Calling the emulator from inside would block forever.
    pub fn read<R>(&self, look: impl FnOnce(&World) -> R) -> R {
        look(&self.shared.world().0)
    }

    /// Changes the world. Calling the emulator from inside would block forever.
    ///
    /// Where the world is kept in a state file, the change is there when this returns.
    pub fn update<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        let result = change(&mut self.shared.world().0);
        self.shared.wait_until_kept();
        result
    }

    /// Looks at the first site of the world, as it is now.
    ///
    /// # Panics
    ///
    /// Panics if the world has no site.
    #[track_caller]
    pub fn read_site<R>(&self, look: impl FnOnce(&Site) -> R) -> R {
        self.read(|world| {
            let site = world.first_site();
            look(site.expect("the world has no site"))
        })
    }

    /// Changes the first site of the world.
    ///
    /// # Panics
    ///
    /// Panics if the world has no site.
    #[track_caller]
    pub fn update_site<R>(&self, change: impl FnOnce(&mut Site) -> R) -> R {
        self.update(|world| {
            let site = world.first_site_mut();
            change(site.expect("the world has no site"))
        })
    }

    /// Copies the world as it is now.
    #[must_use]
    pub fn world(&self) -> World {
        self.read(World::clone)
    }

    /// Makes every token handed out so far invalid.
    pub fn expire_tokens(&self) {
        self.shared.tokens().expire_all();
    }

    /// Puts world, faults and journal back to how they were at the start, and makes every token invalid. The clock stays
    /// as it is.
    pub fn reset(&self) {
        self.shared.reset();
    }

    pub(crate) fn shared(&self) -> &Shared {
        &self.shared
    }
}

impl Default for Emulator {
    fn default() -> Self {
        Self::builder().build()
    }
}

impl EmulatorBuilder {
    /// Starts from this world.
    #[must_use]
    pub fn world(mut self, world: World) -> Self {
        self.world = world;
        self
    }

    /// Sets how long a token is good for; the service says one hour.
    #[must_use]
    pub fn token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.token_lifetime = lifetime;
        self
    }

    /// Sets the clock.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Sets how long a job and a power action take; two seconds unless set.
    #[must_use]
    pub fn job_duration(mut self, duration: Duration) -> Self {
        self.settings.job_duration =
            SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
        self
    }

    /// Holds back every answer for this long, in real time.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.settings.latency = latency;
        self
    }

    /// Takes only what Citrix documents, and answers in the documented forms.
    ///
    /// By default the emulator is as lenient as the service shows itself to the programs that work with it: about
    /// `Accept`, the types of values in bodies, `Bearer` beside `CwsAuth Bearer=`, the last page of a list and more. A
    /// test that is to prove that a client sends exactly the right thing wants a strict emulator.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.settings.strict = true;
        self
    }

    /// Takes one of the two path generations of the `DaaS` API away.
    #[must_use]
    pub fn generations(mut self, generations: Generations) -> Self {
        self.settings.generations = generations;
        self
    }

    /// Sets what one client may ask of it; only what listens on a port looks at all of them.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    /// Starts with these rules by which requests go wrong.
    #[must_use]
    pub fn faults(mut self, faults: Vec<Fault>) -> Self {
        self.settings.faults = faults;
        self
    }

    /// Protects the control API with a token, and lets the emulator listen on any address.
    ///
    /// Without one it listens on loopback addresses only, and its control API answers only who names this machine in
    /// `Host`.
    #[must_use]
    pub fn control_token(mut self, token: impl Into<String>) -> Self {
        self.settings.control_token = Some(token.into());
        self
    }

    /// Builds the emulator.
    #[must_use]
    pub fn build(self) -> Emulator {
        let shared = Shared::new(self.world, self.clock, self.settings, None, daas::happen);
        Emulator {
            shared: Arc::new(shared),
        }
    }

    /// Builds the emulator, and keeps its world in a file from then on.
    ///
    /// If the file is there, its world and the setting of its clock take the place of the builder's. An answer goes
    /// out once the changes behind it are on the disk, so that they survive the end of the process, however it ends.
    ///
    /// # Errors
    ///
    /// Fails where the file is in use by another process, was written by a newer version, is damaged or no state
    /// file at all, or cannot be read and written.
    pub fn build_with_state(self, file: impl AsRef<Path>) -> Result<Emulator, StateError> {
        let (keeper, world) = Keeper::open(file.as_ref(), self.world, &self.clock)?;
        let shared = Shared::new(world, self.clock, self.settings, Some(keeper), daas::happen);
        Ok(Emulator {
            shared: Arc::new(shared),
        })
    }
}
