//! Selected objects as a list: the service's text, and only selected objects.

use citrix_cloud::{ApiVersion, Error};
use citrix_cloud_tests::{Reply, SITE, Scripted, client_of};
use serde_json::Value;

const MACHINES: &str = r#"{"Items":[
    {"Id":"1","Name":"LAB\\OSPREY","SessionCount":"three","MachineCatalog":{"Name":"Birds"}},
    {"Id":"2","Name":"LAB\\EAGLE","SessionCount":1.50,"MachineCatalog":{"Name":"Birds"}}
]}"#;

async fn machines_of(
    page: &str,
    select: impl FnOnce(citrix_cloud::bulk::MachineSelection) -> citrix_cloud::bulk::MachineSelection,
    limit: Option<usize>,
) -> (Vec<String>, Result<Vec<String>, Error>) {
    let server = Scripted::start([Reply::token(), Reply::json(200, page)]).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let chosen = select(client.daas().site(SITE).select_machines());
    let rows = match chosen.raw_items([] as [&str; 0], limit).await {
        Ok(rows) => rows.collect().await,
        Err(error) => Err(error),
    };
    let rows = rows.map(|rows| rows.iter().map(|row| row.get().to_owned()).collect());
    (server.lines().split_off(1), rows)
}

fn names(rows: Result<Vec<String>, Error>) -> Vec<String> {
    let name = |row: &String| {
        let row: Value = serde_json::from_str(row).unwrap();
        row["Name"].as_str().unwrap().to_owned()
    };
    rows.unwrap().iter().map(name).collect()
}

/// The service selects the machines of a catalog, so the client need not understand them.
#[tokio::test]
async fn machines_of_one_catalog_pass_as_they_come() {
    let (lines, rows) = machines_of(MACHINES, |it| it.machine_catalog("Birds"), None).await;
    assert_eq!(
        lines,
        ["GET /cvad/manage/MachineCatalogs/Birds/Machines?limit=250"]
    );
    assert_eq!(
        rows.unwrap(),
        [
            r#"{"Id":"1","Name":"LAB\\OSPREY","SessionCount":"three","MachineCatalog":{"Name":"Birds"}}"#,
            r#"{"Id":"2","Name":"LAB\\EAGLE","SessionCount":1.50,"MachineCatalog":{"Name":"Birds"}}"#,
        ]
    );
}

/// No document says what a service does with a condition that it does not know.
#[tokio::test]
async fn the_results_of_a_search_are_checked() {
    let page = r#"{"Items":[{"Name":"A","PowerState":"On"},{"Name":"B","PowerState":"Off"}]}"#;
    let (lines, rows) = machines_of(page, |it| it.power_state("Off"), None).await;
    assert!(lines[0].starts_with("POST /cvad/manage/Machines/$search"));
    assert_eq!(names(rows), ["B"]);
}

#[tokio::test]
async fn a_list_of_ids_and_names_has_no_other_machine() {
    let page = r#"{"Items":[
        {"Id":"1","Name":"LAB\\OSPREY","MachineCatalog":{"Name":"Birds"}},
        {"Id":"2","Name":"LAB\\EAGLE","MachineCatalog":{"Name":"Birds"}},
        {"Id":"3","Name":"LAB\\HERON","MachineCatalog":{"Name":"Birds"}}
    ]}"#;
    let heron_and_eagle = |it: citrix_cloud::bulk::MachineSelection| it.ids(["heron", "2"]);
    let (_, rows) = machines_of(page, heron_and_eagle, None).await;
    assert_eq!(names(rows), [r"LAB\EAGLE", r"LAB\HERON"]);

    // A limit applies to the selected objects, not to those read.
    let heron = |it: citrix_cloud::bulk::MachineSelection| it.machine_catalog("Birds").ids(["3"]);
    let (lines, rows) = machines_of(page, heron, Some(1)).await;
    assert_eq!(
        lines,
        ["GET /cvad/manage/MachineCatalogs/Birds/Machines?limit=250"]
    );
    assert_eq!(names(rows), [r"LAB\HERON"]);
}

#[tokio::test]
async fn a_list_of_ids_has_no_other_session() {
    let page = r#"{"Items":[{"Id":"s1"},{"Id":"s2"}]}"#;
    let server = Scripted::start([Reply::token(), Reply::json(200, page)]).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let chosen = client.daas().site(SITE).select_sessions().ids(["S2"]);
    let rows = chosen.raw_items([] as [&str; 0], None).await.unwrap();
    let rows = rows.collect().await.unwrap();
    let texts: Vec<_> = rows.iter().map(|row| row.get()).collect();
    assert_eq!(texts, [r#"{"Id":"s2"}"#]);
}
