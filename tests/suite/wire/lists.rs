//! Following continuation tokens.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use citrix_cloud::{ApiVersion, ClientBuilder, ErrorKind};
use citrix_cloud_tests::{Reply, SITE, Scripted, client, client_of};
use futures_util::TryStreamExt as _;
use tokio::time::Instant;

fn page(ids: &[u32], token: &str) -> Reply {
    let items: Vec<String> = ids.iter().map(|id| format!(r#"{{"Id":"{id}"}}"#)).collect();
    Reply::json(
        200,
        format!(
            r#"{{"Items":[{}],"ContinuationToken":{token}}}"#,
            items.join(",")
        ),
    )
}

#[tokio::test]
async fn pages_are_followed_to_the_end_over_empty_ones_with_the_token_encoded() {
    let server = Scripted::start([
        Reply::token(),
        page(&[1, 2], r#""a+b=c#d/é &""#),
        page(&[], r#""second""#),
        page(&[3], r#""""#),
    ])
    .await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let machines = client
        .daas()
        .site(SITE)
        .machine_catalog("c")
        .machines()
        .page_size(2)
        .fields(["Id", "Name"]);
    let ids: Vec<_> = machines
        .items()
        .map_ok(|machine| machine.id.unwrap())
        .try_collect()
        .await
        .unwrap();
    assert_eq!(ids, ["1", "2", "3"]);
    let base = "GET /cvad/manage/MachineCatalogs/c/Machines?";
    assert_eq!(
        server.lines()[1..],
        [
            format!("{base}fields=Id%2CName&limit=2"),
            format!(
                "{base}continuationToken=a%2Bb%3Dc%23d%2F%C3%A9%20%26&fields=Id%2CName&limit=2"
            ),
            format!("{base}continuationToken=second&fields=Id%2CName&limit=2"),
        ]
    );
}

#[tokio::test]
async fn a_repeated_token_is_an_error_and_not_an_endless_list() {
    let server =
        Scripted::start([Reply::token(), page(&[1], r#""x""#), page(&[2], r#""x""#)]).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let mut items = std::pin::pin!(client.daas().site(SITE).machines().list().items());
    assert!(items.try_next().await.unwrap().is_some());
    assert!(items.try_next().await.unwrap().is_some());
    let error = items.try_next().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert!(
        error.to_string().contains("same continuation token twice"),
        "{error}"
    );
    assert!(
        items.try_next().await.unwrap().is_none(),
        "an error ends the stream"
    );
}

#[tokio::test(start_paused = true)]
async fn a_list_without_an_end_and_a_page_without_a_response_end_in_time() {
    let number = AtomicU32::new(0);
    let endless = move |line: &str| match line.contains("/tokens/") {
        true => Some(Reply::token()),
        false => {
            let number = number.fetch_add(1, Ordering::Relaxed);
            Some(page(&[1, 2], &format!("\"{number}\"")))
        }
    };
    let server = Scripted::start_with([], endless).await;
    let site = |server: &Scripted, settings: &dyn Fn(ClientBuilder) -> ClientBuilder| {
        let client = settings(client(&server.url()).api_version(ApiVersion::Current));
        client.build().unwrap().daas().site(SITE)
    };
    // Four requests a second, in simulated time.
    let slow = |it: ClientBuilder| it.requests_per_second(4.0);
    for list in [
        site(&server, &slow)
            .machines()
            .list()
            .timeout(Duration::from_secs(30)),
        site(&server, &|it| {
            slow(it).list_timeout(Duration::from_secs(30))
        })
        .machines()
        .list(),
    ] {
        let started = Instant::now();
        let error = list.all().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
        assert!((29..=31).contains(&started.elapsed().as_secs()), "{error}");
    }

    let silent = Scripted::start_with([Reply::token()], |_| None).await;
    let list = site(&silent, &|it| it).machines().list();
    let started = Instant::now();
    let error = list.page_timeout(Duration::from_secs(7)).all().await;
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Timeout);
    assert_eq!(started.elapsed().as_secs(), 7);
}

#[tokio::test]
async fn a_list_can_begin_where_an_earlier_one_stopped() {
    let server = Scripted::start([Reply::token(), page(&[3], "null")]).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let rest = client
        .daas()
        .site(SITE)
        .sessions()
        .list()
        .resume("t")
        .all()
        .await
        .unwrap();
    assert_eq!(rest.len(), 1);
    assert_eq!(
        server.lines()[1],
        "GET /cvad/manage/Sessions?continuationToken=t&limit=250"
    );
}

#[tokio::test]
async fn nothing_is_sent_for_a_page_size_that_the_service_refuses_nor_before_the_first_poll() {
    let server = Scripted::start([]).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let site = client.daas().site(SITE);
    for size in [0, 1001] {
        let error = site
            .machine_catalogs()
            .list()
            .page_size(size)
            .all()
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input);
        assert!(
            error
                .to_string()
                .contains(&format!("a page of {size} items")),
            "{error}"
        );
    }
    drop(site.machines().list().items());
    assert!(server.seen().is_empty());
}

#[tokio::test]
async fn one_page_is_fetched_ahead_and_no_other() {
    let endless = |line: &str| {
        if line.contains("/tokens/") {
            return Some(Reply::token());
        }
        let token = line.len();
        Some(page(&[1, 2], &format!("\"{token}{}\"", "x".repeat(token))))
    };
    let server = Scripted::start_with([Reply::token()], endless).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let mut pages = std::pin::pin!(client.daas().site(SITE).machines().list().pages());
    for read in 1..4 {
        let page = pages.try_next().await.unwrap().unwrap();
        assert!(page.continuation().is_some());
        server.wait_for(1 + read + 1).await;
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
        assert_eq!(server.seen().len(), 1 + read + 1);
    }
}

#[tokio::test]
async fn rows_ask_for_their_own_fields() {
    #[derive(serde::Deserialize, Debug, PartialEq)]
    #[serde(rename_all = "PascalCase")]
    struct Row {
        id: String,
        #[serde(rename = "SessionCount")]
        sessions: Option<u32>,
    }

    let server = Scripted::start([
        Reply::token(),
        Reply::json(
            200,
            r#"{"Items":[{"Id":"1","SessionCount":2}],"ContinuationToken":"t"}"#,
        ),
        Reply::json(200, r#"{"Items":[{"Id":"2","SessionCount":null}]}"#),
    ])
    .await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let site = client.daas().site(SITE);
    let rows: Vec<Row> = site.machines().list().rows().try_collect().await.unwrap();
    let row = |id: &str, sessions| Row {
        id: id.to_owned(),
        sessions,
    };
    assert_eq!(rows, [row("1", Some(2)), row("2", None)]);
    let base = "GET /cvad/manage/Machines?";
    assert_eq!(
        server.lines()[1..],
        [
            format!("{base}fields=Id%2CSessionCount&limit=250"),
            format!("{base}continuationToken=t&fields=Id%2CSessionCount&limit=250"),
        ]
    );
    let nameless: Result<Vec<Vec<u8>>, _> = site.machines().list().rows().try_collect().await;
    assert_eq!(nameless.unwrap_err().kind(), ErrorKind::Input);
    assert_eq!(server.seen().len(), 3);
}
