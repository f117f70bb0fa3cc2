//! A machine in responses.

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::{Map, Value};

use super::{parts, settings};
use crate::daas::resource::Objects;
use crate::daas::times::{formatted, spoken};
use crate::daas::user_view::UserView;
use crate::field_mask::Lazy;
use crate::world::{Machine, PowerState, RegistrationState, ResourceKind, Site};

/// The domain of all machines.
const DOMAIN_SID: &str = "S-1-5-21-1004336348-1177238915-682003330";

/// The power actions of a managed machine.
const POWER_ACTIONS: [&str; 6] = [
    "PowerOn",
    "PowerOff",
    "Shutdown",
    "Restart",
    "Reset",
    "SuspendResume",
];

/// Properties that are always present, and always null here.
const UNKNOWN: [&str; 22] = [
    "Description",
    "LastErrorReason",
    "LastErrorTime",
    "FormattedLastErrorTime",
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
    "WindowsActivationStatus",
    "WindowsActivationStatusErrorCode",
    "WindowsActivationStatusVirtualMachineError",
    "WindowsActivationTypeProvisionedVirtualMachine",
];

/// Properties that are always present, and always an empty list here.
const EMPTY: [&str; 4] = [
    "AssignedUsers",
    "DesktopConditions",
    "SessionSmartAccessTags",
    "Tags",
];

/// Further properties of a single machine that are always present, and always null here.
const UNKNOWN_IN_DETAIL: [&str; 5] = [
    "AssignedClientName",
    "AssignedIPAddress",
    "BrowserName",
    "FailureReason",
    "FailedActionCompletionTime",
];

/// The measures that load evaluation uses.
const LOAD_INDEX_NAMES: [&str; 5] = ["CPU", "Memory", "Disk", "SessionCount", "Logon"];

const APPLICATIONS: [&str; 4] = ["Calculator", "Notepad", "Paint", "WordPad"];

/// A machine as `MachineResponseModel` or, in detail, as `MachineDetailResponseModel`.
pub(in crate::daas) struct MachineView<'a> {
    objects: Objects<'a>,
    machine: &'a Machine,
    detailed: bool,
}

impl<'a> MachineView<'a> {
    pub(in crate::daas) fn new(objects: Objects<'a>, machine: &'a Machine) -> Self {
        Self {
            objects,
            machine,
            detailed: false,
        }
    }

    pub(in crate::daas) fn detailed(self) -> Self {
        Self {
            detailed: true,
            ..self
        }
    }
}

impl Serialize for MachineView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.machine.settings.as_deref() {
            None => self.plain(serializer),
            Some(settings) => {
                let mut whole = Map::new();
                if let Ok(Value::Object(fields)) = self.plain(serde_json::value::Serializer) {
                    whole = fields;
                }
                settings::put_into(&mut whole, self.objects, settings);
                whole.serialize(serializer)
            }
        }
    }
}

impl<'a> MachineView<'a> {
    /// Serializes a machine without settings of its own.
    fn plain<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let machine = self.machine;
        let short_name = machine.name().rsplit('\\').next().unwrap_or_default();
        let has_sessions = machine.session_count.is_some_and(|count| count > 0);
        let mut it = serializer.serialize_map(None)?;
        it.serialize_entry("Id", machine.id())?;
        it.serialize_entry(
            "MachineCatalog",
            &Lazy(|| catalog_reference(self.objects.site, machine)),
        )?;
        it.serialize_entry("Name", machine.name())?;
        it.serialize_entry("Uid", &machine.uid())?;
        it.serialize_entry("AgentVersion", "2411.0.0.37")?;
        it.serialize_entry(
            "AllocationType",
            &Lazy(|| self.as_catalog("AllocationType", "Random")),
        )?;
        // The service returns null here, although a client would expect an empty list.
        let in_use = has_sessions.then_some([Reference {
            id: None,
            uid: 1,
            name: "Notepad",
        }]);
        it.serialize_entry("ApplicationsInUse", &in_use)?;
        it.serialize_entry("AzureAdJoinedMode", "NotAadJoined")?;
        it.serialize_entry(
            "DeliveryGroup",
            &Lazy(|| delivery_group(self.objects.site, machine)),
        )?;
        it.serialize_entry("DeliveryType", "DesktopsAndApps")?;
        it.serialize_entry("DnsName", &Lazy(|| dns_name(machine)))?;
        it.serialize_entry("FunctionalLevel", "L7_34")?;
        it.serialize_entry(
            "Hosting",
            &Lazy(|| hosting(self.objects.site, machine, short_name)),
        )?;
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
        it.serialize_entry("LastDeregistrationTime", &Lazy(|| spoken(gone)))?;
        it.serialize_entry("FormattedLastDeregistrationTime", &Lazy(|| formatted(gone)))?;
        it.serialize_entry("MachineUnavailableReason", "None")?;
        it.serialize_entry("OSType", "Windows 2022")?;
        it.serialize_entry("OSVersion", "10.0.20348")?;
        it.serialize_entry(
            "PersistUserChanges",
            &Lazy(|| self.as_catalog("PersistChanges", "Discard")),
        )?;
        it.serialize_entry("PowerActionPending", &machine.power_action_pending)?;
        it.serialize_entry("PowerState", &machine.power_state)?;
        it.serialize_entry(
            "ProvisioningType",
            &Lazy(|| self.as_catalog("ProvisioningType", "Manual")),
        )?;
        it.serialize_entry("RegistrationState", &machine.registration_state)?;
        it.serialize_entry("ScheduledReboot", "None")?;
        it.serialize_entry("SessionCount", &machine.session_count)?;
        it.serialize_entry("SessionProtocol", &has_sessions.then_some("Hdx"))?;
        it.serialize_entry("SessionState", &has_sessions.then_some("Active"))?;
        it.serialize_entry(
            "SessionSupport",
            &Lazy(|| self.as_catalog("SessionSupport", "MultiSession")),
        )?;
        let sid = || format!("{DOMAIN_SID}-{}", 1100 + u64::from(machine.uid()));
        it.serialize_entry("Sid", &Lazy(sid))?;
        it.serialize_entry("SummaryState", summary(machine))?;
        it.serialize_entry("WindowsConnectionSetting", "LogonEnabled")?;
        it.serialize_entry("Zone", &Lazy(|| self.zone()))?;
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
        let user = machine.last_user.as_deref().map(UserView);
        it.serialize_entry("AssociatedUsers", &user.as_slice())?;
        it.serialize_entry("LastConnectionUser", &user)?;
        let used = machine.last_connection;
        it.serialize_entry("LastConnectionTime", &Lazy(|| spoken(used)))?;
        it.serialize_entry("FormattedLastConnectionTime", &Lazy(|| formatted(used)))?;
        let on = machine.power_state == PowerState::On;
        it.serialize_entry("IPAddress", &Lazy(|| on.then(|| address(machine.uid()))))?;
        let registered = machine.registration_state == RegistrationState::Registered;
        let controller = registered.then_some("connector01.demolab.example");
        it.serialize_entry("ControllerDnsName", &controller)?;
        it.serialize_entry("ContainerScopes", &*parts::SCOPES)?;
        let load = machine.session_count.unwrap_or(0).min(20) * 500;
        it.serialize_entry("LoadIndex", &registered.then_some(load))?;
        it.serialize_entry("LoadIndexes", &[0, 0, 0, load, 0])?;
        it.serialize_entry("LoadIndexNames", &LOAD_INDEX_NAMES)?;
        it.serialize_entry("PublishedApplications", &APPLICATIONS)?;
        it.serialize_entry("PublishedName", "Demo Desktop")?;
        it.serialize_entry("UpgradeDetail", &*parts::UPGRADE)?;
        it.serialize_entry("ContainerMetadata", &*parts::CONTAINER_METADATA)?;
        it.serialize_entry("Metadata", &*parts::METADATA)?;
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
            for name in UNKNOWN_IN_DETAIL {
                it.serialize_entry(name, &())?;
            }
        }
        it.end()
    }

    /// Returns a field that a machine inherits from its catalog.
    fn as_catalog(&self, field: &str, otherwise: &'a str) -> &'a str {
        let catalog = self.objects.site.catalogs().get(&self.machine.catalog_id);
        let value = catalog.and_then(|it| it.fields.get(field)?.as_str());
        value.unwrap_or(otherwise)
    }

    fn zone(&self) -> Option<Reference<'_>> {
        let zone = self.as_catalog("Zone", self.objects.site.primary_zone());
        let zone = self.objects.site.resources(ResourceKind::Zone).get(zone)?;
        Some(reference(zone.id(), zone.uid(), &zone.name))
    }
}

/// A reference to another object.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(in crate::daas) struct Reference<'a> {
    id: Option<&'a str>,
    uid: u32,
    name: &'a str,
}

pub(in crate::daas) fn reference<'a>(id: &'a str, uid: u32, name: &'a str) -> Reference<'a> {
    Reference {
        id: Some(id),
        uid,
        name,
    }
}

pub(in crate::daas) fn catalog_reference<'a>(
    site: &'a Site,
    machine: &Machine,
) -> Option<Reference<'a>> {
    let catalog = site.catalogs().get(&machine.catalog_id)?;
    Some(reference(catalog.id(), catalog.uid(), &catalog.name))
}

fn delivery_group<'a>(site: &'a Site, machine: &Machine) -> Option<Reference<'a>> {
    let id = machine.delivery_group_id.as_deref()?;
    let group = site.resources(ResourceKind::DeliveryGroup).get(id)?;
    Some(reference(group.id(), group.uid(), &group.name))
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Hosting<'a> {
    hosted_machine_id: &'a str,
    hosted_machine_name: &'a str,
    hosting_server_name: Option<&'a str>,
    last_hosting_update_time: Option<String>,
    formatted_last_hosting_update_time: Option<String>,
    hypervisor_connection: Option<Reference<'a>>,
    image_out_of_date: bool,
}

fn hosting<'a>(site: &'a Site, machine: &'a Machine, short_name: &'a str) -> Option<Hosting<'a>> {
    machine.power_managed.then(|| Hosting {
        hosted_machine_id: machine.id(),
        hosted_machine_name: short_name,
        hosting_server_name: (machine.power_state == PowerState::On)
            .then_some("hypervisor01.demolab.example"),
        last_hosting_update_time: spoken(machine.last_connection),
        formatted_last_hosting_update_time: formatted(machine.last_connection),
        hypervisor_connection: connection_of(site, machine),
        image_out_of_date: false,
    })
}

/// Returns the connection of a machine's catalog, or the first one of the site if the catalog has none.
fn connection_of<'a>(site: &'a Site, machine: &Machine) -> Option<Reference<'a>> {
    let catalog = site.catalogs().get(&machine.catalog_id);
    let own = catalog.and_then(|it| it.fields.get("HypervisorConnection")?.as_str());
    let connection = own.unwrap_or(site.first_hypervisor());
    let connection = site.resources(ResourceKind::Hypervisor).get(connection)?;
    Some(reference(
        connection.id(),
        connection.uid(),
        &connection.name,
    ))
}

pub(in crate::daas) fn dns_name(machine: &Machine) -> String {
    let short_name = machine.name().rsplit('\\').next().unwrap_or_default();
    format!("{short_name}.demolab.example").to_lowercase()
}

pub(in crate::daas) fn summary(machine: &Machine) -> &'static str {
    match (machine.power_state, machine.registration_state) {
        (PowerState::Off, _) => "Off",
        (_, state) if state != RegistrationState::Registered => "Unregistered",
        _ if machine.session_count.is_some_and(|count| count > 0) => "InUse",
        _ => "Available",
    }
}

pub(in crate::daas) fn fault(machine: &Machine) -> &'static str {
    match (machine.power_state, machine.registration_state) {
        (PowerState::On, RegistrationState::Unregistered) => "Unregistered",
        _ => "None",
    }
}

/// Returns the machine's address in a private network.
fn address(uid: u32) -> String {
    let [_, high, middle, low] = uid.to_be_bytes();
    format!("10.{high}.{middle}.{low}")
}
