//! Rows of the site's objects: groups, catalogs, applications, and the few events that affect the whole site.

use super::super::odata::Row;
use super::super::schema::Set;
use super::alerts::alerts;
use super::cells::Cells;
use super::hotfixes::hotfixes;
use super::moment::{DAY, HOUR, MINUTE, SECOND, day_of, start_of, time};
use super::of_groups::COST;
use super::of_sessions::category_of;
use super::random::{Random, hash};
use super::snapshot::{Machine, Object, Snapshot, id_of};
use crate::ids;

pub(super) fn state(is_there: bool) -> i64 {
    i64::from(!is_there)
}

/// Builds the rows of a set that has only a few rows per site.
pub(crate) fn rows(snapshot: &Snapshot, set: &'static Set, now: i64) -> Vec<Row> {
    let all = |objects: &[Object], row: &dyn Fn(Cells, &Object) -> Cells| {
        let rows = objects.iter().map(|it| {
            let cells = Cells::of(set).put("Id", it.id).put("Name", it.name.clone());
            let cells = cells.put("LifecycleState", state(it.is_there));
            let founded = snapshot.founded();
            row(cells, it).stamped(founded, founded).row()
        });
        rows.collect()
    };
    match set.name {
        "DesktopGroups" => all(&snapshot.groups, &group),
        "Catalogs" => all(&snapshot.catalogs, &|cells, it| {
            catalog(snapshot, cells, it)
        }),
        "Hypervisors" => all(&snapshot.hypervisors, &|cells, it| {
            cells.put(
                "Type",
                it.text("ConnectionType").unwrap_or("XenServer").to_owned(),
            )
        }),
        "Applications" => all(&snapshot.applications, &application),
        "DesktopGroupApplications" => published(snapshot, set),
        "ConnectionFailureCategories" => categories(snapshot, set),
        "Hotfixes" => hotfixes(snapshot, set),
        "TaskLogs" => tasks(snapshot, set, now),
        "LhcReport" => outages(snapshot, set, now),
        "Notifications"
        | "NotificationRules"
        | "NotificationTargets"
        | "NotificationsLogs"
        | "NotificationRuleGroups" => alerts(snapshot, set, now),
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

fn catalog(snapshot: &Snapshot, cells: Cells, it: &Object) -> Cells {
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
        .put("ZoneName", snapshot.zone_name(it.text("Zone")))
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

/// Returns which delivery groups publish which applications.
fn published(snapshot: &Snapshot, set: &'static Set) -> Vec<Row> {
    let mut rows = Vec::new();
    for application in &snapshot.applications {
        let groups = application.fields.get("DeliveryGroups");
        let groups = groups.and_then(|it| it.as_array()).into_iter().flatten();
        let named = groups.filter_map(|it| it.as_str().or_else(|| it.get("Id")?.as_str()));
        for group in named {
            let is_it = |it: &&Object| it.id == id_of(group) || it.name.eq_ignore_ascii_case(group);
            if let Some(group) = snapshot.groups.iter().find(is_it) {
                let row = Cells::of(set)
                    .put("ApplicationId", application.id)
                    .put("DesktopGroupId", group.id);
                rows.push(row.row());
            }
        }
    }
    rows
}

/// Codes of failed launches by failure category. Citrix publishes no such table; this is derived from the names.
const CATEGORIES: [(i64, &[i64]); 6] = [
    (0, &[1]),
    (1, &[0, 4, 7, 8, 16, 17]),
    (2, &[2, 3, 18, 19, 20, 23, 101]),
    (3, &[12, 13, 15, 21, 22, 24, 25, 100]),
    (4, &[5, 11]),
    (5, &[6, 9, 10, 14]),
];

fn categories(snapshot: &Snapshot, set: &'static Set) -> Vec<Row> {
    let founded = snapshot.founded();
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

/// Returns the service's own tasks: a consolidation every hour, and a cleanup every night.
fn tasks(snapshot: &Snapshot, set: &'static Set, now: i64) -> Vec<Row> {
    const TASKS: [(i64, i64); 5] = [(1, 1), (1, 2), (1, 3), (3, 4), (3, 6)];
    let mut rows = Vec::new();
    for day in day_of(now) - 7..=day_of(now) {
        for (nth, (category, task)) in TASKS.iter().enumerate() {
            let nth = i64::try_from(nth).unwrap_or(0);
            let at = start_of(day) + 10 * MINUTE + nth * 90 * SECOND;
            let failed =
                hash(&[snapshot.seed, day.unsigned_abs().into(), *task as u64]).is_multiple_of(19);
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

/// Returns two periods in which the site had no connection to the cloud.
fn outages(snapshot: &Snapshot, set: &'static Set, now: i64) -> Vec<Row> {
    let machines = snapshot
        .machines
        .iter()
        .filter(|it| it.past.is_some())
        .count();
    let rows = [57_i64, 16].into_iter().filter_map(|days| {
        let mut random = Random::of(&[snapshot.seed, days.unsigned_abs()]);
        let start = start_of(day_of(snapshot.born)) - days * DAY + 9 * HOUR;
        let start = start + random.between(0, 4 * HOUR);
        let end = start + random.between(10 * MINUTE, 70 * MINUTE);
        let most = i64::try_from(machines).unwrap_or(0);
        let row = Cells::of(set)
            .put("Id", days)
            .put("StartDate", time(start))
            .put("EndDate", time(end))
            .put("SessionBrokeredCount", random.between(0, most + 1))
            .put("ReconnectedSessionCount", random.between(0, most / 4 + 1))
            .put("MachineInZoneCount", most)
            .put("MachineRegisteredCount", most - most / 20)
            .put("ZoneName", snapshot.zone_name(None))
            .put("ControllerName", "connector01.demolab.example");
        (start >= now - 90 * DAY).then(|| row.row())
    });
    rows.collect()
}

/// Returns the cost of machines.
pub(crate) fn cost(snapshot: &Snapshot, set: &'static Set, machine: &Machine) -> Row {
    let founded = snapshot.founded();
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
