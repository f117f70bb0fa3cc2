//! Rows of the sets that show a part of a session.

use uuid::Uuid;

use super::super::odata::Row;
use super::super::schema::Set;
use super::cells::Cells;
use super::chance::{Chance, hash};
use super::moment::{MINUTE, SECOND, time, time_or_null};
use super::picture::Picture;
use super::story::{FAILURE, FAULT, Link, METRICS, Phase, RECONNECT, Story};

/// Builds a session's rows of a set.
pub(crate) fn rows(picture: &Picture, set: &'static Set, story: &Story, now: i64) -> Vec<Row> {
    match set.name {
        "Sessions" => vec![session(picture, set, story, now)],
        "Connections" => {
            let links = story.links.iter();
            links
                .map(|it| connection(picture, set, story, it, now))
                .collect()
        }
        "ConnectionFailureLogs" => failure(picture, set, story, now).into_iter().collect(),
        "ApplicationInstances" => instances(picture, set, story, now),
        "LogOnMetrics" => userinit(set, story, now).into_iter().collect(),
        "SessionMetrics" => metrics(set, story, now),
        "SessionMetricsLatest" => latest(set, story, now).into_iter().collect(),
        "SessionAutoReconnects" => reconnects(set, story).into_iter().collect(),
        "SessionLogonMetrics" => profile(set, story, now).into_iter().collect(),
        "ApplicationFaults" => fault(picture, set, story, "FaultReportedDate", 5),
        "ApplicationErrors" => fault(picture, set, story, "ErrorReportedDate", 4),
        _ => Vec::new(),
    }
}

/// Returns the machine's GUID, if the launch reached a machine.
fn machine(picture: &Picture, story: &Story) -> Option<Uuid> {
    Some(picture.machine(story.machine?)?.id)
}

fn user(picture: &Picture, story: &Story) -> Option<i64> {
    picture.users.get(story.user).map(|it| it.id)
}

/// Returns the category of a failed launch, which is not the failure code itself.
pub(crate) fn category_of(code: i64) -> i64 {
    code + 1
}

fn session(picture: &Picture, set: &'static Set, story: &Story, now: i64) -> Row {
    let state = match (story.end, story.is_disconnected) {
        (Some(_), _) => 3,
        (None, true) => 2,
        (None, false) => 5,
    };
    let is_running = story.end.is_none();
    let idle = story.chance.is_multiple_of(4) && is_running && !story.is_disconnected;
    // The session became idle some time between the logon and now.
    let idle = idle.then(|| story.changed + (now - story.changed) / 2);
    let link = story.links.last();
    let connection = link.filter(|it| is_running && it.disconnected.is_none());
    let failed = story.failure.and(story.end);
    // A logon in progress has no duration yet.
    let logon = story.logon.filter(|it| story.start + it <= now);
    Cells::of(set)
        .put("SessionKey", story.key)
        .put("StartDate", time(story.start))
        .put("LogOnDuration", logon)
        .put("EndDate", time_or_null(story.end))
        .put("ExitCode", if is_running { 0 } else { 1 })
        .put("FailureId", story.failure.map(category_of))
        .put("FailureDate", time_or_null(failed))
        .put("ConnectionState", state)
        .put("SessionIdleTime", time_or_null(idle))
        .put("ConnectionStateChangeDate", time(story.changed.min(now)))
        .put("LifecycleState", if is_running { 0 } else { 1 })
        .put("CurrentConnectionId", connection.map(|it| it.number))
        .put("UserId", user(picture, story))
        .put("MachineId", machine(picture, story))
        .put("SessionType", i64::from(!story.uses.is_empty()))
        .put("IsAnonymous", false)
        .stamped((story.start + 103).min(now), story.modified(now))
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

fn connection(picture: &Picture, set: &'static Set, story: &Story, link: &Link, now: i64) -> Row {
    let person = picture
        .users
        .get(story.user)
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
    let is_logon = story.failure.is_none() && !link.is_reconnect;
    let begun = is_logon.then_some(link.start);
    let ready = story
        .failure
        .is_none()
        .then(|| link.start + logon.brokering);
    let is_last = story
        .links
        .last()
        .is_some_and(|it| it.number == link.number);
    let logged_off = story.end.filter(|_| is_last && story.failure.is_none());
    let disconnected = link.disconnected.or(logged_off);
    let modified = disconnected
        .or(story.end)
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
        .put("SessionKey", story.key)
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

fn failure(picture: &Picture, set: &'static Set, story: &Story, now: i64) -> Option<Row> {
    let (code, at) = (story.failure?, story.end?);
    let row = Cells::of(set)
        .put("Id", story.number(FAILURE))
        .put("SessionKey", story.key)
        .put("FailureDate", time(at))
        .put("UserId", user(picture, story))
        .put("MachineId", machine(picture, story))
        .put("ConnectionFailureEnumValue", code)
        .stamped((at + 12).min(now), (at + 1950).min(now));
    Some(row.row())
}

fn instances(picture: &Picture, set: &'static Set, story: &Story, now: i64) -> Vec<Row> {
    let uses = story.uses.iter().filter(|it| it.start <= now);
    let rows = uses.filter_map(|it| {
        let end = it.end.filter(|it| *it <= now);
        let row = Cells::of(set)
            .put("Id", it.number)
            .put(
                "ApplicationId",
                picture.applications.get(it.application)?.id,
            )
            .put("SessionKey", story.key)
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

fn userinit(set: &'static Set, story: &Story, now: i64) -> Option<Row> {
    let logon = &story.links.first()?.logon;
    let (start, end) = logon.interactive.filter(|it| it.1 <= now)?;
    let third = (end - start) / 3;
    let row = Cells::of(set)
        .put("Id", story.number(METRICS))
        .put("SessionKey", story.key)
        .put("UserInitStartDate", time(start + 20))
        .put("UserInitEndDate", time(start + third));
    Some(row.row())
}

/// The maximum number of measurements of a session, which is measured every 15 minutes.
const MEASURED: i64 = 48;

/// Returns when a session was measured, and the round-trip time in milliseconds.
fn measured(story: &Story, now: i64) -> Vec<(i64, i64)> {
    if story.failure.is_some() {
        return Vec::new();
    }
    let last = story.end.unwrap_or(now).min(now);
    let from = story.start.max(last - MEASURED * 15 * MINUTE);
    let mut at = from + 15 * MINUTE - from.rem_euclid(15 * MINUTE);
    let mut all = Vec::new();
    while at < last {
        let mut chance = Chance::of(&[story.chance, at.unsigned_abs()]);
        // One user in eight is far away.
        let is_far = story.chance.is_multiple_of(8);
        let rtt = match is_far {
            true => chance.between(140, 380),
            false => chance.between(12, 60),
        };
        all.push((at, rtt));
        at += 15 * MINUTE;
    }
    all
}

fn metrics(set: &'static Set, story: &Story, now: i64) -> Vec<Row> {
    #[expect(clippy::cast_precision_loss, reason = "numbers are small")]
    let row = |(at, rtt): (i64, i64)| {
        let slot = at.div_euclid(15 * MINUTE) % 1024;
        let gap = story.gaps().any(|(from, to)| (from..to).contains(&at));
        Cells::of(set)
            .put("Id", (story.number(METRICS) << 4) ^ slot)
            .put("CollectedDate", time(at))
            .put("IcaRttMS", rtt as f64)
            .put("IcaLatency", (rtt * 6 / 10) as f64)
            .put("ClientL7Latency", (rtt * 3 / 10) as f64)
            .put("ServerL7Latency", (rtt / 10) as f64)
            .put("SessionId", story.key)
            .put("ConnectionState", if gap { 2 } else { 5 })
            .stamped(at + SECOND, at + SECOND)
            .row()
    };
    measured(story, now).into_iter().map(row).collect()
}

/// Returns the latest measurement.
fn latest(set: &'static Set, story: &Story, now: i64) -> Option<Row> {
    let (at, rtt) = measured(story, now).pop()?;
    let row = Cells::of(set)
        .put("SessionKey", story.key)
        .put("ClientL7Latency", rtt * 3 / 10)
        .put("CreatedDate", time(story.start + SECOND))
        .put("EdtMtu", "1480")
        .put("HdxProtocolName", "EDT")
        .put("ModifiedDate", time(at + SECOND))
        .put("ServerL7Latency", rtt / 10);
    Some(row.row())
}

/// One session in six briefly loses its network connection.
fn reconnects(set: &'static Set, story: &Story) -> Option<Row> {
    let mut chance = Chance::of(&[story.chance, 5]);
    let end = story.end?;
    let at = chance.between(story.start, end);
    if story.failure.is_some() || !chance.share(0.16) {
        return None;
    }
    let connection = story.links.iter().rev().find(|it| it.start <= at)?;
    let row = Cells::of(set)
        .put("Id", story.number(RECONNECT))
        .put("SessionKey", story.key)
        .put("ConnectionId", connection.number)
        .put("AutoReconnectCount", chance.between(1, 5))
        .put("AutoReconnectType", chance.between(1, 3))
        .put("EventTimestamp", time(at))
        .put("CreatedDate", time(at + 400));
    Some(row.row())
}

/// Returns the profile load; only large profiles take long.
fn profile(set: &'static Set, story: &Story, now: i64) -> Option<Row> {
    let profile = story.links.first()?.logon.profile;
    let (start, end) = profile.filter(|it| it.1 + SECOND <= now)?;
    let bytes = (end - start) * 24_000;
    let row = Cells::of(set)
        .put("SessionKey", story.key)
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
fn fault(picture: &Picture, set: &'static Set, story: &Story, date: &str, one_of: u64) -> Vec<Row> {
    let Some(end) = story
        .end
        .filter(|_| hash(&[story.chance, one_of]).is_multiple_of(one_of))
    else {
        return Vec::new();
    };
    if story.failure.is_some() {
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
    let (name, path, version) = PROGRAMS[index(story.chance >> 9, PROGRAMS.len())];
    let at = story.start + (end - story.start) / 2;
    let open = story.uses.iter().filter_map(|it| {
        let application = picture.applications.get(it.application)?;
        Some(application.name.clone())
    });
    let row = Cells::of(set)
        .put("Id", story.number(FAULT))
        .put("FaultingApplicationPath", path)
        .put("ProcessName", name)
        .put("SessionKey", story.key)
        .put("Version", version)
        .put("Description", format!("{name} stopped working"))
        .put(date, time(at))
        .put("BrowserNames", open.collect::<Vec<_>>().join(","))
        .put("MachineId", machine(picture, story));
    vec![row.row()]
}
