//! Administrators' questions: the result of each query matches the raw rows.

use serde_json::Value;

use crate::client::Office;
use crate::raw::{Both, Raw};
use failures::*;
use machines::*;
use sessions::*;

#[path = "questions/failures.rs"]
mod failures;
#[path = "questions/machines.rs"]
mod machines;
#[path = "questions/sessions.rs"]
mod sessions;

/// The questions' numbers, and the query for each.
const QUERIES: &str = include_str!("../../../tests/facts/monitor/questions.tsv");

/// Evaluates the response to a question.
type Check = fn(&Raw, &[Value]) -> Both;

/// In the order of the questions.
const CHECKS: [Check; 44] = [
    hours,
    days,
    site_hours,
    means,
    phases,
    one_logon,
    slow,
    reasons,
    long_reasons,
    failing_users,
    failure_hours,
    black_holes,
    failed_machines,
    open_failures,
    unregistered,
    maintenance,
    registrations,
    versions,
    application_use,
    unused_applications,
    who_used,
    empty_machines,
    idle_days,
    last_uses,
    loads_now,
    load_hours,
    long_gone,
    idle_now,
    one_user,
    then,
    clients,
    locations,
    round_trips,
    reconnects,
    crashes,
    processes,
    users_of_a_day,
    powered_on,
    savings,
    alerts,
    profiles,
    outages,
    hotfixes,
    failed_tasks,
];

#[tokio::test]
async fn the_result_of_each_question_matches_the_raw_rows() {
    let office = Office::patient().await;
    let raw = Raw::of(&office).await;
    let mut wrong = Vec::new();
    let queries: Vec<_> = QUERIES.lines().skip(1).collect();
    assert_eq!(queries.len(), CHECKS.len());
    for (number, (line, check)) in queries.into_iter().zip(CHECKS).enumerate() {
        let (id, query) = line.split_once('\t').unwrap();
        assert_eq!(id, format!("A{:02}", number + 1));
        let rows = office.rows(query).await;
        let (said, wanted) = check(&raw, &rows);
        if said != wanted || said.is_empty() {
            let only = |one: &[String], two: &[String]| {
                let only = one.iter().filter(|it| !two.contains(it)).take(3);
                only.cloned().collect::<Vec<_>>()
            };
            let (more, less) = (only(&said, &wanted), only(&wanted, &said));
            wrong.push(format!(
                "{id}: {} rows said, {} wanted\n  too much {more:?}\n  missing {less:?}",
                said.len(),
                wanted.len()
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
