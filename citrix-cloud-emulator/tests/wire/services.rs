//! Administrators, the system log, licenses, webhooks, and principals that sign in.

use std::time::Duration;

use citrix_cloud_emulator::ids;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::client::{Cloud, escape};

#[tokio::test]
async fn an_administrator_is_invited_gets_access_and_goes() {
    let cloud = Cloud::new().await;
    let group = json!({
        "type": "AdministratorGroup", "providerType": "AzureAd", "accessType": "Custom", "displayName": "Night shift",
        "externalProviderId": "tenant", "externalUserId": "group",
    });
    let group = cloud
        .call("POST", "/administrators/$create", group)
        .await
        .json();
    let id = group["ucOid"].as_str().unwrap();
    assert!(id.contains('/') && id.contains(':'), "{id}");
    assert_eq!(
        (&group["pending"], &group["userId"]),
        (&json!(false), &Value::Null)
    );
    let access = json!({
        "accessType": "full",
        "policies": [{ "name": "p", "serviceName": "xendesktop", "checkable": { "value": true } }],
    });
    let path = format!("/administrators/access?id={}", escape(id));
    let response = cloud.call("PUT", &path, access).await;
    assert_eq!((response.status, response.body.as_str()), (200, ""));
    let path = format!("/administrators/{}/access", escape(id));
    let access = cloud.get(&path).await.json();
    assert_eq!(access["accessType"], "Full");
    assert_eq!(
        access["policies"][0]["checkable"],
        json!({ "value": true, "canChangeValue": false })
    );

    let guest = json!({
        "type": "AdministratorUser", "providerType": "CitrixSts", "accessType": "Full", "email": "guest@demolab.example",
    });
    let guest = cloud
        .call("POST", "/administrators/$create", guest.clone())
        .await;
    assert_eq!(guest.json()["pending"], true);
    let again = json!({
        "type": "AdministratorUser", "providerType": "CitrixSts", "accessType": "Full", "email": "GUEST@demolab.example",
    });
    assert_eq!(
        cloud
            .call("POST", "/administrators/$create", again)
            .await
            .status,
        409
    );
    let first = cloud.get("/administrators?maxItemCount=2").await.json();
    assert_eq!(first["items"][0]["email"], "pat.patterson@citrix.com");
    let next = escape(first["continuationToken"].as_str().unwrap());
    let path = format!("/administrators?maxItemCount=2&requestContinuation={next}");
    let rest = cloud.get(&path).await.json();
    assert_eq!(
        (
            rest["items"].as_array().unwrap().len(),
            &rest["continuationToken"]
        ),
        (1, &Value::Null)
    );
    let users = cloud
        .get("/administrators?type=AdministratorGroup")
        .await
        .json();
    assert_eq!(users["items"].as_array().unwrap().len(), 1);

    let withdrawn = "/administrators/invitations?email=guest%40demolab.example";
    assert_eq!(
        cloud.call("DELETE", withdrawn, Value::Null).await.json(),
        true
    );
    assert_eq!(
        cloud.call("DELETE", withdrawn, Value::Null).await.json(),
        false
    );
    let path = format!("/administrators/{}", escape(id));
    assert_eq!(cloud.call("DELETE", &path, Value::Null).await.status, 200);
    let gone = cloud.call("DELETE", &path, Value::Null).await;
    assert_eq!(
        (gone.status, &gone.json()["title"]),
        (404, &json!("Not Found"))
    );
    let wrong = cloud
        .call("POST", "/administrators/$create", json!({ "type": "User" }))
        .await;
    assert_eq!(
        (wrong.status, &wrong.json()["detail"]),
        (400, &json!("accessType is required."))
    );
}

#[tokio::test]
async fn every_write_is_in_the_system_log_newest_first() {
    let cloud = Cloud::new().await;
    let made = cloud
        .call("POST", "/resourcelocations", json!({ "name": "East" }))
        .await
        .json();
    let path = format!("/resourcelocations/{}", made["id"].as_str().unwrap());
    cloud.wait(1000);
    cloud
        .call("PUT", &path, json!({ "name": "Far East" }))
        .await;
    cloud.call("DELETE", &path, Value::Null).await;
    cloud.call("POST", "/resourcelocations", json!({})).await;
    cloud.wait(1000);
    cloud
        .call("POST", "/cvad/manage/Tags", json!({ "Name": "Blue" }))
        .await;
    let log = cloud.get("/systemlog/records").await;
    assert_eq!(log.header("cc-transactionid").len(), 36);
    let log = log.json();
    assert_eq!(
        (&log["Count"], &log["EstimatedTotalItems"]),
        (&json!(4), &json!(4))
    );
    let events: Vec<_> = log["Items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["EventType"])
        .collect();
    assert_eq!(
        events,
        [
            "tags/create",
            "resourcelocation/delete",
            "resourcelocation/update",
            "resourcelocation/create"
        ]
    );
    let created = &log["Items"][3];
    assert_eq!(created["TargetId"], made["id"]);
    assert_eq!(created["AfterChanges"]["name"], "East");
    assert_eq!(created["AfterChanges"]["internalOnly"], "False");
    assert_eq!(created["UtcTimestamp"], "2026-08-31T17:50:19.0000000Z");

    let first = cloud.get("/systemlog/records?limit=3").await.json();
    let token = escape(first["ContinuationToken"].as_str().unwrap());
    let path = format!("/systemlog/records?Limit=3&ContinuationToken={token}");
    let rest = cloud.get(&path).await.json();
    assert_eq!(
        (&rest["Count"], &rest["ContinuationToken"]),
        (&json!(1), &Value::Null)
    );
    let late = cloud.get(
        "/systemlog/records?StartDateTime=2026-08-31T17:50:20Z&EndDateTime=2026-08-31T17:50:20Z",
    );
    assert_eq!(late.await.json()["Count"], 2);
    for (query, error) in [
        ("Limit=0", "getRecordsLimitInvalid"),
        ("Limit=201", "getRecordsLimitInvalid"),
        ("StartDateTime=yesterday", "getRecordsDateTimeRangeInvalid"),
        (
            "EndDateTime=2020-01-01T00:00:00Z&StartDateTime=2021-01-01T00:00:00Z",
            "getRecordsDateTimeRangeInvalid",
        ),
    ] {
        let response = cloud.get(&format!("/systemlog/records?{query}")).await;
        assert_eq!(response.status, 400, "{query}");
        let kind = response.json()["type"].as_str().unwrap().to_owned();
        assert!(
            kind.ends_with(&format!("systemlog/{error}")),
            "{query}: {kind}"
        );
    }
}

#[tokio::test]
async fn licenses_are_counted_by_the_users_with_sessions() {
    let cloud = Cloud::new().await;
    let usage = cloud
        .get("/licensing/license/enterprise/cloud/cvad/ud/current")
        .await
        .json();
    assert_eq!(
        (&usage["totalUsageCount"], &usage["remainingLicenseCount"]),
        (&json!(2), &json!(23))
    );
    assert_eq!(usage["timeStamp"], "2026-08-31T17:50:19.0000000Z");
    cloud
        .emulator
        .update_site(|site| site.end_session(ids::ACTIVE_SESSION_ID));
    let usage = cloud
        .get("/licensing/license/enterprise/cloud/cvad/ud/current")
        .await
        .json();
    assert_eq!(usage["userLicenseUsage"]["totalUsageCount"], 1);
}

#[tokio::test]
async fn a_subscriber_on_loopback_is_called_with_its_headers() {
    let cloud = Cloud::new().await;
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let subscribe = |url: &str, event: &str| {
        json!({
            "customerId": ids::CUSTOMER_ID, "description": "d", "url": url, "changeType": "Create", "eventType": event,
            "authHeaders": { "x-key": "7" },
        })
    };
    let path = format!("/{}/subscriptions", ids::CUSTOMER_ID);
    let made = cloud
        .call("POST", &path, subscribe(&url, "ResourceLocation"))
        .await
        .json();
    assert_eq!(made["subscriptionType"], "Webhook");
    assert!(made["eTag"].as_str().unwrap().starts_with("W/\""));
    assert_eq!(
        made.get("authHeaders"),
        None,
        "they are as secret as a token"
    );
    cloud.call("POST", "/notifications", json!({})).await;
    cloud
        .call("POST", "/resourcelocations", json!({ "name": "East" }))
        .await;

    let (mut stream, _) = listener.accept().await.unwrap();
    let mut request = Vec::new();
    while !request.ends_with(b"}") {
        let read = tokio::time::timeout(Duration::from_secs(10), stream.read_buf(&mut request));
        assert_ne!(read.await.unwrap().unwrap(), 0, "the call is complete");
    }
    stream
        .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")
        .await
        .unwrap();
    let request = String::from_utf8(request).unwrap();
    assert!(request.starts_with("POST /hook HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("\r\nx-key: 7\r\n"), "{request}");
    let body: Value = serde_json::from_str(request.split("\r\n\r\n").nth(1).unwrap()).unwrap();
    assert_eq!(
        (&body["Type"], &body["ChangeType"]),
        (&json!("ResourceLocation"), &json!("Create"))
    );
    let after: Value = serde_json::from_str(body["AfterChange"].as_str().unwrap()).unwrap();
    assert_eq!(
        (&after["name"], &after["id"]),
        (&json!("East"), &body["Identity"])
    );

    for (body, status) in [
        (subscribe("ftp://127.0.0.1", "*"), 400),
        (
            json!({ "customerId": "other", "url": "http://x", "changeType": "*", "eventType": "*" }),
            400,
        ),
        (
            json!({ "customerId": ids::CUSTOMER_ID, "url": "http://x", "changeType": "*" }),
            400,
        ),
        (subscribe("http://example.com/hook", "Anything"), 200),
    ] {
        assert_eq!(
            cloud.call("POST", &path, body.clone()).await.status,
            status,
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_principal_signs_in_with_its_secrets_until_it_is_deleted() {
    let cloud = Cloud::new().await;
    let sign_in = async |client: &str, secret: &str| {
        let form =
            format!("grant_type=client_credentials&client_id={client}&client_secret={secret}");
        let form_type = "application/x-www-form-urlencoded";
        cloud.token_request(form_type, &form).await.status
    };
    let made = cloud
        .call(
            "POST",
            "/serviceprincipals",
            json!({ "displayName": "Reports" }),
        )
        .await
        .json();
    let (id, client) = (
        made["id"].as_str().unwrap(),
        made["clientId"].as_str().unwrap(),
    );
    assert_eq!(made["primary"]["expirationDate"], "2027-08-31T17:50:19Z");
    let secrets = || {
        cloud.emulator.read(|world| {
            let secrets = world.service_principal_secrets(id)?;
            Some(secrets.into_iter().map(str::to_owned).collect::<Vec<_>>())
        })
    };
    let first = secrets().unwrap().remove(0);
    assert!(
        !made.to_string().contains(&first),
        "the response does not contain it"
    );
    assert_eq!(sign_in(client, &first).await, 200);
    let add = || {
        cloud
            .emulator
            .update(|world| world.add_service_principal_secret(id, "2028-01-01".to_owned()))
    };
    let second = add().unwrap();
    assert_eq!(
        (
            sign_in(client, &first).await,
            sign_in(client, &second).await
        ),
        (200, 200)
    );
    let third = add().unwrap();
    assert_eq!(secrets().unwrap(), [second, third.clone()]);
    assert_eq!(
        (sign_in(client, &first).await, sign_in(client, &third).await),
        (400, 200)
    );
    cloud
        .call("DELETE", &format!("/serviceprincipals/{id}"), Value::Null)
        .await;
    assert_eq!((sign_in(client, &third).await, secrets()), (400, None));

    let own = cloud.get("/serviceprincipals").await.json()["items"][0]["id"].clone();
    cloud
        .call(
            "DELETE",
            &format!("/serviceprincipals/{}", own.as_str().unwrap()),
            Value::Null,
        )
        .await;
    assert_eq!(sign_in(ids::CLIENT_ID, ids::CLIENT_SECRET).await, 400);
}

#[tokio::test]
async fn connectors_are_bare_arrays_on_both_hosts() {
    let cloud = Cloud::new().await;
    let list = cloud.get("/connectors").await;
    let list = list.json();
    assert_eq!(list.as_array().unwrap().len(), 2);
    assert_eq!(list[0]["location"], ids::RESOURCE_LOCATION_ID);
    assert_eq!(list[0]["fqdn"], "CONNECTOR1.demolab.example");
    let older = format!("/{}/EdgeServers", ids::CUSTOMER_ID);
    assert_eq!(cloud.get(&older).await.json(), list);
    let elsewhere = cloud.get("/connectors?Location=elsewhere").await;
    assert_eq!(elsewhere.json(), json!([]));
    let path = format!("/connectors/{}", list[0]["id"].as_str().unwrap());
    assert_eq!(cloud.get(&path).await.json(), list[0]);
    let deleted = cloud.call("DELETE", &path, Value::Null).await;
    assert_eq!((deleted.status, deleted.body.as_str()), (200, "true"));
    assert_eq!(cloud.get(&path).await.status, 404);
    assert_eq!(
        cloud
            .get("/connectors")
            .await
            .json()
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[tokio::test]
async fn requests_at_a_clients_start_need_no_site() {
    let cloud = Cloud::new().await;
    let authorization = cloud.authorization();
    let headers = [
        ("authorization", authorization.as_str()),
        ("accept", "application/json"),
        ("citrix-customerid", ids::CUSTOMER_ID),
    ];
    for path in ["About", "HealthCheck", "TimeZones/All"] {
        let response = cloud
            .send("GET", &format!("/cvad/manage/{path}"), &headers, "")
            .await;
        assert_eq!(response.status, 200, "{path}: {}", response.body);
    }
}
