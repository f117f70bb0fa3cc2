//! Machines as the broker sees them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::collection::Member;
use super::power::PowerAction;
use super::resource::Resource;

/// The power state of a machine, as reported by the hypervisor (`PowerState` in JSON).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PowerState {
    /// The hypervisor has not reported a state.
    Unknown,
    /// The machine has no power management.
    Unmanaged,
    /// The hypervisor cannot be reached.
    Unavailable,
    /// It is off.
    Off,
    /// It is on.
    On,
    /// It is suspended.
    Suspended,
    /// It is starting.
    TurningOn,
    /// It is shutting down.
    TurningOff,
    /// It is being suspended.
    Suspending,
    /// It is resuming.
    Resuming,
}

/// Whether the machine's VDA is registered with the broker (`RegistrationState` in JSON).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RegistrationState {
    /// The state is not known.
    Unknown,
    /// The VDA is not registered, so no session can start.
    Unregistered,
    /// The VDA is starting.
    Initializing,
    /// The VDA is registered.
    Registered,
    /// The VDA has reported an error.
    AgentError,
}

/// One machine. Its ids and name are fixed; everything else may be changed at any time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    id: String,
    uid: u32,
    name: String,
    /// The id of the catalog it belongs to.
    pub catalog_id: String,
    /// The id of the delivery group it belongs to.
    #[serde(default)]
    pub delivery_group_id: Option<String>,
    /// The number of sessions; `None` is returned as `null`, which means unknown.
    pub session_count: Option<u32>,
    /// Its power state.
    pub power_state: PowerState,
    /// Its registration state.
    pub registration_state: RegistrationState,
    /// Whether it is in maintenance mode, and accepts no new sessions.
    pub in_maintenance_mode: bool,
    /// Whether a power action was accepted but has not started yet.
    pub power_action_pending: bool,
    /// Whether its power can be managed.
    pub power_managed: bool,
    /// When it last deregistered.
    pub last_deregistration: Option<Timestamp>,
    /// The user of the last session, `DOMAIN\name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_user: Option<String>,
    /// When that session started.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_connection: Option<Timestamp>,
    /// All accepted power actions, oldest first.
    pub power_actions: Vec<PowerAction>,
    /// Other settings by their names in JSON. Few machines have any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Box<Map<String, Value>>>,
}

/// The last restart before the default world's Monday morning: 2026-01-05T04:00:00Z.
const LAST_RESTART: i64 = 1_767_585_600;

impl Machine {
    /// Creates an idle, registered machine that is powered on, with a new id.
    ///
    /// Like any machine that has ever restarted, it has a time of last deregistration.
    ///
    /// `name` is `DOMAIN\NAME`; `uid` should be unique in the world.
    #[must_use]
    pub fn new(name: impl Into<String>, uid: u32, catalog_id: impl Into<String>) -> Self {
        Self {
            id: Uuid::new_v4().to_string(),
            uid,
            name: name.into(),
            catalog_id: catalog_id.into(),
            delivery_group_id: None,
            session_count: Some(0),
            power_state: PowerState::On,
            registration_state: RegistrationState::Registered,
            in_maintenance_mode: false,
            power_action_pending: false,
            power_managed: true,
            last_deregistration: Timestamp::from_second(LAST_RESTART).ok(),
            last_user: None,
            last_connection: None,
            power_actions: Vec::new(),
            settings: None,
        }
    }

    /// Sets its id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// Adds it to a delivery group.
    #[must_use]
    pub fn in_delivery_group(mut self, id: impl Into<String>) -> Self {
        self.delivery_group_id = Some(id.into());
        self
    }

    /// Sets the number of sessions; `None` is unknown.
    #[must_use]
    pub fn with_session_count(mut self, count: impl Into<Option<u32>>) -> Self {
        self.session_count = count.into();
        self
    }

    /// Removes its power management, as for a physical machine.
    #[must_use]
    pub fn unmanaged(mut self) -> Self {
        self.power_managed = false;
        self.power_state = PowerState::Unmanaged;
        self
    }

    /// Powers it off, which also deregisters it.
    #[must_use]
    pub fn powered_off(mut self) -> Self {
        self.power_state = PowerState::Off;
        self.unregistered()
    }

    /// Deregisters it.
    #[must_use]
    pub fn unregistered(mut self) -> Self {
        self.registration_state = RegistrationState::Unregistered;
        self
    }

    /// Puts it into maintenance mode.
    #[must_use]
    pub fn in_maintenance(mut self) -> Self {
        self.in_maintenance_mode = true;
        self
    }

    /// Gives it a power action that stays pending forever.
    #[must_use]
    pub fn with_pending_action(mut self) -> Self {
        self.power_action_pending = true;
        self
    }

    /// Sets the user of the last session, and when it started.
    #[must_use]
    pub fn last_used(mut self, user: impl Into<String>, at: Timestamp) -> Self {
        self.last_user = Some(user.into());
        self.last_connection = Some(at);
        self
    }

    /// Returns its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns its number in the site.
    #[must_use]
    pub fn uid(&self) -> u32 {
        self.uid
    }

    /// Returns its name, `DOMAIN\NAME`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns its settings as a document, like any other object.
    #[must_use]
    pub fn document(&self) -> Resource {
        let mut document = Resource::new(self.name()).with_id(self.id());
        document.fields = self.settings.as_deref().cloned().unwrap_or_default();
        document.with("Uid", self.uid)
    }

    /// Replaces its settings by those of such a document.
    pub fn take_over(&mut self, document: Resource) {
        let mut settings = document.fields;
        settings.shift_remove("Uid");
        self.settings = (!settings.is_empty()).then(|| Box::new(settings));
    }

    /// Returns the group of a catalog's machines that have or may have sessions.
    pub(crate) fn used_in(catalog_id: &str) -> String {
        format!("{catalog_id}/used")
    }

    /// Returns the number of reboots accepted for it.
    #[must_use]
    pub fn reboots(&self) -> usize {
        self.accepted(PowerAction::Reboot)
    }

    /// Returns the number of power actions of one kind accepted for it.
    #[must_use]
    pub fn accepted(&self, action: PowerAction) -> usize {
        self.power_actions
            .iter()
            .filter(|&&accepted| accepted == action)
            .count()
    }
}

impl Member for Machine {
    fn id(&self) -> &str {
        &self.id
    }

    fn names(&self) -> Vec<String> {
        vec![self.id.clone(), self.name.clone(), self.uid.to_string()]
    }

    fn groups(&self) -> Vec<String> {
        let mut groups = vec![self.catalog_id.clone()];
        groups.extend(self.delivery_group_id.clone());
        if self.session_count != Some(0) {
            groups.push(Self::used_in(&self.catalog_id));
        }
        groups
    }
}
