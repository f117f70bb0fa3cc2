//! Lenient behavior: what the service accepts from working programs, and how it responds, unless it is strict.

use citrix_cloud_emulator::ids;
use serde_json::{Value, json};

use crate::client::{Cloud, Response};

const MACHINE: &str = "/cvad/manage/Machines/DEMOLAB%7CKESTREL";

/// Makes a DaaS call with these headers besides token, customer and site.
async fn call(
    cloud: &Cloud,
    method: &str,
    path: &str,
    more: &[(&str, &str)],
    body: &str,
) -> Response {
    let authorization = cloud.authorization();
    let mut headers = vec![
        ("authorization", authorization.as_str()),
        ("citrix-customerid", ids::CUSTOMER_ID),
        ("citrix-instanceid", ids::SITE_ID),
    ];
    if !body.is_empty() {
        headers.push(("content-type", "application/json"));
    }
    headers.extend(more);
    cloud.send(method, path, &headers, body).await
}

/// Sends the same call to a lenient and to a strict emulator, and returns both responses.
async fn both(method: &str, path: &str, more: &[(&str, &str)], body: &str) -> [Response; 2] {
    let (lenient, strict) = (Cloud::lenient().await, Cloud::new().await);
    [
        call(&lenient, method, path, more, body).await,
        call(&strict, method, path, more, body).await,
    ]
}

#[tokio::test]
async fn accept_may_be_anything_that_json_is_in() {
    for (accept, status) in [
        (None, 200),
        (Some("*/*"), 200),
        (Some("text/html, application/json;q=0.9"), 200),
        (Some("application/json; charset=utf-8"), 200),
        (Some("text/xml"), 406),
        (Some("application/json;q=0"), 406),
    ] {
        let accept = accept.map(|it| [("accept", it)]);
        let more = accept.as_ref().map_or(&[][..], |it| &it[..]);
        let [lenient, strict] = both("GET", MACHINE, more, "").await;
        assert_eq!((lenient.status, strict.status), (status, 406), "{accept:?}");
        let [lenient, _] = both("GET", "/resourcelocations", more, "").await;
        assert_eq!(lenient.status, status, "{accept:?}");
    }
}

#[tokio::test]
async fn flags_and_numbers_may_be_text() {
    let more = [("accept", "application/json")];
    let body = r#"{"InMaintenanceMode":"True"}"#;
    let [lenient, strict] = both("PATCH", MACHINE, &more, body).await;
    assert_eq!(
        (lenient.status, strict.status),
        (200, 400),
        "{}",
        lenient.body
    );
    let wrong = r#"{"InMaintenanceMode":"perhaps"}"#;
    let [lenient, _] = both("PATCH", MACHINE, &more, wrong).await;
    assert_eq!(lenient.status, 400);
    let empty = r#"{"Name":"G","MachineCatalogs":[],"SharingKind":"","MinimumFunctionalLevel":""}"#;
    let [lenient, strict] = both("POST", "/cvad/manage/DeliveryGroups", &more, empty).await;
    assert_eq!(
        (lenient.status / 100, strict.status),
        (2, 400),
        "{}",
        lenient.body
    );
}

#[tokio::test]
async fn keys_of_platform_services_match_in_any_case() {
    let more = [("accept", "application/json")];
    let body = r#"{"Name":"Attic","TIMEZONE":"GMT Standard Time"}"#;
    let [lenient, strict] = both("POST", "/resourcelocations", &more, body).await;
    assert_eq!(
        (lenient.status / 100, strict.status),
        (2, 400),
        "{}",
        lenient.body
    );
    assert_eq!(lenient.json()["name"], "Attic");
}

#[tokio::test]
async fn the_last_page_has_no_token_and_every_page_a_total() {
    let cloud = Cloud::lenient().await;
    let mut token = String::new();
    let mut seen = 0;
    loop {
        // Sent unencoded.
        let path = format!("/cvad/manage/Machines?limit=2{token}");
        let page = call(&cloud, "GET", &path, &[], "").await.json();
        let items = page["Items"].as_array().unwrap().len();
        seen += items;
        let total = page["TotalItems"].as_u64().unwrap();
        match page.get("ContinuationToken") {
            Some(next) => token = format!("&continuationToken={}", next.as_str().unwrap()),
            None => {
                assert_eq!(seen as u64, total);
                break;
            }
        }
    }
    assert!(seen > 2);
    for path in [
        "MachineCatalogs",
        "DeliveryGroups",
        "Sessions",
        "Tags",
        "Jobs",
    ] {
        let page = call(&cloud, "GET", &format!("/cvad/manage/{path}"), &[], "")
            .await
            .json();
        let items = page["Items"].as_array().unwrap().len();
        assert_eq!(page["TotalItems"], items, "{path}");
    }
    let path = "/cvad/manage/gpo/settingDefinitions?limit=-1";
    let page = call(&cloud, "GET", path, &[], "").await;
    assert_eq!(page.status, 200, "{}", page.body);
    let page = page.json();
    assert!(!page["items"].as_array().unwrap().is_empty());
    // The model of this list has no total.
    assert_eq!(page.get("totalItems"), None);
}

#[tokio::test]
async fn credentials_may_be_json_and_tokens_plain_bearer_past_the_gateway() {
    let (lenient, strict) = (Cloud::lenient().await, Cloud::new().await);
    let body =
        json!({ "clientId": ids::CLIENT_ID, "clientSecret": ids::CLIENT_SECRET }).to_string();
    let json = [("content-type", "application/json")];
    let path = format!("/cctrustoauth2/{}/tokens/clients", ids::CUSTOMER_ID);
    let response = lenient.send("POST", &path, &json, &body).await;
    assert!(response.json()["token"].is_string(), "{}", response.body);
    assert_eq!(strict.send("POST", &path, &json, &body).await.status, 415);
    let host = format!("{}.xendesktop.net", ids::CUSTOMER_ID);
    let path = format!(
        "/citrix/orchestration/api/{}/{}/Machines",
        ids::CUSTOMER_ID,
        ids::SITE_ID
    );
    for (cloud, status) in [(&lenient, 200), (&strict, 401)] {
        let bearer = format!("Bearer {}", cloud.token);
        let headers = [
            ("host", host.as_str()),
            ("authorization", bearer.as_str()),
            ("accept", "application/json"),
        ];
        assert_eq!(cloud.send("GET", &path, &headers, "").await.status, status);
    }
}

#[tokio::test]
async fn a_controller_hands_out_tokens_below_both_of_its_paths() {
    let cloud = Cloud::lenient().await;
    let basic = base64_of(&format!(
        r"DEMOLAB\{}:{}",
        ids::CLIENT_ID,
        ids::CLIENT_SECRET
    ));
    let headers = [("authorization", basic.as_str())];
    for path in ["/cvad/manage/Tokens", "/citrix/orchestration/api/tokens"] {
        let response = cloud.send("POST", path, &headers, "").await;
        assert_eq!(response.status, 200, "{path}: {}", response.body);
        assert_eq!(response.json()["CustomerId"], "CitrixOnPremises", "{path}");
        let bearer = format!("Bearer {}", response.json()["Token"].as_str().unwrap());
        let headers = [("authorization", bearer.as_str())];
        let me = cloud
            .send("GET", "/citrix/orchestration/api/me", &headers, "")
            .await;
        assert_eq!(
            me.json()["Customers"][0]["Id"],
            "CitrixOnPremises",
            "{path}"
        );
    }
}

#[tokio::test]
async fn the_system_log_accepts_days_and_responds_in_camel_case() {
    let path = "/systemlog/records?StartDateTime=2020-01-01&EndDateTime=2030-01-01T00:00:00";
    let more = [("accept", "application/json")];
    let [lenient, strict] = both("GET", path, &more, "").await;
    assert_eq!(
        (lenient.status, strict.status),
        (200, 400),
        "{}",
        lenient.body
    );
    let page = lenient.json();
    assert!(
        page["items"].is_array() && page.get("continuationToken").is_some(),
        "{page}"
    );
}

#[tokio::test]
async fn an_item_of_a_batch_that_becomes_a_job_has_no_body() {
    let cloud = Cloud::lenient().await;
    let item = json!({ "Reference": "1", "Method": "POST", "RelativeUrl": "/Machines/DEMOLAB%7CKESTREL/$reboot?async=true" });
    let body = json!({ "Items": [item] }).to_string();
    let response = call(&cloud, "POST", "/cvad/manage/$batch", &[], &body)
        .await
        .json();
    let item = &response["Items"][0];
    assert_eq!(
        (&item["Code"], &item["Body"]),
        (&json!(202), &Value::Null),
        "{response}"
    );
    assert_eq!(item["Headers"][0]["Name"], "Location");
}

#[tokio::test]
async fn known_hosts_that_are_not_emulated_are_named() {
    let cloud = Cloud::lenient().await;
    for host in [
        "partner.citrixworkspacesapi.net",
        "customers.citrixworkspacesapi.net",
        "downloads.cloud.com",
        "adm.cloud.com",
        "las.cloud.com",
        "us.wem.cloud.com",
        "wsaca.cloud.com",
    ] {
        let response = cloud.send("GET", "/anything", &[("host", host)], "").await;
        assert_eq!(response.status, 501, "{host}");
        assert!(response.body.contains(host), "{}", response.body);
    }
    let headers = [
        ("host", "trust-us.citrixworkspacesapi.net"),
        ("content-type", "application/json"),
    ];
    let body =
        json!({ "clientId": ids::CLIENT_ID, "clientSecret": ids::CLIENT_SECRET }).to_string();
    let path = format!("/{}/tokens/clients", ids::CUSTOMER_ID);
    assert_eq!(cloud.send("POST", &path, &headers, &body).await.status, 200);
}

fn base64_of(text: &str) -> String {
    use base64::Engine;
    format!("Basic {}", base64::prelude::BASE64_STANDARD.encode(text))
}

#[tokio::test]
async fn a_field_that_the_model_lacks_is_a_warning_in_the_journal() {
    let cloud = Cloud::lenient().await;
    let body = json!({ "Name": "Blue", "Descripton": "A typing error" });
    let response = cloud.call("POST", "/cvad/manage/Tags", body).await;
    assert_eq!(response.status, 200, "{}", response.body);
    let warnings = cloud.emulator.journal().entries().pop().unwrap().warnings;
    assert_eq!(warnings.len(), 1);
    assert!(warnings[0].contains("'Descripton'"), "{warnings:?}");
    let item = json!({
        "Reference": "1", "Method": "POST", "RelativeUrl": "/Tags",
        "Body": json!({ "Name": "Red", "Colour": 1 }).to_string(),
    });
    cloud
        .call("POST", "/cvad/manage/$batch", json!({ "Items": [item] }))
        .await;
    let warnings = cloud.emulator.journal().entries().pop().unwrap().warnings;
    assert!(
        warnings[0].starts_with("item 1: ") && warnings[0].contains("'Colour'"),
        "{warnings:?}"
    );
}
