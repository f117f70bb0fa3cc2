//! Signing in.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use citrix_cloud::models::platform::GetAccessTokenBody;
use citrix_cloud::operations::platform::GetAccessToken;
use citrix_cloud::{ErrorKind, FileTokenStore};
use citrix_cloud_tests::{CUSTOMER, Reply, SECRET, Scripted, TOKEN, client};
use futures_util::FutureExt as _;
use futures_util::future::join_all;

const EMPTY: &str = r#"{"items":[]}"#;

#[tokio::test]
async fn the_form_is_sent_as_the_trust_service_wants_it() {
    let server = Scripted::start([Reply::token(), Reply::json(200, EMPTY)]).await;
    let client = client(&server.url()).build().unwrap();
    client.service_principals().list().all().await.unwrap();

    let seen = server.seen();
    assert_eq!(seen[0].line, "POST /cctrustoauth2/root/tokens/clients");
    assert_eq!(
        seen[0].header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
    assert_eq!(seen[0].header("accept"), Some("application/json"));
    assert_eq!(seen[0].header("authorization"), None);
    assert_eq!(seen[0].header("citrix-customerid"), None);
    assert_eq!(
        seen[0].body,
        format!("grant_type=client_credentials&client_id=client-1&client_secret={SECRET}")
    );
    assert_eq!(
        seen[1].header("authorization"),
        Some(&*format!("CwsAuth Bearer={TOKEN}"))
    );
}

#[tokio::test]
async fn a_secret_with_reserved_characters_is_encoded() {
    let server = Scripted::start([Reply::token(), Reply::json(200, EMPTY)]).await;
    let client = client(&server.url())
        .credentials(citrix_cloud::Credentials::new("id", "a+b&c=d/é ==", "abcd1024xyz").unwrap())
        .build()
        .unwrap();
    client.service_principals().list().all().await.unwrap();
    assert!(
        server.seen()[0]
            .body
            .ends_with("client_secret=a%2Bb%26c%3Dd%2F%C3%A9+%3D%3D")
    );
}

#[tokio::test]
async fn building_a_client_sends_nothing_and_clones_share_one_token() {
    let replies =
        std::iter::once(Reply::token()).chain(std::iter::repeat_n(Reply::json(200, EMPTY), 20));
    let server = Scripted::start(replies).await;
    let client = client(&server.url()).build().unwrap();
    assert!(server.seen().is_empty());

    let calls = (0..20).map(|_| {
        let client = client.clone();
        async move { client.service_principals().list().all().await }
    });
    for outcome in join_all(calls).await {
        outcome.unwrap();
    }
    let tokens = server
        .lines()
        .iter()
        .filter(|line| line.contains("/tokens/"))
        .count();
    assert_eq!((tokens, server.seen().len()), (1, 21));
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_the_call_repeated_once() {
    let refused = r#"{"detail":"Missing or invalid authentication details","parameters":{"reason":"invalid"},"type":"https://errors-api.cloud.com/common/authentication"}"#;
    let server = Scripted::start([
        Reply::token_named("first"),
        Reply::json(401, refused),
        Reply::token_named("second"),
        Reply::json(200, EMPTY),
        Reply::json(401, refused),
        Reply::token_named("third"),
        Reply::json(401, refused),
    ])
    .await;
    let client = client(&server.url()).build().unwrap();
    client.service_principals().list().all().await.unwrap();
    let seen = server.seen();
    assert_eq!(
        seen[1].header("authorization"),
        Some("CwsAuth Bearer=first")
    );
    assert_eq!(
        seen[3].header("authorization"),
        Some("CwsAuth Bearer=second")
    );
    assert_eq!(
        seen[1].header("citrix-transactionid"),
        seen[3].header("citrix-transactionid"),
        "one call has one transaction id"
    );

    let error = client.service_principals().list().all().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.attempts()),
        (ErrorKind::Auth, Some(401), 2)
    );
    assert!(error.hint().unwrap().contains("expired"), "{error}");
}

#[tokio::test]
async fn a_numeric_lifetime_is_read_and_a_zero_lifetime_is_not_cached() {
    let token = r#"{"token_type":"bearer","access_token":"short","expires_in":0}"#;
    let server = Scripted::start([
        Reply::json(200, token),
        Reply::json(200, EMPTY),
        Reply::json(200, token),
        Reply::json(200, EMPTY),
    ])
    .await;
    let client = client(&server.url()).build().unwrap();
    client.service_principals().list().all().await.unwrap();
    client.service_principals().list().all().await.unwrap();
}

#[tokio::test]
async fn a_response_without_a_usable_token_is_an_error_that_does_not_repeat_it() {
    for body in [
        "{}",
        r#"{"access_token":""}"#,
        r#"{"access_token":"line\nbreak"}"#,
    ] {
        let server = Scripted::start([Reply::json(200, body)]).await;
        let client = client(&server.url()).build().unwrap();
        let error = client.service_principals().list().all().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
        assert!(!format!("{error} {error:?}").contains("break"), "{error}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_gateway_page_instead_of_a_token_is_retried() {
    let server = Scripted::start([
        Reply::Response(200, vec![], "<html>signing in is busy</html>".into()),
        Reply::json(200, ""),
        Reply::json(200, r#"{"access_token":"cut o"#),
        Reply::token(),
        Reply::json(200, EMPTY),
    ])
    .await;
    let client = client(&server.url()).build().unwrap();
    client.service_principals().list().all().await.unwrap();
}

#[tokio::test]
async fn a_token_response_with_a_byte_order_mark_is_read() {
    let token = format!("\u{feff}{{\"access_token\":\"{TOKEN}\",\"expires_in\":3600}}");
    let replies = [Reply::json(200, token), Reply::json(200, EMPTY)];
    let server = Scripted::start(replies).await;
    let client = client(&server.url()).build().unwrap();
    client.service_principals().list().all().await.unwrap();
}

#[tokio::test]
async fn an_extreme_lifetime_does_not_cause_a_sign_in_per_call() {
    for life in ["1e19", "18446744073709551615", "\"1e300\""] {
        let token = format!(r#"{{"access_token":"{TOKEN}","expires_in":{life}}}"#);
        let empty = Reply::json(200, EMPTY);
        let replies = [Reply::json(200, token), empty.clone(), empty];
        let server = Scripted::start(replies).await;
        let client = client(&server.url()).build().unwrap();
        client.service_principals().list().all().await.unwrap();
        client.service_principals().list().all().await.unwrap();
    }
}

#[tokio::test]
async fn a_stored_token_that_is_about_to_expire_is_not_used() {
    let folder = tempfile::tempdir().unwrap();
    let store = || FileTokenStore::new(folder.path().join("tokens")).unwrap();
    for (life, again) in [("5", true), ("25", true), ("120", false)] {
        let _ = std::fs::remove_dir_all(folder.path().join("tokens"));
        let token = format!(r#"{{"access_token":"{TOKEN}","expires_in":"{life}"}}"#);
        let (token, empty) = (Reply::json(200, token), Reply::json(200, EMPTY));
        let mut replies = vec![token.clone(), empty.clone()];
        replies.extend(again.then_some(token));
        replies.push(empty);
        let server = Scripted::start(replies).await;
        for _ in 0..2 {
            let another = client(&server.url()).token_store(store()).build().unwrap();
            another.service_principals().list().all().await.unwrap();
        }
    }
}

#[tokio::test]
async fn the_token_operation_carries_no_token_and_shows_no_secret() {
    let server = Scripted::start([Reply::token()]).await;
    let client = client(&server.url()).build().unwrap();
    let body = GetAccessTokenBody {
        grant_type: "client_credentials".into(),
        client_id: "client-1".into(),
        client_secret: SECRET.into(),
    };
    let asked = client.send(GetAccessToken::new("root", body));
    let reply = asked.await.unwrap();
    assert_eq!(reply.access_token.as_ref().unwrap().expose(), TOKEN);
    assert!(!format!("{reply:?}").contains(TOKEN));
    let seen = server.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].line, "POST /cctrustoauth2/root/tokens/clients");
    assert_eq!(seen[0].header("authorization"), None);
    assert_eq!(
        seen[0].header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
}

/// Replies with tokens `token-1`, `token-2`, ... with this lifetime, and with an empty list to all
/// other requests.
async fn numbered(life: u64, refuse_second: bool) -> Scripted {
    let asked = AtomicU32::new(0);
    Scripted::start_with([], move |line| {
        if !line.contains("/tokens/") {
            return Some(Reply::json(200, EMPTY));
        }
        let number = asked.fetch_add(1, Ordering::Relaxed) + 1;
        if refuse_second && number > 1 {
            let refused = r#"{"error":"invalid_client","error_description":"no"}"#;
            return Some(Reply::json(400, refused));
        }
        let token = format!(r#"{{"access_token":"token-{number}","expires_in":"{life}"}}"#);
        Some(Reply::json(200, token))
    })
    .await
}

#[tokio::test]
async fn a_call_that_waits_for_its_turn_is_sent_with_the_token_of_that_time() {
    let server = numbered(1, false).await;
    let client = client(&server.url())
        .requests_per_second(2.0)
        .build()
        .unwrap();
    let principals = client.service_principals();
    for outcome in join_all((0..4).map(|_| principals.list().all())).await {
        outcome.unwrap();
    }
    let seen = server.seen();
    let sent = seen.iter().filter(|seen| seen.line.starts_with("GET"));
    let sent: Vec<_> = sent
        .map(|seen| seen.header("authorization").unwrap())
        .collect();
    assert_eq!(sent.len(), 4);
    assert_eq!(sent[0], "CwsAuth Bearer=token-1");
    assert_ne!(sent[3], sent[0], "that one has ended by then");
}

#[tokio::test(start_paused = true)]
async fn a_token_that_expired_in_flight_does_not_count_as_refused() {
    let (asked, called) = (AtomicU32::new(0), AtomicU32::new(0));
    let server = Scripted::start_with([], move |line| {
        if line.contains("/tokens/") {
            let number = asked.fetch_add(1, Ordering::Relaxed) + 1;
            let token = format!(r#"{{"access_token":"token-{number}","expires_in":"2"}}"#);
            return Some(Reply::json(200, token));
        }
        if called.fetch_add(1, Ordering::Relaxed) == 2 {
            return Some(Reply::json(200, EMPTY));
        }
        // The clock moves with the first poll.
        let _ = tokio::time::advance(Duration::from_secs(3)).now_or_never();
        Some(Reply::json(401, r#"{"detail":"expired"}"#))
    })
    .await;
    let client = client(&server.url()).build().unwrap();
    assert_eq!(used_token(&server, &client).await, "CwsAuth Bearer=token-3");
}

async fn used_token(server: &Scripted, client: &citrix_cloud::Client) -> String {
    client.service_principals().list().all().await.unwrap();
    let seen = server.seen();
    let mut calls = seen.iter().rev();
    let last = calls.find(|seen| seen.line.starts_with("GET")).unwrap();
    last.header("authorization").unwrap().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_token_is_renewed_behind_the_calls_while_it_is_still_good() {
    let server = numbered(1000, false).await;
    let client = client(&server.url()).build().unwrap();
    assert_eq!(used_token(&server, &client).await, "CwsAuth Bearer=token-1");
    tokio::time::advance(Duration::from_secs(790)).await;
    assert_eq!(used_token(&server, &client).await, "CwsAuth Bearer=token-1");
    assert_eq!(server.seen().len(), 3, "nothing is renewed yet");
    tokio::time::advance(Duration::from_secs(70)).await;
    assert_eq!(
        used_token(&server, &client).await,
        "CwsAuth Bearer=token-1",
        "the call does not wait for the new one"
    );
    server.wait_for(5).await;
    while used_token(&server, &client).await != "CwsAuth Bearer=token-2" {}
}

#[tokio::test(start_paused = true)]
async fn a_renewal_that_fails_keeps_the_token_that_is_still_good() {
    let server = numbered(1000, true).await;
    let client = client(&server.url()).build().unwrap();
    assert_eq!(used_token(&server, &client).await, "CwsAuth Bearer=token-1");
    tokio::time::advance(Duration::from_secs(860)).await;
    for _ in 0..20 {
        assert_eq!(used_token(&server, &client).await, "CwsAuth Bearer=token-1");
    }
    let asked = || {
        let lines = server.lines();
        lines
            .iter()
            .filter(|line| line.contains("/tokens/"))
            .count()
    };
    assert_eq!(
        asked(),
        2,
        "a renewal that failed is not tried with every call"
    );
    tokio::time::advance(Duration::from_secs(140)).await;
    let error = client.service_principals().list().all().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Auth, "it is over now");
}

#[tokio::test(start_paused = true)]
async fn those_who_wait_for_a_token_share_its_refusal() {
    let refused = r#"{"error":"invalid_client","error_description":"no"}"#;
    let server = Scripted::start([Reply::json(400, refused)]).await;
    let client = client(&server.url()).build().unwrap();
    let principals = client.service_principals();
    let calls = join_all((0..100).map(|_| principals.list().all())).await;
    for outcome in calls {
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Auth);
    }
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_token_endpoint_that_asks_to_wait_is_waited_for() {
    let server = Scripted::start([
        Reply::json(429, "{}").with("Retry-After", "20"),
        Reply::json(
            503,
            r#"{"detail":"x","parameters":[{"name":"retryDelay","value":"30"}]}"#,
        ),
        Reply::json(502, "<p>"),
        Reply::HangUp,
        Reply::token(),
        Reply::json(200, EMPTY),
        Reply::json(401, ""),
        Reply::json(429, "{}").with("Retry-After", "20"),
    ])
    .await;
    let client = client(&server.url()).build().unwrap();
    let started = tokio::time::Instant::now();
    client.service_principals().list().all().await.unwrap();
    assert!((50..66).contains(&started.elapsed().as_secs()));
    let error = client
        .service_principals()
        .create("x")
        .timeout(Duration::from_secs(10))
        .await
        .unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::Throttled,
        "not beyond the deadline: {error}"
    );
}

#[tokio::test(start_paused = true)]
async fn clients_share_a_token_through_files_and_a_refused_one_is_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let server = numbered(3600, false).await;
    let store = || FileTokenStore::new(folder.path().join("tokens")).unwrap();
    let another = |secret: &str| {
        let settings = client(&server.url()).token_store(store());
        settings
            .credentials(citrix_cloud::Credentials::new("client-1", secret, CUSTOMER).unwrap())
            .build()
            .unwrap()
    };
    for _ in 0..3 {
        let token = used_token(&server, &another(SECRET)).await;
        assert_eq!(token, "CwsAuth Bearer=token-1");
    }
    let rotated = used_token(&server, &another("another")).await;
    assert_eq!(
        rotated, "CwsAuth Bearer=token-2",
        "another secret, another token"
    );

    let refusing = Scripted::start([
        Reply::token_named("old"),
        Reply::json(200, EMPTY),
        Reply::json(401, ""),
        Reply::token_named("new"),
        Reply::json(200, EMPTY),
        Reply::json(200, EMPTY),
    ])
    .await;
    let another = || {
        client(&refusing.url())
            .token_store(store())
            .build()
            .unwrap()
    };
    used_token(&refusing, &another()).await;
    assert_eq!(
        used_token(&refusing, &another()).await,
        "CwsAuth Bearer=new"
    );
    assert_eq!(
        used_token(&refusing, &another()).await,
        "CwsAuth Bearer=new"
    );
    for file in std::fs::read_dir(store().folder()).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        assert!(!text.contains(SECRET) && !text.contains("another"));
    }
}
