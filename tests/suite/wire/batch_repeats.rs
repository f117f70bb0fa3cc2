//! Which items of a batch are retried together, and after how long. Time is simulated.

use std::time::Duration;

use citrix_cloud::daas::Site;
use citrix_cloud::{ApiVersion, ErrorKind};
use citrix_cloud_tests::{Reply, SITE, Scripted, client};
use serde_json::{Value, json};
use tokio::time::Instant;

use super::repeats::ambiguous;

async fn site(replies: impl IntoIterator<Item = Reply>) -> (Scripted, Site) {
    let server = Scripted::start(std::iter::once(Reply::token()).chain(replies)).await;
    let client = client(&server.url()).api_version(ApiVersion::Current);
    let site = client.build().unwrap().daas().site(SITE);
    (server, site)
}

fn reply(items: impl IntoIterator<Item = Value>) -> Reply {
    let items: Vec<_> = items.into_iter().collect();
    Reply::json(200, json!({ "Items": items }).to_string())
}

fn done(reference: usize) -> Value {
    let body = json!({ "Id": reference.to_string() }).to_string();
    json!({ "Reference": reference.to_string(), "Code": 200, "Body": body })
}

fn refused(reference: usize, code: u16, headers: &[(&str, &str)], body: &str) -> Value {
    let header = |(name, value): &(&str, &str)| json!({ "Name": name, "Value": value });
    let headers: Vec<_> = headers.iter().map(header).collect();
    json!({
        "Reference": reference.to_string(), "Code": code, "Headers": headers, "Body": body,
    })
}

/// Returns the references of the items of each batch that was sent.
fn batches(server: &Scripted) -> Vec<Vec<String>> {
    let batches = server.seen().into_iter().skip(1);
    batches
        .map(|seen| {
            let body: Value = serde_json::from_str(&seen.body).unwrap();
            let items = body["Items"].as_array().unwrap().iter();
            items
                .map(|item| item["Reference"].as_str().unwrap().to_owned())
                .collect()
        })
        .collect()
}

#[tokio::test(start_paused = true)]
async fn throttled_items_are_sent_again_together_and_keep_their_order() {
    let slow = r#"{"statusCode":429,"message":"Rate limit is exceeded. Try again in 4 seconds."}"#;
    let after = [("Retry-After", "4")];
    let (server, site) = site([
        reply([
            refused(0, 429, &[], slow),
            done(1),
            refused(2, 503, &after, "<html>busy</html>"),
            refused(3, 408, &after, ""),
            refused(4, 425, &after, ""),
        ]),
        reply([done(4), refused(3, 429, &after, ""), done(2), done(0)]),
        reply([done(3)]),
    ])
    .await;
    let began = Instant::now();
    let reboots = (0..5).map(|id| site.machine(id.to_string()).reboot());
    let outcomes = site.batch(reboots).await;
    for (place, outcome) in outcomes.iter().enumerate() {
        let machine = outcome.result.as_ref().unwrap().as_ref().unwrap();
        assert_eq!(outcome.index, place);
        assert_eq!(machine.id, Some(place.to_string()));
    }
    let waited = began.elapsed().as_secs_f64();
    assert!((8.0..10.1).contains(&waited), "{waited}");
    let sent = batches(&server);
    assert_eq!(sent[0], ["0", "1", "2", "3", "4"]);
    assert_eq!(sent[1], ["0", "2", "3", "4"]);
    assert_eq!(sent[2], ["3"]);
}

#[tokio::test(start_paused = true)]
async fn an_item_that_may_have_run_is_sent_again_only_if_idempotent() {
    for code in ambiguous() {
        let doubtful = |reference| refused(reference, code, &[], "<html>no</html>");
        let (server, site) = site([
            reply((0..3).map(doubtful)),
            reply([doubtful(1), done(2)]),
            reply([done(1)]),
        ])
        .await;
        let machine = site.machine("7");
        let calls = [
            machine.reboot().map(|_| ()),
            machine.get().map(|_| ()),
            machine.maintenance_mode(true).idempotent().map(|_| ()),
        ];
        let outcomes = site.batch(calls).await;
        let error = outcomes[0].result.as_ref().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{code}: {error}");
        assert_eq!(error.attempts(), 1);
        assert!(outcomes[1].result.is_ok() && outcomes[2].result.is_ok());
        // The delay is a random part of a tenth of a second, and the same for all items of a
        // request.
        assert_eq!(batches(&server)[1..], [vec!["1", "2"], vec!["1"]], "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn extreme_settings_mean_no_limit() {
    let slow = refused(0, 429, &[("Retry-After", "1800")], "");
    let results = |item| Reply::json(200, json!({ "Items": [item] }).to_string());
    let job = || Reply::json(202, "").with("Location", "/x/Jobs/b1");
    let over = || Reply::json(200, r#"{"Id":"b1","Type":"Batch","Status":"Complete"}"#);
    let (_server, site) = site([
        job(),
        over(),
        results(slow),
        job(),
        over(),
        results(done(0)),
    ])
    .await;
    let most = std::num::NonZeroUsize::MAX;
    let batch = site.batch([site.machine("7").reboot()]);
    let batch = batch.size(most).concurrency(most).deadline(Duration::MAX);
    let outcomes = batch.as_job().await;
    assert!(outcomes[0].result.is_ok(), "{outcomes:?}");
}

#[tokio::test(start_paused = true)]
async fn no_item_waits_past_the_deadline() {
    let after = |seconds| refused(0, 429, &[("Retry-After", seconds)], "");
    let (server, site) = site([
        reply([after("50")]),
        reply([after("50")]),
        reply([after("1")]),
        reply([after("50")]),
    ])
    .await;
    let began = Instant::now();
    let outcomes = site.batch([site.machine("7").reboot()]).await;
    let error = outcomes[0].result.as_ref().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Throttled);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(50)));
    assert_eq!((error.attempts(), batches(&server).len()), (4, 4));
    assert!(began.elapsed() < Duration::from_secs(120));
}

#[tokio::test(start_paused = true)]
async fn waiting_items_do_not_hold_up_others() {
    let after = [("Retry-After", "60")];
    // The order of the requests is not fixed, so each reply contains all items.
    let first = || {
        let waits = |reference| refused(reference, 429, &after, "");
        reply([waits(0), waits(1), done(2), done(3), done(4)])
    };
    let (server, site) = site([first(), first(), first(), reply([done(0), done(1)])]).await;
    let reboots = (0..5).map(|id| site.machine(id.to_string()).reboot());
    let batch = site.batch(reboots).size(2.try_into().unwrap());
    let outcomes = batch.concurrency(3.try_into().unwrap()).await;
    assert!(outcomes.iter().all(|it| it.result.is_ok()), "{outcomes:?}");
    assert_eq!(batches(&server)[3], ["0", "1"]);
}
