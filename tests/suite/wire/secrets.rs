//! No `Debug` output, error or callback shows a secret.

use std::sync::{Arc, Mutex};

use citrix_cloud::models::platform::GetAccessTokenBody;
use citrix_cloud::operations::platform::GetAccessToken;
use citrix_cloud::{ApiVersion, Client, CreateNotification, Credentials, Secret};
use citrix_cloud_tests::{Reply, SECRET, SITE, Scripted, TOKEN, client, client_of};

#[tokio::test]
async fn debug_of_every_public_type_shows_no_secret() {
    let server = Scripted::start([
        Reply::token(),
        Reply::json(200, r#"{"items":[]}"#),
        Reply::json(200, r#"{"Items":[{"Id":"m","Name":"n","SessionCount":0}]}"#),
    ])
    .await;
    let builder = client(&server.url());
    let client = builder.clone().build().unwrap();
    client.service_principals().list().all().await.unwrap();
    let site = client.daas().site(SITE);
    let current = Client::builder()
        .credentials(citrix_cloud::Credentials::new("client-1", SECRET, "abcd1024xyz").unwrap())
        .api_version(ApiVersion::Current)
        .endpoint(server.url());
    let plan_client = client_of(&server.url(), ApiVersion::Current);
    let body = GetAccessTokenBody {
        grant_type: "client_credentials".into(),
        client_id: "client-1".into(),
        client_secret: SECRET.into(),
    };
    let token_request = client.send(GetAccessToken::new("root", body));
    let shown = [
        format!("{builder:?}"),
        format!("{current:?}"),
        format!("{client:?}"),
        format!("{plan_client:?}"),
        format!(
            "{:?}",
            Credentials::new("client-1", SECRET, "abcd1024xyz").unwrap()
        ),
        format!("{:?}", Secret::from(SECRET)),
        format!("{:?}", client.resource_locations()),
        format!("{:?}", client.service_states()),
        format!("{:?}", client.notifications()),
        format!("{:?}", client.service_principals()),
        format!("{:?}", client.daas()),
        format!("{:?}", client.daas().me()),
        format!("{:?}", site),
        format!("{:?}", site.machine_catalog("c")),
        format!("{:?}", site.machine_catalog("c").machines()),
        format!("{:?}", site.machine_catalog("c").reboot_idle()),
        format!("{:?}", site.machine("m").reboot()),
        format!("{:?}", site.session("s")),
        format!("{:?}", site.job("j").wait(std::time::Duration::ZERO)),
        format!("{:?}", CreateNotification::new("t", "d")),
        format!("{token_request:?}"),
    ];
    for text in shown {
        assert!(!text.contains(SECRET) && !text.contains(TOKEN), "{text}");
    }
    let plan = plan_client
        .daas()
        .site(SITE)
        .machine_catalog("c")
        .reboot_idle()
        .plan()
        .await;
    assert!(plan.is_err(), "the script has one token only");
}

#[tokio::test]
async fn errors_and_observers_show_no_secret() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let keep = seen.clone();
    let body =
        format!(r#"{{"error":"invalid_client","error_description":"no: client_secret={SECRET}"}}"#);
    let server = Scripted::start([Reply::json(400, body)]).await;
    let client = client(&server.url())
        .on_request(move |exchange| keep.lock().unwrap().push(format!("{exchange:?}")))
        .build()
        .unwrap();
    let error = client.service_principals().list().all().await.unwrap_err();
    let mut texts = seen.lock().unwrap().clone();
    assert_eq!(texts.len(), 1, "the token request is observed: {texts:?}");
    assert!(
        error.message().starts_with("no: client_secret=***"),
        "{error}"
    );
    texts.push(format!("{error} {error:?} {error:#?}"));
    for text in texts {
        assert!(!text.contains(SECRET), "{text}");
    }
}

#[tokio::test]
async fn a_secret_that_the_service_repeats_is_masked_in_whatever_form() {
    let secret = "a+/=& \"quoted\"#%20é";
    let body = serde_json::json!({
        "error": "invalid_client",
        "error_description": format!("got client_secret={secret}"),
    });
    let server = Scripted::start([
        Reply::json(400, body.to_string()),
        Reply::json(
            400,
            r#"{"detail":"a%2B%2F%3D%26+%22quoted%22%23%2520%C3%A9"}"#,
        ),
    ])
    .await;
    let client = client(&server.url())
        .credentials(citrix_cloud::Credentials::new("id", secret, "abcd1024xyz").unwrap())
        .build()
        .unwrap();
    let error = client.service_principals().list().all().await.unwrap_err();
    assert_eq!(error.message(), "got client_secret=***");
    let error = client.service_principals().list().all().await.unwrap_err();
    assert_eq!(error.message(), "***");
}

#[tokio::test]
async fn a_token_that_the_service_repeats_is_masked() {
    let body = format!(r#"{{"detail":"no","parameters":{{"sent":"CwsAuth Bearer={TOKEN}"}}}}"#);
    let server = Scripted::start([Reply::token(), Reply::json(403, body)]).await;
    let client = client(&server.url()).build().unwrap();
    let error = client.service_principals().list().all().await.unwrap_err();
    assert_eq!(
        error.details(),
        [("sent".to_owned(), "CwsAuth Bearer=***".to_owned())]
    );
}
