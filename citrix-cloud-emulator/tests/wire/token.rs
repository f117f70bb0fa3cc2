use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use citrix_cloud_emulator::{Emulator, ids};
use serde_json::{Value, json};

use crate::client::Cloud;

const FORM: &str = "application/x-www-form-urlencoded";

fn form(secret: &str) -> String {
    let id = ids::CLIENT_ID;
    format!("grant_type=client_credentials&client_id={id}&client_secret={secret}")
}

#[tokio::test]
async fn a_token_response_has_the_walkthrough_white_space_and_text_lifetime() {
    let cloud = Cloud::new().await;
    let response = cloud.token_request(FORM, &form(ids::CLIENT_SECRET)).await;
    assert_eq!(response.status, 200);
    let token = response.json()["access_token"].as_str().unwrap().to_owned();
    let parts: Vec<_> = token.split('.').collect();
    assert_eq!(parts.len(), 3, "a JWT: {token}");
    let claims = BASE64_URL_SAFE_NO_PAD.decode(parts[1]).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["user_id"], ids::ADMINISTRATOR_ID);
    let want = format!(
        "\n                        {{\n                            \"token_type\": \"bearer\",\n                            \
         \"access_token\": \"{token}\",\n                            \"expires_in\": \"3600\"\n                        }}\n                        "
    );
    assert_eq!(response.body, want);
    assert_eq!(response.header("cache-control"), "no-store");
    assert_eq!(response.header("pragma"), "no-cache");
    assert!(!response.header("x-cws-transactionid").is_empty());
    assert_ne!(token, cloud.token);
}

#[tokio::test]
async fn a_wrong_secret_is_400_with_the_walkthrough_body() {
    let cloud = Cloud::new().await;
    let response = cloud.token_request(FORM, &form("GarbageValue")).await;
    assert_eq!(response.status, 400);
    assert_eq!(
        response.body,
        r#"{"error":"invalid_client","error_description":"Invalid client id or client secret."}"#
    );
}

#[tokio::test]
async fn a_charset_after_the_content_type_is_refused() {
    let cloud = Cloud::new().await;
    let given = "application/x-www-form-urlencoded; charset=utf-8";
    let response = cloud.token_request(given, &form(ids::CLIENT_SECRET)).await;
    assert_eq!(response.status, 415);
    assert_eq!(
        response.json()["type"],
        "https://errors-api.cloud.com/common/unsupportedMediaType"
    );
    assert_eq!(
        response.json()["parameters"],
        json!([{ "name": "mediaType", "value": given }])
    );
}

#[tokio::test]
async fn a_form_lacking_something_is_refused() {
    let cloud = Cloud::new().await;
    for (body, error) in [
        ("", "invalid_request"),
        (
            "grant_type=password&client_id=a&client_secret=b",
            "unsupported_grant_type",
        ),
        (
            "grant_type=client_credentials&client_id=a",
            "invalid_request",
        ),
        ("%%%&&&===", "invalid_request"),
    ] {
        let response = cloud.token_request(FORM, body).await;
        assert_eq!(
            (response.status, response.json()["error"].as_str()),
            (400, Some(error)),
            "{body}"
        );
    }
}

#[tokio::test]
async fn the_path_may_name_the_customer_but_not_another() {
    let cloud = Cloud::new().await;
    for (customer, status) in [("ROOT", 200), (ids::CUSTOMER_ID, 200), ("other", 400)] {
        let path = format!("/cctrustoauth2/{customer}/tokens/clients");
        let headers = [("content-type", FORM)];
        let response = cloud
            .send("POST", &path, &headers, &form(ids::CLIENT_SECRET))
            .await;
        assert_eq!(response.status, status, "{customer}");
    }
}

#[tokio::test]
async fn a_token_expires_after_its_lifetime_or_on_request() {
    let lifetime = Duration::from_secs(60);
    let mut cloud = Cloud::built(Emulator::builder().token_lifetime(lifetime)).await;
    cloud.wait(59_999);
    assert_eq!(cloud.get("/cvad/manage/me").await.status, 200);
    cloud.wait(1);
    assert_eq!(cloud.get("/cvad/manage/me").await.status, 401);
    cloud.sign_in().await;
    assert_eq!(cloud.get("/cvad/manage/me").await.status, 200);
    cloud.emulator.expire_tokens();
    assert_eq!(cloud.get("/cvad/manage/me").await.status, 401);
}

#[tokio::test]
async fn the_older_form_takes_and_gives_json() {
    let cloud = Cloud::new().await;
    let body = json!({ "clientId": ids::CLIENT_ID, "clientSecret": ids::CLIENT_SECRET });
    let response = cloud.call("POST", "/root/tokens/clients", body).await;
    assert_eq!(response.status, 200);
    assert_eq!(response.json()["expiresIn"], 3600);
    let mut cloud = cloud;
    cloud.token = response.json()["token"].as_str().unwrap().to_owned();
    assert_eq!(cloud.get("/cvadapis/me").await.status, 200);
    let response = cloud
        .call("POST", "/root/tokens/clients", json!({ "clientId": "x" }))
        .await;
    assert_eq!(
        (response.status, &response.json()["error"]),
        (400, &json!("invalid_request"))
    );
}
