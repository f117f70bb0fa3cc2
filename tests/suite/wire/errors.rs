//! Every error in the walkthrough's troubleshooting section, through the whole client.

use citrix_cloud::operations::machines::RebootMachine;
use citrix_cloud::{ApiVersion, Error, ErrorKind};
use citrix_cloud_tests::{Reply, SITE, Scripted, client_of};

async fn daas_error(reply: Reply) -> Error {
    let twice = match reply {
        Reply::Response(401, ..) => vec![reply.clone(), Reply::token(), reply],
        _ => vec![reply],
    };
    let server = Scripted::start(std::iter::once(Reply::token()).chain(twice)).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    client
        .daas()
        .site(SITE)
        .machine_catalog("c")
        .get()
        .await
        .unwrap_err()
}

#[tokio::test]
async fn wrong_credentials_name_the_variables_to_check() {
    let body =
        r#"{"error":"invalid_client","error_description":"Invalid client id or client secret."}"#;
    let reply = Reply::json(400, body).with("X-Cws-TransactionId", "77f8e145");
    let server = Scripted::start([reply]).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let error = client.daas().me().await.unwrap_err();
    assert_eq!((error.kind(), error.status()), (ErrorKind::Auth, Some(400)));
    assert_eq!(error.code(), Some("invalid_client"));
    assert_eq!(
        error.to_string(),
        "getAccessToken: Invalid client id or client secret. (status 400 Bad Request, code \
         invalid_client, transaction 77f8e145)\nlikely cause: the client id or the client secret \
         is wrong; check CITRIX_CLIENT_ID and CITRIX_CLIENT_SECRET (or CLIENT_ID and \
         CLIENT_SECRET)"
    );
}

#[tokio::test]
async fn a_charset_on_the_token_form_is_named() {
    let body = r#"{"type":"https://errors-api.cloud.com/common/unsupportedMediaType","detail":"Unsupported media type","parameters":[{"name":"mediaType","value":"application/x-www-form-urlencoded; charset=utf-8"}]}"#;
    let server = Scripted::start([Reply::json(415, body)]).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let error = client.service_principals().list().all().await.unwrap_err();
    assert!(
        error.hint().unwrap().contains("without a charset"),
        "{error}"
    );
    assert!(
        error
            .to_string()
            .contains("mediaType: application/x-www-form-urlencoded"),
        "{error}"
    );
}

#[tokio::test]
async fn a_missing_cwsauth_header_is_explained_on_the_legacy_hosts() {
    let body =
        r#"{"Error":{"Message":"Missing or invalid CWSAuth header.","Type":"CWSAuthException"}}"#;
    let refused = Reply::json(401, body).with("X-Cws-TransactionId", "legacy-1");
    let server = Scripted::start([Reply::token(), refused.clone(), Reply::token(), refused]).await;
    let client = client_of(&server.url(), ApiVersion::Preview);
    let error = client.resource_locations().list().all().await.unwrap_err();
    assert_eq!(error.message(), "Missing or invalid CWSAuth header.");
    assert_eq!(error.code(), Some("CWSAuthException"));
    assert_eq!(error.transaction_id(), Some("legacy-1"));
    assert!(
        error.hint().unwrap().contains("CwsAuth Bearer=<token>"),
        "{error}"
    );
}

#[tokio::test]
async fn platform_errors_are_typed_and_explained() {
    let cases = [
        (
            401,
            r#"{"detail":"Missing or invalid authentication details","parameters":{"reason":"invalid"},"type":"https://errors-api.cloud.com/common/authentication"}"#,
            ErrorKind::Auth,
            "Missing or invalid authentication details",
            "expired",
        ),
        (
            406,
            r#"{"detail":"Must accept application/json media type","parameters":{"contentType":"application/json"},"type":"https://errors-api.cloud.com/common/notAcceptable"}"#,
            ErrorKind::Api,
            "Must accept application/json media type",
            "exactly `application/json`",
        ),
        (
            500,
            r#"{"activityId":"c59d1c1a-0735-4ab7-8520-479ebae3fc1e","message":"Internal server error","statusCode":500}"#,
            ErrorKind::Unavailable,
            "Internal server error",
            "customer id is missing or wrong",
        ),
        (
            403,
            r#"{"type":"https://errors-api.cloud.com/common/authorization","detail":"User is not authenticated for the resource"}"#,
            ErrorKind::Forbidden,
            "User is not authenticated for the resource",
            "another region",
        ),
    ];
    for (status, body, kind, message, hint) in cases {
        let error = daas_error(Reply::json(status, body)).await;
        assert_eq!(
            (error.kind(), error.status()),
            (kind, Some(status)),
            "{error}"
        );
        assert_eq!(error.message(), message);
        assert!(error.hint().unwrap().contains(hint), "{error}");
        assert!(
            error.transaction_id().is_some_and(|id| id.len() == 36),
            "ours, for want of theirs"
        );
        assert_eq!(error.operation(), Some("MachineCatalogsGetMachineCatalog"));
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_but_named() {
    let body = r#"{"type":"https://errors-api.cloud.com/common/Redirect","detail":"Redirect","parameters":[{"name":"customerDataRegion","value":"eu"}]}"#;
    let reply = Reply::json(307, body).with(
        "Location",
        "https://api-eu.cloud.com/feature-data_1/cvad/manage/me",
    );
    let error = daas_error(reply).await;
    assert_eq!(error.kind(), ErrorKind::Forbidden);
    assert!(
        error.hint().unwrap().contains("https://api-eu.cloud.com"),
        "{error}"
    );
    assert!(
        error.to_string().contains("customerDataRegion: eu"),
        "{error}"
    );
}

#[tokio::test]
async fn throttling_says_how_long_to_wait() {
    let body = r#"{"statusCode":429,"message":"Rate limit is exceeded. Try again in 7 seconds."}"#;
    let error = daas_error(Reply::json(429, body)).await;
    assert!(error.is_throttled() && error.is_retryable());
    assert_eq!(error.retry_after(), Some(std::time::Duration::from_secs(7)));
    let error = daas_error(Reply::json(429, body).with("Retry-After", "30")).await;
    assert_eq!(
        error.retry_after(),
        Some(std::time::Duration::from_secs(30))
    );
}

#[tokio::test]
async fn pages_of_html_and_empty_bodies_stay_readable() {
    let html = "<html><head><title>502 Bad Gateway</title></head><body><h1>Bad</h1></body></html>";
    let error = daas_error(Reply::Response(
        502,
        vec![("Content-Type", "text/html".into())],
        html.into(),
    ))
    .await;
    assert_eq!(error.message(), "502 Bad Gateway Bad");
    let error = daas_error(Reply::Response(503, vec![], String::new())).await;
    assert_eq!(
        error.message(),
        "status 503 Service Unavailable without a reason"
    );
    let error = daas_error(Reply::Response(500, vec![], "\\x41 is no JSON".into())).await;
    assert_eq!(error.message(), "\\x41 is no JSON");
    let escaped = r#"{"detail":"Catalog \x27Sales\x27 is gone"}"#;
    let error = daas_error(Reply::Response(410, vec![], escaped.into())).await;
    assert_eq!(error.message(), "Catalog 'Sales' is gone");
}

#[tokio::test]
async fn raw_errors_are_explained_with_the_circumstances_of_their_call() {
    let words =
        r#"{"SdkErrorId":"x","ErrorMessage":"Machine does not support specified power action."}"#;
    let server = Scripted::start([
        Reply::token(),
        Reply::json(400, words),
        Reply::json(502, ""),
    ])
    .await;
    let site = client_of(&server.url(), ApiVersion::Current)
        .daas()
        .site(SITE);
    let error = site.send(RebootMachine::new("m")).await.unwrap_err();
    assert_eq!(
        error.message(),
        "Machine does not support specified power action."
    );
    assert_eq!(error.operation(), Some("MachinesRebootMachine"));
    let error = site.send(RebootMachine::new("m")).await.unwrap_err();
    assert!(
        error.is_outcome_unknown(),
        "a write that met 502 may have run"
    );
}
