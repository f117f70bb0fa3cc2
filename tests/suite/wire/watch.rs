//! Live copies of lists: the requests that keep them up to date, and the changes that they report.

use std::time::Duration;

use citrix_cloud::watch::Change;
use citrix_cloud::{ApiVersion, ErrorKind};
use citrix_cloud_tests::{Reply, SITE, Scripted, client_of};
use serde::Deserialize;
use tokio::time::Instant;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Row {
    name: String,
    session_count: Option<u32>,
}

fn page(items: &str, token: Option<&str>) -> Reply {
    let token = token.map_or_else(String::new, |it| format!(r#","ContinuationToken":"{it}""#));
    Reply::json(200, format!(r#"{{"Items":[{items}]{token}}}"#))
}

/// Returns a short description of a change.
fn told(change: Change<Row>) -> String {
    match change {
        Change::Init(rows) => format!("{} at first", rows.len()),
        Change::Added(row) => format!("+ {}", row.name),
        Change::Changed { before, now } => format!(
            "{} {:?} -> {:?}",
            now.name, before.session_count, now.session_count
        ),
        Change::Removed(row) => format!("- {}", row.name),
    }
}

#[tokio::test(start_paused = true)]
async fn a_watch_reports_changes_and_continues_after_errors() {
    let server = Scripted::start([
        Reply::token(),
        page(
            r#"{"Id":"1","Name":"a","SessionCount":0},{"Id":"2","Name":"b","SessionCount":1}"#,
            None,
        ),
        Reply::json(503, "{}"),
        Reply::json(503, "{}"),
        page(r#"{"Id":"2","Name":"b","SessionCount":2}"#, Some("next")),
        page(r#"{"Id":"3","Name":"c"}"#, None),
    ])
    .await;
    let site = client_of(&server.url(), ApiVersion::Current)
        .daas()
        .site(SITE);
    let every = Duration::from_secs(100);
    let watch = site.machines().list().watch_rows::<Row>().every(every);
    let mut changes = watch.changes();
    let reader = changes.reader();
    assert!(
        server.seen().is_empty(),
        "nothing is sent before it is read"
    );
    assert_eq!(
        (reader.snapshot().len(), reader.snapshot().age()),
        (0, None)
    );

    let first = changes.try_next().await.unwrap().unwrap();
    assert_eq!(told(first), "2 at first");
    let began = Instant::now();
    for earliest in [90, 180] {
        let error = changes.try_next().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
        let elapsed = began.elapsed().as_secs();
        let latest = earliest * 11 / 9 + 5;
        assert!((earliest..=latest).contains(&elapsed), "{elapsed} s");
        assert_eq!(reader.snapshot().len(), 2, "the copy stays");
    }
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(told(changes.try_next().await.unwrap().unwrap()));
    }
    assert_eq!(seen, ["- a", "b Some(1) -> Some(2)", "+ c"]);
    let now = changes.snapshot();
    assert_eq!(now.get("2").unwrap().session_count, Some(2));
    assert_eq!(reader.snapshot().len(), 2);

    let list = "GET /cvad/manage/Machines?fields=Name%2CSessionCount%2CId&limit=1000";
    let next = "GET /cvad/manage/Machines?continuationToken=next&fields=Name%2CSessionCount%2CId&limit=1000";
    let mut lines = server.lines();
    let last = lines.pop().unwrap();
    assert_eq!(lines[1..], [list, list, list, list]);
    let mut parts: Vec<&str> = last.split(['?', '&']).collect();
    parts.sort_unstable();
    let mut wanted: Vec<&str> = next.split(['?', '&']).collect();
    wanted.sort_unstable();
    assert_eq!(parts, wanted);
}

#[tokio::test(start_paused = true)]
async fn errors_that_polling_cannot_fix_end_the_watch() {
    let server = Scripted::start([]).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let site = client.daas().site("no/site");
    let mut changes = site.sessions().watch().changes();
    let error = changes.try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert!(changes.next().await.is_none());
    let site = client.daas().site(SITE);
    let resumed = site.machines().list().resume("there").watch();
    let error = resumed.changes().try_next().await.unwrap_err();
    assert!(error.to_string().contains("cannot be resumed"), "{error}");
    assert!(server.seen().is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_item_without_an_id_is_an_error() {
    let server = Scripted::start([Reply::token(), page(r#"{"Name":"a"}"#, None)]).await;
    let site = client_of(&server.url(), ApiVersion::Current)
        .daas()
        .site(SITE);
    let error = site.machines().watch().changes().try_next().await;
    let error = error.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(error.to_string().contains("no `Id`"), "{error}");
}
