use citrix_cloud_emulator::{ApiVersions, Emulator, ids};
use serde_json::{Value, json};

use crate::client::Cloud;

const ME: &str = "/cvadapis/me";

#[tokio::test]
async fn a_call_without_a_valid_token_is_401_with_the_walkthrough_bodies() {
    let cloud = Cloud::new().await;
    let bearer = format!("Bearer {}", cloud.token);
    let spaced = format!("CwsAuth Bearer= {}", cloud.token);
    for path in [ME, "/cvad/manage/Machines", "/resourcelocations"] {
        for (header, reason) in [
            (None, "missing"),
            (Some("CwsAuth Bearer=nonsense"), "invalid"),
            (Some(bearer.as_str()), "invalid"),
            (Some(spaced.as_str()), "invalid"),
        ] {
            let mut headers = vec![("accept", "application/json")];
            headers.extend(header.map(|value| ("authorization", value)));
            let response = cloud.send("GET", path, &headers, "").await;
            assert_eq!(response.status, 401);
            assert_eq!(
                response.json(),
                json!({
                    "detail": "Missing or invalid authentication details",
                    "parameters": { "reason": reason },
                    "type": "https://errors-api.cloud.com/common/authentication",
                })
            );
            assert!(!response.header("citrix-transactionid").is_empty());
        }
    }
    let response = cloud
        .send("GET", "/abcd1024xyz/serviceStates", &[], "")
        .await;
    assert_eq!(response.status, 401);
    assert_eq!(
        response.body,
        r#"{"Error":{"Message":"Missing or invalid CWSAuth header.","Type":"CWSAuthException"}}"#
    );
    assert!(!response.header("x-cws-transactionid").is_empty());
}

#[tokio::test]
async fn accept_must_be_exactly_json_on_the_gateway_only() {
    let cloud = Cloud::new().await;
    let authorization = cloud.authorization();
    for accept in [
        "*/*",
        "application/json; charset=utf-8",
        "application/json, text/plain",
        "",
    ] {
        let headers = [
            ("authorization", authorization.as_str()),
            ("accept", accept),
            ("citrix-customerid", ids::CUSTOMER_ID),
        ];
        for path in [ME, "/notifications"] {
            let response = cloud.send("GET", path, &headers, "").await;
            assert_eq!(response.status, 406, "{accept}");
            assert_eq!(
                response.json(),
                json!({
                    "detail": "Must accept application/json media type",
                    "parameters": { "contentType": "application/json" },
                    "type": "https://errors-api.cloud.com/common/notAcceptable",
                })
            );
        }
        let path = "/abcd1024xyz/resourcelocations";
        assert_eq!(cloud.send("GET", path, &headers, "").await.status, 200);
    }
}

#[tokio::test]
async fn a_missing_customer_is_500_from_daas_and_400_from_the_platform() {
    let cloud = Cloud::new().await;
    let authorization = cloud.authorization();
    let headers = [
        ("authorization", authorization.as_str()),
        ("accept", "application/json"),
    ];
    for path in [ME, "/cvad/manage/me", "/cvad/manage/Machines"] {
        let response = cloud.send("GET", path, &headers, "").await;
        assert_eq!(response.status, 500);
        let mut body = response.json();
        assert!(body["activityId"].as_str().is_some_and(|id| id.len() == 36));
        body["activityId"] = Value::Null;
        assert_eq!(
            body,
            json!({ "statusCode": 500, "message": "Internal server error", "activityId": null })
        );
    }
    let response = cloud.send("GET", "/resourcelocations", &headers, "").await;
    assert_eq!(response.status, 400);
    assert_eq!(
        response.json()["parameters"],
        json!([{ "name": "name", "value": "Citrix-CustomerId" }])
    );
}

#[tokio::test]
async fn a_foreign_customer_is_403_everywhere() {
    let cloud = Cloud::new().await;
    let authorization = cloud.authorization();
    let headers = [
        ("authorization", authorization.as_str()),
        ("accept", "application/json"),
        ("citrix-customerid", "other"),
    ];
    for path in [
        ME,
        "/cvad/manage/me",
        "/serviceprincipals",
        "/other/serviceStates",
    ] {
        let response = cloud.send("GET", path, &headers, "").await;
        assert_eq!(response.status, 403, "{path}");
        assert_eq!(
            response.json()["type"],
            "https://errors-api.cloud.com/common/authorization"
        );
    }
}

#[tokio::test]
async fn the_site_comes_from_the_header_or_the_path() {
    let cloud = Cloud::new().await;
    let authorization = cloud.authorization();
    let mut headers = vec![
        ("authorization", authorization.as_str()),
        ("accept", "application/json"),
        ("citrix-customerid", ids::CUSTOMER_ID),
    ];
    assert_eq!(
        cloud
            .send("GET", "/cvad/manage/me", &headers, "")
            .await
            .status,
        200
    );
    for (path, status) in [("Sites", 200), ("Machines", 400)] {
        let path = format!("/cvad/manage/{path}");
        assert_eq!(cloud.send("GET", &path, &headers, "").await.status, status);
    }
    let path = format!("/cvadapis/{}/Sites", ids::SITE_ID);
    assert_eq!(cloud.send("GET", &path, &headers, "").await.status, 200);
    assert_eq!(
        cloud
            .send("GET", "/cvadapis/nowhere/Sites", &headers, "")
            .await
            .status,
        404
    );
    headers.push(("citrix-instanceid", "nowhere"));
    assert_eq!(
        cloud
            .send("GET", "/cvad/manage/Sites", &headers, "")
            .await
            .status,
        404
    );
}

#[tokio::test]
async fn an_api_version_can_be_turned_off() {
    let old = format!("/cvadapis/{}/Machines", ids::SITE_ID);
    for (api_versions, current, preview) in [
        (ApiVersions::Both, 200, 200),
        (ApiVersions::Current, 200, 404),
        (ApiVersions::Preview, 404, 200),
    ] {
        let cloud = Cloud::built(Emulator::builder().api_versions(api_versions)).await;
        for (path, status) in [
            ("/cvad/manage/me", current),
            ("/cvad/manage/Machines", current),
            ("/cvadapis/me", preview),
            (old.as_str(), preview),
        ] {
            assert_eq!(
                cloud.get(path).await.status,
                status,
                "{api_versions:?} {path}"
            );
        }
    }
}

#[tokio::test]
async fn unknown_operations_methods_and_paths_have_different_errors() {
    let cloud = Cloud::new().await;
    let response = cloud.site("GET", "/machineCatalogActions").await;
    assert_eq!(response.status, 501);
    let body = response.json();
    assert_eq!(
        body["type"],
        "https://errors-api.cloud.com/common/notImplemented"
    );
    assert!(
        body["detail"]
            .as_str()
            .unwrap()
            .contains("ActionsGetActions")
    );

    let response = cloud.site("PUT", "/Machines/7").await;
    assert_eq!(
        (response.status, response.header("allow")),
        (405, "DELETE, GET, HEAD, PATCH")
    );
    let response = cloud.post("/resourcelocations/7").await;
    assert_eq!(
        (response.status, response.header("allow")),
        (405, "DELETE, GET, PUT")
    );

    for path in [
        "/",
        "/favicon.ico",
        "/cvad/manage/Nonsense",
        "/resourcelocations/a/b",
        "/cvad",
    ] {
        let response = cloud.get(path).await;
        assert_eq!(response.status, 404, "{path}");
        assert_eq!(
            response.json()["type"],
            "https://errors-api.cloud.com/common/notFound"
        );
    }
}

#[tokio::test]
async fn a_transaction_id_is_echoed_where_the_service_echoes_it() {
    let cloud = Cloud::new().await;
    let authorization = cloud.authorization();
    let headers = [
        ("authorization", authorization.as_str()),
        ("accept", "application/json"),
        ("citrix-customerid", ids::CUSTOMER_ID),
        ("citrix-transactionid", "mine"),
    ];
    let response = cloud.send("GET", ME, &headers, "").await;
    assert_eq!(response.header("Citrix-TransactionId"), "mine");
    let response = cloud
        .send("GET", "/abcd1024xyz/serviceStates", &headers, "")
        .await;
    assert_ne!(response.header("X-Cws-TransactionId"), "mine");
}

#[tokio::test]
async fn a_real_host_serves_only_its_own_paths() {
    let cloud = Cloud::new().await;
    let authorization = cloud.authorization();
    for (host, path, status) in [
        (
            "registry.citrixworkspacesapi.net",
            "/abcd1024xyz/resourcelocations",
            200,
        ),
        (
            "core.citrixworkspacesapi.net",
            "/abcd1024xyz/resourcelocations",
            404,
        ),
        ("api.cloud.com", "/abcd1024xyz/resourcelocations", 404),
        ("api-eu.cloud.com", "/resourcelocations", 200),
        (
            "registry.citrixworkspacesapi.net",
            "/resourcelocations",
            404,
        ),
    ] {
        let headers = [
            ("host", host),
            ("authorization", authorization.as_str()),
            ("accept", "application/json"),
            ("citrix-customerid", ids::CUSTOMER_ID),
        ];
        assert_eq!(
            cloud.send("GET", path, &headers, "").await.status,
            status,
            "{host}{path}"
        );
        let absolute = format!("https://{host}{path}");
        let response = cloud.send("GET", &absolute, &headers[1..], "").await;
        assert_eq!(response.status, status, "{absolute}");
    }
}

#[tokio::test]
async fn a_body_must_be_json_short_enough_and_say_so() {
    let cloud = Cloud::new().await;
    let authorization = cloud.authorization();
    let json = ("content-type", "application/json; charset=utf-8");
    let plain = ("content-type", "text/plain");
    let long = "x".repeat(8 * 1024 * 1024 + 1);
    for (path, content_type, body, status) in [
        ("/notifications", plain, "{}", 415),
        ("/notifications", json, "{", 400),
        ("/cvad/manage/$batch", plain, "{}", 415),
        ("/cvad/manage/$batch", json, "{", 400),
        ("/cvad/manage/$batch", json, long.as_str(), 413),
    ] {
        let headers = [
            ("authorization", authorization.as_str()),
            ("accept", "application/json"),
            ("citrix-customerid", ids::CUSTOMER_ID),
            ("citrix-instanceid", ids::SITE_ID),
            content_type,
        ];
        let response = cloud.send("POST", path, &headers, body).await;
        assert_eq!(response.status, status, "{path} {content_type:?}");
    }
}

#[tokio::test]
async fn the_journal_names_a_path_as_the_dispatcher_does() {
    let cloud = Cloud::new().await;
    let (customer, site) = (ids::CUSTOMER_ID, ids::SITE_ID);
    let direct = "/citrix/orchestration/api";
    for (path, operation) in [
        ("/cvad/manage/me".to_owned(), "MeGetMe"),
        ("/cvad/manage/Sites".to_owned(), "SitesGetSites"),
        ("/cvadapis/ME".to_owned(), "MeGetMe"),
        ("/cvadapis/sites".to_owned(), "SitesGetSites"),
        (format!("/cvadapis/Sites/{site}"), "SitesGetSite"),
        (format!("/cvadapis/{site}/Machines"), "MachinesGetMachines"),
        (format!("{direct}/me"), "MeGetMe"),
        (format!("{direct}/{customer}/Sites/{site}"), "SitesGetSite"),
        (
            format!("{direct}/{customer}/{site}//Machines"),
            "MachinesGetMachines",
        ),
        (
            format!("{direct}/techpreview/{customer}/{site}/Machines"),
            "MachinesGetMachines",
        ),
        (
            format!("/techpreview/{customer}/{site}/Machines"),
            "MachinesGetMachines",
        ),
    ] {
        let response = cloud.get(&path).await;
        let seen = cloud.emulator.journal().entries().pop().unwrap();
        assert_eq!(
            (response.status, seen.operation.as_deref()),
            (200, Some(operation)),
            "{path}"
        );
    }
    for path in ["/cvadapis", "/citrix/orchestration/api", "/techpreview/x"] {
        assert_eq!(cloud.get(path).await.status, 404, "{path}");
        let seen = cloud.emulator.journal().entries().pop().unwrap();
        assert_eq!(seen.operation, None, "{path}");
    }
}
