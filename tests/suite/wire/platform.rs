//! The bodies of platform calls.

use citrix_cloud::models::platform::{NotificationPriority, NotificationSeverity};
use citrix_cloud::{
    ApiVersion, CreateNotification, CreateResourceLocation, ErrorKind, UpdateResourceLocation,
};
use citrix_cloud_tests::{CUSTOMER, Reply, Scripted, client_of};
use serde_json::{Value, json};

const LOCATION: &str = r#"{"id":"9e2f","name":"Lab","internalOnly":false,"timeZone":"GMT Standard Time","readOnly":false,"colour":null}"#;

fn body(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn resource_locations_send_what_was_set_and_nothing_else() {
    let server = Scripted::start([
        Reply::token(),
        Reply::json(200, LOCATION),
        Reply::json(201, LOCATION),
        Reply::json(200, LOCATION),
        Reply::json(200, LOCATION),
        Reply::Response(204, vec![], String::new()),
    ])
    .await;
    let locations = client_of(&server.url(), ApiVersion::Current).resource_locations();
    locations
        .create(CreateResourceLocation::new("Lab"))
        .await
        .unwrap();
    let full = CreateResourceLocation::new("Lab")
        .internal_only(true)
        .time_zone("GMT Standard Time")
        .read_only(false);
    let created = locations.create(full).await.unwrap();
    assert_eq!(created.time_zone.as_deref(), Some("GMT Standard Time"));
    let lab = locations.resource_location(&created);
    lab.update(UpdateResourceLocation::new().name("Lab 2"))
        .await
        .unwrap();
    assert_eq!(lab.get().json().await.unwrap(), body(LOCATION));
    lab.delete().await.unwrap();

    let seen = server.seen();
    assert_eq!(seen[1].line, "POST /resourcelocations");
    assert_eq!(body(&seen[1].body), json!({"name": "Lab"}));
    assert_eq!(
        body(&seen[2].body),
        json!({
            "name": "Lab", "internalOnly": true, "timeZone": "GMT Standard Time", "readOnly": false
        })
    );
    assert_eq!(seen[3].line, "PUT /resourcelocations/9e2f");
    assert_eq!(body(&seen[3].body), json!({"name": "Lab 2"}));
    assert_eq!(seen[4].line, "GET /resourcelocations/9e2f");
    assert_eq!(seen[5].line, "DELETE /resourcelocations/9e2f");
    assert_eq!((seen[5].header("content-type"), &*seen[5].body), (None, ""));
}

#[tokio::test]
async fn a_name_that_the_service_forbids_is_refused_before_anything_is_sent() {
    let server = Scripted::start([]).await;
    let locations = client_of(&server.url(), ApiVersion::Current).resource_locations();
    for name in ["", "  ", "a/b", r"a\b", "50%", "<x>", "a+b"] {
        let error = locations
            .create(CreateResourceLocation::new(name))
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input, "{name}");
        let update = UpdateResourceLocation::new().name(name);
        let location = locations.resource_location("id");
        let error = location.update(update).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input);
    }
    let nothing = UpdateResourceLocation::new();
    let location = locations.resource_location("id");
    let error = location.update(nothing).await.unwrap_err();
    assert!(
        error.to_string().contains("must change something"),
        "{error}"
    );
}

#[tokio::test]
async fn a_notification_has_the_walkthroughs_body() {
    let echo = r#"{"destinationAdmin":"*","component":"Citrix Cloud","createdDate":"2021-02-09T08:20:17.120808-08:00","categories":null,"severity":"Information","eventId":"004e6570-a0d2-4496-bb91-11e731ae457b","priority":"Normal","content":[{"languageTag":"en-US","title":"Dinner Time","description":"Fish and Chips!","detailUri":null}],"data":null,"externalId":null,"suppressEmail":false}"#;
    let server = Scripted::start([
        Reply::token(),
        Reply::json(200, echo),
        Reply::json(200, echo),
    ])
    .await;
    let notifications = client_of(&server.url(), ApiVersion::Current).notifications();
    let dinner = CreateNotification::new("Dinner Time", "Fish and Chips!");
    let taken = notifications.send(dinner.clone()).await.unwrap();
    assert_eq!(
        taken.content.unwrap()[0].title.as_deref(),
        Some("Dinner Time")
    );
    let urgent = dinner
        .severity(NotificationSeverity::Warning)
        .priority(NotificationPriority::Urgent)
        .event_id("42")
        .detail_uri("https://example.test");
    notifications.send(urgent).await.unwrap();

    let seen = server.seen();
    let mut sent = body(&seen[1].body);
    let created = sent["createdDate"].take();
    let (event, created) = (sent["eventId"].take(), created.as_str().unwrap().to_owned());
    assert_eq!(event.as_str().unwrap().len(), 36, "a GUID");
    assert!(
        created.ends_with('Z') && created.as_bytes()[10] == b'T',
        "RFC 3339: {created}"
    );
    assert_eq!(
        sent,
        json!({
            "destinationAdmin": "*", "component": "Citrix Cloud", "createdDate": null,
            "eventId": null, "severity": "Information", "priority": "Normal",
            "content": [
                {"languageTag": "en-US", "title": "Dinner Time", "description": "Fish and Chips!"}
            ]
        })
    );
    let urgent = body(&seen[2].body);
    assert_eq!(
        (&urgent["severity"], &urgent["priority"]),
        (&json!("Warning"), &json!("Urgent"))
    );
    assert_eq!(urgent["content"][0]["detailUri"], "https://example.test");
}

#[tokio::test]
async fn service_principals_are_created_and_deleted() {
    let made = r#"{"id":"p1","displayName":"Robot","clientSecret":"shownOnce"}"#;
    let server = Scripted::start([
        Reply::token(),
        Reply::json(201, made),
        Reply::Response(204, vec![], String::new()),
    ])
    .await;
    let principals = client_of(&server.url(), ApiVersion::Current).service_principals();
    let reply = principals.create("Robot").json().await.unwrap();
    assert_eq!(
        reply["clientSecret"], "shownOnce",
        "the JSON has what no document shows"
    );
    principals.service_principal("p1").delete().await.unwrap();
    let seen = server.seen();
    assert_eq!(seen[1].line, "POST /serviceprincipals");
    assert_eq!(body(&seen[1].body), json!({"displayName": "Robot"}));
    assert_eq!(seen[2].line, "DELETE /serviceprincipals/p1");
}

#[tokio::test]
async fn services_are_filtered_by_the_text_of_their_state() {
    let services = r#"{"items":[{"serviceName":"cas","state":"ProductionTrial"},{"serviceName":"x","state":"Brandnew"},{"serviceName":"wem","state":"ProductionTrial"},{"serviceName":"y"}]}"#;
    let server = Scripted::start([
        Reply::token(),
        Reply::json(200, services),
        Reply::json(200, services),
    ])
    .await;
    let states = client_of(&server.url(), ApiVersion::Current).service_states();
    let names = |services: Vec<citrix_cloud::models::entitlement::ServiceState>| {
        services
            .into_iter()
            .filter_map(|service| service.service_name)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names(states.in_state("ProductionTrial").await.unwrap()),
        ["cas", "wem"]
    );
    assert_eq!(names(states.in_state("Brandnew").await.unwrap()), ["x"]);
}

#[tokio::test]
async fn connectors_are_an_array_and_cannot_be_fetched_singly() {
    let both = r#"[
        {"id":"C1","fqdn":"a.example","location":"L1","currentVersion":"6.99.0.1","expectedVersion":"6.115.0.2","status":"Connected","colour":1},
        {"id":"C2","fqdn":"b.example","location":"L1","currentVersion":"6.115.0.2","expectedVersion":"6.115.0.2","upgradeDisabled":null},
        {"id":"C3","fqdn":"c.example","currentVersion":"6.1"}
    ]"#;
    let server = Scripted::start([
        Reply::token(),
        Reply::json(200, both),
        Reply::json(200, "[]"),
        Reply::json(200, both),
        Reply::json(200, both),
        Reply::json(200, both),
        Reply::json(200, "true"),
        Reply::json(200, r#"{"Items":[]}"#),
    ])
    .await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let connectors = client.connectors();
    let all = connectors
        .list()
        .extended_data(true)
        .connector_type("Windows");
    assert_eq!(all.all().await.unwrap().len(), 3);
    let location = client.resource_locations().resource_location("L 1+");
    assert!(
        location
            .connectors()
            .json_items()
            .collect()
            .await
            .unwrap()
            .is_empty()
    );
    let old = connectors.outdated().await.unwrap();
    let old: Vec<_> = old.iter().map(|it| it.fqdn.as_deref().unwrap()).collect();
    assert_eq!(old, ["a.example"], "what is unknown is not old");
    let second = connectors.connector("c2");
    assert_eq!(second.get().await.unwrap().id.as_deref(), Some("C2"));
    let none = connectors.connector("C4").get().await.unwrap_err();
    assert_eq!(none.kind(), ErrorKind::NotFound);
    assert_eq!(none.message(), "no connector has the id `C4`");
    assert_eq!(second.delete().await.unwrap(), Some(true));
    let error = connectors.list().all().await.unwrap_err();
    assert_eq!(
        error.kind(),
        ErrorKind::Decode,
        "an object is not an array: {error}"
    );

    assert_eq!(
        server.lines()[1..],
        [
            "GET /connectors?ConnectorType=Windows&ExtendedData=true",
            "GET /connectors?Location=L%201%2B",
            "GET /connectors?RetrieveExpectedVersion=true",
            "GET /connectors?RetrieveExpectedVersion=true",
            "GET /connectors?RetrieveExpectedVersion=true",
            "DELETE /connectors/c2",
            "GET /connectors",
        ]
    );
    for seen in &server.seen()[1..] {
        assert_eq!(seen.header("citrix-customerid"), Some(CUSTOMER));
        assert_eq!(seen.header("accept"), Some("application/json"));
        assert_eq!((seen.header("content-type"), &*seen.body), (None, ""));
    }
}

#[tokio::test]
async fn an_administrator_is_found_in_the_list() {
    let one = r#"{"items":[{"ucOid":"OID:/azuread/1","type":"AdministratorGroup","displayName":"Ops"}],"continuationToken":null}"#;
    let server = Scripted::start([
        Reply::token(),
        Reply::json(200, one),
        Reply::json(200, r#"{"items":[]}"#),
        Reply::json(200, r#"{"items":[]}"#),
    ])
    .await;
    let administrators = client_of(&server.url(), ApiVersion::Current).administrators();
    let group = administrators.administrator("OID:/azuread/1");
    let name = group.get().await.unwrap().display_name;
    assert_eq!(name.as_deref(), Some("Ops"));
    assert!(!group.exists().await.unwrap());
    assert!(group.get().await.unwrap_err().is_not_found());
    let nobody = administrators.administrator("").get().await.unwrap_err();
    assert_eq!(nobody.kind(), ErrorKind::Input);
    let line = "GET /administrators?id=OID%3A%2Fazuread%2F1";
    assert_eq!(server.lines()[1..], [line, line, line]);
}
