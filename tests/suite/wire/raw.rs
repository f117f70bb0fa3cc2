//! Raw operations whose answer has no content: 204 where JSON could have been, and `HEAD`.

use citrix_cloud::{ApiVersion, ErrorKind};
use citrix_cloud_tests::{Answer, SITE, Scripted, client_of};

#[tokio::test]
async fn an_answer_without_content_is_null_where_the_document_allows_it() {
    let server = Scripted::start([
        Answer::token(),
        Answer::json(200, r#"{"totalUsageCount":3}"#),
        Answer::Reply(204, vec![], String::new()),
        Answer::json(200, ""),
    ])
    .await;
    let raw = client_of(&server.url(), ApiVersion::Current)
        .raw()
        .licensing();
    let ask = async || raw.get_current_license_usage().send().await.unwrap();
    let some = ask().await.into_inner().expect("usage");
    assert_eq!(some.total_usage_count, Some(3));
    let none = ask().await;
    assert_eq!(none.status().as_u16(), 204);
    assert!(none.into_inner().is_none());
    assert!(ask().await.into_inner().is_none());
}

#[tokio::test]
async fn a_head_operation_says_yes_no_or_what_went_wrong() {
    let server = Scripted::start([
        Answer::token(),
        Answer::Reply(200, vec![], String::new()),
        Answer::Reply(204, vec![], String::new()),
        Answer::Reply(404, vec![], String::new()),
        Answer::Reply(403, vec![], String::new()),
    ])
    .await;
    let raw = client_of(&server.url(), ApiVersion::Current).raw();
    let daas = raw.daas(SITE).unwrap();
    let ask = async || {
        let catalog = daas
            .machine_catalogs_check_machine_catalog_exists()
            .name("Office");
        raw.exists(catalog.send().await).await
    };
    assert!(ask().await.unwrap());
    assert!(ask().await.unwrap());
    assert!(!ask().await.unwrap());
    assert_eq!(ask().await.unwrap_err().kind(), ErrorKind::Forbidden);
    assert_eq!(
        server.lines()[1..],
        ["HEAD /cvad/manage/MachineCatalogs/Office"; 4]
    );
}
