//! Queries of the Monitor service.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use citrix_cloud::monitor::{Aggregate, Expand, column};
use citrix_cloud::{ApiVersion, Client, Credentials, ErrorKind, FileTokenStore};
use citrix_cloud_emulator::{Emulator, Limits, ids};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;

use super::{asked, start};

/// Starts an emulator whose clock stands still, so that two queries return the same rows.
fn standing() -> Emulator {
    let emulator = Emulator::default();
    emulator.clock().freeze();
    emulator
}

/// The whole period that the emulator has data for.
async fn span(client: &Client, set: &str, by: &str) -> (Timestamp, Timestamp) {
    let first = client.monitor().query(set).order_by(by).top(1);
    let last = client.monitor().query(set).order_by_descending(by).top(1);
    let time = |rows: Vec<Value>| rows[0][by].as_str().unwrap().parse::<Timestamp>().unwrap();
    let first = time(first.json_rows().collect().await.unwrap());
    let last = time(last.json_rows().collect().await.unwrap());
    (first, last + Duration::from_secs(1))
}

#[tokio::test]
async fn links_are_followed_to_the_end_and_as_many_rows_come_as_are_counted() {
    let emulator = standing();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let query = client.monitor().query("LoadIndexes").select(["Id"]);
    let count = query.clone().count().await.unwrap();
    let mut pages = query.pages::<Value>();
    let (mut sizes, mut ids) = (Vec::new(), std::collections::BTreeSet::new());
    while let Some(page) = pages.try_next().await.unwrap() {
        sizes.push(page.items.len());
        ids.extend(page.items.iter().map(|row| row["Id"].to_string()));
    }
    assert!(sizes.len() > 2, "{sizes:?}");
    assert_eq!(sizes.iter().sum::<usize>() as u64, count);
    assert_eq!(ids.len() as u64, count, "each row once");
}

#[tokio::test]
async fn windows_give_the_rows_of_one_query_in_its_order() {
    let emulator = standing();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let (from, until) = span(&client, "Sessions", "StartDate").await;
    let all = client
        .monitor()
        .query("Sessions")
        .select(["SessionKey", "StartDate"]);
    let whole = all
        .clone()
        .order_by("StartDate")
        .json_rows()
        .collect()
        .await
        .unwrap();
    let week = Duration::from_secs(7 * 24 * 3600);
    let split = all.windowed("StartDate", from, until, week).json_rows();
    let split = split.collect().await.unwrap();
    assert!(whole.len() > 50, "{}", whole.len());
    assert_eq!(split, whole);
}

#[tokio::test]
async fn fifty_tasks_never_have_two_queries_in_flight() {
    let emulator = Emulator::builder()
        .latency(Duration::from_millis(5))
        .build();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let tasks = (0..50).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.monitor().query("Machines").count().await })
    });
    for task in tasks.collect::<Vec<_>>() {
        assert!(task.await.unwrap().unwrap() > 0);
    }
    let asked = asked(&emulator);
    let queries = asked.iter().filter(|(it, _)| it.contains("/monitorodata/"));
    let statuses: Vec<u16> = queries.map(|(_, status)| *status).collect();
    assert_eq!(statuses, [200; 50]);
}

/// The variables that tell another process where the emulator and the token store are.
const ENDPOINT: &str = "MONITOR_TEST_ENDPOINT";
const TOKENS: &str = "MONITOR_TEST_TOKENS";

/// Each sends the same number of queries.
const QUERIES: usize = 25;

fn with_store(endpoint: &str, tokens: &Path) -> Client {
    let credentials = Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID);
    Client::builder()
        .credentials(credentials.unwrap())
        .endpoint(endpoint)
        .token_store(FileTokenStore::new(tokens).unwrap())
        .build()
        .unwrap()
}

async fn ask_at_once(client: &Client) {
    let tasks = (0..QUERIES).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.monitor().query("Machines").count().await })
    });
    for task in tasks.collect::<Vec<_>>() {
        assert!(task.await.unwrap().unwrap() > 0);
    }
}

#[tokio::test]
#[ignore = "another test runs it as a process of its own"]
async fn asks_from_a_process_of_its_own() {
    let (endpoint, tokens) = (std::env::var(ENDPOINT), std::env::var_os(TOKENS));
    let client = with_store(&endpoint.unwrap(), Path::new(&tokens.unwrap()));
    ask_at_once(&client).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_clients_and_two_processes_never_have_two_queries_in_flight() {
    let emulator = Emulator::builder()
        .latency(Duration::from_millis(5))
        .build();
    let server = emulator.serve("127.0.0.1:0".parse().unwrap()).await;
    let endpoint = server.as_ref().unwrap().url();
    let folder = tempfile::tempdir().unwrap();
    let tokens = folder.path().join("tokens");
    let process = || {
        tokio::process::Command::new(std::env::current_exe().unwrap())
            .args(["--ignored", "--exact"])
            .arg("stories::monitor::asks_from_a_process_of_its_own")
            .env(ENDPOINT, endpoint)
            .env(TOKENS, &tokens)
            .output()
    };
    let clients = [0, 1].map(|_| with_store(endpoint, &tokens));
    let (one, other, (), ()) = tokio::join!(
        process(),
        process(),
        ask_at_once(&clients[0]),
        ask_at_once(&clients[1]),
    );
    for ended in [one.unwrap(), other.unwrap()] {
        let said = String::from_utf8_lossy(&ended.stdout);
        assert!(
            ended.status.success() && said.contains("1 passed"),
            "{said}"
        );
    }
    // The emulator rejects a second one.
    let asked = asked(&emulator);
    let queries = asked.iter().filter(|(it, _)| it.contains("/monitorodata/"));
    let statuses: Vec<u16> = queries.map(|(_, status)| *status).collect();
    assert_eq!(statuses, [200; 4 * QUERIES]);
}

#[tokio::test]
async fn clients_of_one_process_wait_for_one_another_without_a_store() {
    let emulator = Emulator::builder()
        .latency(Duration::from_millis(5))
        .build();
    let (server, client) = start(&emulator, ApiVersion::Current).await;
    let other = Client::builder()
        .credentials(
            Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID).unwrap(),
        )
        .endpoint(server.url())
        .build()
        .unwrap();
    tokio::join!(ask_at_once(&client), ask_at_once(&other));
    let asked = asked(&emulator);
    let refused = asked.iter().filter(|it| it.1 == 429);
    assert_eq!(refused.count(), 0);
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Group {
    connection_state: i64,
    n: u64,
    longest: Option<f64>,
}

#[tokio::test]
async fn aggregates_match_the_rows() {
    let emulator = standing();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let finished = client.monitor().query("Sessions").filter(
        column("LogOnDuration")
            .gt(0)
            .and(column("User/UserName").is_not_null()),
    );
    let rows = finished
        .clone()
        .select(["ConnectionState", "LogOnDuration"]);
    let mut expected = BTreeMap::<i64, (u64, f64)>::new();
    for row in rows.json_rows().collect().await.unwrap() {
        let group = expected
            .entry(row["ConnectionState"].as_i64().unwrap())
            .or_default();
        group.0 += 1;
        group.1 = group.1.max(row["LogOnDuration"].as_f64().unwrap());
    }
    let computed = [
        Aggregate::count_distinct("SessionKey", "N"),
        Aggregate::max("LogOnDuration", "Longest"),
    ];
    let groups = finished
        .aggregate(["ConnectionState"], computed)
        .rows::<Group>();
    let groups = groups.collect().await.unwrap().into_iter();
    let groups: BTreeMap<_, _> = groups
        .map(|it| (it.connection_state, (it.n, it.longest.unwrap())))
        .collect();
    assert!(!groups.is_empty());
    assert_eq!(groups, expected);
}

#[tokio::test]
async fn expanded_navigations_are_included_and_quotes_in_names_are_escaped() {
    let emulator = Emulator::default();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let group = Expand::new("DesktopGroup").select(["Name"]);
    let machine = Expand::new("Machine").select(["Name"]).expand(group);
    let sessions = client.monitor().query("Sessions").expand(machine).top(3);
    let rows = sessions.json_rows().collect().await.unwrap();
    assert_eq!(rows.len(), 3);
    for row in rows {
        assert!(row["Machine"]["DesktopGroup"]["Name"].is_string(), "{row}");
    }
    let odd = client.monitor().query("Users");
    let odd = odd.filter(column("UserName").eq("x' or 1 eq 1 or UserName eq '&$top=9"));
    assert_eq!(odd.count().await.unwrap(), 0);
}

#[tokio::test]
async fn a_query_that_takes_too_long_says_how_to_narrow_it() {
    let limits = Limits {
        monitor_rows: 10,
        ..Limits::default()
    };
    let emulator = Emulator::builder().limits(limits).build();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let error = client
        .monitor()
        .query("LoadIndexes")
        .count()
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(504));
    assert!(error.to_string().contains("windowed"), "{error}");
    // A retry would take another 30 s and end in the same way.
    let queries = asked(&emulator).into_iter();
    let queries = queries.filter(|(it, _)| it.contains("/monitorodata/"));
    assert_eq!(queries.map(|(_, status)| status).collect::<Vec<_>>(), [504]);
}

#[tokio::test]
async fn impossible_requests_are_rejected_before_anything_is_sent() {
    let emulator = Emulator::default();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let monitor = client.monitor();
    let now = Timestamp::now();
    let hour = Duration::from_secs(3600);
    for query in [
        monitor.query("Machines(1)"),
        monitor.query("../cvad/manage/Machines"),
        monitor.query("Machines").select(["Name&$top=1"]),
        monitor.query("Machines").expand(Expand::new("A;B")),
        monitor.query("Machines").aggregate([] as [&str; 0], []),
        monitor
            .query("Machines")
            .select(["Name"])
            .aggregate(["Name"], []),
        monitor
            .query("Sessions")
            .windowed("StartDate", now - hour, now, Duration::ZERO),
        monitor
            .query("Sessions")
            .top(1)
            .windowed("StartDate", now - hour, now, hour),
        monitor
            .query("Sessions")
            .windowed("StartDate", Timestamp::MIN, now, hour),
    ] {
        let error = query.json_rows().collect().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input, "{error}");
    }
    let error = monitor.query("Machines").top(1).count().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert!(asked(&emulator).is_empty());
}

#[tokio::test]
async fn raw_text_covers_what_has_no_method() {
    let emulator = standing();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let finished = client.monitor().query("Sessions");
    let finished = finished.filter(column("LogOnDuration").gt(0));
    let computed = [Aggregate::count_distinct("SessionKey", "N")];
    let built = finished.clone().aggregate(["User/UserName"], computed);
    let text = "groupby((User/UserName),aggregate(SessionKey with countdistinct as N))";
    let built = built.json_rows().collect().await.unwrap();
    let written = finished.apply_text(text).json_rows().collect().await;
    assert!(built.len() > 1 && built[0]["User"]["UserName"].is_string());
    assert_eq!(built, written.unwrap());
    for row in &built {
        assert!(!row.to_string().contains("@odata.id"), "{row}");
    }

    let machines = client.monitor().query("Machines").select(["Name"]);
    let newest = machines.expand_text("Sessions($orderby=StartDate desc;$top=1)");
    let newest = newest.json_rows().collect().await.unwrap();
    assert!(
        newest
            .iter()
            .any(|row| row["Sessions"][0]["StartDate"].is_string())
    );
}

#[tokio::test]
async fn the_message_about_an_invalid_query_is_complete() {
    let emulator = Emulator::default();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let wrong = client
        .monitor()
        .query("Machines")
        .filter(column("Nam").eq("x"));
    let error = wrong.count().await.unwrap_err();
    assert_eq!(error.status(), Some(400));
    assert!(
        error
            .message()
            .starts_with("The query specified in the URI is not valid. ")
            && error.message().ends_with('.')
            && error.message().contains("Nam"),
        "{error}"
    );
}
