//! Which requests are retried, and after how long. Time is simulated.

use std::future::IntoFuture as _;
use std::time::Duration;

use citrix_cloud::handles::machines::MachineHandle;
use citrix_cloud::{ApiVersion, Client, ErrorKind};
use citrix_cloud_tests::{Reply, SITE, Scripted, client};
use futures_util::future::join_all;
use tokio::time::Instant;

const MACHINE: &str = r#"{"Id":"m","Name":"D\\M","SessionCount":0}"#;

/// Statuses that do not show whether the request ran, unless they come with a delay.
pub(super) fn ambiguous() -> Vec<u16> {
    let rows = rows_of_the_guide();
    let rows = rows.iter().filter(|row| row.write.contains("Unknown"));
    rows.flat_map(|row| row.statuses.clone()).collect()
}

/// What a gateway or a network does to a request that may have run nevertheless.
fn doubtful() -> Vec<Reply> {
    let html = |status| {
        let header = vec![("Content-Type", "text/html".into())];
        Reply::Response(status, header, "<html>no</html>".into())
    };
    let mut replies: Vec<Reply> = ambiguous().into_iter().map(html).collect();
    replies.extend([Reply::HangUp, Reply::CutShort(200, "{".into())]);
    replies
}

/// A rejection with each form of delay, and the seconds to wait.
fn told() -> Vec<(Reply, u64)> {
    let delay = |body: &str| Reply::json(429, body);
    let parameters = |shape: &str| {
        delay(&format!(
            r#"{{"type":"https://errors-api.cloud.com/common/rateLimitExceeded","detail":"slow","parameters":{shape}}}"#
        ))
    };
    vec![
        (delay("{}").with("Retry-After", "3"), 3),
        (Reply::json(503, "").with("Retry-After", "3"), 3),
        (Reply::json(408, "").with("Retry-After", "3"), 3),
        (Reply::json(425, "").with("Retry-After", "3"), 3),
        (delay("{}").with("Retry-After", "1.5"), 2),
        (delay("{}").with("Retry-After", "2, 2"), 2),
        (parameters(r#"[{"name":"retryDelay","value":"7"}]"#), 7),
        (parameters(r#"{"retryDelay":"7"}"#), 7),
        (parameters(r#"{"name":"retryDelay","value":7}"#), 7),
        (parameters(r#"[{"key":"retryDelay","value":"7"}]"#), 7),
        (
            delay(
                r#"{"statusCode":429,"message":"Rate limit is exceeded. Try again in 9 seconds."}"#,
            ),
            9,
        ),
        (delay("Rate limit is exceeded. Try again in 9 seconds."), 9),
    ]
}

async fn server(replies: impl IntoIterator<Item = Reply>) -> (Scripted, Client) {
    let server = Scripted::start(std::iter::once(Reply::token()).chain(replies)).await;
    let client = client(&server.url())
        .api_version(ApiVersion::Current)
        .build()
        .unwrap();
    (server, client)
}

fn machine_of(client: &Client) -> MachineHandle {
    client.daas().site(SITE).machine("m")
}

/// The guide's table of retries, for some statuses.
struct Row {
    line: &'static str,
    statuses: Vec<u16>,
    /// Whether it applies only with a delay in the response, or only without one.
    delay: Option<bool>,
    read: &'static str,
    write: &'static str,
}

fn rows_of_the_guide() -> Vec<Row> {
    let guide = include_str!("../../../docs/src/transport.md");
    let (_, table) = guide.split_once("## What is retried").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let lines = table.lines().filter(|line| line.starts_with("| "));
    lines.map(row).collect()
}

fn row(line: &'static str) -> Row {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [attempt, read, write] = cells[..] else {
        panic!("a row of three cells: {line}");
    };
    let numbers = |text: &str| -> Vec<u16> {
        let numbers = text.split(|c: char| !c.is_ascii_alphanumeric());
        numbers.filter_map(|it| it.parse().ok()).collect()
    };
    let (named, except) = attempt.split_once("except").unwrap_or((attempt, ""));
    let mut statuses = numbers(named);
    if named.contains("5xx") {
        statuses.extend(500..600);
    }
    let except = numbers(except);
    statuses.retain(|status| !except.contains(status));
    let delay = match named {
        it if it.ends_with(" without a delay") => Some(false),
        it if it.ends_with(" with a delay") => Some(true),
        _ => None,
    };
    Row {
        line,
        statuses,
        delay,
        read,
        write,
    }
}

/// Returns whether a call is retried after a response, and the kind of its error if it failed.
async fn retries(reply: Reply, reads: bool) -> (bool, Option<ErrorKind>) {
    let server = Scripted::start_with([Reply::token(), reply], |line| {
        Some(match line.contains("/Machines/") {
            true => Reply::json(200, MACHINE),
            false => Reply::token_named("another"),
        })
    })
    .await;
    let client = client(&server.url()).api_version(ApiVersion::Current);
    let machine = machine_of(&client.build().unwrap());
    let error = match reads {
        true => machine.get().await.err(),
        false => machine.reboot().await.err(),
    };
    let sent = server.lines().into_iter();
    let sent = sent.filter(|line| line.contains("/Machines/")).count();
    (sent > 1, error.map(|error| error.kind()))
}

#[tokio::test(start_paused = true)]
async fn a_status_is_retried_where_the_guide_says_so() {
    let rows = rows_of_the_guide();
    let mut wrong = Vec::new();
    for status in 400..600 {
        for delay in [false, true] {
            let row = rows.iter().find(|row| {
                row.statuses.contains(&status) && row.delay.is_none_or(|it| it == delay)
            });
            let reply = match delay {
                true => Reply::json(status, "{}").with("Retry-After", "3"),
                false => Reply::json(status, "{}"),
            };
            for reads in [true, false] {
                let (retried, kind) = retries(reply.clone(), reads).await;
                let said = row.map_or("no", |row| if reads { row.read } else { row.write });
                let unknown = kind == Some(ErrorKind::OutcomeUnknown);
                if said.starts_with("retried") != retried || said.contains("Unknown") != unknown {
                    wrong.push(format!(
                        "{status} {} a delay: a {} {}{}, and the guide says: {}",
                        if delay { "with" } else { "without" },
                        if reads { "read" } else { "write" },
                        if retried {
                            "is retried"
                        } else {
                            "is not retried"
                        },
                        kind.map_or(String::new(), |kind| format!(" ({kind:?})")),
                        row.map_or("nothing", |row| row.line),
                    ));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "the client does something else than the table in docs/src/transport.md says. Correct the \
         table, or `StatusClass::of` in citrix-cloud/src/error/status.rs:\n{}",
        wrong.join("\n")
    );
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_cannot_be_read_is_as_long_as_the_deadline_allows() {
    for text in [
        "soon",
        "",
        "-1",
        "36893488147419103232",
        "Fri, 31 Dec 9999 23:59:59 GMT",
    ] {
        let refused = Reply::json(429, "{}").with("Retry-After", text);
        let (server, client) = server([refused, Reply::json(200, MACHINE)]).await;
        let started = Instant::now();
        machine_of(&client)
            .reboot()
            .timeout(Duration::from_secs(100))
            .await
            .unwrap();
        let waited = started.elapsed().as_secs();
        assert!((70..100).contains(&waited), "`{text}`: {waited} s");
        assert_eq!(server.seen().len(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_is_sent_again_after_anything_that_may_pass() {
    for reply in doubtful() {
        let (server, client) =
            server([reply.clone(), reply.clone(), Reply::json(200, MACHINE)]).await;
        let machine = machine_of(&client).get().await;
        assert_eq!(machine.unwrap().id.as_deref(), Some("m"), "{reply:?}");
        let ids: Vec<_> = server
            .seen()
            .into_iter()
            .skip(1)
            .map(|seen| seen.header("citrix-transactionid").map(str::to_owned))
            .collect();
        assert_eq!(ids.len(), 3);
        assert!(ids[0].is_some() && ids.iter().all(|id| *id == ids[0]));
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_may_have_run_is_never_sent_again() {
    for reply in doubtful() {
        let (server, client) = server([reply.clone()]).await;
        let error = machine_of(&client).reboot().await.unwrap_err();
        assert_eq!(
            error.kind(),
            ErrorKind::OutcomeUnknown,
            "{reply:?}: {error}"
        );
        assert_eq!(error.operation(), Some("MachinesRebootMachine"));
        assert!(error.transaction_id().is_some());
        assert_eq!((error.attempts(), server.seen().len()), (1, 2), "{reply:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_write_that_the_caller_declares_idempotent_is_sent_again() {
    for reply in doubtful() {
        let (server, client) = server([reply.clone(), Reply::json(200, MACHINE)]).await;
        let machine = machine_of(&client);
        machine.reboot().idempotent().await.unwrap();
        assert_eq!(server.seen().len(), 3, "{reply:?}");
    }
    let gone = Reply::json(404, r#"{"SdkErrorId":"x","ErrorMessage":"gone"}"#);
    let (_server, client) = server([Reply::HangUp, gone]).await;
    let machine = machine_of(&client);
    let error = machine.reboot().idempotent().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    assert!(error.hint().unwrap().contains("earlier attempt"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn rejected_calls_are_sent_again_after_the_requested_delay() {
    for (reply, seconds) in told() {
        let (server, client) = server([reply.clone(), Reply::json(200, MACHINE)]).await;
        let started = Instant::now();
        machine_of(&client)
            .reboot()
            .await
            .unwrap_or_else(|error| panic!("{reply:?}: {error}"));
        let waited = started.elapsed();
        let asked = Duration::from_secs(seconds);
        assert!(
            (asked..asked * 5 / 4 + Duration::from_secs(1)).contains(&waited),
            "{reply:?}: {waited:?}"
        );
        assert_eq!(server.seen().len(), 3);
    }
}

#[tokio::test(start_paused = true)]
async fn an_absolute_time_is_waited_for_in_both_forms() {
    let later = std::time::SystemTime::now() + Duration::from_secs(40);
    let later = jiff::Timestamp::try_from(later).unwrap();
    let date = later.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    for time in [date, later.to_string()] {
        let refused = Reply::json(429, "{}").with("Retry-After", time.clone());
        let (_server, client) = server([refused, Reply::json(200, MACHINE)]).await;
        let started = Instant::now();
        machine_of(&client).reboot().await.unwrap();
        let waited = started.elapsed().as_secs();
        assert!((30..=52).contains(&waited), "{time}: {waited}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_absolute_time_is_compared_with_the_clock_of_the_service() {
    // An hour ahead of our clock, and longer than the call's timeout.
    let there = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(1);
    let http = |time: jiff::Timestamp| time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let later = there + jiff::SignedDuration::from_secs(40);
    for time in [http(later), later.to_string()] {
        let refused = Reply::json(429, "{}")
            .with("Date", http(there))
            .with("Retry-After", time.clone());
        let (_server, client) = server([refused, Reply::json(200, MACHINE)]).await;
        let started = Instant::now();
        let machine = machine_of(&client);
        machine.reboot().await.unwrap();
        let waited = started.elapsed().as_secs();
        assert!((30..=52).contains(&waited), "{time}: {waited}");
    }
}

#[tokio::test(start_paused = true)]
async fn nothing_is_waited_for_beyond_the_deadline() {
    let refused = Reply::json(429, "{}").with("Retry-After", "30");
    let (server, client) = server([refused]).await;
    let started = Instant::now();
    let machine = machine_of(&client);
    let error = machine
        .get()
        .timeout(Duration::from_secs(20))
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Throttled);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(30)));
    assert!(started.elapsed() < Duration::from_secs(1), "told at once");
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn throttling_does_not_count_as_a_failure() {
    let refused = std::iter::repeat_n(Reply::json(429, "{}").with("Retry-After", "2"), 20);
    let (server, client) = server(refused.chain([Reply::json(200, MACHINE)])).await;
    machine_of(&client).reboot().await.unwrap();
    assert_eq!(server.seen().len(), 22);
}

#[tokio::test(start_paused = true)]
async fn failures_end_after_eight_attempts_with_the_last_error() {
    let failing = std::iter::repeat_n(Reply::json(502, "<p>bad gateway</p>"), 8);
    let (server, client) = server(failing).await;
    let error = machine_of(&client).get().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.attempts()),
        (ErrorKind::Unavailable, 8)
    );
    assert_eq!(error.status(), Some(502));
    assert_eq!(server.seen().len(), 9);
}

#[tokio::test(start_paused = true)]
async fn retries_do_not_make_an_outage_worse() {
    let server = Scripted::start_with([Reply::token()], |_| Some(Reply::json(502, ""))).await;
    let client = client(&server.url())
        .api_version(ApiVersion::Current)
        .build()
        .unwrap();
    let machine = machine_of(&client);
    let calls = join_all((0..200).map(|_| machine.get().into_future())).await;
    assert!(calls.iter().all(Result::is_err));
    let sent = server.seen().len() - 1;
    assert!((300..400).contains(&sent), "{sent} requests for 200 calls");
}

#[tokio::test(start_paused = true)]
async fn a_read_whose_response_is_not_json_is_sent_again() {
    for reply in [
        Reply::json(200, r#"{"Id":"m","Na"#),
        Reply::json(200, ""),
        Reply::Response(
            200,
            vec![("Content-Type", "text/html".into())],
            "<html>".into(),
        ),
    ] {
        let (server, client) = server([reply.clone(), Reply::json(200, MACHINE)]).await;
        let machine = machine_of(&client).get().await.unwrap();
        assert_eq!(machine.id.as_deref(), Some("m"), "{reply:?}");
        assert_eq!(server.seen().len(), 3);
    }
    let wrong = Reply::json(200, r#"{"Id":7}"#);
    let (server, client) = server([wrong]).await;
    let error = machine_of(&client).get().await.unwrap_err();
    assert_eq!((error.kind(), server.seen().len()), (ErrorKind::Decode, 2));
    assert!(error.message().contains("`Id`"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn escapes_that_are_not_json_are_read() {
    let escaped = Reply::json(200, r#"{"Id":"m","Name":"D\x5CM\x27s"}"#);
    let (server, client) = server([escaped]).await;
    let machine = machine_of(&client).get().await.unwrap();
    assert_eq!(machine.name.as_deref(), Some(r"D\M's"));
    assert_eq!(server.seen().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn an_error_response_that_another_attempt_would_repeat_is_final() {
    for status in [400, 403, 404, 406, 409, 412, 415, 501] {
        let (server, client) = server([Reply::json(status, "{}")]).await;
        let machine = machine_of(&client);
        assert_eq!(machine.get().await.unwrap_err().attempts(), 1);
        assert_eq!(server.seen().len(), 2, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_response_over_the_limit_is_not_read_to_its_end() {
    let server = Scripted::start([
        Reply::token(),
        Reply::json(200, format!("[{}]", "0,".repeat(600))),
    ])
    .await;
    let client = client(&server.url())
        .max_response_size(1000)
        .build()
        .unwrap();
    let error = client.service_principals().list().all().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status()),
        (ErrorKind::Decode, Some(200))
    );
    assert!(
        error.message().contains("longer than 1000 bytes"),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_region_is_followed_only_when_asked_to_only_once_and_only_where_it_is_safe() {
    let moved = |url: &str| {
        let body = r#"{"type":"https://errors-api.cloud.com/common/Redirect","detail":"moved","parameters":[{"name":"customerDataRegion","value":"eu"}]}"#;
        Reply::json(307, body).with("Location", format!("{url}/feature-data_x/elsewhere"))
    };
    let other = Scripted::start([Reply::json(200, MACHINE), moved("http://127.0.0.1:1")]).await;

    let (server, stays) = server([moved(&other.url())]).await;
    let machine = stays.daas().site(SITE).machine("m");
    let error = machine.reboot().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    let hint = error.hint().unwrap();
    assert!(hint.contains("https://api-eu.cloud.com"), "{hint}");
    assert_eq!(server.seen().len(), 2);

    let asked = [
        Reply::token(),
        moved(&other.url()),
        moved(&other.url()),
        moved("https://evil.test"),
    ];
    let server = Scripted::start(asked).await;
    let follows = client(&server.url())
        .api_version(ApiVersion::Current)
        .follow_region(true)
        .build()
        .unwrap();
    let machine = follows.daas().site(SITE).machine("m");
    machine.reboot().await.unwrap();
    let once = machine.reboot().await.unwrap_err();
    assert_eq!(once.kind(), ErrorKind::Forbidden, "not a second time");
    let never = machine.reboot().await.unwrap_err();
    assert_eq!(never.kind(), ErrorKind::Forbidden, "not a stranger");
    assert_eq!(
        other.lines(),
        ["POST /cvad/manage/Machines/m/$reboot"; 2],
        "our own path"
    );
}

#[tokio::test(start_paused = true)]
async fn a_frozen_site_is_typed_and_woken_up() {
    let frozen = || Reply::json(530, r#"{"detail":"The site is frozen."}"#);
    let attempts = std::iter::repeat_n(frozen(), 8);
    let replies = attempts
        .chain([Reply::Response(202, vec![], String::new())])
        .chain(std::iter::repeat_n(frozen(), 16))
        .chain([Reply::json(200, r#"{"UserId":"u"}"#)]);
    let (server, client) = server(replies).await;
    let site = client.daas().site(SITE);
    let error = site.machine("m").get().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SiteFrozen);
    assert!(error.is_site_frozen() && error.hint().unwrap().contains("activate_and_wait"));

    let started = Instant::now();
    site.activate_and_wait().await.unwrap();
    let waited = started.elapsed().as_secs();
    assert!((60..120).contains(&waited), "two waits of 30 s: {waited}");
    let activation = &server.lines()[9];
    assert_eq!(
        activation,
        "POST /resourceprovider/abcd1024xyz/site/activation?customerId=abcd1024xyz"
    );
}
