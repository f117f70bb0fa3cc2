//! Machines as the broker knows them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::collection::Member;
use super::power::PowerAction;
use super::resource::Resource;

/// What the hypervisor says about a machine (`PowerState` on the wire).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PowerState {
    /// The hypervisor has not said.
    Unknown,
    /// Nothing manages its power.
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
    /// It is waking up.
    Resuming,
}

/// Whether the machine's agent has registered with the broker (`RegistrationState` on the wire).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RegistrationState {
    /// The broker has not said.
    Unknown,
    /// The agent is not registered; no session can start.
    Unregistered,
    /// The agent is starting.
    Initializing,
    /// The agent is registered.
    Registered,
    /// The agent has reported an error.
    AgentError,
}

/// One machine. Ids and name are fixed; everything else may be changed at any time.
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
    /// Sessions on it; `None` is returned as `null`, which means unknown.
    pub session_count: Option<u32>,
    /// Its power state.
    pub power_state: PowerState,
    /// Its registration state.
    pub registration_state: RegistrationState,
    /// Whether it takes no new sessions.
    pub in_maintenance_mode: bool,
    /// Whether a power action was accepted and has not begun yet.
    pub power_action_pending: bool,
    /// Whether it can be power-managed at all.
    pub power_managed: bool,
    /// When it last deregistered.
    pub last_deregistration: Option<Timestamp>,
    /// Who last had a session on it, `DOMAIN\name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_user: Option<String>,
    /// When that session began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_connection: Option<Timestamp>,
    /// Every power action that was accepted for it, oldest first.
    pub power_actions: Vec<PowerAction>,
    /// Whatever else was set on it, by its name on the wire. Few machines have any of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Box<Map<String, Value>>>,
}

/// The restart before the default world's Monday morning: 2026-01-05T04:00:00Z.
const LAST_RESTART: i64 = 1_767_585_600;

impl Machine {
    /// Makes an idle, registered machine that is switched on, with an id of its own.
    ///
    /// Like any machine that has ever restarted, it has a time of its last deregistration.
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

    /// Gives it a certain id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// Puts it into a delivery group.
    #[must_use]
    pub fn in_delivery_group(mut self, id: impl Into<String>) -> Self {
        self.delivery_group_id = Some(id.into());
        self
    }

    /// Sets the number of sessions, or that it is unknown.
    #[must_use]
    pub fn with_session_count(mut self, count: impl Into<Option<u32>>) -> Self {
        self.session_count = count.into();
        self
    }

    /// Takes away every power action, as for a physical machine.
    #[must_use]
    pub fn unmanaged(mut self) -> Self {
        self.power_managed = false;
        self.power_state = PowerState::Unmanaged;
        self
    }

    /// Switches it off, which also deregisters it.
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

    /// Leaves a power action pending on it for good.
    #[must_use]
    pub fn with_pending_action(mut self) -> Self {
        self.power_action_pending = true;
        self
    }

    /// Says who last had a session on it, and since when.
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

    /// Returns what was set on it as a document, like that of any other object.
    #[must_use]
    pub fn document(&self) -> Resource {
        let mut document = Resource::new(self.name()).with_id(self.id());
        document.fields = self.settings.as_deref().cloned().unwrap_or_default();
        document.with("Uid", self.uid)
    }

    /// Takes over what was set on such a document.
    pub fn take_over(&mut self, document: Resource) {
        let mut settings = document.fields;
        settings.shift_remove("Uid");
        self.settings = (!settings.is_empty()).then(|| Box::new(settings));
    }

    /// Names the group of those machines of a catalog that have sessions, or may have some.
    pub(crate) fn used_in(catalog_id: &str) -> String {
        format!("{catalog_id}/used")
    }

    /// Counts the reboots that were accepted for it.
    #[must_use]
    pub fn reboots(&self) -> usize {
        self.accepted(PowerAction::Reboot)
    }

    /// Counts the power actions of one kind that were accepted for it.
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
