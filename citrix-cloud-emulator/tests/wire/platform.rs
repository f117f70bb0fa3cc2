use citrix_cloud_emulator::ids;
use serde_json::{Value, json};

use crate::client::Cloud;

fn dinner() -> Value {
    json!({
        "destinationAdmin": "*",
        "component": "Citrix Cloud",
        "createdDate": "2021-02-09T08:20:17.120808-08:00",
        "eventId": "004e6570-a0d2-4496-bb91-11e731ae457b",
        "severity": "Information",
        "priority": "Normal",
        "content": [{
            "languageTag": "en-US",
            "title": "Dinner Time",
            "description": "Fish and Chips!",
        }],
    })
}

#[tokio::test]
async fn resource_locations_are_those_of_the_walkthrough_on_both_hosts() {
    let cloud = Cloud::new().await;
    for path in [
        "/resourcelocations",
        "/abcd1024xyz/resourcelocations",
        "/ResourceLocations/",
    ] {
        let response = cloud.get(path).await;
        assert_eq!(response.status, 200);
        assert_eq!(
            response.json(),
            json!({
                "items": [{
                    "id": "9e2fda49-c878-4c23-aae1-8ffcbdc2dab2",
                    "name": "My Resource Location",
                    "internalOnly": false,
                    "timeZone": "GMT Standard Time",
                    "readOnly": false,
                }]
            })
        );
    }
}

#[tokio::test]
async fn a_resource_location_lives_from_create_to_delete() {
    let cloud = Cloud::new().await;
    let made = cloud
        .call("POST", "/resourcelocations", json!({ "name": "Lab" }))
        .await;
    assert_eq!(made.status, 200);
    let path = format!("/resourcelocations/{}", made.json()["id"].as_str().unwrap());
    let changed = cloud
        .call("PUT", &path, json!({ "readOnly": true, "name": null }))
        .await;
    assert_eq!(changed.status, 200);
    let read = cloud.get(&path).await.json();
    assert_eq!(
        (&read["name"], &read["readOnly"]),
        (&json!("Lab"), &json!(true))
    );
    let gone = cloud.call("DELETE", &path, Value::Null).await;
    assert_eq!((gone.status, gone.body.as_str()), (204, ""));
    let response = cloud.get(&path).await;
    assert_eq!(response.status, 404);
    assert_eq!(
        response.json()["type"],
        "https://errors-api.cloud.com/common/notFound"
    );
    assert_eq!(
        response.json()["parameters"][0]["value"],
        "ResourceLocation"
    );
}

#[tokio::test]
async fn a_resource_location_needs_a_clean_name() {
    let cloud = Cloud::new().await;
    for (body, error) in [
        (json!({}), "missing"),
        (json!([]), "missing"),
        (json!({ "name": null }), "missing"),
        (json!({ "name": 7 }), "invalidString"),
        (json!({ "name": " " }), "invalidString"),
        (json!({ "name": "a+b" }), "invalidString"),
        (json!({ "name": "ok", "readOnly": "yes" }), "invalidString"),
    ] {
        let response = cloud.call("POST", "/resourcelocations", body.clone()).await;
        let kind = format!("https://errors-api.cloud.com/common/{error}");
        assert_eq!(
            (response.status, &response.json()["type"]),
            (400, &json!(kind)),
            "{body}"
        );
    }
}

#[tokio::test]
async fn six_services_are_on_trial_in_the_walkthrough_order() {
    let cloud = Cloud::new().await;
    let response = cloud.get("/abcd1024xyz/serviceStates").await;
    assert_eq!(response.status, 200);
    let body = response.json();
    let services = body["items"].as_array().unwrap();
    let names = services
        .iter()
        .filter(|it| it["state"] == "ProductionTrial");
    let names: Vec<_> = names
        .map(|it| it["serviceName"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "cas",
            "itsm",
            "microapps",
            "netscalergateway",
            "wem",
            "xendesktop"
        ]
    );
    assert_eq!(
        services[0],
        json!({
            "serviceName": "applayering",
            "state": "NotOnboarded",
            "type": "Default",
            "quantity": null,
            "daysToExpiration": null,
            "futureEntitlementStartDate": null,
        })
    );
}

#[tokio::test]
async fn a_notification_is_echoed_with_the_keys_of_the_walkthrough() {
    let cloud = Cloud::new().await;
    for path in ["/abcd1024xyz/notifications/items", "/notifications"] {
        let response = cloud.call("POST", path, dinner()).await;
        assert_eq!(response.status, 200);
        assert_eq!(
            response.json(),
            json!({
                "destinationAdmin": "*",
                "component": "Citrix Cloud",
                "createdDate": "2021-02-09T08:20:17.120808-08:00",
                "categories": null,
                "severity": "Information",
                "eventId": "004e6570-a0d2-4496-bb91-11e731ae457b",
                "priority": "Normal",
                "content": [{
                    "languageTag": "en-US",
                    "title": "Dinner Time",
                    "description": "Fish and Chips!",
                    "detailUri": null,
                }],
                "data": null,
                "externalId": null,
                "suppressEmail": false,
            })
        );
    }
    assert_eq!(
        cloud.get("/notifications").await.json()["items"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
}

#[tokio::test]
async fn a_wrong_notification_is_refused_with_the_field_named() {
    let cloud = Cloud::new().await;
    for (field, value, error) in [
        ("severity", json!("Critical"), "invalidEnum"),
        ("priority", json!("Soon"), "invalidEnum"),
        ("content", json!([]), "invalidString"),
        ("content", json!(null), "missing"),
        ("content", json!([7]), "missing"),
        ("eventId", json!("7"), "invalidString"),
        ("component", json!(null), "missing"),
    ] {
        let mut body = dinner();
        body[field] = value.clone();
        let response = cloud.call("POST", "/notifications", body).await;
        assert_eq!(response.status, 400, "{field} {value}");
        let kind = format!("https://errors-api.cloud.com/common/{error}");
        assert_eq!(response.json()["type"], json!(kind));
    }
    assert!(cloud.emulator.read(|world| {
        let platform = &world.customer(ids::CUSTOMER_ID).unwrap().platform;
        platform.notifications.is_empty()
    }));
}

#[tokio::test]
async fn a_service_principal_lives_from_create_to_delete() {
    let cloud = Cloud::new().await;
    let before = cloud.get("/serviceprincipals").await.json();
    assert_eq!(before["items"][0]["clientId"], ids::CLIENT_ID);
    assert_eq!(
        before["items"][0]["name"],
        before["items"][0]["displayName"]
    );
    let one = cloud.get("/serviceprincipals?take=1").await.json();
    assert_eq!(one["items"], json!([before["items"][0]]));
    let body = json!({ "displayName": "Reports" });
    let made = cloud.call("POST", "/serviceprincipals", body).await;
    assert_eq!(made.status, 201);
    assert_eq!(made.json()["customerId"], ids::CUSTOMER_ID);
    assert_eq!(made.json()["createdAt"], "2026-08-31T17:50:19Z");
    let path = format!("/serviceprincipals/{}", made.json()["id"].as_str().unwrap());
    assert_eq!(cloud.get(&path).await.json(), made.json());
    assert_eq!(cloud.call("DELETE", &path, Value::Null).await.status, 204);
    assert_eq!(cloud.call("DELETE", &path, Value::Null).await.status, 404);
    assert_eq!(
        cloud
            .call("POST", "/serviceprincipals", json!({}))
            .await
            .status,
        400
    );
}
