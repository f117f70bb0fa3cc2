//! The typed sets of Monitor, compared with the tables and with the emulator.

use std::collections::{BTreeMap, BTreeSet};

use citrix_cloud::ApiVersion;
use citrix_cloud::monitor::{
    ALL, ConnectionState, Described, Expand, Session, machine, session, user,
};
use citrix_cloud_emulator::Emulator;
use jiff::Timestamp;
use serde::Deserialize;

use super::{asked, start};

/// Returns the rows of a table of facts, as cells.
fn table(name: &str) -> Vec<Vec<String>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("facts/monitor");
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    let lines = text.lines().skip(1);
    lines
        .map(|it| it.split('\t').map(|cell| cell.trim().to_owned()).collect())
        .collect()
}

/// The name of each set or type in the tables, and its description here.
fn described() -> BTreeMap<&'static str, &'static Described> {
    let name = |it: &'static Described| if it.set.is_empty() { it.model } else { it.set };
    ALL.iter().map(|it| (name(it), *it)).collect()
}

#[test]
fn sets_columns_kinds_and_navigations_are_those_of_the_tables() {
    let all = described();
    assert_eq!(all.len(), ALL.len());
    let sets = table("entities.tsv");
    for set in &sets {
        assert_eq!(all[set[0].as_str()].model, set[1]);
    }
    let listed = ALL.iter().filter(|it| !it.set.is_empty()).count();
    assert_eq!((listed, sets.len()), (74, 74));
    let enums: BTreeSet<String> = table("enums.tsv")
        .into_iter()
        .map(|it| it[0].clone())
        .collect();
    let navigations = table("navigation.tsv");
    // Types without a navigation to them cannot be queried.
    let led_to = |it: &str| {
        navigations
            .iter()
            .any(|row| row[2].trim_end_matches(" (type)") == it)
    };
    let mut columns = 0;
    for row in table("properties.tsv") {
        let [set, name, of, _, _, enumeration] = &row[..6] else {
            panic!("{row:?}")
        };
        let Some(found) = all.get(set.as_str()) else {
            assert!(!led_to(set), "{set} is missing");
            continue;
        };
        let kind = found.columns.iter().find(|it| it.0 == name);
        let kind = kind.unwrap_or_else(|| panic!("{set}.{name} is missing")).1;
        let expected = match of.as_str() {
            _ if enums.contains(enumeration) => enumeration,
            "string" => "Text",
            "guid" => "Guid",
            "datetime" => "Time",
            "bool" => "Bool",
            "array" => "List",
            "double" | "int64 or double" => "Double",
            of if of.ends_with("double elsewhere") || of.starts_with('?') => "Double",
            of if of.starts_with("int") => "Int",
            of => panic!("{of} is no type that this test knows"),
        };
        assert_eq!(kind, expected, "{set}.{name}");
        // Only other people's programs know it, and a service that does not rejects the query.
        let is_absent = row[9] == "absent";
        assert_eq!(
            found.named.contains(&name.as_str()),
            !is_absent,
            "{set}.{name}"
        );
        columns += 1;
    }
    assert_eq!(
        columns,
        ALL.iter().map(|it| it.columns.len()).sum::<usize>()
    );
    let models: BTreeMap<&str, &str> = all.iter().map(|(name, it)| (*name, it.model)).collect();
    for row in &navigations {
        let target = models[row[2].trim_end_matches(" (type)")];
        let expected = (row[1].as_str(), target, row[3] == "*");
        let found = all[row[0].as_str()].navigations;
        assert!(found.contains(&expected), "{row:?} is not among {found:?}");
    }
}

#[tokio::test]
async fn every_column_and_navigation_that_can_be_named_is_understood() {
    let emulator = Emulator::default();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let monitor = client.monitor();
    for it in ALL.iter().filter(|it| !it.set.is_empty()) {
        let query = monitor
            .query(it.set)
            .select(it.named.iter().copied())
            .top(1);
        let query = it
            .navigations
            .iter()
            .fold(query, |query, (name, target, many)| {
                let target = ALL.iter().find(|it| it.model == *target).unwrap();
                let expand = Expand::new(*name).select(target.named.iter().copied());
                query.expand(if *many { expand.top(1) } else { expand })
            });
        let rows = query.json_rows().collect().await;
        rows.unwrap_or_else(|error| panic!("{}: {error}", it.set));
    }
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Mean {
    connection_state: ConnectionState,
    n: u64,
    mean: Option<f64>,
}

#[tokio::test]
async fn a_query_is_written_as_odata_and_its_rows_are_read_into_types() {
    let emulator = Emulator::default();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let monitor = client.monitor();
    let since: Timestamp = "2000-01-01T00:00:00Z".parse().unwrap();
    let odd = session::USER.user_name().ne("O'Neil; $top=1");
    let sessions = monitor
        .sessions()
        .filter(session::START_DATE.ge(since).and(odd))
        .select((session::START_DATE, session::CONNECTION_STATE))
        .expand(session::MACHINE.select(machine::NAME))
        .order_by(session::START_DATE.desc())
        .top(3);
    let rows: Vec<Session> = sessions.rows().collect().await.unwrap();
    assert_eq!(rows.len(), 3);
    assert!(rows.is_sorted_by(|one, other| one.start_date >= other.start_date));
    for row in &rows {
        let machine = row.machine.as_ref().unwrap();
        assert!(machine.name.is_some() && machine.id.is_none());
        let state = row.connection_state.unwrap();
        assert!(state.name().is_some(), "{state}");
    }
    let computed = [
        session::SESSION_KEY.count_distinct("N"),
        session::LOG_ON_DURATION.average("Mean"),
    ];
    let groups = monitor.sessions().group_by(session::CONNECTION_STATE);
    let means: Vec<Mean> = groups.aggregate(computed).rows().collect().await.unwrap();
    let ended = means
        .iter()
        .find(|it| it.connection_state == ConnectionState::TERMINATED);
    assert!(ended.unwrap().mean.unwrap() > 0.0, "{means:?}");
    let all = means.iter().map(|it| it.n).sum::<u64>();
    assert_eq!(all, monitor.sessions().count().await.unwrap());
    let slow = user::SESSIONS.any(session::LOG_ON_DURATION.gt(1));
    assert!(monitor.users().filter(slow).count().await.unwrap() > 0);
    let queries: Vec<String> = emulator
        .journal()
        .entries()
        .into_iter()
        .filter(|it| it.path.contains("/monitorodata/"))
        .map(|it| it.query.unwrap_or_default())
        .collect();
    assert!(queries[0].contains("O%27%27Neil"), "{}", queries[0]);
    assert!(asked(&emulator).iter().all(|it| it.1 == 200));
}

#[test]
fn a_number_without_a_name_is_kept() {
    let row: Session = serde_json::from_str(
        r#"{"SessionKey":null,"ConnectionState":99,"LogOnDuration":12.0,"Connections":null,
            "New":{"a":1},"StartDate":"2026-01-05T08:00:00"}"#,
    )
    .unwrap();
    assert_eq!(row.connection_state, Some(ConnectionState(99)));
    assert_eq!(ConnectionState(99).to_string(), "99");
    assert_eq!(ConnectionState::ACTIVE.to_string(), "Active");
    assert_eq!(row.log_on_duration, Some(12));
    let written = serde_json::to_value(&row).unwrap();
    assert_eq!(
        written,
        serde_json::json!({
            "ConnectionState": 99,
            "LogOnDuration": 12,
            "StartDate": "2026-01-05T08:00:00Z",
        })
    );
}
