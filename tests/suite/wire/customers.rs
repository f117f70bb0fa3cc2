//! Several customers in one process: what they share and what they do not.

use citrix_cloud::{ApiVersion, Client, Credentials, ErrorKind};
use citrix_cloud_tests::{CUSTOMER, Reply, SECRET, Scripted, Seen, client};

const EMPTY: &str = r#"{"items":[]}"#;

async fn principals(client: &Client) {
    client.service_principals().list().all().await.unwrap();
}

fn customers(seen: &[Seen]) -> Vec<Option<&str>> {
    let all = seen.iter();
    all.map(|it| it.header("citrix-customerid")).collect()
}

fn tokens(seen: &[Seen]) -> Vec<Option<&str>> {
    let all = seen.iter();
    all.map(|it| it.header("authorization")).collect()
}

#[tokio::test]
async fn customers_of_one_api_client_share_its_token() {
    let replies = [
        Reply::token_named("first"),
        Reply::json(200, EMPTY),
        Reply::json(200, EMPTY),
    ];
    let server = Scripted::start(replies).await;
    let first = client(&server.url()).build().unwrap();
    let second = first.for_customer("efgh2048uvw").unwrap();
    principals(&second).await;
    principals(&first).await;
    let seen = server.seen();
    assert_eq!(
        customers(&seen),
        [None, Some("efgh2048uvw"), Some(CUSTOMER)]
    );
    let bearer = Some("CwsAuth Bearer=first");
    assert_eq!(tokens(&seen), [None, bearer, bearer]);
}

#[tokio::test]
async fn another_api_client_has_a_token_and_secrets_of_its_own() {
    const OTHER: &str = "another secret, never shown";
    let echo = format!(r#"{{"detail":"you are {OTHER} with token-of-two"}}"#);
    let replies = [
        Reply::token_named("token-of-one"),
        Reply::json(200, EMPTY),
        Reply::token_named("token-of-two"),
        Reply::json(200, EMPTY),
        Reply::json(400, echo),
        Reply::json(200, EMPTY),
    ];
    let server = Scripted::start(replies).await;
    let first = client(&server.url()).build().unwrap();
    principals(&first).await;
    let credentials = Credentials::new("client-2", OTHER, "efgh2048uvw").unwrap();
    let second = first.with_credentials(credentials);
    principals(&second).await;
    let error = second.service_principals().list().all().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Api, "{error}");
    let shown = format!("{error} {error:?}");
    assert!(shown.contains("you are *** with ***"), "{shown}");
    principals(&first).await;

    let seen = server.seen();
    let (one, two) = (
        Some("CwsAuth Bearer=token-of-one"),
        Some("CwsAuth Bearer=token-of-two"),
    );
    assert_eq!(tokens(&seen), [None, one, None, two, two, one]);
    let form = &seen[2].body;
    assert!(
        form.contains("client_id=client-2") && !form.contains(SECRET),
        "{form}"
    );
}

#[tokio::test]
async fn each_customer_finds_out_which_version_of_the_api_it_has() {
    let me = Reply::json(200, r#"{"Customers":[]}"#);
    let replies = [
        Reply::token(),
        me.clone(),
        Reply::json(404, ""),
        me.clone(),
        me.clone(),
        me,
    ];
    let server = Scripted::start(replies).await;
    let first = client(&server.url())
        .api_version(ApiVersion::Auto)
        .build()
        .unwrap();
    let second = first.for_customer("efgh2048uvw").unwrap();
    for client in [&first, &second, &first, &second] {
        client.daas().me().await.unwrap();
    }
    let seen = server.seen();
    let lines: Vec<_> = seen.iter().skip(1).map(|it| it.line.as_str()).collect();
    let (current, preview) = ("GET /cvad/manage/me", "GET /cvadapis/me");
    assert_eq!(lines, [current, current, preview, current, preview]);
}

#[tokio::test(start_paused = true)]
async fn the_rate_that_was_set_is_for_all_customers_together() {
    let replies = [Reply::token()].into_iter();
    let server = Scripted::start_with(replies, |_| Some(Reply::json(200, EMPTY))).await;
    let first = client(&server.url())
        .requests_per_second(2.0)
        .build()
        .unwrap();
    let second = first.for_customer("efgh2048uvw").unwrap();
    let started = tokio::time::Instant::now();
    for client in [&first, &second, &first, &second, &first] {
        principals(client).await;
    }
    // Five time slots, half a second apart.
    assert_eq!(started.elapsed().as_millis() / 100, 20);
}

#[test]
fn an_invalid_customer_id_is_rejected() {
    let first = client("http://127.0.0.1:9").build().unwrap();
    let error = first.for_customer("a/b").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("`a/b`"), "{error}");
}
