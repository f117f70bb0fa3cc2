use citrix_cloud_emulator::ids;
use serde_json::{Value, json};

use crate::client::{Cloud, Response};

/// Returns the path of a job's URL.
fn path_of(accepted: &Response) -> String {
    assert_eq!((accepted.status, accepted.body.as_str()), (202, ""));
    let location = accepted.header("location");
    let (_, path) = location.split_once("/Jobs/").expect(location);
    format!("/Jobs/{path}")
}

#[tokio::test]
async fn an_asynchronous_reboot_goes_through_its_job() {
    let cloud = Cloud::new().await;
    let reboot = format!("/Machines/{}/$reboot?async=true", ids::KESTREL_ID);
    let job = path_of(&cloud.site("POST", &reboot).await);
    let reboots = || {
        cloud
            .emulator
            .read_site(|it| it.machines.get("3").unwrap().reboots())
    };

    let body = cloud.site("GET", &job).await.json();
    assert_eq!(
        (&body["Status"], &body["Type"]),
        (&json!("NotStarted"), &json!("RebootMachines"))
    );
    assert_eq!(reboots(), 0);
    cloud.wait(500);
    let body = cloud.site("GET", &job).await.json();
    assert_eq!(
        (&body["Status"], &body["EndTime"]),
        (&json!("InProgress"), &Value::Null)
    );
    assert_eq!(body["FormattedStartTime"], "2026-08-31T17:50:19Z");
    assert_eq!(reboots(), 1);
    assert_eq!(
        cloud.site("GET", &format!("{job}/Results")).await.status,
        400
    );
    cloud.wait(1500);
    let body = cloud.site("GET", &job).await.json();
    assert_eq!(body["Status"], "Complete");
    assert_eq!(body["OverallProgressPercent"], 100);
    let results = cloud.site("GET", &format!("{job}/Results")).await.json();
    assert_eq!(results["Id"], ids::KESTREL_ID);
}

#[tokio::test]
async fn a_job_that_fails_says_why() {
    let cloud = Cloud::new().await;
    let reboot = format!("/Machines/{}/$reboot?async=true", ids::EAGLE_ID);
    let job = path_of(&cloud.site("POST", &reboot).await);
    cloud.wait(2000);
    let body = cloud.site("GET", &job).await.json();
    assert_eq!(body["Status"], "Failed");
    let message = "Machine does not support specified power action.";
    assert_eq!(body["ErrorString"], message);
    assert_eq!(
        body["ErrorParameters"],
        json!([{ "Name": "ErrorDetails", "Value": message }])
    );
}

#[tokio::test]
async fn a_job_cancelled_in_time_does_nothing() {
    let cloud = Cloud::new().await;
    let reboot = format!("/Machines/{}/$reboot?async=true", ids::KESTREL_ID);
    let job = path_of(&cloud.site("POST", &reboot).await);
    let body = cloud.site("POST", &format!("{job}/$cancel")).await.json();
    assert_eq!(body["Status"], "Canceled");
    cloud.wait(60_000);
    assert_eq!(cloud.site("GET", &job).await.json()["Status"], "Canceled");
    assert_eq!(
        cloud
            .emulator
            .read_site(|it| it.machines.get("3").unwrap().reboots()),
        0
    );
    assert_eq!(
        cloud.site("GET", "/Jobs").await.json()["Items"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(cloud.site("DELETE", &job).await.status, 200);
    assert_eq!(cloud.site("GET", &job).await.status, 404);
}

#[tokio::test]
async fn a_job_address_belongs_to_the_api_version_that_made_it() {
    let cloud = Cloud::new().await;
    let old = format!("/cvadapis/{}", ids::SITE_ID);
    let accepted = cloud
        .post(&format!("{old}/Machines/3/$reboot?async=true"))
        .await;
    assert!(
        accepted
            .header("location")
            .contains(&format!("{old}/Jobs/"))
    );
}

#[tokio::test]
async fn an_asynchronous_batch_has_a_sub_job_for_each_item_and_keeps_its_results() {
    let cloud = Cloud::new().await;
    let items = json!({ "Items": [
        { "Reference": 1, "Method": "POST", "RelativeUrl": "/Machines/3/$reboot" },
        { "Reference": 2, "Method": "POST", "RelativeUrl": "/Machines/2/$reboot" },
    ]});
    let job = path_of(
        &cloud
            .call("POST", "/cvad/manage/$batch?async=true", items)
            .await,
    );
    cloud.wait(2000);
    let body = cloud.site("GET", &job).await.json();
    assert_eq!(
        (&body["Status"], &body["Type"]),
        (&json!("Complete"), &json!("Batch"))
    );
    assert_eq!(body["SubJobs"][0]["Status"], "Complete");
    assert_eq!(body["SubJobs"][1]["Status"], "Failed");
    assert_eq!(body["SubJobs"][1]["Type"], "RebootMachines");
    let results = cloud.site("GET", &format!("{job}/Results")).await.json();
    assert_eq!(results["Items"][0]["Code"], 200);
    assert_eq!(results["Items"][1]["Code"], 400);
}
