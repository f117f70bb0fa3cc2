//! A session in responses.

use std::sync::LazyLock;

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Value, json};

use crate::daas::machines::view::MachineView;
use crate::daas::resource::Objects;
use crate::daas::times::{formatted, spoken};
use crate::daas::user_view::UserView;
use crate::field_mask::Lazy;
use crate::schema::filled;
use crate::world::Session;

/// The connection of every session.
static CONNECTION: LazyLock<Value> = LazyLock::new(|| {
    filled("SessionConnectionResponseModel", |field| {
        (field.name == "Protocol").then(|| json!("Hdx"))
    })
});

/// A session as `SessionResponseModel`.
pub(in crate::daas) struct SessionView<'a> {
    objects: Objects<'a>,
    session: &'a Session,
}

impl<'a> SessionView<'a> {
    pub(in crate::daas) fn new(objects: Objects<'a>, session: &'a Session) -> Self {
        Self { objects, session }
    }
}

impl Serialize for SessionView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let session = self.session;
        let started = Some(session.started);
        let changed = session.state_changed.or(started);
        let machine = self.objects.site.machines.get(&session.machine_id);
        let mut it = serializer.serialize_map(None)?;
        it.serialize_entry("Id", session.id())?;
        it.serialize_entry("Uid", &session.uid())?;
        it.serialize_entry("ApplicationsInUse", &())?;
        it.serialize_entry("AppState", "Active")?;
        it.serialize_entry("AppStateLastChangeTime", &spoken(started))?;
        it.serialize_entry("FormattedAppStateLastChangeTime", &formatted(started))?;
        it.serialize_entry(
            "Brokering",
            &json!({
                "AutonomouslyBrokered": false,
                "DurationMilliseconds": 412,
                "Time": spoken(started),
                "FormattedTime": formatted(started),
                "UserName": session.user,
                "UserSid": null,
            }),
        )?;
        it.serialize_entry("Client", &Lazy(|| client(session)))?;
        it.serialize_entry("Connection", &*CONNECTION)?;
        it.serialize_entry("ContainerScopes", &[(); 0])?;
        it.serialize_entry("EstablishmentDurationMilliseconds", &9_300)?;
        it.serialize_entry("EstablishmentTime", &spoken(started))?;
        it.serialize_entry("FormattedEstablishmentTime", &formatted(started))?;
        it.serialize_entry("IsAnonymousUser", &false)?;
        it.serialize_entry("IsHidden", &session.hidden)?;
        it.serialize_entry("LogoffInProgress", &false)?;
        it.serialize_entry("LogonInProgress", &false)?;
        it.serialize_entry(
            "Machine",
            &machine.map(|it| MachineView::new(self.objects, it)),
        )?;
        it.serialize_entry("SessionType", "Desktop")?;
        it.serialize_entry("StartTime", &spoken(started))?;
        it.serialize_entry("FormattedStartTime", &formatted(started))?;
        it.serialize_entry("State", &format!("{:?}", session.state))?;
        it.serialize_entry("StateChangeTime", &spoken(changed))?;
        it.serialize_entry("FormattedStateChangeTime", &formatted(changed))?;
        it.serialize_entry("UntrustedUserName", &session.user)?;
        it.serialize_entry("User", &UserView(&session.user))?;
        it.end()
    }
}

/// Returns the client device.
fn client(session: &Session) -> Value {
    filled("SessionClientResponseModel", |field| {
        Some(match field.name {
            "Name" => json!(format!("CLIENT-{}", session.uid())),
            "Platform" => json!("Windows"),
            "Version" => json!("24.9.0.225"),
            _ => return None,
        })
    })
}
