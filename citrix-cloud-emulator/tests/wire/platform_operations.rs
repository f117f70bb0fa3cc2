//! Calls every operation outside `DaaS` once, successfully.

use std::collections::BTreeSet;

use citrix_cloud_emulator::ids;
use serde_json::{Value, json};

use crate::client::Cloud;

const NONE: Value = Value::Null;

struct Calls<'a> {
    cloud: &'a Cloud,
    called: BTreeSet<String>,
}

impl Calls<'_> {
    async fn ok(&mut self, operation: &str, method: &str, path: &str, body: Value) -> Value {
        let response = self.cloud.call(method, path, body).await;
        assert!(
            (200..300).contains(&response.status),
            "{operation}: {}",
            response.body
        );
        self.note(operation);
        serde_json::from_str(&response.body).unwrap_or_default()
    }

    /// Checks the last call against the journal.
    fn note(&mut self, operation: &str) {
        let last = self.cloud.emulator.journal().entries().pop().unwrap();
        assert_eq!(last.operation.as_deref(), Some(operation), "{}", last.path);
        assert!((200..300).contains(&last.status), "{operation}");
        self.called.insert(operation.to_owned());
    }
}

#[tokio::test]
async fn every_operation_of_the_platform_works() {
    let mut cloud = Cloud::new().await;
    cloud.sign_in().await;
    let customer = ids::CUSTOMER_ID;
    let mut calls = Calls {
        cloud: &cloud,
        called: BTreeSet::new(),
    };
    let last = cloud.emulator.journal().entries().pop().unwrap();
    calls.called.extend(last.operation);
    for (suffix, root) in [("", String::new()), ("ByCustomer", format!("/{customer}"))] {
        let list = format!("{root}/resourcelocations");
        calls
            .ok(
                &format!("listResourceLocations{suffix}"),
                "GET",
                &list,
                NONE,
            )
            .await;
        let name = json!({ "name": "Oslo" });
        let made = calls
            .ok(
                &format!("createResourceLocation{suffix}"),
                "POST",
                &list,
                name,
            )
            .await;
        let item = format!("{list}/{}", made["id"].as_str().unwrap());
        calls
            .ok(&format!("getResourceLocation{suffix}"), "GET", &item, NONE)
            .await;
        let name = json!({ "name": "Bergen" });
        calls
            .ok(
                &format!("updateResourceLocation{suffix}"),
                "PUT",
                &item,
                name,
            )
            .await;
        calls
            .ok(
                &format!("deleteResourceLocation{suffix}"),
                "DELETE",
                &item,
                NONE,
            )
            .await;
    }
    let notification = json!({
        "destinationAdmin": "*", "component": "c", "createdDate": "2026-01-05T08:30:00Z",
        "eventId": "51a2b3c4-d5e6-4f70-8192-a3b4c5d6e701", "severity": "Error", "priority": "High",
        "content": [{ "languageTag": "en", "title": "t", "description": "d" }],
    });
    calls
        .ok(
            "createNotification",
            "POST",
            "/notifications",
            notification.clone(),
        )
        .await;
    let path = format!("/{customer}/notifications/items");
    calls
        .ok("createNotificationByCustomer", "POST", &path, notification)
        .await;
    calls
        .ok("listNotifications", "GET", "/notifications", NONE)
        .await;
    let list = "/serviceprincipals";
    let made = calls
        .ok(
            "createServicePrincipal",
            "POST",
            list,
            json!({ "displayName": "Night" }),
        )
        .await;
    let item = format!("{list}/{}", made["id"].as_str().unwrap());
    calls.ok("listServicePrincipals", "GET", list, NONE).await;
    calls.ok("getServicePrincipal", "GET", &item, NONE).await;
    calls
        .ok("deleteServicePrincipal", "DELETE", &item, NONE)
        .await;
    for (operation, path) in [
        ("listServiceStates", "serviceStates"),
        ("listAdministratorsByCustomer", "administrators"),
        ("listIdentityProviders", "identityProviders"),
        ("listSecureClients", "secureclients"),
        ("listEdgeServers", "EdgeServers"),
    ] {
        calls
            .ok(operation, "GET", &format!("/{customer}/{path}"), NONE)
            .await;
    }
    let invited = |email: &str| {
        json!({
            "accessType": "Full", "providerType": "CitrixSts", "type": "AdministratorUser", "email": email,
        })
    };
    for email in ["eve@a.example", "kim@a.example"] {
        calls
            .ok(
                "createAdministrator",
                "POST",
                "/administrators/$create",
                invited(email),
            )
            .await;
    }
    let all = calls
        .ok("listAdministrators", "GET", "/administrators", NONE)
        .await;
    let eve = all["items"][1]["userId"].as_str().unwrap().to_owned();
    calls
        .ok(
            "getAdministratorAccess",
            "GET",
            &format!("/administrators/{eve}/access"),
            NONE,
        )
        .await;
    let access = json!({ "accessType": "Custom" });
    let path = format!("/administrators/access?id={eve}");
    calls
        .ok("updateAdministratorAccess", "PUT", &path, access)
        .await;
    calls
        .ok(
            "deleteAdministrator",
            "DELETE",
            &format!("/administrators/{eve}"),
            NONE,
        )
        .await;
    let path = "/administrators/invitations?email=kim%40a.example";
    calls
        .ok("deleteAdministratorInvitation", "DELETE", path, NONE)
        .await;
    calls
        .ok("listSystemLogRecords", "GET", "/systemlog/records", NONE)
        .await;
    let path = "/licensing/license/enterprise/cloud/cvad/ud/current";
    calls.ok("getCurrentLicenseUsage", "GET", path, NONE).await;
    let hook = json!({
        "customerId": customer, "url": "http://127.0.0.1:9/", "changeType": "*", "eventType": "Forests",
    });
    let path = format!("/{customer}/subscriptions");
    calls
        .ok("createWebhookSubscription", "POST", &path, hook)
        .await;
    let path = format!("/resourceprovider/{customer}/site/activation?customerId={customer}");
    calls.ok("activateSite", "POST", &path, NONE).await;
    let connectors = calls.ok("listConnectors", "GET", "/connectors", NONE).await;
    let path = format!("/connectors/{}", connectors[0]["id"].as_str().unwrap());
    calls.ok("getConnector", "GET", &path, NONE).await;
    calls.ok("deleteConnector", "DELETE", &path, NONE).await;
    tokens(&mut calls).await;
    let table = include_str!("../../evidence.tsv");
    let emulated = table.lines().filter_map(|it| it.strip_prefix("platform\t"));
    let emulated = emulated.filter_map(|it| it.split_once("\tyes\t"));
    let emulated: BTreeSet<_> = emulated.map(|it| it.0.to_owned()).collect();
    assert_eq!(calls.called, emulated);
}

async fn tokens(calls: &mut Calls<'_>) {
    let customer = ids::CUSTOMER_ID;
    let credentials = json!({ "clientId": ids::CLIENT_ID, "clientSecret": ids::CLIENT_SECRET });
    let path = format!("/{customer}/tokens/clients");
    calls.ok("getTrustToken", "POST", &path, credentials).await;
    let text = format!("DEMOLAB\\{}:{}", ids::CLIENT_ID, ids::CLIENT_SECRET);
    let basic = format!(
        "Basic {}",
        base64::Engine::encode(&base64::prelude::BASE64_STANDARD, text)
    );
    let cloud = calls.cloud;
    let path = "/citrix/orchestration/api/tokens";
    let response = cloud
        .send("POST", path, &[("authorization", &basic)], "")
        .await;
    calls.note("getDirectToken");
    let token = response.json()["Token"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {token}");
    let path = "/citrix/orchestration/api/tokens/$refresh";
    cloud
        .send("POST", path, &[("authorization", &bearer)], "")
        .await;
    calls.note("refreshDirectToken");
}
