//! Rows of the sets that show a part of a session.

use uuid::Uuid;

use super::super::odata::Row;
use super::super::schema::Set;
use super::cells::Cells;
use super::launch::{FAILURE, FAULT, Launch, Link, METRICS, Phase, RECONNECT};
use super::moment::{MINUTE, SECOND, time, time_or_null};
use super::random::{Random, hash};
use super::snapshot::Snapshot;

/// Builds a session's rows of a set.
pub(crate) fn rows(snapshot: &Snapshot, set: &'static Set, launch: &Launch, now: i64) -> Vec<Row> {
    match set.name {
        "Sessions" => vec![session(snapshot, set, launch, now)],
        "Connections" => {
            let links = launch.links.iter();
            links
                .map(|it| connection(snapshot, set, launch, it, now))
                .collect()
        }
        "ConnectionFailureLogs" => failure(snapshot, set, launch, now).into_iter().collect(),
        "ApplicationInstances" => instances(snapshot, set, launch, now),
        "LogOnMetrics" => userinit(set, launch, now).into_iter().collect(),
        "SessionMetrics" => metrics(set, launch, now),
        "SessionMetricsLatest" => latest(set, launch, now).into_iter().collect(),
        "SessionAutoReconnects" => reconnects(set, launch).into_iter().collect(),
        "SessionLogonMetrics" => profile(set, launch, now).into_iter().collect(),
        "ApplicationFaults" => fault(snapshot, set, launch, "FaultReportedDate", 5),
        "ApplicationErrors" => fault(snapshot, set, launch, "ErrorReportedDate", 4),
        _ => Vec::new(),
    }
}

/// Returns the machine's GUID, if the launch reached a machine.
fn machine(snapshot: &Snapshot, launch: &Launch) -> Option<Uuid> {
    Some(snapshot.machine(launch.machine?)?.id)
}

fn user(snapshot: &Snapshot, launch: &Launch) -> Option<i64> {
    snapshot.users.get(launch.user).map(|it| it.id)
}

/// Returns the category of a failed launch, which is not the failure code itself.
pub(crate) fn category_of(code: i64) -> i64 {
    code + 1
}

fn session(snapshot: &Snapshot, set: &'static Set, launch: &Launch, now: i64) -> Row {
    let state = match (launch.end, launch.is_disconnected) {
        (Some(_), _) => 3,
        (None, true) => 2,
        (None, false) => 5,
    };
    let is_running = launch.end.is_none();
    let idle = launch.seed.is_multiple_of(4) && is_running && !launch.is_disconnected;
    // The session became idle some time between the logon and now.
    let idle = idle.then(|| launch.changed + (now - launch.changed) / 2);
    let link = launch.links.last();
    let connection = link.filter(|it| is_running && it.disconnected.is_none());
    let failed = launch.failure.and(launch.end);
    // A logon in progress has no duration yet.
    let logon = launch.logon.filter(|it| launch.start + it <= now);
    Cells::of(set)
        .put("SessionKey", launch.key)
        .put("StartDate", time(launch.start))
        .put("LogOnDuration", logon)
        .put("EndDate", time_or_null(launch.end))
        .put("ExitCode", if is_running { 0 } else { 1 })
        .put("FailureId", launch.failure.map(category_of))
        .put("FailureDate", time_or_null(failed))
        .put("ConnectionState", state)
        .put("SessionIdleTime", time_or_null(idle))
        .put("ConnectionStateChangeDate", time(launch.changed.min(now)))
        .put("LifecycleState", if is_running { 0 } else { 1 })
        .put("CurrentConnectionId", connection.map(|it| it.number))
        .put("UserId", user(snapshot, launch))
        .put("MachineId", machine(snapshot, launch))
        .put("SessionType", i64::from(!launch.uses.is_empty()))
        .put("IsAnonymous", false)
        .stamped((launch.start + 103).min(now), launch.modified(now))
        .row()
}

/// Client platforms, app versions, and the type of app.
const CLIENTS: [(&str, [&str; 3], i64); 5] = [
    ("Windows", ["25.7.0.38", "24.9.0.225", "22.3.6000.6012"], 1),
    ("Windows", ["25.7.0.38", "25.3.10.69", "24.2.3000.9"], 1),
    ("Macintosh", ["25.5.0.38", "24.11.0.34", "23.11.0.54"], 2),
    ("HTML5", ["25.4.0.12", "25.4.0.12", "24.8.0.5"], 4),
    ("Linux", ["25.5.0.14", "24.8.0.98", "23.9.0.24"], 3),
];

fn connection(
    snapshot: &Snapshot,
    set: &'static Set,
    launch: &Launch,
    link: &Link,
    now: i64,
) -> Row {
    let person = snapshot
        .users
        .get(launch.user)
        .map_or(0, |it| it.id.unsigned_abs());
    let of = hash(&[person, 3]);
    let (platform, versions, kind) = CLIENTS[index(of, CLIENTS.len())];
    let version = versions[index(of >> 8, versions.len())];
    let host = of >> 16 & 0xff;
    let external = of.is_multiple_of(3);
    let gateway = external.then_some("gateway.demolab.example");
    let logon = &link.logon;
    // Values that are still in the future are not known yet.
    let known = |it: Option<i64>| time_or_null(it.filter(|it| *it <= now));
    let span = |it: Phase| (known(it.map(|it| it.0)), known(it.map(|it| it.1)));
    let (hdx, gpo, scripts) = (span(logon.hdx), span(logon.gpo), span(logon.scripts));
    let (vm, profile, interactive) = (
        span(logon.vm_start),
        span(logon.profile),
        span(logon.interactive),
    );
    let is_logon = launch.failure.is_none() && !link.is_reconnect;
    let begun = is_logon.then_some(link.start);
    let ready = launch
        .failure
        .is_none()
        .then(|| link.start + logon.brokering);
    let is_last = launch
        .links
        .last()
        .is_some_and(|it| it.number == link.number);
    let logged_off = launch.end.filter(|_| is_last && launch.failure.is_none());
    let disconnected = link.disconnected.or(logged_off);
    let modified = disconnected
        .or(launch.end)
        .unwrap_or(link.start + logon.total);
    Cells::of(set)
        .put("Id", link.number)
        .put(
            "ClientName",
            format!("{}-{:03}", &platform[..3].to_uppercase(), host),
        )
        .put(
            "ClientAddress",
            format!("192.168.{}.{}", 10 + of % 7, host.max(1)),
        )
        .put("ClientVersion", version)
        .put("ClientPlatform", platform)
        .put("WorkspaceType", kind)
        .put("ConnectedViaHostName", gateway)
        .put("ConnectedViaIPAddress", external.then_some("203.0.113.17"))
        .put("LaunchedViaHostName", "demolab.cloud.example")
        .put("LaunchedViaIPAddress", "203.0.113.20")
        .put("IsReconnect", link.is_reconnect)
        .put("IsSecureIca", external)
        .put("Protocol", "HDX")
        .put("LogOnStartDate", known(begun))
        .put("LogOnEndDate", known(begun.map(|it| it + logon.total)))
        .put("BrokeringDuration", logon.brokering)
        .put("BrokeringDate", time(link.start))
        .put("DisconnectCode", disconnected.map(|_| 1_i64))
        .put("DisconnectDate", known(disconnected))
        .put("VMStartStartDate", vm.0)
        .put("VMPoweredOnDate", known(logon.powered))
        .put("VMStartEndDate", vm.1)
        .put("ClientSessionValidateDate", known(ready.map(|it| it + 40)))
        .put("ServerSessionValidateDate", known(ready.map(|it| it + 85)))
        .put("EstablishmentDate", known(ready.map(|it| it + 130)))
        .put("HdxStartDate", hdx.0)
        .put("HdxEndDate", hdx.1)
        .put(
            "AuthenticationDuration",
            ready.map(|_| logon.authentication),
        )
        .put("GpoStartDate", gpo.0)
        .put("GpoEndDate", gpo.1)
        .put("LogOnScriptsStartDate", scripts.0)
        .put("LogOnScriptsEndDate", scripts.1)
        .put("ProfileLoadStartDate", profile.0)
        .put("ProfileLoadEndDate", profile.1)
        .put("InteractiveStartDate", interactive.0)
        .put("InteractiveEndDate", interactive.1)
        .put("SessionKey", launch.key)
        .stamped(
            (link.start + 110).min(now),
            (modified + 1500).min(now).max(link.start),
        )
        .row()
}

/// Picks an index below a number.
pub(crate) fn index(of: u64, number: usize) -> usize {
    let number = u64::try_from(number).unwrap_or(1).max(1);
    usize::try_from(of % number).unwrap_or(0)
}

fn failure(snapshot: &Snapshot, set: &'static Set, launch: &Launch, now: i64) -> Option<Row> {
    let (code, at) = (launch.failure?, launch.end?);
    let row = Cells::of(set)
        .put("Id", launch.number(FAILURE))
        .put("SessionKey", launch.key)
        .put("FailureDate", time(at))
        .put("UserId", user(snapshot, launch))
        .put("MachineId", machine(snapshot, launch))
        .put("ConnectionFailureEnumValue", code)
        .stamped((at + 12).min(now), (at + 1950).min(now));
    Some(row.row())
}

fn instances(snapshot: &Snapshot, set: &'static Set, launch: &Launch, now: i64) -> Vec<Row> {
    let uses = launch.uses.iter().filter(|it| it.start <= now);
    let rows = uses.filter_map(|it| {
        let end = it.end.filter(|it| *it <= now);
        let row = Cells::of(set)
            .put("Id", it.number)
            .put(
                "ApplicationId",
                snapshot.applications.get(it.application)?.id,
            )
            .put("SessionKey", launch.key)
            .put("StartDate", time(it.start))
            .put("EndDate", time_or_null(end))
            .stamped(
                (it.start + 60).min(now),
                end.map_or(it.start + 60, |it| it + 900)
                    .min(now.max(it.start)),
            );
        Some(row.row())
    });
    rows.collect()
}

fn userinit(set: &'static Set, launch: &Launch, now: i64) -> Option<Row> {
    let logon = &launch.links.first()?.logon;
    let (start, end) = logon.interactive.filter(|it| it.1 <= now)?;
    let third = (end - start) / 3;
    let row = Cells::of(set)
        .put("Id", launch.number(METRICS))
        .put("SessionKey", launch.key)
        .put("UserInitStartDate", time(start + 20))
        .put("UserInitEndDate", time(start + third));
    Some(row.row())
}

/// The maximum number of measurements of a session, which is measured every 15 minutes.
const MEASURED: i64 = 48;

/// Returns when a session was measured, and the round-trip time in milliseconds.
fn measured(launch: &Launch, now: i64) -> Vec<(i64, i64)> {
    if launch.failure.is_some() {
        return Vec::new();
    }
    let last = launch.end.unwrap_or(now).min(now);
    let from = launch.start.max(last - MEASURED * 15 * MINUTE);
    let mut at = from + 15 * MINUTE - from.rem_euclid(15 * MINUTE);
    let mut all = Vec::new();
    while at < last {
        let mut random = Random::of(&[launch.seed, at.unsigned_abs()]);
        // One user in eight is far away.
        let is_far = launch.seed.is_multiple_of(8);
        let rtt = match is_far {
            true => random.between(140, 380),
            false => random.between(12, 60),
        };
        all.push((at, rtt));
        at += 15 * MINUTE;
    }
    all
}

fn metrics(set: &'static Set, launch: &Launch, now: i64) -> Vec<Row> {
    #[expect(clippy::cast_precision_loss, reason = "numbers are small")]
    let row = |(at, rtt): (i64, i64)| {
        let slot = at.div_euclid(15 * MINUTE) % 1024;
        let gap = launch.gaps().any(|(from, to)| (from..to).contains(&at));
        Cells::of(set)
            .put("Id", (launch.number(METRICS) << 4) ^ slot)
            .put("CollectedDate", time(at))
            .put("IcaRttMS", rtt as f64)
            .put("IcaLatency", (rtt * 6 / 10) as f64)
            .put("ClientL7Latency", (rtt * 3 / 10) as f64)
            .put("ServerL7Latency", (rtt / 10) as f64)
            .put("SessionId", launch.key)
            .put("ConnectionState", if gap { 2 } else { 5 })
            .stamped(at + SECOND, at + SECOND)
            .row()
    };
    measured(launch, now).into_iter().map(row).collect()
}

/// Returns the latest measurement.
fn latest(set: &'static Set, launch: &Launch, now: i64) -> Option<Row> {
    let (at, rtt) = measured(launch, now).pop()?;
    let row = Cells::of(set)
        .put("SessionKey", launch.key)
        .put("ClientL7Latency", rtt * 3 / 10)
        .put("CreatedDate", time(launch.start + SECOND))
        .put("EdtMtu", "1480")
        .put("HdxProtocolName", "EDT")
        .put("ModifiedDate", time(at + SECOND))
        .put("ServerL7Latency", rtt / 10);
    Some(row.row())
}

/// One session in six briefly loses its network connection.
fn reconnects(set: &'static Set, launch: &Launch) -> Option<Row> {
    let mut random = Random::of(&[launch.seed, 5]);
    let end = launch.end?;
    let at = random.between(launch.start, end);
    if launch.failure.is_some() || !random.share(0.16) {
        return None;
    }
    let connection = launch.links.iter().rev().find(|it| it.start <= at)?;
    let row = Cells::of(set)
        .put("Id", launch.number(RECONNECT))
        .put("SessionKey", launch.key)
        .put("ConnectionId", connection.number)
        .put("AutoReconnectCount", random.between(1, 5))
        .put("AutoReconnectType", random.between(1, 3))
        .put("EventTimestamp", time(at))
        .put("CreatedDate", time(at + 400));
    Some(row.row())
}

/// Returns the profile load; only large profiles take long.
fn profile(set: &'static Set, launch: &Launch, now: i64) -> Option<Row> {
    let profile = launch.links.first()?.logon.profile;
    let (start, end) = profile.filter(|it| it.1 + SECOND <= now)?;
    let bytes = (end - start) * 24_000;
    let row = Cells::of(set)
        .put("SessionKey", launch.key)
        .put("CreatedDate", time(end + SECOND))
        .put("DiskCapacity", 30_000_000_000_i64)
        .put("DiskSizeUsed", bytes + 700_000_000)
        .put("DiskType", "VHDX")
        .put("FilesCount", (end - start) / 3)
        .put("LargeFilesCount", (end - start) / 9000)
        .put("ModifiedDate", time(end + SECOND))
        .put("ProfileSize", bytes)
        .put("ProfileType", "Container")
        .put("ProfileVersion", "6");
    Some(row.row())
}

/// Returns a crashed or hung application, which some sessions have.
fn fault(
    snapshot: &Snapshot,
    set: &'static Set,
    launch: &Launch,
    date: &str,
    one_of: u64,
) -> Vec<Row> {
    let Some(end) = launch
        .end
        .filter(|_| hash(&[launch.seed, one_of]).is_multiple_of(one_of))
    else {
        return Vec::new();
    };
    if launch.failure.is_some() {
        return Vec::new();
    }
    const PROGRAMS: [(&str, &str, &str); 3] = [
        (
            "OUTLOOK.EXE",
            r"C:\Program Files\Office\OUTLOOK.EXE",
            "16.0.17928.20156",
        ),
        (
            "EXCEL.EXE",
            r"C:\Program Files\Office\EXCEL.EXE",
            "16.0.17928.20156",
        ),
        ("erp-client.exe", r"C:\ERP\erp-client.exe", "7.1.4.0"),
    ];
    let (name, path, version) = PROGRAMS[index(launch.seed >> 9, PROGRAMS.len())];
    let at = launch.start + (end - launch.start) / 2;
    let open = launch.uses.iter().filter_map(|it| {
        let application = snapshot.applications.get(it.application)?;
        Some(application.name.clone())
    });
    let row = Cells::of(set)
        .put("Id", launch.number(FAULT))
        .put("FaultingApplicationPath", path)
        .put("ProcessName", name)
        .put("SessionKey", launch.key)
        .put("Version", version)
        .put("Description", format!("{name} stopped working"))
        .put(date, time(at))
        .put("BrowserNames", open.collect::<Vec<_>>().join(","))
        .put("MachineId", machine(snapshot, launch));
    vec![row.row()]
}
