//! If the service is newer than the documents, no page or row is lost.

use citrix_cloud::models::{Machine, PowerState};
use citrix_cloud::{ApiVersion, ErrorKind};
use citrix_cloud_tests::{Reply, SITE, Scripted, client_of};
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

async fn machines(page: &str) -> Result<Vec<Machine>, citrix_cloud::Error> {
    let server = Scripted::start([Reply::token(), Reply::json(200, page)]).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    client
        .daas()
        .site(SITE)
        .machine_catalog("c")
        .machines()
        .all()
        .await
}

#[tokio::test]
async fn unknown_values_nulls_and_gaps_lose_no_row() {
    let page = r#"{"Items":[
        {"Id":"1","PowerState":"Levitating","SessionCount":0,"ApplicationsInUse":null,"Tags":null},
        {},
        {"Id":null,"Name":null,"SessionCount":null,"PowerState":null,"MachineCatalog":null},
        {"Id":"4","Brandnew":{"a":[1,2]},"Hosting":{"NewToo":1},"Zone":{}},
        {"Id":"5","SupportedPowerActions":["Restart","Teleport"],"LastConnectionTime":"5:19:11 AM"},
        {"Id":"6","Uid":99999999999,"LoadIndex":-1}
    ],"ContinuationToken":null,"Extra":true}"#;
    let machines = machines(page).await.unwrap();
    assert_eq!(machines.len(), 6);
    assert_eq!(
        machines[0].power_state,
        Some(PowerState::Unlisted("Levitating".into()))
    );
    assert!(machines[0].applications_in_use.is_none());
    assert_eq!((&machines[1].id, machines[2].session_count), (&None, None));
    assert_eq!(
        machines[4].last_connection_time.as_deref(),
        Some("5:19:11 AM")
    );
    let actions = serde_json::to_value(&machines[4]).unwrap();
    assert_eq!(
        actions["SupportedPowerActions"],
        json!(["Restart", "Teleport"])
    );
    assert_eq!(machines[5].uid, Some(99_999_999_999));
}

#[tokio::test]
async fn the_json_has_everything_as_the_service_gave_it() {
    let page = r#"{"Items":[{"Zeta":1,"Id":"1","Name":null,"PowerState":"Levitating"}]}"#;
    let server = Scripted::start([Reply::token(), Reply::json(200, page)]).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let machines = client.daas().site(SITE).machines().list().json_items();
    let items: Vec<Value> = machines.try_collect().await.unwrap();
    assert_eq!(
        serde_json::to_string(&items).unwrap(),
        r#"[{"Zeta":1,"Id":"1","Name":null,"PowerState":"Levitating"}]"#
    );
}

#[tokio::test]
async fn a_field_of_the_wrong_type_is_named_by_its_path() {
    let page = r#"{"Items":[{"Id":"1"},{"Id":"2","SessionCount":"two"}]}"#;
    let error = machines(page).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(
        error.message().contains("`Items[1].SessionCount`"),
        "{error}"
    );
    assert!(error.transaction_id().is_some());
}

#[tokio::test]
async fn a_response_that_is_not_a_list_is_not_read_as_an_empty_list() {
    for page in [
        "{}",
        r#"{"Items":null}"#,
        "[]",
        "",
        "<html>sign in</html>",
        r#"{"Items":[{"#,
    ] {
        let error = machines(page).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{page}");
    }
}

#[tokio::test]
async fn the_json_of_a_row_that_does_not_fit_its_type_is_still_given() {
    let page = r#"{"Items":[{"Id":"2","SessionCount":"two"}]}"#;
    let server = Scripted::start([Reply::token(), Reply::json(200, page)]).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let items: Vec<Value> = client
        .daas()
        .site(SITE)
        .machines()
        .list()
        .json_items()
        .try_collect()
        .await
        .unwrap();
    assert_eq!(items, [json!({"Id": "2", "SessionCount": "two"})]);
}
