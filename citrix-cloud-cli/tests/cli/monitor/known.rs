//! The program's knowledge of the service, for which nothing is sent.

use serde_json::Value;

use crate::stage::{Ran, program};

fn monitor(words: &[&str]) -> Ran {
    Ran::of(program().arg("monitor").args(words))
}

fn json(words: &[&str]) -> Value {
    monitor(&[words, &["--output", "json"]].concat()).json()
}

#[test]
fn sets_are_listed_without_credentials() {
    let all = json(&["sets"]);
    assert_eq!(all.as_array().unwrap().len(), 74);
    let table = monitor(&["sets", "loadindex"]).ok();
    let names: Vec<&str> = table
        .lines()
        .skip(1)
        .filter_map(|it| it.split(' ').next())
        .collect();
    assert_eq!(names[..2], ["LoadIndexSummaries", "LoadIndexes"]);
    let none = monitor(&["sets", "xyzzy"]);
    assert_eq!((none.code, none.stderr.as_str()), (Some(0), "no sets\n"));
}

#[test]
fn a_set_is_described_with_units_enumerations_and_navigations() {
    let table = monitor(&["describe", "sessions"]).ok();
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let lines: Vec<String> = table.lines().map(words).collect();
    for expected in [
        "Sessions: Current and past sessions.",
        "SessionKey guid - key Key.",
        "Connections rows of Connections",
        "User a row of Users",
    ] {
        assert!(lines.iter().any(|it| it == expected), "{expected}: {table}");
    }
    let duration = lines.iter().find(|it| it.starts_with("LogOnDuration "));
    assert!(duration.unwrap().starts_with("LogOnDuration int ms - "));
    let state = lines.iter().find(|it| it.starts_with("ConnectionState "));
    assert!(
        state
            .unwrap()
            .starts_with("ConnectionState ConnectionState - indexed ")
    );
    let described = json(&["describe", "Sessions"]);
    assert_eq!(described["time"], "StartDate");
    assert_eq!(described["key"][0], "SessionKey");
    let type_alone = monitor(&["describe", "SessionMetricsLatest"]).ok();
    assert!(
        type_alone.contains("Only navigations lead here."),
        "{type_alone}"
    );
}

#[test]
fn enumerations_are_found_by_their_name_and_by_a_column() {
    let numbers = json(&["enums", "connectionstate"]);
    let active = numbers
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["value"] == 5);
    assert_eq!(active.unwrap()["name"], "Active");
    let by_column = monitor(&["enums", "FaultState"]).ok();
    assert!(by_column.contains("4      Unregistered"), "{by_column}");
    assert_eq!(json(&["enums"]).as_array().unwrap().len(), 45);
}

#[test]
fn unknown_names_are_rejected_with_suggestions() {
    let refused = monitor(&["describe", "Sesions"]).failed_with(4);
    assert_eq!(
        refused,
        "error: there is no set `Sesions`\nhint: did you mean Sessions or SpaSessions?\n"
    );
    let refused = monitor(&["enums", "PowerStatCode"]).failed_with(4);
    assert!(refused.contains("did you mean PowerStateCode"), "{refused}");
}
