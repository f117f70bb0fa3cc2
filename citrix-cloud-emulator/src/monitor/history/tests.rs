mod summed;

use std::collections::{BTreeMap, HashSet};

use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::super::odata::{Query, Reader, read, run};
use super::super::schema::Schema;
use super::moment::{MINUTE, start_of};
use super::*;
use crate::world::{Collection, Customer, Machine, Resource, ResourceKind, Session, Site, World};

/// A Monday morning.
const NOW_TEXT: &str = "2026-01-05T08:30:00Z";

fn now() -> Timestamp {
    NOW_TEXT.parse().unwrap()
}

/// Creates a different site for each seed, with a few running sessions.
fn world(seed: u8, machines: usize) -> World {
    let mut world = World::with_machines(machines);
    let site = world.first_site_mut().unwrap();
    let id = format!("00000000-0000-4000-8000-0000000000{seed:02x}");
    let old = site.catalogs().iter().next().map(|it| it.id().to_owned());
    *site.resources_mut(ResourceKind::MachineCatalog) =
        Collection::from_iter([Resource::new("Seeded").with_id(id.as_str())]);
    let all: Vec<String> = site.machines.iter().map(|it| it.id().to_owned()).collect();
    for (number, machine) in all.iter().enumerate() {
        if let Some(mut it) = site.machines.get_mut(machine) {
            it.catalog_id = id.clone();
            it.last_connection = None;
        }
        if number % 3 == 1 {
            let started = now() - SignedDuration::from_mins(17 * number as i64 + 3);
            let user = format!(r"DEMOLAB\live{number}");
            let mut session = Session::new(user, number as u32, machine.as_str()).started(started);
            if number % 2 == 0 {
                session = session.disconnected();
            }
            site.start_session(session);
        }
        if number % 7 == 2
            && let Some(mut it) = site.machines.get_mut(machine)
        {
            *it = it.clone().unregistered();
        }
    }
    assert!(old.is_some());
    world
}

fn history(seed: u8, machines: usize) -> History {
    let world = world(seed, machines);
    let customer = &world.customers()[0];
    let snapshot = Snapshot::of(Some(customer), customer, &SessionLog::default(), now());
    History::at(Arc::new(snapshot), moment(now()))
}

/// Creates a customer with several sites and a few machines in each.
fn history_of_sites(sites: u8) -> History {
    let customer = (0..sites).fold(Customer::new("several"), |it, nth| {
        let id = format!("00000000-0000-4000-8000-0000000000{nth:02x}");
        let mut site = Site::new(id, format!("site{nth}"));
        let group = site.resources(ResourceKind::DeliveryGroup).iter().next();
        let group = group.unwrap().id().to_owned();
        let catalog = site.catalogs().iter().next().unwrap().id().to_owned();
        for uid in 1..=6 {
            // The names are the same in every site.
            let id = format!("00000000-0000-4000-8000-00000000{nth:02x}{uid:02x}");
            let name = format!(r"DEMOLAB\VDA{uid}");
            let machine = Machine::new(name, uid, catalog.as_str()).with_id(id.as_str());
            site.machines
                .push(machine.in_delivery_group(group.as_str()));
            if uid % 3 == 1 {
                let user = format!(r"DEMOLAB\live{uid}");
                let started = now() - SignedDuration::from_mins(90);
                site.start_session(Session::new(user, uid, id).started(started));
            }
        }
        it.with_site(site)
    });
    let snapshot = Snapshot::of(Some(&customer), &customer, &SessionLog::default(), now());
    History::at(Arc::new(snapshot), moment(now()))
}

fn ask(set: &str, filter: &str) -> Query {
    let set = Schema::get().listed(set).unwrap();
    let query = read(set, |name| {
        (name == "$filter" && !filter.is_empty()).then_some(filter)
    });
    query.unwrap_or_else(|wrong| panic!("{filter}: {wrong:?}"))
}

fn rows(history: &History, query: &Query) -> Vec<Row> {
    let reader = Reader::new(history, u64::MAX);
    run(query, &reader, usize::MAX).unwrap().rows
}

fn value<'a>(set: &str, row: &'a Row, column: &str) -> &'a Value {
    &row[Schema::get().listed(set).unwrap().column(column).unwrap()]
}

fn at(set: &str, row: &Row, column: &str) -> Option<i64> {
    match value(set, row, column) {
        Value::Time(at) => Some(moment(*at)),
        _ => None,
    }
}

fn number(set: &str, row: &Row, column: &str) -> Option<i64> {
    let number = value(set, row, column).number();
    #[expect(clippy::cast_possible_truncation, reason = "they are whole")]
    number.map(|it| it.round() as i64)
}

fn count(set: &str, row: &Row, column: &str) -> i64 {
    number(set, row, column).unwrap_or_else(|| panic!("no {column}"))
}

/// Sets with a row for every five minutes of each machine.
const DENSE: [&str; 1] = ["LoadIndexes"];

#[test]
fn every_row_has_values_of_the_right_types_and_a_key_of_its_own() {
    let filled = filled_sets(&history(1, 14));
    assert!(filled > 40, "{filled} sets have rows");
}

#[test]
fn rows_of_several_sites_have_keys_of_their_own_and_no_site_is_nothing_wrong() {
    let history = history_of_sites(3);
    let filled = filled_sets(&history);
    assert!(filled > 40, "{filled} sets have rows");
    let logons = |site: u32| {
        let machines = history.snapshot.machines.chunks(6).nth(site as usize);
        let ids: Vec<Value> = machines
            .unwrap()
            .iter()
            .map(|it| Value::Guid(it.id))
            .collect();
        let all = rows(&history, &ask("Sessions", "EndDate ne null"));
        let here = all
            .iter()
            .filter(|it| ids.contains(value("Sessions", it, "MachineId")));
        here.map(|it| at("Sessions", it, "StartDate"))
            .collect::<HashSet<_>>()
    };
    let (one, other) = (logons(0), logons(1));
    assert!(one.len() > 100, "{} sessions", one.len());
    let common = one.intersection(&other).count();
    assert!(
        common * 10 < one.len(),
        "{common} sessions begin at one moment in two sites"
    );
    filled_sets(&history_of_sites(0));
}

/// Counts the sets that have rows, and checks all rows.
fn filled_sets(history: &History) -> usize {
    let mut filled = 0;
    for set in Schema::get().sets.iter().filter(|it| it.is_listed) {
        let filter = if DENSE.contains(&set.name) {
            "CreatedDate ge 2026-01-04"
        } else {
            ""
        };
        let all = rows(history, &ask(set.name, filter));
        filled += usize::from(!all.is_empty());
        let mut keys = HashSet::new();
        for row in &all {
            assert_eq!(row.len(), set.columns.len(), "{}", set.name);
            for (column, value) in set.columns.iter().zip(row) {
                let fits = match value {
                    Value::Null => !set
                        .key
                        .iter()
                        .any(|it| set.columns[*it].name == column.name),
                    Value::Bool(_) => column.of == Type::Bool,
                    Value::Int(_) => column.of == Type::Int,
                    Value::Double(it) => column.of == Type::Double && it.is_finite(),
                    Value::Text(_) => column.of == Type::Text,
                    Value::Guid(_) => column.of == Type::Guid,
                    Value::Time(at) => column.of == Type::Time && *at <= now(),
                    Value::Empty => column.of == Type::List,
                };
                assert!(fits, "{}.{} is {value:?}", set.name, column.name);
            }
            let key: Vec<Value> = set.key.iter().map(|it| row[*it].clone()).collect();
            assert!(keys.insert(key.clone()), "{} has {key:?} twice", set.name);
        }
    }
    filled
}

#[test]
fn the_same_world_has_the_same_past_and_another_one_another() {
    let keys = |seed| {
        let all = rows(&history(seed, 6), &ask("Sessions", "EndDate ne null"));
        all.into_iter()
            .map(|it| it[0].clone())
            .collect::<HashSet<_>>()
    };
    let (one, again, other) = (keys(1), keys(1), keys(2));
    assert!(one.len() > 300, "{} sessions", one.len());
    assert_eq!(one, again);
    assert_eq!(one.intersection(&other).count(), 0);
}

#[test]
fn rows_past_their_retention_are_gone_and_none_are_in_the_future() {
    let history = history(3, 14);
    for (set, column, days) in [
        ("Sessions", "EndDate", 90),
        ("ConnectionFailureLogs", "FailureDate", 90),
        ("MachineFailureLogs", "FailureStartDate", 90),
        ("LoadIndexSummaries", "SummaryDate", 90),
        ("SessionMetrics", "CreatedDate", 8),
        ("MachineMetric", "CollectedDate", 3),
        ("ResourceUtilization", "CollectedDate", 1),
        ("ProcessUtilizationHourSummary", "SummaryDate", 7),
        ("ProcessUtilizationDaySummary", "SummaryDate", 30),
        ("ApplicationFaults", "FaultReportedDate", 2),
    ] {
        let all = rows(&history, &ask(set, ""));
        let moments: Vec<i64> = all.iter().filter_map(|it| at(set, it, column)).collect();
        let (first, last) = (moments.iter().min().unwrap(), moments.iter().max().unwrap());
        let now = moment(now());
        assert!(*first >= now - days * DAY, "{set}");
        let is_rare = set.starts_with("Application") || set.contains("Failure");
        assert!(*first < now - (days - 1) * DAY || is_rare, "{set}");
        assert!(*last <= now, "{set}");
    }
    for (granularity, days) in [(1, 3), (60, 32), (1440, 90)] {
        let filter = format!("Granularity eq {granularity}");
        let set = "SessionActivitySummaries";
        let all = rows(&history, &ask(set, &filter));
        let length = granularity * MINUTE;
        let starts: Vec<i64> = all
            .iter()
            .filter_map(|it| at(set, it, "SummaryDate"))
            .collect();
        let (first, last) = (starts.iter().min().unwrap(), starts.iter().max().unwrap());
        let now = moment(now());
        assert!(*first >= now - days * DAY && *first < now - (days - 1) * DAY);
        // Unfinished intervals have no row.
        assert!(*last + length <= now, "{granularity}");
        assert!(starts.iter().all(|it| it % length == 0));
    }
}

/// Builds a condition from the values of some row.
fn condition(set: &'static Set, rows: &[Row], picks: &[(usize, usize, u8)]) -> String {
    let mut parts = Vec::new();
    for (row, column, by) in picks {
        let column = column % set.columns.len();
        let value = &rows[row % rows.len()][column];
        let name = set.columns[column].name;
        let by = ["eq", "ge", "lt", "gt", "le", "ne"][usize::from(by % 6)];
        let is_ordered = matches!(value, Value::Time(_) | Value::Int(_));
        match value {
            Value::Empty => {}
            Value::Null => parts.push(format!("{name} eq null")),
            Value::Text(it) => parts.push(format!("{name} eq '{}'", it.replace('\'', "''"))),
            Value::Guid(it) => parts.push(format!("{name} eq {it}")),
            Value::Double(it) => parts.push(format!("{name} ge {it:?}")),
            other => {
                let written = serde_json::to_string(other).unwrap().replace('"', "");
                let by = if is_ordered { by } else { "eq" };
                parts.push(format!("{name} {by} {written}"));
            }
        }
    }
    parts.join(" and ")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Rows that a condition excludes do not match it.
    #[test]
    fn bounds_of_a_query_hide_no_rows(
        seed in 0_u8..4,
        picks in proptest::collection::vec((any::<usize>(), any::<usize>(), any::<u8>()), 1..4),
    ) {
        let history = history(seed, 4);
        for set in Schema::get().sets.iter().filter(|it| it.is_listed) {
            let filter = if DENSE.contains(&set.name) { "CreatedDate ge 2026-01-04" } else { "" };
            let all = rows(&history, &ask(set.name, filter));
            if all.is_empty() {
                continue;
            }
            let condition = condition(set, &all, &picks);
            if condition.is_empty() {
                continue;
            }
            let both = if filter.is_empty() { condition } else { format!("{filter} and {condition}") };
            let query = ask(set.name, &both);
            let bounded = rows(&history, &query);
            let reader = Reader::new(&history, u64::MAX);
            let wanted: Vec<&Row> = all
                .iter()
                .filter(|it| reader.holds(query.view.filter.as_ref(), it).unwrap())
                .collect();
            prop_assert_eq!(bounded.len(), wanted.len(), "{}: {}", set.name, both);
            prop_assert_eq!(bounded.iter().collect::<Vec<_>>(), wanted);
        }
    }

    /// Every summary agrees with the rows that it summarizes.
    #[test]
    fn summaries_match_the_raw_rows(seed in any::<u8>(), machines in 3_usize..9, back in 1_i32..4) {
        let history = history(seed, machines);
        let day = day_of(moment(now())) - back;
        sessions(&history, day)?;
        failures(&history, day)?;
        loads(&history, day)?;
        summed::logons(&history, day)?;
        summed::applications(&history, day)?;
        summed::resources(&history)?;
        // Hourly rows are kept for three days.
        if back < 3 {
            summed::disks(&history, day)?;
        }
    }
}

/// Returns the rows of a summary for one day, by granularity and start.
fn summaries(history: &History, set: &'static str, day: i32) -> BTreeMap<(i64, i64), Vec<Row>> {
    let mut all: BTreeMap<(i64, i64), Vec<Row>> = BTreeMap::new();
    let (from, to) = (start_of(day), start_of(day + 1));
    let time = |it| Timestamp::from_millisecond(it).unwrap();
    let filter = format!(
        "SummaryDate ge {} and SummaryDate lt {}",
        time(from),
        time(to)
    );
    for row in rows(history, &ask(set, &filter)) {
        let start = at(set, &row, "SummaryDate").unwrap();
        let key = (count(set, &row, "Granularity"), start);
        all.entry(key).or_default().push(row);
    }
    all
}

/// Returns the maximum number of periods in one minute, counted minute by minute.
fn most(spans: &[(i64, i64)], from: i64, to: i64) -> i64 {
    let mut best = 0;
    let mut minute = from;
    while minute < to {
        let here = spans
            .iter()
            .filter(|it| it.0 < minute + MINUTE && it.1 > minute);
        best = best.max(here.count());
        minute += MINUTE;
    }
    best as i64
}

fn sessions(history: &History, day: i32) -> Result<(), TestCaseError> {
    let set = "SessionActivitySummaries";
    let all = rows(history, &ask("Sessions", "FailureId eq null"));
    let span = |it: &Row| {
        let end = at("Sessions", it, "EndDate").unwrap_or(i64::MAX);
        (at("Sessions", it, "StartDate").unwrap(), end)
    };
    let spans: Vec<_> = all.iter().map(span).collect();
    let mut checked = HashSet::new();
    for ((granularity, from), rows) in summaries(history, set, day) {
        // There are many minutes, so check every seventh.
        if granularity == 1 && (from / MINUTE) % 7 != 0 {
            continue;
        }
        let to = from + granularity * MINUTE;
        let [row] = rows.as_slice() else {
            return Err(TestCaseError::fail("one group has one row"));
        };
        prop_assert_eq!(
            count(set, row, "ConcurrentSessionCount"),
            most(&spans, from, to)
        );
        let begun = all.iter().filter(|it| (from..to).contains(&span(it).0));
        let logons: Vec<i64> = begun
            .map(|it| count("Sessions", it, "LogOnDuration"))
            .collect();
        prop_assert_eq!(count(set, row, "TotalLogOnCount"), logons.len() as i64);
        prop_assert_eq!(
            count(set, row, "TotalLogOnDuration"),
            logons.iter().sum::<i64>()
        );
        checked.insert(granularity);
    }
    prop_assert!(checked.len() >= 2, "{checked:?}");
    Ok(())
}

fn failures(history: &History, day: i32) -> Result<(), TestCaseError> {
    let set = "FailureLogSummaries";
    let connections = rows(history, &ask("ConnectionFailureLogs", ""));
    let machines = rows(history, &ask("MachineFailureLogs", ""));
    let (from, to) = (start_of(day), start_of(day + 1));
    let mut wanted: BTreeMap<(i64, i64), i64> = BTreeMap::new();
    for row in &connections {
        let when = at("ConnectionFailureLogs", row, "FailureDate").unwrap();
        if (from..to).contains(&when) {
            let code = count("ConnectionFailureLogs", row, "ConnectionFailureEnumValue");
            *wanted.entry((1, code)).or_default() += 1;
        }
    }
    let mut spans: BTreeMap<i64, Vec<(i64, i64)>> = BTreeMap::new();
    for row in &machines {
        let start = at("MachineFailureLogs", row, "FailureStartDate").unwrap();
        let end = at("MachineFailureLogs", row, "FailureEndDate").unwrap_or(i64::MAX);
        let state = count("MachineFailureLogs", row, "FaultState");
        spans.entry(state).or_default().push((start, end));
    }
    for (state, spans) in spans {
        let most = most(&spans, from, to);
        if most > 0 {
            wanted.insert((2, state), most);
        }
    }
    let said = summaries(history, set, day)
        .remove(&(1440, from))
        .unwrap_or_default();
    let said: BTreeMap<(i64, i64), i64> = said
        .iter()
        .map(|it| {
            let key = (
                count(set, it, "FailureCategory"),
                count(set, it, "FailureCode"),
            );
            (key, count(set, it, "FailureCount"))
        })
        .collect();
    prop_assert_eq!(said, wanted);
    Ok(())
}

fn loads(history: &History, day: i32) -> Result<(), TestCaseError> {
    let set = "LoadIndexSummaries";
    let time = |it| Timestamp::from_millisecond(it).unwrap();
    let (from, to) = (start_of(day), start_of(day + 1));
    let filter = format!(
        "CreatedDate ge {} and CreatedDate lt {}",
        time(from),
        time(to)
    );
    let samples = rows(history, &ask("LoadIndexes", &filter));
    let mut wanted: BTreeMap<(i64, i64, String), (i64, i64, i64)> = BTreeMap::new();
    for row in &samples {
        let when = at("LoadIndexes", row, "CreatedDate").unwrap();
        let machine = format!("{:?}", value("LoadIndexes", row, "MachineId"));
        for granularity in [60, 1440] {
            let start = when - (when - from) % (granularity * MINUTE);
            let sum = wanted
                .entry((granularity, start, machine.clone()))
                .or_default();
            sum.0 += 1;
            sum.1 += count("LoadIndexes", row, "EffectiveLoadIndex");
            sum.2 += count("LoadIndexes", row, "Memory");
        }
    }
    let mut said = BTreeMap::new();
    for ((granularity, start), rows) in summaries(history, set, day) {
        for row in rows {
            let machine = format!("{:?}", value(set, &row, "MachineId"));
            let sums = ["SumCount", "SumLoadIndex", "SumMemory"].map(|it| count(set, &row, it));
            said.insert((granularity, start, machine), (sums[0], sums[1], sums[2]));
        }
    }
    prop_assert_eq!(said, wanted);
    Ok(())
}
