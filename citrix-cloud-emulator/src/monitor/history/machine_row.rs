//! A machine as a row of `Machines`.

use super::super::odata::Row;
use super::super::schema::Set;
use super::super::value::Value;
use super::cells::Cells;
use super::faults::fault_now;
use super::moment::{HOUR, MINUTE, day_of, start_of, time, time_or_null};
use super::of_machines::last_load;
use super::of_site::state;
use super::people::{DOMAIN, full_name, short, upn};
use super::random::hash;
use super::snapshot::{Machine, Now, Snapshot, id_of};
use crate::ids;
use crate::world::{PowerState, RegistrationState};

/// Builds the row of a machine.
pub(super) fn machine(snapshot: &Snapshot, set: &'static Set, it: &Machine, now: i64) -> Row {
    let present = it.now;
    let has = |power: &[PowerState]| present.is_some_and(|it| power.contains(&it.power));
    let is_registered = present.is_some_and(|it| it.registration == RegistrationState::Registered);
    let is_managed = present.is_some_and(|it| it.is_managed);
    let fault = fault_now(snapshot, it);
    let deregistered = present.and_then(|it| it.deregistered);
    let hosted = is_managed.then(|| short(&it.name).to_owned());
    // If `DaaS` does not know the number of sessions, Monitor counts them.
    let counted = || {
        let records = snapshot.records_of(it.serial);
        let running = records.filter(|it| it.ended.is_none()).count();
        u32::try_from(running).unwrap_or(u32::MAX)
    };
    let sessions = present.map_or(0, |it| it.sessions.unwrap_or_else(counted));
    let load = if is_registered {
        last_load(snapshot, it, now)
    } else {
        None
    };
    let user = it.past.and_then(|it| snapshot.users.get(it.user?));
    let on_since = start_of(day_of(now)) + 4 * HOUR;
    let since = deregistered.unwrap_or(on_since).min(now);
    let is_on = has(&[PowerState::On]);
    Cells::of(set)
        .put("Id", it.id)
        .put("Sid", format!("{DOMAIN}-{}", 1100 + u64::from(it.uid)))
        .put("Name", it.name.as_str().to_owned())
        .put(
            "DnsName",
            format!("{}.demolab.example", short(&it.name)).to_lowercase(),
        )
        .put("LifecycleState", state(present.is_some()))
        .put("IPAddress", is_on.then(|| address(it.uid)))
        .put("HostedMachineId", is_managed.then(|| it.id.to_string()))
        .put(
            "HostingServerName",
            is_on.then_some("hypervisor01.demolab.example"),
        )
        .put("HostedMachineName", hosted)
        .put("IsAssigned", false)
        .put(
            "IsInMaintenanceMode",
            present.is_some_and(|it| it.in_maintenance),
        )
        .put("IsPendingUpdate", false)
        .put("AgentVersion", "2411.0.0.37")
        .put(
            "AssociatedUserFullNames",
            user.map(full_name).unwrap_or_default(),
        )
        .put(
            "AssociatedUserNames",
            user.map(|it| it.name.clone()).unwrap_or_default(),
        )
        .put("AssociatedUserUPNs", user.map(upn).unwrap_or_default())
        .put("CurrentRegistrationState", present.map_or(0, registration))
        .put("RegistrationStateChangeDate", time(since))
        .put("LastDeregisteredCode", deregistered.map(|_| 0_i64))
        .put("LastDeregisteredDate", time_or_null(deregistered))
        .put("CurrentPowerState", present.map_or(0, |it| power(it.power)))
        .put("CurrentSessionCount", sessions)
        .put(
            "ControllerDnsName",
            is_registered.then_some("connector01.demolab.example"),
        )
        .put("PoweredOnDate", time_or_null(is_on.then_some(since)))
        .put("PowerStateChangeDate", time(since))
        .put(
            "FailureDate",
            time_or_null(fault.as_ref().map(|it| it.start)),
        )
        .put("IsPreparing", false)
        .put("FaultState", fault.map_or(1, |it| it.state))
        .put("OSType", "Windows 2022")
        .put("CurrentLoadIndexId", load)
        .put("CatalogId", it.catalog)
        .put("DesktopGroupId", it.group)
        .put(
            "HypervisorId",
            is_managed.then(|| id_of(ids::HYPERVISOR_ID)),
        )
        .put("LastPowerActionType", is_managed.then_some(1_i64))
        .put("LastPowerActionReason", is_managed.then_some(7_i64))
        .put(
            "LastPowerActionFailureReason",
            is_managed.then_some(400_i64),
        )
        .put(
            "LastPowerActionCompletedDate",
            time_or_null(is_managed.then_some(since)),
        )
        .put("Tags", Value::Empty)
        .put("Hash", format!("{:016x}", hash(&[it.seed])))
        .put("MachineRole", 0)
        .stamped(snapshot.founded(), since.max(now - 5 * MINUTE))
        .row()
}

/// Returns the machine's address in a private network, as in `DaaS`.
fn address(uid: u32) -> String {
    let [_, high, middle, low] = uid.to_be_bytes();
    format!("10.{high}.{middle}.{low}")
}

fn registration(now: Now) -> i64 {
    match now.registration {
        RegistrationState::Registered => 1,
        RegistrationState::Unregistered => 2,
        _ => 0,
    }
}

fn power(state: PowerState) -> i64 {
    match state {
        PowerState::Unknown => 0,
        PowerState::Unavailable => 1,
        PowerState::Off => 2,
        PowerState::On => 3,
        PowerState::Suspended => 4,
        PowerState::TurningOn => 5,
        PowerState::TurningOff => 6,
        PowerState::Suspending => 7,
        PowerState::Resuming => 8,
        PowerState::Unmanaged => 9,
    }
}
