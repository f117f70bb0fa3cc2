//! The header that adds a call to a trace.

use citrix_cloud::ApiVersion;
use citrix_cloud_tests::{Reply, SITE, Scripted, client};

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

async fn headers(parent: &'static str) -> Vec<Option<String>> {
    let machine = Reply::json(200, r#"{"Id":"m1"}"#);
    let refused = Reply::json(503, "");
    let server = Scripted::start([Reply::token(), refused, machine]).await;
    let client = client(&server.url())
        .api_version(ApiVersion::Current)
        .traceparent(move || Some(parent.to_owned()))
        .build()
        .unwrap();
    let site = client.daas().site(SITE);
    site.machine("m1").get().await.unwrap();
    let seen = server.seen();
    let of = |seen: &citrix_cloud_tests::Seen| seen.header("traceparent").map(str::to_owned);
    seen.iter().map(of).collect()
}

#[tokio::test(start_paused = true)]
async fn every_attempt_of_a_call_is_part_of_its_trace_and_the_token_is_not() {
    let parent = Some(PARENT.to_owned());
    assert_eq!(headers(PARENT).await, [None, parent.clone(), parent]);
}

#[tokio::test(start_paused = true)]
async fn an_invalid_traceparent_is_left_out() {
    assert_eq!(headers("00-abc").await, [None, None, None]);
}
