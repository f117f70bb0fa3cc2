//! A machine on the wire.

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Value, json};

use super::jobs::{formatted, spoken};
use crate::ids;
use crate::world::{Kind, Machine, PowerState, RegistrationState, World};

/// What the service can do to a machine that it manages.
const POWER_ACTIONS: [&str; 6] = [
    "PowerOn",
    "PowerOff",
    "Shutdown",
    "Restart",
    "Reset",
    "SuspendResume",
];

/// Properties that are always there and always null here.
const UNKNOWN: [&str; 26] = [
    "ControllerDnsName",
    "Description",
    "IPAddress",
    "LastConnectionTime",
    "FormattedLastConnectionTime",
    "LastConnectionUser",
    "LastErrorReason",
    "LastErrorTime",
    "FormattedLastErrorTime",
    "LoadIndex",
    "PublishedName",
    "SessionClientAddress",
    "SessionClientName",
    "SessionClientVersion",
    "SessionConnectedViaHostName",
    "SessionConnectedViaIP",
    "SessionLaunchedViaHostName",
    "SessionLaunchedViaIP",
    "SessionSecureIcaActive",
    "SessionStartTime",
    "FormattedSessionStartTime",
    "SessionStateChangeTime",
    "FormattedSessionStateChangeTime",
    "SessionUserName",
    "WillShutdownAfterUse",
    "UpgradeDetail",
];

/// Properties that are always there and always an empty list here.
const EMPTY: [&str; 10] = [
    "AssignedUsers",
    "AssociatedUsers",
    "ContainerScopes",
    "DesktopConditions",
    "LoadIndexes",
    "LoadIndexNames",
    "PublishedApplications",
    "SessionSmartAccessTags",
    "Tags",
    "Metadata",
];

/// A machine as `MachineResponseModel` or, in detail, as `MachineDetailResponseModel`.
pub(super) struct MachineView<'a> {
    world: &'a World,
    machine: &'a Machine,
    detailed: bool,
}

impl<'a> MachineView<'a> {
    pub(super) fn new(world: &'a World, machine: &'a Machine) -> Self {
        Self {
            world,
            machine,
            detailed: false,
        }
    }

    pub(super) fn detailed(self) -> Self {
        Self {
            detailed: true,
            ..self
        }
    }
}

impl Serialize for MachineView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let machine = self.machine;
        let short_name = machine.name().rsplit('\\').next().unwrap_or_default();
        let has_sessions = machine.session_count.is_some_and(|count| count > 0);
        let mut it = serializer.serialize_map(None)?;
        it.serialize_entry("Id", machine.id())?;
        it.serialize_entry("MachineCatalog", &catalog_reference(self.world, machine))?;
        it.serialize_entry("Name", machine.name())?;
        it.serialize_entry("Uid", &machine.uid())?;
        it.serialize_entry("AgentVersion", "2411.0.0.37")?;
        it.serialize_entry("AllocationType", "Random")?;
        // The service answers null here where a client would expect an empty list.
        let in_use = has_sessions.then(|| json!([{ "Id": null, "Uid": 1, "Name": "Notepad" }]));
        it.serialize_entry("ApplicationsInUse", &in_use)?;
        it.serialize_entry("AzureAdJoinedMode", "NotAadJoined")?;
        it.serialize_entry("DeliveryGroup", &delivery_group(self.world, machine))?;
        it.serialize_entry("DeliveryType", "DesktopsAndApps")?;
        it.serialize_entry(
            "DnsName",
            &format!("{short_name}.demolab.example").to_lowercase(),
        )?;
        it.serialize_entry("FunctionalLevel", "L7_34")?;
        it.serialize_entry("Hosting", &hosting(machine, short_name))?;
        it.serialize_entry("InMaintenanceMode", &machine.in_maintenance_mode)?;
        let reason = if machine.in_maintenance_mode {
            "Administrator"
        } else {
            "None"
        };
        it.serialize_entry("MaintenanceModeReason", reason)?;
        it.serialize_entry("DrainingUntilShutdown", &false)?;
        it.serialize_entry("IsAssigned", &false)?;
        let kind = if machine.power_managed {
            "Virtual"
        } else {
            "Physical"
        };
        it.serialize_entry("MachineType", kind)?;
        it.serialize_entry("LastConnectionFailure", "None")?;
        let gone = machine.last_deregistration;
        it.serialize_entry("LastDeregistrationReason", &gone.map(|_| "AgentShutdown"))?;
        it.serialize_entry("LastDeregistrationTime", &spoken(gone))?;
        it.serialize_entry("FormattedLastDeregistrationTime", &formatted(gone))?;
        it.serialize_entry("MachineUnavailableReason", "None")?;
        it.serialize_entry("OSType", "Windows 2022")?;
        it.serialize_entry("OSVersion", "10.0.20348")?;
        it.serialize_entry("PersistUserChanges", "Discard")?;
        it.serialize_entry("PowerActionPending", &machine.power_action_pending)?;
        it.serialize_entry("PowerState", &debug_name(machine.power_state))?;
        it.serialize_entry("ProvisioningType", "Manual")?;
        it.serialize_entry("RegistrationState", &debug_name(machine.registration_state))?;
        it.serialize_entry("ScheduledReboot", "None")?;
        it.serialize_entry("SessionCount", &machine.session_count)?;
        it.serialize_entry("SessionProtocol", &has_sessions.then_some("Hdx"))?;
        it.serialize_entry("SessionState", &has_sessions.then_some("Active"))?;
        it.serialize_entry("SessionSupport", "MultiSession")?;
        let sid = format!(
            "S-1-5-21-1004336348-1177238915-682003330-{}",
            1100 + u64::from(machine.uid())
        );
        it.serialize_entry("Sid", &sid)?;
        it.serialize_entry("SummaryState", summary(machine))?;
        it.serialize_entry("WindowsConnectionSetting", "LogonEnabled")?;
        it.serialize_entry("Zone", &reference(ids::ZONE_ID, 1, "Primary"))?;
        let actions = if machine.power_managed {
            POWER_ACTIONS.as_slice()
        } else {
            &[]
        };
        it.serialize_entry("SupportedPowerActions", actions)?;
        it.serialize_entry("FaultState", fault(machine))?;
        it.serialize_entry("UpgradeType", "NotSet")?;
        it.serialize_entry("UpgradeState", "Unknown")?;
        it.serialize_entry("MachineConfigurationOutOfSync", &false)?;
        it.serialize_entry("IconId", "1")?;
        for name in EMPTY {
            it.serialize_entry(name, &[(); 0])?;
        }
        for name in UNKNOWN {
            it.serialize_entry(name, &())?;
        }
        if self.detailed {
            it.serialize_entry("ColorDepth", "TwentyFourBit")?;
            it.serialize_entry("IsReserved", &false)?;
            it.serialize_entry("SecureIcaRequired", &false)?;
            it.serialize_entry("SessionsEstablished", &machine.session_count.unwrap_or(0))?;
            it.serialize_entry("SessionsPending", &0)?;
            it.serialize_entry("StoreFrontServersForHostedReceiver", &[(); 0])?;
            it.serialize_entry("VMToolsState", "Running")?;
            it.serialize_entry("FailureReason", &())?;
        }
        it.end()
    }
}

/// A reference to another object.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Reference<'a> {
    id: &'a str,
    uid: u32,
    name: &'a str,
}

pub(super) fn reference<'a>(id: &'a str, uid: u32, name: &'a str) -> Reference<'a> {
    Reference { id, uid, name }
}

pub(super) fn catalog_reference<'a>(world: &'a World, machine: &Machine) -> Option<Reference<'a>> {
    let catalog = world.catalogs.get(&machine.catalog_id)?;
    Some(reference(catalog.id(), catalog.uid(), catalog.name()))
}

fn delivery_group<'a>(world: &'a World, machine: &Machine) -> Option<Reference<'a>> {
    let id = machine.delivery_group_id.as_deref()?;
    let group = world.resources(Kind::DeliveryGroup).get(id)?;
    let uid = group.fields.get("Uid").and_then(Value::as_u64);
    let uid = uid.and_then(|uid| u32::try_from(uid).ok());
    Some(reference(group.id(), uid.unwrap_or_default(), &group.name))
}

/// The names of the enumerations here are those of the wire.
fn debug_name(value: impl std::fmt::Debug) -> String {
    format!("{value:?}")
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Hosting<'a> {
    hosted_machine_id: &'a str,
    hosted_machine_name: &'a str,
    hosting_server_name: Option<&'a str>,
    hypervisor_connection: Option<Reference<'a>>,
    image_out_of_date: bool,
}

fn hosting<'a>(machine: &'a Machine, short_name: &'a str) -> Option<Hosting<'a>> {
    machine.power_managed.then(|| Hosting {
        hosted_machine_id: machine.id(),
        hosted_machine_name: short_name,
        hosting_server_name: None,
        hypervisor_connection: Some(reference(ids::ZONE_ID, 1, "Demo Hypervisor")),
        image_out_of_date: false,
    })
}

fn summary(machine: &Machine) -> &'static str {
    match (machine.power_state, machine.registration_state) {
        (PowerState::Off, _) => "Off",
        (_, state) if state != RegistrationState::Registered => "Unregistered",
        _ if machine.session_count.is_some_and(|count| count > 0) => "InUse",
        _ => "Available",
    }
}

fn fault(machine: &Machine) -> &'static str {
    match (machine.power_state, machine.registration_state) {
        (PowerState::On, RegistrationState::Unregistered) => "Unregistered",
        _ => "None",
    }
}
