//! Connections that fail: the client never guesses whether a write ran.

use citrix_cloud::{ApiVersion, ErrorKind};
use citrix_cloud_tests::{Reply, SITE, Scripted, client, client_of};

#[tokio::test]
async fn a_connection_that_breaks_leaves_a_writes_outcome_unknown_and_it_is_not_repeated() {
    let server = Scripted::start([Reply::token(), Reply::HangUp]).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let error = client
        .daas()
        .site(SITE)
        .machine("m")
        .reboot()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::OutcomeUnknown, "{error}");
    assert!(!error.is_retryable());
    assert!(error.hint().unwrap().contains("may have run"), "{error}");
    let reboots = server
        .lines()
        .iter()
        .filter(|line| line.ends_with("$reboot"))
        .count();
    assert_eq!(reboots, 1);
}

#[tokio::test]
async fn a_connection_that_breaks_is_an_ordinary_error_of_a_read() {
    let server = Scripted::start([Reply::token(), Reply::HangUp]).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let error = client
        .daas()
        .site(SITE)
        .machine("m")
        .get()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network, "{error}");
    assert!(error.is_retryable());
}

#[tokio::test]
async fn a_truncated_response_is_not_a_response() {
    let server =
        Scripted::start([Reply::token(), Reply::CutShort(200, r#"{"Id":"m""#.into())]).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let error = client
        .daas()
        .site(SITE)
        .machine("m")
        .get()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Network, "{error}");
    assert!(
        error.message().starts_with("the response was cut off"),
        "{error}"
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_was_sent_nothing() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let client = client_of(&url, ApiVersion::Current);
    let error = client
        .daas()
        .site(SITE)
        .machine("m")
        .reboot()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Connect, "{error}");
    assert!(error.message().contains("127.0.0.1"), "{error}");
}

#[tokio::test]
async fn a_call_ends_at_its_deadline() {
    // A port that accepts connections and never responds.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let client = client(&url).build().unwrap();
    let short = std::time::Duration::from_millis(20);
    let error = client
        .service_principals()
        .list()
        .page_timeout(short)
        .all()
        .await
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    let write = client
        .service_principals()
        .create("x")
        .timeout(short)
        .await
        .unwrap_err();
    assert_eq!(
        write.kind(),
        ErrorKind::Timeout,
        "only a token was asked for: {write}"
    );
}

#[tokio::test]
async fn a_job_started_instead_is_named() {
    let reply = Reply::Response(
        202,
        vec![(
            "Location",
            "https://api.cloud.com/cvad/manage/Jobs/9f86d081".into(),
        )],
        String::new(),
    );
    let server = Scripted::start([Reply::token(), reply.clone(), reply]).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let machine = client.daas().site(SITE).machine("m");
    let error = machine.reboot().await.unwrap_err();
    assert_eq!(
        (error.kind(), error.job_id()),
        (ErrorKind::JobStarted, Some("9f86d081"))
    );
    assert_eq!(machine.reboot().as_job().await.unwrap().id(), "9f86d081");
    assert!(server.lines()[2].ends_with("/$reboot?async=true"));
}
