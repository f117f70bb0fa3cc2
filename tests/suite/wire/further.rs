//! Administrators, system log, licensing and webhooks.

use citrix_cloud::{ApiVersion, CreateWebhookSubscription, ErrorKind};
use citrix_cloud_tests::{CUSTOMER, Reply, Scripted, client_of};
use futures_util::TryStreamExt as _;
use serde_json::{Value, json};

#[tokio::test]
async fn administrators_come_in_pages_and_ids_of_groups_are_encoded() {
    let first = r#"{"items":[{"userId":"u1","displayName":"Pat","type":"AdministratorUser","emailPreferences":"{\"A\":1}","accessType":"Emperor"}],"continuationToken":"a/b+"}"#;
    let last = r#"{"items":[{"ucOid":"OID:/azuread/1","type":"AdministratorGroup"}],"continuationToken":null}"#;
    let access = r#"{"accessType":"Custom","policies":[{"name":"p","serviceName":"xendesktop","checkable":{"value":true}}]}"#;
    let server = Scripted::start([
        Reply::token(),
        Reply::json(200, first),
        Reply::json(200, last),
        Reply::json(200, access),
        Reply::Response(200, vec![], String::new()),
        Reply::json(200, "true"),
    ])
    .await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let administrators = client.administrators();
    let all: Vec<_> = administrators.list().all().await.unwrap();
    assert_eq!(all.len(), 2);
    assert_eq!(all[0].access_type.as_ref().unwrap().as_str(), "Emperor");
    let group = all[1].uc_oid.clone().unwrap();
    let access = administrators.administrator(&group).access();
    assert_eq!(access.await.unwrap().policies.unwrap().len(), 1);
    // The model of a group can be converted to its handle's key too.
    administrators
        .administrator(&all[1])
        .delete()
        .await
        .unwrap();
    assert!(
        administrators
            .delete_invitation("pat+1@example.test")
            .await
            .unwrap()
    );
    assert_eq!(
        server.lines()[1..],
        [
            "GET /administrators",
            "GET /administrators?requestContinuation=a%2Fb%2B",
            "GET /administrators/OID%3A%2Fazuread%2F1/access",
            "DELETE /administrators/OID%3A%2Fazuread%2F1",
            "DELETE /administrators/invitations?email=pat%2B1%40example.test",
        ]
    );
    assert_eq!(server.seen()[1].header("citrix-customerid"), Some(CUSTOMER));
}

#[tokio::test]
async fn an_administrators_refusal_without_a_body_keeps_its_status() {
    let server =
        Scripted::start([Reply::token(), Reply::Response(403, vec![], String::new())]).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let error = client
        .administrators()
        .administrator("u1")
        .access()
        .await
        .unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Forbidden, Some(403))
    );
}

#[tokio::test]
async fn the_system_log_is_read_in_both_casings() {
    let pascal = r#"{"Items":[{"RecordId":"1","UtcTimestamp":"2021-09-01T12:00:00.1234567Z","EventType":"Update","BeforeChanges":{"Enabled":"False"},"AfterChanges":null,"Message":{"en-US":"Changed"}}],"Count":1,"EstimatedTotalItems":2,"ContinuationToken":"+RID=1#2"}"#;
    let camel = r#"{"items":[{"recordId":"2","utcTimestamp":"x","message":{"en-US":null}}],"count":1,"continuationToken":null}"#;
    let server = Scripted::start([
        Reply::token(),
        Reply::json(200, pascal),
        Reply::json(200, camel),
    ])
    .await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let since = "2021-09-01T00:00:00.75Z".parse().unwrap();
    let records = client
        .system_log()
        .records()
        .since(since)
        .page_size(1)
        .items();
    let ids: Vec<_> = records
        .map_ok(|record| record.record_id.unwrap())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(ids, ["1", "2"]);
    assert_eq!(
        server.lines()[1..],
        [
            "GET /systemlog/records?Limit=1&StartDateTime=2021-09-01T00%3A00%3A00Z",
            "GET /systemlog/records?ContinuationToken=%2BRID%3D1%232&Limit=1&StartDateTime=2021-09-01T00%3A00%3A00Z",
        ]
    );
    let pages = client.system_log().records().page_size(201).pages();
    let error = std::pin::pin!(pages).try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
}

#[tokio::test]
async fn license_usage_may_be_nothing() {
    let usage = r#"{"customerId":"c","totalUsageCount":3,"userLicenseUsage":{"totalUsageCount":2,"releasedCount":0},"remainingLicenseCount":7,"timeStamp":"2024-01-01T00:00:00.1234567Z","nextActivatingLicense":null}"#;
    let server = Scripted::start([
        Reply::token(),
        Reply::json(200, usage),
        Reply::Response(204, vec![], String::new()),
    ])
    .await;
    let licensing = client_of(&server.url(), ApiVersion::Current).licensing();
    let current = licensing.current_usage().await.unwrap().unwrap();
    assert_eq!(current.remaining_license_count, Some(7));
    assert!(licensing.current_usage().await.unwrap().is_none());
    assert_eq!(
        server.lines()[1],
        "GET /licensing/license/enterprise/cloud/cvad/ud/current"
    );
}

#[tokio::test]
async fn a_webhook_is_subscribed_below_the_customer() {
    let reply =
        r#"{"id":"s1","subscriptionType":"Webhook","eTag":"W/\"1\"","eventType":"Brandnew"}"#;
    let server = Scripted::start([Reply::token(), Reply::json(200, reply)]).await;
    let webhooks = client_of(&server.url(), ApiVersion::Current).webhooks();
    let plain = CreateWebhookSubscription::new("http://example.test");
    let refused = webhooks.create(plain).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Input);
    let hook = CreateWebhookSubscription::new("https://example.test/hook")
        .change("Update")
        .description("All");
    let made = webhooks.create(hook).await.unwrap();
    assert_eq!(made.id.as_deref(), Some("s1"));
    let seen = &server.seen()[1];
    assert_eq!(seen.line, format!("POST /{CUSTOMER}/subscriptions"));
    assert_eq!(seen.header("citrix-customerid"), None);
    assert_eq!(
        serde_json::from_str::<Value>(&seen.body).unwrap(),
        json!({
            "customerId": CUSTOMER, "description": "All", "url": "https://example.test/hook",
            "changeType": "Update", "eventType": "*"
        })
    );
}
