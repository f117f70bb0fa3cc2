use citrix_cloud_emulator::ids;
use serde_json::{Value, json};

use crate::client::{Cloud, Response};

async fn batch(cloud: &Cloud, items: Value) -> Response {
    cloud
        .call("POST", "/cvad/manage/$batch", json!({ "Items": items }))
        .await
}

#[tokio::test]
async fn each_item_has_its_own_response() {
    let cloud = Cloud::new().await;
    let bypass = format!("{}/{}//Machines/3/$reboot", ids::CUSTOMER_ID, ids::SITE_ID);
    let versioned = format!("v1/{}/{}/Machines/3", ids::CUSTOMER_ID, ids::SITE_ID);
    let plain = json!([{ "Name": "Authorization", "Value": format!("Bearer {}", cloud.token) }]);
    let wrong = json!([{ "Name": "authorization", "Value": "Bearer nonsense" }]);
    let response = batch(&cloud, json!([
        { "Reference": 0, "RelativeUrl": "/Machines?limit=1&fields=Id", "Headers": plain },
        { "Reference": "a-b_C", "Method": "post", "RelativeUrl": bypass },
        { "Reference": "2", "RelativeUrl": versioned },
        {
            "Reference": "3",
            "Method": "PATCH",
            "RelativeUrl": "/Machines/2",
            "Body": "{\"InMaintenanceMode\":true}",
        },
        { "Reference": "4", "Method": "POST", "RelativeUrl": "/Machines/2/$reboot" },
        { "Reference": "5", "RelativeUrl": "/Machines", "Headers": wrong },
        { "Reference": "6", "Method": "POST", "RelativeUrl": "/$batch", "Body": "{\"Items\":[]}" },
        { "Reference": "7", "RelativeUrl": "/About" },
        { "Reference": "8", "Method": "POST", "RelativeUrl": "/Machines/3/$start?async=true" },
    ]))
    .await;
    assert_eq!(response.status, 200);
    let items = response.json()["Items"].as_array().unwrap().clone();
    let codes: Vec<_> = items
        .iter()
        .map(|item| {
            (
                item["Reference"].as_str().unwrap(),
                item["Code"].as_u64().unwrap(),
            )
        })
        .collect();
    assert_eq!(
        codes,
        [
            ("0", 200),
            ("a-b_C", 200),
            ("2", 200),
            ("3", 200),
            ("4", 400),
            ("5", 401),
            ("6", 400),
            ("7", 501),
            ("8", 202),
        ]
    );
    let body: Value = serde_json::from_str(items[0]["Body"].as_str().unwrap()).unwrap();
    assert_eq!(body["Items"][0]["Id"], ids::OSPREY_ID);
    let headers = items[8]["Headers"].as_array().unwrap();
    assert!(headers.iter().any(|header| header["Name"] == "Location"));
    assert!(
        cloud
            .emulator
            .read_site(|it| it.machines.get("2").unwrap().in_maintenance_mode)
    );
}

#[tokio::test]
async fn one_malformed_item_spoils_the_batch() {
    let cloud = Cloud::new().await;
    let good = json!({ "Reference": "1", "Method": "POST", "RelativeUrl": "/Machines/3/$reboot" });
    for bad in [
        good.clone(),
        json!({ "Reference": "a b", "RelativeUrl": "/Machines" }),
        json!({ "Reference": [], "RelativeUrl": "/Machines" }),
        json!({ "RelativeUrl": "/Machines" }),
        json!({ "Reference": "2" }),
        json!({ "Reference": "2", "RelativeUrl": "/Machines", "Method": "G T" }),
        json!(7),
    ] {
        let response = batch(&cloud, json!([good, bad])).await;
        assert_eq!(response.status, 400, "{bad}");
    }
    assert_eq!(batch(&cloud, Value::Null).await.status, 400);
    assert_eq!(
        cloud
            .emulator
            .read_site(|it| it.machines.get("3").unwrap().reboots()),
        0
    );
}
