//! Operations whose response has no content: 204 in place of JSON, and `HEAD`.

use citrix_cloud::operations::catalogs::CheckMachineCatalogExists;
use citrix_cloud::{ApiVersion, ErrorKind};
use citrix_cloud_tests::{Reply, SITE, Scripted, client_of, raw};
use serde_json::value::RawValue;

#[tokio::test]
async fn an_empty_response_is_none_if_the_document_allows_it() {
    let server = Scripted::start([
        Reply::token(),
        Reply::json(200, r#"{"totalUsageCount":3}"#),
        Reply::Response(204, vec![], String::new()),
        Reply::json(200, ""),
    ])
    .await;
    let licensing = client_of(&server.url(), ApiVersion::Current).licensing();
    let some = licensing.current_usage().await.unwrap().expect("usage");
    assert_eq!(some.total_usage_count, Some(3));
    assert!(licensing.current_usage().await.unwrap().is_none());
    assert!(licensing.current_usage().await.unwrap().is_none());
}

#[tokio::test]
async fn a_head_operation_says_yes_no_or_what_went_wrong() {
    let server = Scripted::start([
        Reply::token(),
        Reply::Response(200, vec![], String::new()),
        Reply::Response(204, vec![], String::new()),
        Reply::Response(404, vec![], String::new()),
        Reply::Response(403, vec![], String::new()),
    ])
    .await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let site = client.daas().site(SITE);
    let ask = || site.send(CheckMachineCatalogExists::new("Office"));
    assert!(ask().await.unwrap());
    assert!(ask().await.unwrap());
    assert!(!ask().await.unwrap());
    assert_eq!(ask().await.unwrap_err().kind(), ErrorKind::Forbidden);
    assert_eq!(
        server.lines()[1..],
        ["HEAD /cvad/manage/MachineCatalogs/Office"; 4]
    );
}

#[tokio::test]
async fn a_list_that_nobody_described_is_followed_and_ends_as_any_other() {
    let page = |token: &str| Reply::json(200, format!(r#"{{"Items":[{{"N":1.50}}]{token}}}"#));
    let again = r#","ContinuationToken":"a/b""#;
    let server = Scripted::start([
        Reply::token(),
        page(again),
        page(""),
        page(again),
        page(again),
        Reply::json(200, "{}"),
    ])
    .await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let site = client.daas().site(SITE);
    let ask = || {
        site.list_raw::<Box<RawValue>>(raw("GET", "/Things?x=1", ""))
            .items()
            .collect()
    };
    let items = ask().await.unwrap();
    assert_eq!(items.len(), 2);
    assert_eq!(items[0].get(), r#"{"N":1.50}"#);
    let endless = ask().await.unwrap_err();
    assert!(endless.message().contains("token twice"), "{endless}");
    assert_eq!(ask().await.unwrap_err().kind(), ErrorKind::Decode);
    let first = "GET /cvad/manage/Things?x=1";
    let second = "GET /cvad/manage/Things?continuationToken=a%2Fb&x=1";
    assert_eq!(server.lines()[1..], [first, second, first, second, first]);
}
