//! Every host, API version, token form and header form that Citrix or its official clients use.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use citrix_cloud_emulator::ids;
use serde_json::{Value, json};

use crate::client::Cloud;

const CUSTOMER: &str = ids::CUSTOMER_ID;

#[tokio::test]
async fn legacy_services_respond_on_their_own_hosts_in_every_domain_they_have() {
    let cloud = Cloud::new().await;
    let authorization = cloud.authorization();
    for (host, path, status) in [
        ("registry.citrixworkspacesapi.net", "resourcelocations", 200),
        ("registry.citrixworkspacesapi.us", "resourcelocations", 200),
        ("registry.citrixworkspacesapi.jp", "resourcelocations", 404),
        ("core.citrixworkspacesapi.net", "serviceStates", 200),
        ("core.citrixworkspacesapi.net", "resourcelocations", 404),
        ("cloudlicense.citrixworkspacesapi.net", "anything", 501),
        ("api.wem.cloud.com", "services/wem/sites", 501),
    ] {
        let url = format!("https://{host}/{CUSTOMER}/{path}");
        let headers = [("authorization", authorization.as_str())];
        let response = cloud.send("GET", &url, &headers, "").await;
        assert_eq!(response.status, status, "{url}");
    }
}

#[tokio::test]
async fn known_services_that_are_not_emulated_say_so() {
    let cloud = Cloud::new().await;
    for path in ["/aca/anything", "/accessSecurity/policies", "/maintenance"] {
        let response = cloud.get(path).await;
        assert_eq!(response.status, 501, "{path}");
        let detail = response.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.ends_with("is not emulated"), "{detail}");
    }
}

#[tokio::test]
async fn every_spelling_of_the_scheme_is_taken_and_plain_bearer_only_on_premises() {
    let cloud = Cloud::new().await;
    let token = &cloud.token;
    let site = ids::SITE_ID;
    let current = "https://api.cloud.com/cvad/manage/me".to_owned();
    let direct = format!("https://{CUSTOMER}.xendesktop.net/citrix/orchestration/api/me");
    let on_premises = format!("/citrix/orchestration/api/CitrixOnPremises/{site}/Machines");
    for (url, bearer) in [(current, 401), (direct, 401), (on_premises, 200)] {
        for (header, status) in [
            (format!("CwsAuth Bearer={token}"), 200),
            (format!("CwsAuth bearer={token}"), 200),
            (format!("CWSAuth bearer={token}"), 200),
            (format!("CWSAuth Bearer={token}"), 200),
            (format!("CWSAuth Bearer= {token}"), 401),
            (format!("Bearer {token}"), bearer),
        ] {
            let headers = [
                ("authorization", header.as_str()),
                ("accept", "application/json"),
                ("citrix-customerid", CUSTOMER),
            ];
            let response = cloud.send("GET", &url, &headers, "").await;
            assert_eq!(
                response.status,
                status,
                "{url} {}",
                header.replace(token, "*")
            );
        }
    }
}

#[tokio::test]
async fn the_gov_trust_service_speaks_with_capitals() {
    let mut cloud = Cloud::new().await;
    let body = json!({ "ClientId": ids::CLIENT_ID, "ClientSecret": ids::CLIENT_SECRET });
    for origin in ["https://trust.citrixworkspacesapi.us", ""] {
        let url = format!("{origin}/{CUSTOMER}/tokens/clients");
        let response = cloud.call("POST", &url, body.clone()).await;
        assert_eq!(response.status, 200, "{url}");
        let response = response.json();
        assert_eq!(response["ExpiresAt"], 3600);
        assert_eq!(response["CustomerId"], CUSTOMER);
        assert_eq!(response["UserId"], ids::ADMINISTRATOR_ID);
        cloud.token = response["Token"].as_str().unwrap().to_owned();
        let url = format!("https://{CUSTOMER}.xendesktop.us/citrix/orchestration/api/me");
        assert_eq!(cloud.get(&url).await.status, 200);
    }
    let url = format!("https://trust.citrixworkspacesapi.net/{CUSTOMER}/tokens/clients");
    assert_eq!(
        cloud.call("POST", &url, body).await.json()["expiresIn"],
        3600
    );
}

#[tokio::test]
async fn past_the_gateway_customer_and_site_are_in_the_path() {
    let cloud = Cloud::new().await;
    let (site, machine) = (ids::SITE_ID, ids::KESTREL_ID);
    let root = format!("https://{CUSTOMER}.xendesktop.net/citrix/orchestration/api");
    let authorization = format!("CWSAuth bearer={}", cloud.token);
    let headers = [
        ("authorization", authorization.as_str()),
        ("accept", "application/json"),
    ];
    for (path, status) in [
        ("/me".to_owned(), 200),
        ("/Sites".to_owned(), 200),
        (format!("/{CUSTOMER}/{site}/Machines"), 200),
        (format!("/{CUSTOMER}/{site}//Machines/{machine}"), 200),
        (format!("/other/{site}/Machines"), 403),
        (format!("/{CUSTOMER}/nowhere/Machines"), 404),
        ("/".to_owned(), 404),
        ("/tokens".to_owned(), 404),
    ] {
        let response = cloud
            .send("GET", &format!("{root}{path}"), &headers, "")
            .await;
        assert_eq!(response.status, status, "{path}: {}", response.body);
    }
    let path = format!("{root}/{CUSTOMER}/{site}/Machines/{machine}/$reboot?async=true");
    let response = cloud.send("POST", &path, &headers, "").await;
    assert_eq!(response.status, 202);
    let location = response.header("location").to_owned();
    assert!(
        location.starts_with(&format!("{root}/{CUSTOMER}/{site}/Jobs/")),
        "{location}"
    );
    assert_eq!(cloud.send("GET", &location, &headers, "").await.status, 200);
    let elsewhere = "https://api.cloud.com/citrix/orchestration/api/me";
    assert_eq!(cloud.get(elsewhere).await.status, 404);
}

#[tokio::test]
async fn a_delivery_controller_gives_tokens_for_user_and_password() {
    let mut cloud = Cloud::new().await;
    let basic = |user: &str, password: &str| {
        let credentials = format!("{user}:{password}");
        format!("Basic {}", BASE64_STANDARD.encode(credentials))
    };
    let path = "/citrix/orchestration/api/tokens";
    let user = format!(r"DEMOLAB\{}", ids::CLIENT_ID);
    for (header, status) in [
        (basic(&user, ids::CLIENT_SECRET), 200),
        (basic(ids::CLIENT_ID, ids::CLIENT_SECRET), 200),
        (basic(&user, "guess"), 401),
        ("Basic %%%".to_owned(), 401),
        (String::new(), 401),
    ] {
        let response = cloud
            .send("POST", path, &[("authorization", &header)], "")
            .await;
        assert_eq!(response.status, status, "{}", response.body);
        if status == 200 {
            let response = response.json();
            assert_eq!(response["CustomerId"], "CitrixOnPremises");
            assert!(response["ExpiresAt"].as_str().unwrap().ends_with('Z'));
            cloud.token = response["Token"].as_str().unwrap().to_owned();
        }
    }
    let bearer = format!("Bearer {}", cloud.token);
    let headers = [
        ("authorization", bearer.as_str()),
        ("accept", "application/json"),
        ("citrix-customerid", "CitrixOnPremises"),
    ];
    let me = "/citrix/orchestration/api/me";
    assert_eq!(cloud.send("GET", me, &headers, "").await.status, 200);
    let refresh = format!("{path}/$refresh");
    let response = cloud.send("POST", &refresh, &headers, "").await;
    assert_ne!(response.json()["Token"], Value::from(cloud.token.clone()));
    assert_eq!(cloud.send("GET", path, &headers, "").await.status, 501);
}

#[tokio::test]
async fn a_frozen_site_is_woken_where_the_official_client_does_it() {
    let cloud = Cloud::new().await;
    for (host, query, status) in [
        (
            format!("{CUSTOMER}.xendesktop.net"),
            "?customerId=abcd1024xyz",
            200,
        ),
        ("api.cloud.com".to_owned(), "?customerId=ABCD1024XYZ", 200),
        ("api.cloud.com".to_owned(), "?customerId=other", 400),
        ("api.cloud.com".to_owned(), "", 400),
    ] {
        let url = format!("https://{host}/resourceprovider/{CUSTOMER}/site/activation{query}");
        assert_eq!(cloud.post(&url).await.status, status, "{url}");
    }
}

#[tokio::test]
async fn a_job_of_a_real_host_is_found_over_https() {
    let cloud = Cloud::new().await;
    let path = format!(
        "/cvad/manage/Machines/{}/$reboot?async=true",
        ids::KESTREL_ID
    );
    let response = cloud.post(&format!("https://api-eu.cloud.com{path}")).await;
    let location = response.header("location");
    let start = "https://api-eu.cloud.com/cvad/manage/Jobs/";
    assert!(location.starts_with(start), "{location}");
}

#[tokio::test]
async fn lists_of_older_hosts_are_there() {
    let cloud = Cloud::new().await;
    for (host, list, count) in [
        ("cws.citrixworkspacesapi.jp", "identityProviders", 0),
        (
            "delegatedadministration.citrixworkspacesapi.net",
            "secureclients",
            1,
        ),
    ] {
        let response = cloud
            .get(&format!("https://{host}/{CUSTOMER}/{list}"))
            .await;
        assert_eq!(response.status, 200, "{list}");
        let items = response.json()["items"].as_array().unwrap().clone();
        assert_eq!(items.len(), count, "{list}");
        assert!(!response.body.contains(ids::CLIENT_SECRET));
    }
}
