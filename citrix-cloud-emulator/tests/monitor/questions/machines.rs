//! Questions about machines, applications and costs.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::raw::*;

pub(crate) fn machines(raw: &Raw, is: impl Fn(&Value) -> bool) -> Vec<&Value> {
    raw.only("Machines", |it| it["LifecycleState"] == 0 && is(it))
}

pub(crate) fn group(raw: &Raw, machine: &Value) -> String {
    text(
        raw.one("DesktopGroups", "Id", &machine["DesktopGroupId"]),
        "Name",
    )
}

pub(crate) fn failed_machines(raw: &Raw, rows: &[Value]) -> Both {
    let wanted = machines(raw, |it| number(it, "FaultState") > 1);
    let wanted = wanted.iter().map(|it| {
        format!(
            "{}|{}|{}",
            text(it, "Name"),
            it["FaultState"],
            group(raw, it)
        )
    });
    let said = rows.iter().map(|it| {
        format!(
            "{}|{}|{}",
            text(it, "Name"),
            it["FaultState"],
            text(it, "DesktopGroup/Name")
        )
    });
    (sorted(said), sorted(wanted))
}

pub(crate) fn unregistered(raw: &Raw, rows: &[Value]) -> Both {
    let wanted = machines(raw, |it| {
        it["CurrentRegistrationState"] == 2 && it["CurrentPowerState"] == 3
    });
    let wanted = wanted.iter().map(|it| {
        let catalog = text(raw.one("Catalogs", "Id", &it["CatalogId"]), "Name");
        format!("{}|{}|{catalog}", text(it, "Name"), group(raw, it))
    });
    let said = rows.iter().map(|it| {
        format!(
            "{}|{}|{}",
            text(it, "Name"),
            text(it, "DesktopGroup/Name"),
            text(it, "Catalog/Name")
        )
    });
    (sorted(said), sorted(wanted))
}

pub(crate) fn maintenance(raw: &Raw, rows: &[Value]) -> Both {
    let wanted = machines(raw, |it| it["IsInMaintenanceMode"] == true);
    (
        lines(rows, &["Name", "CurrentSessionCount"]),
        lines(wanted, &["Name", "CurrentSessionCount"]),
    )
}

pub(crate) fn registrations(raw: &Raw, rows: &[Value]) -> Both {
    let wanted = machines(raw, |_| true);
    let wanted = counted(wanted.iter().map(|it| text(it, "CurrentRegistrationState")));
    (
        lines(rows, &["CurrentRegistrationState", "Machines"]),
        wanted,
    )
}

pub(crate) fn versions(raw: &Raw, rows: &[Value]) -> Both {
    let wanted = machines(raw, |_| true);
    let wanted = counted(wanted.iter().map(|it| text(it, "AgentVersion")));
    (lines(rows, &["AgentVersion", "Machines"]), wanted)
}

pub(crate) fn application_use(raw: &Raw, rows: &[Value]) -> Both {
    let sessions: BTreeMap<String, String> = raw
        .all("Sessions")
        .iter()
        .filter(|it| it["FailureId"].is_null())
        .map(|it| {
            (
                text(it, "SessionKey"),
                group(raw, raw.one("Machines", "Id", &it["MachineId"])),
            )
        })
        .collect();
    let mut uses: BTreeMap<(String, String), Vec<(i64, i64)>> = BTreeMap::new();
    for it in raw.all("ApplicationInstances") {
        let name = text(raw.one("Applications", "Id", &it["ApplicationId"]), "Name");
        let group = sessions[&text(it, "SessionKey")].clone();
        uses.entry((name, group)).or_default().push(span(it));
    }
    let mut wanted = Vec::new();
    for ((name, group), spans) in uses {
        for day in over("2025-12-29T00:00:00Z", DAY) {
            let peak = peak(&spans, day, day + DAY);
            let launches = spans
                .iter()
                .filter(|it| (day..day + DAY).contains(&it.0))
                .count();
            let used: i64 = spans
                .iter()
                .map(|it| (it.1.min(day + DAY) - it.0.max(day)).max(0))
                .sum();
            if peak > 0 {
                wanted.push(format!(
                    "{}|{name}|{group}|{launches}|{used}|{peak}",
                    written(day)
                ));
            }
        }
    }
    let said = rows.iter().map(|it| {
        format!(
            "{}|{}|{}|{}|{}|{}",
            text(it, "SummaryDate"),
            text(it, "Application/Name"),
            text(it, "DesktopGroup/Name"),
            it["TotalLaunchesCount"],
            number(it, "TotalUsageDuration"),
            it["PeakConcurrentInstanceCount"]
        )
    });
    (sorted(said), sorted(wanted))
}

pub(crate) fn unused_applications(raw: &Raw, rows: &[Value]) -> Both {
    let said = rows
        .iter()
        .filter(|it| it["ApplicationInstances"] == serde_json::json!([]));
    let wanted = raw.only("Applications", |it| {
        raw.one("ApplicationInstances", "ApplicationId", &it["Id"])
            .is_null()
    });
    (lines(said, &["Name"]), lines(wanted, &["Name"]))
}

pub(crate) fn who_used(raw: &Raw, rows: &[Value]) -> Both {
    let mut uses = raw.only(
        "ApplicationInstances",
        since("StartDate", "2026-01-01T00:00:00Z"),
    );
    uses.retain(|it| {
        text(raw.one("Applications", "Id", &it["ApplicationId"]), "Name") == "Notepad"
    });
    let wanted = uses.iter().map(|it| {
        let session = raw.one("Sessions", "SessionKey", &it["SessionKey"]);
        format!(
            "{}|{}|{}",
            it["Id"],
            raw.user(session),
            raw.machine(session)
        )
    });
    let said = rows.iter().map(|it| {
        format!(
            "{}|{}|{}",
            it["Id"],
            text(it, "Session/User/UserName"),
            text(it, "Session/Machine/Name")
        )
    });
    (sorted(said), sorted(wanted))
}

pub(crate) fn empty_machines(raw: &Raw, rows: &[Value]) -> Both {
    let wanted = machines(raw, |it| {
        let running = raw.only("Sessions", |session| {
            session["EndDate"].is_null() && session["MachineId"] == it["Id"]
        });
        it["CurrentPowerState"] == 3 && running.is_empty()
    });
    (lines(rows, &["Name"]), lines(wanted, &["Name"]))
}

/// Returns the load samples of each machine on Friday.
fn samples(raw: &Raw) -> BTreeMap<String, Vec<&Value>> {
    let mut samples: BTreeMap<String, Vec<&Value>> = BTreeMap::new();
    for row in raw.all("Friday") {
        samples.entry(text(row, "MachineId")).or_default().push(row);
    }
    samples
}

pub(crate) fn idle_days(raw: &Raw, rows: &[Value]) -> Both {
    let mut spans: BTreeMap<String, Vec<(i64, i64)>> = BTreeMap::new();
    for session in raw.only("Sessions", |it| it["FailureId"].is_null()) {
        spans
            .entry(text(session, "MachineId"))
            .or_default()
            .push(span(session));
    }
    let none = Vec::new();
    let wanted = samples(raw).into_iter().map(|(machine, samples)| {
        let spans = spans.get(&machine).unwrap_or(&none);
        let alone = samples.iter().filter(|it| {
            let at = time(it, "CreatedDate").unwrap();
            !spans.iter().any(|(from, to)| *from <= at && at < *to)
        });
        let cpu = samples.iter().map(|it| number(it, "Cpu")).max().unwrap() / 100;
        let alone = alone.count() * 5;
        format!("{machine}|{}|{alone}|{cpu}", samples.len() * 5)
    });
    let said = rows.iter().map(|it| {
        let (up, alone) = (&it["UptimeInMinutes"], &it["UpTimeWithoutSessionInMinutes"]);
        format!(
            "{}|{up}|{alone}|{}",
            text(it, "MachineId"),
            number(it, "PeakPercentCpu")
        )
    });
    (sorted(said), sorted(wanted))
}

pub(crate) fn last_uses(raw: &Raw, rows: &[Value]) -> Both {
    let mut last: BTreeMap<String, i64> = BTreeMap::new();
    for session in raw.all("Sessions") {
        let at = last.entry(text(session, "MachineId")).or_default();
        *at = (*at).max(span(session).0);
    }
    let wanted = machines(raw, |_| true);
    let wanted = wanted.iter().map(|it| {
        let last = last.get(&text(it, "Id")).copied();
        format!(
            "{}|{}",
            text(it, "Name"),
            last.map_or("null".to_owned(), written)
        )
    });
    let said = rows.iter().map(|it| {
        let last = at(it, "Sessions").as_array().unwrap().first();
        format!(
            "{}|{}",
            text(it, "Name"),
            last.map_or("null".to_owned(), |it| text(it, "StartDate"))
        )
    });
    (sorted(said), sorted(wanted))
}

pub(crate) fn loads_now(raw: &Raw, rows: &[Value]) -> Both {
    let wanted = machines(raw, |it| it["CurrentPowerState"] == 3);
    let wanted = wanted.iter().map(|it| {
        let told = raw.only("Today", |row| row["MachineId"] == it["Id"]);
        let last = told.into_iter().max_by_key(|it| time(it, "CreatedDate"));
        // An unregistered machine reports nothing.
        let last = last.filter(|_| it["CurrentRegistrationState"] == 1);
        let last = last.map_or("null".to_owned(), |it| text(it, "EffectiveLoadIndex"));
        format!("{}|{last}", text(it, "Name"))
    });
    let said = rows.iter().map(|it| {
        let load = &it["CurrentLoadIndex"];
        let load = if load.is_null() {
            "null".to_owned()
        } else {
            text(load, "EffectiveLoadIndex")
        };
        format!("{}|{load}", text(it, "Name"))
    });
    (sorted(said), sorted(wanted))
}

pub(crate) fn load_hours(raw: &Raw, rows: &[Value]) -> Both {
    const PARTS: [(&str, &str); 3] = [
        ("SumLoadIndex", "EffectiveLoadIndex"),
        ("SumCpu", "Cpu"),
        ("SumMemory", "Memory"),
    ];
    let mut sums: BTreeMap<(String, i64), [i64; 4]> = BTreeMap::new();
    for row in raw.all("Friday") {
        let hour = time(row, "CreatedDate").unwrap() / HOUR * HOUR;
        let sum = sums.entry((raw.machine(row), hour)).or_default();
        sum[0] += 1;
        for (place, (_, part)) in PARTS.iter().enumerate() {
            sum[place + 1] += number(row, part);
        }
    }
    let wanted = sums
        .into_iter()
        .map(|((name, hour), sum)| format!("{name}|{}|{sum:?}", written(hour)));
    let said = rows.iter().map(|it| {
        let sum = [
            number(it, "SumCount"),
            number(it, PARTS[0].0),
            number(it, PARTS[1].0),
            number(it, PARTS[2].0),
        ];
        format!(
            "{}|{}|{sum:?}",
            text(it, "Machine/Name"),
            text(it, "SummaryDate")
        )
    });
    (sorted(said), sorted(wanted))
}

pub(crate) fn processes(raw: &Raw, rows: &[Value]) -> Both {
    let mut samples: BTreeMap<(String, i64), Vec<f64>> = BTreeMap::new();
    for row in raw.all("ProcessUtilization") {
        let hour = time(row, "CollectedDate").unwrap() / HOUR * HOUR;
        let cpu = row["PercentCpu"].as_f64().unwrap();
        samples
            .entry((text(row, "ProcessKey"), hour))
            .or_default()
            .push(cpu);
    }
    let rounded = |it: f64| format!("{it:.6}");
    let hours = over("2026-01-05T05:00:00Z", HOUR);
    let wanted = samples
        .into_iter()
        .filter(|it| hours.contains(&it.0.1))
        .map(|((key, hour), cpu)| {
            let process = raw
                .all("Processes")
                .iter()
                .find(|it| text(it, "ProcessKey") == key)
                .unwrap();
            let most = cpu.iter().copied().fold(0.0, f64::max);
            let mean = cpu.iter().sum::<f64>() / cpu.len() as f64;
            format!(
                "{}|{}|{}|{}|{}",
                text(process, "ProcessName"),
                raw.machine(process),
                written(hour),
                rounded(mean),
                rounded(most)
            )
        });
    let said = rows.iter().map(|it| {
        let float = |name: &str| rounded(it[name].as_f64().unwrap());
        let (mean, most) = (float("AvgPercentCpu"), float("PeakPercentCpu"));
        format!(
            "{}|{}|{}|{mean}|{most}",
            text(it, "ProcessInfo/ProcessName"),
            text(it, "Machine/Name"),
            text(it, "SummaryDate")
        )
    });
    (sorted(said), sorted(wanted))
}

/// Counts how many machines of each group reported a load at the start of each hour of Friday.
fn running(raw: &Raw) -> BTreeMap<(String, i64), i64> {
    let mut running = BTreeMap::new();
    for machine in machines(raw, |_| true) {
        for hour in 0..24 {
            let key = (
                text(machine, "DesktopGroupId"),
                moment(FRIDAY) + hour * HOUR,
            );
            running.entry(key).or_insert(0);
        }
    }
    for row in raw.all("Friday") {
        let at = time(row, "CreatedDate").unwrap();
        if at % HOUR == 0 {
            let machine = raw.one("Machines", "Id", &row["MachineId"]);
            *running
                .get_mut(&(text(machine, "DesktopGroupId"), at))
                .unwrap() += 1;
        }
    }
    running
}

pub(crate) fn powered_on(raw: &Raw, rows: &[Value]) -> Both {
    let wanted = running(raw)
        .into_iter()
        .map(|((group, at), on)| format!("{group}|{}|{on}", written(at)));
    (
        lines(
            rows,
            &["DesktopGroupId", "SummaryDate", "PoweredOnMachinesCount"],
        ),
        sorted(wanted),
    )
}

pub(crate) fn savings(raw: &Raw, rows: &[Value]) -> Both {
    let mut on: BTreeMap<String, i64> = BTreeMap::new();
    for ((group, _), running) in running(raw) {
        *on.entry(group).or_default() += running;
    }
    let sessions = raw.by_group();
    let wanted = on.into_iter().map(|(group, on)| {
        let all = machines(raw, |it| text(it, "DesktopGroupId") == group).len() as i64;
        let off = all * 24 - on;
        let friday = moment(FRIDAY);
        let begun = sessions[&group]
            .iter()
            .filter(|it| (friday..friday + DAY).contains(&span(it).0));
        let logons: Vec<i64> = begun
            .filter_map(|it| it["LogOnDuration"].as_i64())
            .collect();
        let mean = logons.iter().sum::<i64>() / logons.len() as i64 / 1000;
        format!("{group}|{}|{:.2}|{mean}", off * 60, off as f64 * 0.12)
    });
    let said = rows.iter().map(|it| {
        let saved = it["TotalAmountSaved"].as_f64().unwrap();
        let off = &it["PowerManagedMachineMinutesTurnedOff"];
        format!(
            "{}|{off}|{saved:.2}|{}",
            text(it, "DesktopGroupId"),
            it["AverageLogonDurationInSec"]
        )
    });
    (sorted(said), sorted(wanted))
}

pub(crate) fn hotfixes(raw: &Raw, rows: &[Value]) -> Both {
    let wanted = raw.only(
        "MachineHotfixLogs",
        since("CreatedDate", "2025-12-01T00:00:00Z"),
    );
    let wanted = wanted.iter().map(|it| {
        let hotfix = raw.one("Hotfixes", "Id", &it["HotfixId"]);
        format!("{}|{}", text(hotfix, "Name"), raw.machine(it))
    });
    (
        lines(rows, &["Hotfix/Name", "Machine/Name"]),
        sorted(wanted),
    )
}
