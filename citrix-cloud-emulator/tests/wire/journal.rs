use citrix_cloud_emulator::ids;
use serde_json::json;

use crate::client::Cloud;

#[tokio::test]
async fn exchanges_are_recorded_as_sent() {
    let cloud = Cloud::new().await;
    cloud.emulator.journal().clear();
    cloud
        .site("POST", "/Machines/DEMOLAB%7CKESTREL/%24reboot?force=tr%75e")
        .await;
    cloud.get("/nowhere").await;
    let entries = cloud.emulator.journal().entries();
    assert_eq!(entries.len(), 2);
    let first = &entries[0];
    assert_eq!(first.method, "POST");
    assert_eq!(
        first.path,
        "/cvad/manage/Machines/DEMOLAB%7CKESTREL/%24reboot"
    );
    assert_eq!(first.query.as_deref(), Some("force=tr%75e"));
    assert_eq!(first.operation.as_deref(), Some("MachinesRebootMachine"));
    assert_eq!(first.header("CITRIX-customerid"), Some(ids::CUSTOMER_ID));
    assert_eq!(
        first.header("authorization"),
        Some(cloud.authorization().as_str())
    );
    assert_eq!(
        (entries[1].status, entries[1].operation.as_deref()),
        (404, None)
    );
}

#[tokio::test]
async fn debug_output_keeps_secrets() {
    let cloud = Cloud::new().await;
    cloud.get("/cvad/manage/me").await;
    let headers = json!([{ "Name": "Authorization", "Value": format!("Bearer {}", cloud.token) }]);
    let item = json!({ "Reference": 1, "RelativeUrl": "/Machines", "Headers": headers });
    let body = json!({ "Items": [item] });
    let answer = cloud
        .call("POST", "/cvad/manage/$batch?async=true", body)
        .await;
    assert_eq!(answer.status, 202);
    let text = format!("{:?} {:?}", cloud.emulator.journal(), cloud.emulator);
    assert!(text.contains("/cvad/manage/me"));
    assert!(text.contains("***"));
    assert!(!text.contains(ids::CLIENT_SECRET));
    assert!(!text.contains(&cloud.token));
}
