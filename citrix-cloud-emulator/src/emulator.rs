//! The emulator and its builder.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use crate::clock::Clock;
use crate::daas;
use crate::faults::{Fault, Faults};
use crate::journal::Journal;
use crate::limits::Limits;
use crate::shared::{ApiVersions, Settings, Shared};
use crate::state::{StateError, StateStore};
use crate::world::{Site, World};

/// One emulated cloud. Clones share its state.
#[derive(Debug, Clone)]
pub struct Emulator {
    shared: Arc<Shared>,
}

/// A builder for an [`Emulator`].
#[derive(Debug, Clone)]
pub struct EmulatorBuilder {
    world: World,
    clock: Clock,
    settings: Settings,
}

impl Emulator {
    /// Creates a builder with the default world, the system clock and the service's documented times.
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
                api_versions: ApiVersions::Both,
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

    /// Returns the fault rules, to change them and to see which requests they affected.
    #[must_use]
    pub fn faults(&self) -> Faults {
        self.shared.faults.clone()
    }

    /// Returns the clock that tokens, jobs and power actions follow.
    #[must_use]
    pub fn clock(&self) -> Clock {
        self.shared.clock.clone()
    }

    /// Gives read access to the current world. Calling the emulator from inside the closure blocks forever.
    pub fn read<R>(&self, look: impl FnOnce(&World) -> R) -> R {
        look(&self.shared.world().0)
    }

    /// Changes the world. Calling the emulator from inside the closure blocks forever.
    ///
    /// If the world is kept in a state file, the change has been written when this returns.
    pub fn update<R>(&self, change: impl FnOnce(&mut World) -> R) -> R {
        let result = change(&mut self.shared.world().0);
        self.shared.wait_until_kept();
        result
    }

    /// Gives read access to the first site of the current world.
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

    /// Returns a copy of the current world.
    #[must_use]
    pub fn world(&self) -> World {
        self.read(World::clone)
    }

    /// Invalidates all tokens issued so far.
    pub fn expire_tokens(&self) {
        self.shared.tokens().expire_all();
    }

    /// Resets world, faults and journal to their initial state, and invalidates all tokens. The clock is not changed.
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
    /// Sets the initial world.
    #[must_use]
    pub fn world(mut self, world: World) -> Self {
        self.world = world;
        self
    }

    /// Sets the lifetime of tokens; default one hour, as in the service.
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

    /// Sets how long jobs and power actions take; default two seconds.
    #[must_use]
    pub fn job_duration(mut self, duration: Duration) -> Self {
        self.settings.job_duration =
            SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
        self
    }

    /// Delays every response by this long, in real time.
    #[must_use]
    pub fn latency(mut self, latency: Duration) -> Self {
        self.settings.latency = latency;
        self
    }

    /// Accepts only what Citrix documents, and responds in the documented forms.
    ///
    /// By default, the emulator is as lenient as the service appears to be, judging by the programs that work with it:
    /// about `Accept`, the types of values in bodies, `Bearer` instead of `CwsAuth Bearer=`, the last page of a list
    /// and more. Use a strict emulator to prove that a client sends exactly the right thing.
    #[must_use]
    pub fn strict(mut self) -> Self {
        self.settings.strict = true;
        self
    }

    /// Sets which of the two API versions of the `DaaS` API exist.
    #[must_use]
    pub fn api_versions(mut self, api_versions: ApiVersions) -> Self {
        self.settings.api_versions = api_versions;
        self
    }

    /// Sets the limits for clients; some of them apply only to an emulator that listens on a port.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.settings.limits = limits;
        self
    }

    /// Sets the initial fault rules.
    #[must_use]
    pub fn faults(mut self, faults: Vec<Fault>) -> Self {
        self.settings.faults = faults;
        self
    }

    /// Protects the control API with a token, and allows the emulator to listen on any address.
    ///
    /// Without a token, it listens only on loopback addresses, and its control API responds only to requests whose
    /// `Host` names this machine.
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

    /// Builds the emulator, and persists its world in a file.
    ///
    /// If the file exists, its world and clock setting replace the builder's. A response is sent only after the changes
    /// behind it are on disk, so they survive however the process ends.
    ///
    /// # Errors
    ///
    /// Fails if the file is in use by another process, was written by a newer version, is damaged or not a state file,
    /// or cannot be read or written.
    pub fn build_with_state(self, file: impl AsRef<Path>) -> Result<Emulator, StateError> {
        let (store, world) = StateStore::open(file.as_ref(), self.world, &self.clock)?;
        let shared = Shared::new(world, self.clock, self.settings, Some(store), daas::happen);
        Ok(Emulator {
            shared: Arc::new(shared),
        })
    }
}
