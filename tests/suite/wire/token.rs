//! Signing in.

use citrix_cloud::ErrorKind;
use citrix_cloud_tests::{Answer, SECRET, Scripted, TOKEN, client};
use futures_util::future::join_all;

const EMPTY: &str = r#"{"items":[]}"#;

#[tokio::test]
async fn the_form_is_sent_as_the_trust_service_wants_it() {
    let server = Scripted::start([Answer::token(), Answer::json(200, EMPTY)]).await;
    let client = client(&server.url()).build().unwrap();
    client.service_principals().list().await.unwrap();

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
    let server = Scripted::start([Answer::token(), Answer::json(200, EMPTY)]).await;
    let client = client(&server.url())
        .credentials("id", "a+b&c=d/é ==", "abcd1024xyz")
        .build()
        .unwrap();
    client.service_principals().list().await.unwrap();
    assert!(
        server.seen()[0]
            .body
            .ends_with("client_secret=a%2Bb%26c%3Dd%2F%C3%A9+%3D%3D")
    );
}

#[tokio::test]
async fn building_a_client_sends_nothing_and_clones_share_one_token() {
    let answers =
        std::iter::once(Answer::token()).chain(std::iter::repeat_n(Answer::json(200, EMPTY), 20));
    let server = Scripted::start(answers).await;
    let client = client(&server.url()).build().unwrap();
    assert!(server.seen().is_empty());

    let calls = (0..20).map(|_| {
        let client = client.clone();
        async move { client.service_principals().list().await }
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
        Answer::token_named("first"),
        Answer::json(401, refused),
        Answer::token_named("second"),
        Answer::json(200, EMPTY),
        Answer::json(401, refused),
        Answer::token_named("third"),
        Answer::json(401, refused),
    ])
    .await;
    let client = client(&server.url()).build().unwrap();
    client.service_principals().list().await.unwrap();
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

    let error = client.service_principals().list().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.status(), error.attempts()),
        (ErrorKind::Auth, Some(401), 2)
    );
    assert!(error.hint().unwrap().contains("expired"), "{error}");
}

#[tokio::test]
async fn a_life_given_as_a_number_is_read_too_and_a_zero_life_is_not_kept() {
    let token = r#"{"token_type":"bearer","access_token":"short","expires_in":0}"#;
    let server = Scripted::start([
        Answer::json(200, token),
        Answer::json(200, EMPTY),
        Answer::json(200, token),
        Answer::json(200, EMPTY),
    ])
    .await;
    let client = client(&server.url()).build().unwrap();
    client.service_principals().list().await.unwrap();
    client.service_principals().list().await.unwrap();
}

#[tokio::test]
async fn an_answer_without_a_usable_token_is_an_error_that_does_not_repeat_it() {
    for body in [
        "{}",
        r#"{"access_token":""}"#,
        r#"{"access_token":"line\nbreak"}"#,
        "<html>hello</html>",
    ] {
        let server = Scripted::start([Answer::json(200, body)]).await;
        let client = client(&server.url()).build().unwrap();
        let error = client.service_principals().list().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
        assert!(!format!("{error} {error:?}").contains("break"), "{error}");
    }
}

#[tokio::test]
async fn the_raw_token_operation_carries_no_token_and_shows_no_secret() {
    let server = Scripted::start([Answer::token()]).await;
    let client = client(&server.url()).build().unwrap();
    let platform = client.raw().platform();
    let answer = platform
        .get_access_token()
        .customer_id("root")
        .body_map(|body| {
            body.grant_type("client_credentials")
                .client_id("client-1")
                .client_secret(SECRET)
        })
        .send()
        .await
        .unwrap();
    assert_eq!(answer.access_token.as_ref().unwrap().expose(), TOKEN);
    assert!(!format!("{answer:?}").contains(TOKEN));
    let seen = server.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!(seen[0].line, "POST /cctrustoauth2/root/tokens/clients");
    assert_eq!(seen[0].header("authorization"), None);
    assert_eq!(
        seen[0].header("content-type"),
        Some("application/x-www-form-urlencoded")
    );
}
