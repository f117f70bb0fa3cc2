//! User sessions.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::collection::Member;

/// Whether the user is connected to a session (`State` in JSON).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum SessionState {
    /// A device is connected, but no user has logged on yet.
    Connected,
    /// The user is working.
    Active,
    /// The user has disconnected; the session continues.
    Disconnected,
}

/// One session of one user on one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    id: String,
    uid: u32,
    /// The id of the machine it runs on.
    pub machine_id: String,
    /// The user, `DOMAIN\name`.
    pub user: String,
    /// Whether the user is connected.
    pub state: SessionState,
    /// When it started.
    pub started: Timestamp,
    /// When its state last changed, if it has changed since the start.
    #[serde(default)]
    pub state_changed: Option<Timestamp>,
    /// Whether it is hidden from the user.
    pub hidden: bool,
    /// Whether it is being recorded.
    #[serde(default)]
    pub recorded: bool,
    /// Title and text of every message sent to it, oldest first.
    pub messages: Vec<(String, String)>,
}

impl Session {
    /// Creates an active session with a new id.
    #[must_use]
    pub fn new(user: impl Into<String>, uid: u32, machine_id: impl Into<String>) -> Self {
        Self {
            id: Uuid::new_v4().to_string(),
            uid,
            machine_id: machine_id.into(),
            user: user.into(),
            state: SessionState::Active,
            started: Timestamp::UNIX_EPOCH,
            state_changed: None,
            hidden: false,
            recorded: false,
            messages: Vec::new(),
        }
    }

    /// Sets its id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// Sets its start time.
    #[must_use]
    pub fn started(mut self, at: Timestamp) -> Self {
        self.started = at;
        self
    }

    /// Marks it as disconnected.
    #[must_use]
    pub fn disconnected(mut self) -> Self {
        self.state = SessionState::Disconnected;
        self
    }

    /// Disconnects it at this time, unless it is already disconnected.
    pub fn disconnect(&mut self, at: Timestamp) {
        if self.state != SessionState::Disconnected {
            self.state = SessionState::Disconnected;
            self.state_changed = Some(at);
        }
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
}

impl Member for Session {
    fn id(&self) -> &str {
        &self.id
    }

    fn names(&self) -> Vec<String> {
        vec![self.id.clone(), self.uid.to_string()]
    }

    fn groups(&self) -> Vec<String> {
        vec![self.machine_id.clone()]
    }
}
