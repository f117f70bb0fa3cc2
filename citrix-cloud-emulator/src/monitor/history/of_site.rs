//! Rows of what the site has: machines, groups, users, applications, and the few things that happen to all of it.

use super::super::odata::Row;
use super::super::schema::Set;
use super::super::value::Value;
use super::cells::Cells;
use super::chance::{Chance, hash, hash_text};
use super::moment::{DAY, HOUR, MINUTE, SECOND, day_of, start_of, time, time_or_null};
use super::of_groups::COST;
use super::of_machines::{HOTFIXES, PROCESSES, fault_now, is_watched, last_load, process_key};
use super::of_sessions::category_of;
use super::picture::{Machine, Object, Picture, User, id_of};
use crate::ids;
use crate::world::{PowerState, RegistrationState};

/// The site is this much older than what it remembers.
fn founded(picture: &Picture) -> i64 {
    picture.born - 400 * DAY
}

fn state(is_there: bool) -> i64 {
    i64::from(!is_there)
}

/// A name without its domain.
fn short(name: &str) -> &str {
    name.rsplit('\\').next().unwrap_or(name)
}

pub(crate) fn machine(picture: &Picture, set: &'static Set, it: &Machine, now: i64) -> Row {
    let present = it.now;
    let has = |power: &[PowerState]| present.is_some_and(|it| power.contains(&it.power));
    let is_registered = present.is_some_and(|it| it.registration == RegistrationState::Registered);
    let is_managed = present.is_some_and(|it| it.is_managed);
    let fault = fault_now(picture, it);
    let deregistered = present.and_then(|it| it.deregistered);
    let hosted = is_managed.then(|| short(&it.name).to_owned());
    // Where `DaaS` does not know how many there are, Monitor counts.
    let counted = || {
        let visits = picture.visits_on(it.serial);
        let running = visits.filter(|it| it.ended.is_none()).count();
        u32::try_from(running).unwrap_or(u32::MAX)
    };
    let sessions = present.map_or(0, |it| it.sessions.unwrap_or_else(counted));
    let load = if is_registered {
        last_load(picture, it, now)
    } else {
        None
    };
    let user = it.past.and_then(|it| picture.users.get(it.user?));
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
        .put("Hash", format!("{:016x}", hash(&[it.chance])))
        .put("MachineRole", 0)
        .stamped(founded(picture), since.max(now - 5 * MINUTE))
        .row()
}

/// The domain of machines and users.
const DOMAIN: &str = "S-1-5-21-1004336348-1177238915-682003330";

/// Numbers the machines of a private network, as `DaaS` does.
fn address(uid: u32) -> String {
    let [_, high, middle, low] = uid.to_be_bytes();
    format!("10.{high}.{middle}.{low}")
}

fn registration(now: super::picture::Now) -> i64 {
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

fn upn(user: &User) -> String {
    format!("{}@demolab.example", short(&user.name)).to_lowercase()
}

fn full_name(user: &User) -> String {
    let made_up = || {
        let mut letters = short(&user.name).chars();
        let first = letters.next().map(|it| it.to_ascii_uppercase());
        first.into_iter().chain(letters).collect()
    };
    user.full_name.clone().unwrap_or_else(made_up)
}

pub(crate) fn user(picture: &Picture, set: &'static Set, user: &User) -> Row {
    let domain = user.name.split_once('\\').map(|it| it.0.to_owned());
    Cells::of(set)
        .put("Id", user.id)
        .put(
            "Sid",
            format!(
                "{DOMAIN}-{}",
                hash_text(short(&user.name)) % 90_000 + 10_000
            ),
        )
        .put("Upn", upn(user))
        .put("UserName", short(&user.name).to_owned())
        .put("FullName", full_name(user))
        .put("Domain", domain)
        .stamped(founded(picture), founded(picture))
        .row()
}

/// Makes the rows of a set that the whole site has few of.
pub(crate) fn rows(picture: &Picture, set: &'static Set, now: i64) -> Vec<Row> {
    let all = |objects: &[Object], row: &dyn Fn(Cells, &Object) -> Cells| {
        let rows = objects.iter().map(|it| {
            let cells = Cells::of(set).put("Id", it.id).put("Name", it.name.clone());
            let cells = cells.put("LifecycleState", state(it.is_there));
            let founded = founded(picture);
            row(cells, it).stamped(founded, founded).row()
        });
        rows.collect()
    };
    match set.name {
        "DesktopGroups" => all(&picture.groups, &group),
        "Catalogs" => all(&picture.catalogs, &|cells, it| catalog(picture, cells, it)),
        "Hypervisors" => all(&picture.hypervisors, &|cells, it| {
            cells.put(
                "Type",
                it.text("ConnectionType").unwrap_or("XenServer").to_owned(),
            )
        }),
        "Applications" => all(&picture.applications, &application),
        "DesktopGroupApplications" => published(picture, set),
        "ConnectionFailureCategories" => categories(picture, set),
        "Hotfixes" => hotfixes(picture, set),
        "TaskLogs" => tasks(picture, set, now),
        "LhcReport" => outages(picture, set, now),
        "Notifications"
        | "NotificationRules"
        | "NotificationTargets"
        | "NotificationsLogs"
        | "NotificationRuleGroups" => alerts(picture, set, now),
        _ => Vec::new(),
    }
}

fn support(it: &Object) -> i64 {
    1 + i64::from(it.is_multi_session())
}

fn group(cells: Cells, it: &Object) -> Cells {
    let delivery = match it.text("DeliveryType") {
        Some("DesktopsOnly") => 0,
        Some("AppsOnly") => 1,
        _ => 2,
    };
    cells
        .put("IsRemotePC", it.flag("IsRemotePC", false))
        .put(
            "DesktopKind",
            i64::from(it.text("SharingKind") != Some("Private")),
        )
        .put("SessionSupport", support(it))
        .put("DeliveryType", delivery)
        .put("IsInMaintenanceMode", it.flag("InMaintenanceMode", false))
        .put("MachineCost", COST)
        .put("CurrencyType", 1)
}

fn catalog(picture: &Picture, cells: Cells, it: &Object) -> Cells {
    let provisioning = match it.text("ProvisioningType") {
        Some("MCS") => 1,
        Some("PVS" | "PvsStreaming") => 2,
        _ => 3,
    };
    let allocation = match it.text("AllocationType") {
        Some("Static") => 1,
        Some("Permanent") => 3,
        _ => 2,
    };
    let changes = match it.text("PersistChanges") {
        Some("OnLocal") => 2,
        Some("OnPvd") => 3,
        _ => 1,
    };
    cells
        .put("ProvisioningType", provisioning)
        .put("PersistentUserChanges", changes)
        .put(
            "IsMachinePhysical",
            it.text("MachineType") == Some("Physical"),
        )
        .put("AllocationType", allocation)
        .put("SessionSupport", support(it))
        .put("ZoneUid", id_of(it.text("Zone").unwrap_or(ids::ZONE_ID)))
        .put("ZoneName", picture.zone_name(it.text("Zone")))
}

fn application(cells: Cells, it: &Object) -> Cells {
    let path = it.fields.get("InstalledAppProperties");
    let path = path.and_then(|it| it.get("CommandLineExecutable")?.as_str());
    let text = |field: &str| it.text(field).unwrap_or(&it.name).to_owned();
    cells
        .put("PublishedName", text("PublishedName"))
        .put("ApplicationType", 0)
        .put("Enabled", it.flag("Enabled", true))
        .put("AdminFolder", "")
        .put("Path", path.map(str::to_owned))
        .put("BrowserName", text("BrowserName"))
}

/// Which delivery groups publish which applications.
fn published(picture: &Picture, set: &'static Set) -> Vec<Row> {
    let mut rows = Vec::new();
    for application in &picture.applications {
        let groups = application.fields.get("DeliveryGroups");
        let groups = groups.and_then(|it| it.as_array()).into_iter().flatten();
        let named = groups.filter_map(|it| it.as_str().or_else(|| it.get("Id")?.as_str()));
        for group in named {
            let is_it = |it: &&Object| it.id == id_of(group) || it.name.eq_ignore_ascii_case(group);
            if let Some(group) = picture.groups.iter().find(is_it) {
                let row = Cells::of(set)
                    .put("ApplicationId", application.id)
                    .put("DesktopGroupId", group.id);
                rows.push(row.row());
            }
        }
    }
    rows
}

/// Codes of failed launches with their group of reasons. Citrix publishes no such table; this is a reading of the names.
const CATEGORIES: [(i64, &[i64]); 6] = [
    (0, &[1]),
    (1, &[0, 4, 7, 8, 16, 17]),
    (2, &[2, 3, 18, 19, 20, 23, 101]),
    (3, &[12, 13, 15, 21, 22, 24, 25, 100]),
    (4, &[5, 11]),
    (5, &[6, 9, 10, 14]),
];

fn categories(picture: &Picture, set: &'static Set) -> Vec<Row> {
    let founded = founded(picture);
    let mut rows = Vec::new();
    for (category, codes) in CATEGORIES {
        for code in codes {
            let row = Cells::of(set)
                .put("Id", category_of(*code))
                .put("ConnectionFailureEnumValue", *code)
                .put("Category", category)
                .stamped(founded, founded);
            rows.push(row.row());
        }
    }
    rows
}

fn hotfixes(picture: &Picture, set: &'static Set) -> Vec<Row> {
    let rows = HOTFIXES.iter().map(|(name, days)| {
        let at = start_of(day_of(picture.born) - days);
        Cells::of(set)
            .put("Id", id_of(name))
            .put("Name", *name)
            .put("Article", *name)
            .put("ArticleName", format!("Cumulative update {name}"))
            .put("FileName", format!("{name}.msu").to_lowercase())
            .put("FileFormat", "MSU")
            .put("Version", "1.0")
            .put("ComponentName", "Windows")
            .put("ComponentVersion", "10.0.20348")
            .stamped(at, at)
            .row()
    });
    rows.collect()
}

/// The service's own work: every hour something is summed up, every night something is forgotten.
fn tasks(picture: &Picture, set: &'static Set, now: i64) -> Vec<Row> {
    const TASKS: [(i64, i64); 5] = [(1, 1), (1, 2), (1, 3), (3, 4), (3, 6)];
    let mut rows = Vec::new();
    for day in day_of(now) - 7..=day_of(now) {
        for (nth, (category, task)) in TASKS.iter().enumerate() {
            let nth = i64::try_from(nth).unwrap_or(0);
            let at = start_of(day) + 10 * MINUTE + nth * 90 * SECOND;
            let failed =
                hash(&[picture.seed, day.unsigned_abs().into(), *task as u64]).is_multiple_of(19);
            if at > now {
                continue;
            }
            let row = Cells::of(set)
                .put("Id", i64::from(day) * 8 + nth)
                .put("RunDate", time(at))
                .put("TaskCategory", *category)
                .put("Task", *task)
                .put("Result", 1 + i64::from(failed))
                .put(
                    "ErrorMessage",
                    if failed {
                        "The database did not answer"
                    } else {
                        ""
                    },
                )
                .stamped(at, at);
            rows.push(row.row());
        }
    }
    rows
}

/// Two times in which the site had to do without the cloud.
fn outages(picture: &Picture, set: &'static Set, now: i64) -> Vec<Row> {
    let machines = picture
        .machines
        .iter()
        .filter(|it| it.past.is_some())
        .count();
    let rows = [57_i64, 16].into_iter().filter_map(|days| {
        let mut chance = Chance::of(&[picture.seed, days.unsigned_abs()]);
        let start = start_of(day_of(picture.born)) - days * DAY + 9 * HOUR;
        let start = start + chance.between(0, 4 * HOUR);
        let end = start + chance.between(10 * MINUTE, 70 * MINUTE);
        let most = i64::try_from(machines).unwrap_or(0);
        let row = Cells::of(set)
            .put("Id", days)
            .put("StartDate", time(start))
            .put("EndDate", time(end))
            .put("SessionBrokeredCount", chance.between(0, most + 1))
            .put("ReconnectedSessionCount", chance.between(0, most / 4 + 1))
            .put("MachineInZoneCount", most)
            .put("MachineRegisteredCount", most - most / 20)
            .put("ZoneName", picture.zone_name(None))
            .put("ControllerName", "connector01.demolab.example");
        (start >= now - 90 * DAY).then(|| row.row())
    });
    rows.collect()
}

/// Alerts: one that is open, about the machine that fails people, and one that is over.
fn alerts(picture: &Picture, set: &'static Set, now: i64) -> Vec<Row> {
    let hole = picture.black_hole.and_then(|it| picture.machine(it));
    let today = start_of(day_of(picture.born));
    let mut alerts = vec![(
        2_i64,
        today - 9 * DAY + 9 * HOUR,
        3_i64,
        "Demo Site".to_owned(),
    )];
    if let Some(machine) = hole {
        alerts.push((
            1,
            (today + 8 * HOUR).min(picture.born),
            1,
            machine.name.clone(),
        ));
    }
    const RULES: [(i64, &str); 2] = [(1, "Failed launches"), (2, "Slow logons")];
    let founded = founded(picture);
    match set.name {
        "NotificationRuleGroups" => vec![
            Cells::of(set)
                .put("Id", 1)
                .put("Name", "Site policy")
                .put("Description", "For the whole site")
                .put("NotificationGroupState", 0)
                .stamped(founded, founded)
                .row(),
        ],
        "NotificationRules" => RULES
            .iter()
            .map(|(number, name)| {
                let cells = Cells::of(set).put("Id", *number).put("Enabled", true);
                let cells = cells.put("IsAggregate", false).put("Name", *name);
                let cells = cells.put("NotificationRuleGroupId", 1);
                cells.stamped(founded, founded).row()
            })
            .collect(),
        _ => alerts
            .iter()
            .filter(|it| it.1 >= now - 90 * DAY)
            .map(|it| alert(set, it))
            .collect(),
    }
}

fn alert(set: &'static Set, alert: &(i64, i64, i64, String)) -> Row {
    let (rule, at, state, about) = alert;
    let id = id_of(&format!("alert {rule}"));
    let cells = Cells::of(set);
    let cells = match set.name {
        "NotificationTargets" => cells
            .put("Id", *rule)
            .put("NotificationRuleTargetType", if *rule == 1 { 6 } else { 1 })
            .put("NotificationId", id)
            .put("NotificationTargetValue", about.clone()),
        "NotificationsLogs" => cells
            .put("Id", id_of(&format!("alert log {rule}")))
            .put("NotificationState", 3)
            .put("NotificationStateChangeDate", time(*at))
            .put("IsReannouncement", false)
            .put("NotificationRuleId", *rule)
            .put("NotificationPriority", 1)
            .put("NotificationId", id),
        _ => cells
            .put("Id", id)
            .put("FirstTimeConditionTrue", time(*at))
            .put("FirstTimeNotificationTriggered", time(*at + MINUTE))
            .put("LastTimeConditionTrue", time(*at + 30 * MINUTE))
            .put("LifecycleState", *state)
            .put("NotificationRuleId", *rule)
            .put("NotificationTargetId", *rule)
            .put("NotificationPriority", 1),
    };
    cells.stamped(*at, *at).row()
}

/// What a machine costs.
pub(crate) fn cost(picture: &Picture, set: &'static Set, machine: &Machine) -> Row {
    let founded = founded(picture);
    Cells::of(set)
        .put("MachineId", machine.id)
        .put("SpecId", 1)
        .put("CostPerHour", COST)
        .put("Currency", 1)
        .put("CostSource", 2)
        .put("PowerOnComputeCostPerHour", COST)
        .put("PowerOnStorageCostPerHour", 0.0)
        .put("PowerOffStorageCostPerHour", 0.0)
        .stamped(founded, founded)
        .row()
}

/// What runs on a machine that is watched.
pub(crate) fn processes(picture: &Picture, set: &'static Set, machine: &Machine) -> Vec<Row> {
    if !is_watched(picture, machine) {
        return Vec::new();
    }
    let rows = PROCESSES.iter().enumerate().map(|(nth, (name, _))| {
        let key = process_key(machine, nth);
        Cells::of(set)
            .put("ProcessKey", key)
            .put("ProcessId", 1000 + key % 9000 * 4)
            .put("ProcessName", *name)
            .put(
                "ProcessCreationDate",
                time(start_of(day_of(picture.born)) - 2 * DAY),
            )
            .put(
                "ApplicationName",
                name.split('.').next().unwrap_or_default().to_owned(),
            )
            .put("MachineId", machine.id)
            .row()
    });
    rows.collect()
}
