use citrix_cloud_emulator::{Customer, Emulator, Machine, PowerAction, Site, World, ids};
use serde_json::{Value, json};

use crate::client::Cloud;

#[tokio::test]
async fn me_responds_as_in_the_walkthrough() {
    let cloud = Cloud::new().await;
    for path in ["/cvadapis/me", "/cvad/manage/me", "/CVAD/Manage/Me"] {
        let response = cloud.get(path).await;
        assert_eq!(response.status, 200);
        assert_eq!(
            response.json(),
            json!({
                "UserId": "f9f39ab2-7adf-44b5-b9c7-d1e1ad0079bc",
                "DisplayName": "Pat Patterson",
                "ExpiryTime": "6:50:19 PM",
                "RefreshExpirationTime": "5:50:19 AM",
                "VerifiedEmail": "pat.patterson@citrix.com",
                "Customers": [{
                    "Id": "abcd1024xyz",
                    "Name": null,
                    "Sites": [{
                        "Id": "12345678-1234-1234-1234-12345678abcd",
                        "Name": "cloudxdsite",
                    }],
                }],
            })
        );
    }
}

#[tokio::test]
async fn a_site_is_found_by_id_and_name() {
    let cloud = Cloud::new().await;
    assert_eq!(
        cloud.site("GET", "/Sites").await.json()["Items"][0]["Name"],
        "cloudxdsite"
    );
    for name in [ids::SITE_ID, "CloudXDSite"] {
        let response = cloud.site("GET", &format!("/sites/{name}")).await;
        assert_eq!(response.json()["OrchestationApiVersion"], 130);
    }
    assert_eq!(cloud.site("GET", "/Sites/other").await.status, 404);
}

#[tokio::test]
async fn the_demo_catalog_holds_the_machines_of_the_walkthrough() {
    let cloud = Cloud::new().await;
    for name in [ids::CATALOG_ID, "1", "demo%20catalog"] {
        let path = format!("/MachineCatalogs/{name}/Machines");
        let body = cloud.site("GET", &path).await.json();
        assert_eq!(body["ContinuationToken"], Value::Null);
        let machines = body["Items"].as_array().unwrap().iter();
        let seen: Vec<_> = machines
            .map(|it| (&it["Name"], &it["SessionCount"]))
            .collect();
        assert_eq!(
            seen,
            [
                (&json!(r"DEMOLAB\OSPREY"), &json!(2)),
                (&json!(r"DEMOLAB\EAGLE"), &json!(0)),
                (&json!(r"DEMOLAB\KESTREL"), &json!(0)),
            ]
        );
    }
    let catalog = cloud.site("GET", "/MachineCatalogs/1").await.json();
    assert_eq!(
        (&catalog["Name"], &catalog["TotalCount"]),
        (&json!("Demo Catalog"), &json!(3))
    );
}

#[tokio::test]
async fn every_unusual_state_has_a_machine() {
    let cloud = Cloud::new().await;
    for (id, field, value) in [
        (ids::MERLIN_ID, "SessionCount", Value::Null),
        (ids::HARRIER_ID, "PowerState", json!("Off")),
        (ids::BUZZARD_ID, "InMaintenanceMode", json!(true)),
        (ids::GOSHAWK_ID, "PowerActionPending", json!(true)),
        (ids::KITE_ID, "RegistrationState", json!("Unregistered")),
        (ids::EAGLE_ID, "SupportedPowerActions", json!([])),
        (ids::EAGLE_ID, "ApplicationsInUse", Value::Null),
        (ids::EAGLE_ID, "PowerState", json!("Unmanaged")),
    ] {
        let machine = cloud.site("GET", &format!("/Machines/{id}")).await.json();
        assert_eq!(machine.get(field), Some(&value), "{}", machine["Name"]);
    }
}

#[tokio::test]
async fn a_machine_is_found_by_id_uid_and_name_with_a_bar() {
    let cloud = Cloud::new().await;
    let upper = ids::KESTREL_ID.to_uppercase();
    for name in [
        upper.as_str(),
        "3",
        "DEMOLAB%7CKESTREL",
        "demolab|kestrel",
        "DEMOLAB%5cKestrel",
    ] {
        let response = cloud.site("GET", &format!("/Machines/{name}")).await;
        assert_eq!(response.json()["Id"], ids::KESTREL_ID, "{name}");
        assert_eq!(
            cloud
                .site("HEAD", &format!("/Machines/{name}"))
                .await
                .status,
            200
        );
    }
    for name in ["DODO", "%2e%2e", "%00", "%F0%28"] {
        let response = cloud.site("GET", &format!("/Machines/{name}")).await;
        assert_eq!(response.status, 404, "{name}");
        assert!(response.json()["SdkErrorId"].is_string());
    }
    assert_eq!(cloud.site("POST", "/Machines//$reboot").await.status, 404);
}

#[tokio::test]
async fn a_machine_without_power_management_refuses_with_the_walkthrough_message() {
    let cloud = Cloud::new().await;
    for action in ["$start", "$shutdown", "$reboot", "$suspend", "%24resume"] {
        let response = cloud
            .site("POST", &format!("/Machines/{}/{action}", ids::EAGLE_ID))
            .await;
        assert_eq!(response.status, 400);
        let body = response.json();
        assert_eq!(
            body["ErrorMessage"],
            "Machine does not support specified power action."
        );
        for field in [
            "SdkErrorId",
            "ErrorType",
            "ErrorDetails",
            "SupportLink",
            "ErrorReport",
        ] {
            assert!(body.get(field).is_some(), "{field}");
        }
    }
}

#[tokio::test]
async fn a_reboot_is_pending_then_deregisters_then_registers_again() {
    let cloud = Cloud::new().await;
    let path = format!("/Machines/{}", ids::OSPREY_ID);
    let response = cloud
        .site("POST", &format!("{path}/$reboot?force=true"))
        .await;
    assert_eq!(response.status, 200);
    let body = response.json();
    assert_eq!(
        (&body["Id"], &body["PowerActionPending"]),
        (&json!(ids::OSPREY_ID), &json!(true))
    );
    assert_eq!(body["LastDeregistrationTime"], "1/5/2026 4:00:00 AM");

    cloud.wait(1000);
    let body = cloud.site("GET", &path).await.json();
    assert_eq!(body["PowerActionPending"], json!(false));
    assert_eq!(body["RegistrationState"], "Unregistered");
    assert_eq!(body["LastDeregistrationTime"], "8/31/2026 5:50:20 PM");
    assert_eq!(
        body["FormattedLastDeregistrationTime"],
        "2026-08-31T17:50:20Z"
    );
    assert_eq!(body["SessionCount"], 0);
    assert_eq!(
        cloud.site("GET", "/Sessions").await.json()["Items"],
        json!([])
    );

    cloud.wait(1000);
    let body = cloud.site("GET", &path).await.json();
    assert_eq!(
        (&body["PowerState"], &body["RegistrationState"]),
        (&json!("On"), &json!("Registered"))
    );
    let machine = cloud
        .emulator
        .world()
        .first_site()
        .unwrap()
        .machines
        .get("OSPREY")
        .cloned();
    assert!(machine.is_none(), "a short name is not a name");
    assert_eq!(
        cloud
            .emulator
            .read_site(|site| site.machines.get("1").map(Machine::reboots)),
        Some(1)
    );
}

#[tokio::test]
async fn other_power_actions_end_where_they_should() {
    let cloud = Cloud::new().await;
    let path = format!("/Machines/{}", ids::KESTREL_ID);
    for (action, between, after) in [
        ("$shutdown?delay=60", "On", "Off"),
        ("$start", "On", "On"),
        ("$suspend", "Suspended", "Suspended"),
        ("$resume", "On", "On"),
    ] {
        assert_eq!(
            cloud.site("POST", &format!("{path}/{action}")).await.status,
            200
        );
        cloud.wait(2_000);
        assert_eq!(
            cloud.site("GET", &path).await.json()["PowerState"],
            between,
            "{action}"
        );
        cloud.wait(60_000);
        assert_eq!(
            cloud.site("GET", &path).await.json()["PowerState"],
            after,
            "{action}"
        );
    }
    let accepted = cloud.emulator.read_site(|site| {
        site.machines
            .get(ids::KESTREL_ID)
            .unwrap()
            .accepted(PowerAction::Start)
    });
    assert_eq!(accepted, 1);
}

#[tokio::test]
async fn a_newer_action_replaces_the_one_under_way() {
    let cloud = Cloud::new().await;
    let path = format!("/Machines/{}", ids::KESTREL_ID);
    cloud.site("POST", &format!("{path}/$reboot")).await;
    cloud.wait(1_500);
    cloud.site("POST", &format!("{path}/$shutdown")).await;
    cloud.wait(2_000);
    assert_eq!(cloud.site("GET", &path).await.json()["PowerState"], "Off");
}

#[tokio::test]
async fn a_response_without_detail_has_three_fields() {
    let cloud = Cloud::new().await;
    let path = format!(
        "/Machines/{}/$reboot?detailResponseRequired=false",
        ids::KESTREL_ID
    );
    assert_eq!(
        cloud.site("POST", &path).await.json(),
        json!({
            "Id": ids::KESTREL_ID,
            "MachineCatalog": { "Id": ids::CATALOG_ID, "Uid": 1, "Name": "Demo Catalog" },
            "Name": r"DEMOLAB\KESTREL",
        })
    );
    for query in ["force=maybe", "async=1", "detailResponseRequired="] {
        let path = format!("/Machines/{}/$reboot?{query}", ids::KESTREL_ID);
        assert_eq!(cloud.site("POST", &path).await.status, 400, "{query}");
    }
}

#[tokio::test]
async fn maintenance_mode_is_patched_without_a_response_body() {
    let cloud = Cloud::new().await;
    let path = format!("/cvad/manage/Machines/{}", ids::KESTREL_ID);
    let response = cloud
        .call("PATCH", &path, json!({ "InMaintenanceMode": true }))
        .await;
    assert_eq!((response.status, response.body.as_str()), (200, ""));
    assert_eq!(
        cloud.get(&path).await.json()["InMaintenanceMode"],
        json!(true)
    );
    let response = cloud
        .call("PATCH", &path, json!({ "InMaintenanceMode": "on" }))
        .await;
    assert_eq!(response.status, 400);
}

#[tokio::test]
async fn me_lists_every_customer_and_the_site_must_be_the_callers() {
    let mut cloud = Cloud::new().await;
    cloud.emulator.update(|world| {
        let other = Customer::new("other").named("Other");
        world.add_customer(other.with_site(Site::new("second", "Second")));
    });
    cloud.sign_in().await;
    let customers = cloud.get("/cvadapis/me").await.json()["Customers"].clone();
    assert_eq!(
        customers[1]["Sites"],
        json!([{ "Id": "second", "Name": "Second" }])
    );
    assert_eq!(cloud.get("/cvadapis/second/Machines").await.status, 404);
}

#[tokio::test]
async fn a_machine_has_every_field_of_its_model_and_the_size_of_a_real_one() {
    let builder = Emulator::builder().world(World::with_machines(3));
    let cloud = Cloud::built(builder).await;
    let models = include_str!("../../../tests/facts/daas-models.txt");
    for (path, model) in [
        ("/Machines/3", "MachineDetailResponseModel"),
        ("/Machines", "MachineResponseModel"),
    ] {
        let response = cloud.site("GET", path).await;
        let mut machine = response.json();
        if path == "/Machines" {
            assert!(response.body.len() > 3 * 6000, "{}", response.body.len());
            machine = machine["Items"][2].take();
        }
        let line = format!("object {model} {{ ");
        let line = models
            .lines()
            .find_map(|it| it.strip_prefix(&line))
            .unwrap();
        let fields = line.trim_end_matches(" }").split(' ');
        let fields = fields.map(|field| field.split(['?', ':']).next().unwrap());
        let machine = machine.as_object().unwrap();
        let missing: Vec<_> = fields
            .clone()
            .filter(|it| !machine.contains_key(*it))
            .collect();
        assert_eq!(missing, [""; 0], "{model}");
        assert_eq!(machine.len(), fields.count(), "{model}");
    }
}
