use citrix_cloud_emulator::{Emulator, Exchange, Limits, ids};
use serde_json::json;

use crate::client::Cloud;

const HERE: [(&str, &str); 1] = [("host", "localhost")];

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
    let response = cloud
        .call("POST", "/cvad/manage/$batch?async=true", body)
        .await;
    assert_eq!(response.status, 202);
    let text = format!("{:?} {:?}", cloud.emulator.journal(), cloud.emulator);
    assert!(text.contains("/cvad/manage/me"));
    assert!(text.contains("***"));
    assert!(!text.contains(ids::CLIENT_SECRET));
    assert!(!text.contains(&cloud.token));
}

#[tokio::test]
async fn no_view_of_the_journal_shows_a_secret() {
    let cloud = Cloud::new().await;
    let secrets = json!({ "AccountSecret": "hunter2", "Key1": "hunter2" });
    cloud
        .call("POST", "/cvad/manage/Identity/ServiceAccounts", secrets)
        .await;
    let form = "grant_type=client_credentials&client_id=me&client_secret=hunter2";
    for (path, body) in [
        ("/unknown?client_secret=hunter2&limit=3", form),
        (
            "/cvad/manage/$batch",
            " {\"Items\":[{\"Headers\":{\"Authorization\":\"hunter2",
        ),
        (
            "/cvad/manage/hypervisors",
            "{\"ConnectionDetails\":{\"SecretKey\":\"hunter2",
        ),
    ] {
        let headers = [("x-api-key", "hunter2")];
        cloud.send("POST", path, &headers, body).await;
    }
    for view in ["", "?format=har", "?details=false", "/2"] {
        let path = format!("/_emulator/journal{view}");
        let seen = cloud.send("GET", &path, &HERE, "").await;
        assert_eq!(seen.status, 200, "{view}");
        assert!(!seen.body.contains("hunter2"), "{view}: {}", seen.body);
    }
    let debugged = format!("{:?}", cloud.emulator.journal().entries());
    assert!(!debugged.contains("hunter2"), "{debugged}");
    let path = "/_emulator/journal?secrets=true";
    let whole = cloud.send("GET", path, &HERE, "").await;
    assert!(whole.body.contains("hunter2"));
}

#[tokio::test]
async fn memory_is_bounded_whether_bodies_fill_it_or_headers() {
    let limits = Limits {
        journal_bytes: 100_000,
        ..Limits::default()
    };
    let cloud = Cloud::built(Emulator::builder().limits(limits)).await;
    let long = "x".repeat(5000);
    let (none, body, header) = (
        String::new(),
        json!({ "more": long }).to_string(),
        long.as_str(),
    );
    for (body, header) in [(&body, "short"), (&none, header)] {
        for _ in 0..50 {
            let headers = [("x-more", header)];
            cloud.send("POST", "/nowhere", &headers, body).await;
        }
        let entries = cloud.emulator.journal().entries();
        assert!((10..20).contains(&entries.len()), "{}", entries.len());
        let numbers = entries.iter().map(|it: &Exchange| it.number);
        assert!(numbers.is_sorted_by(|before, after| before + 1 == *after));
        assert_eq!(entries.last().unwrap().body.len(), body.len());
    }
    // One sign-in, and a hundred calls.
    assert_eq!(
        cloud.emulator.journal().entries().pop().unwrap().number,
        101
    );
}

#[tokio::test]
async fn a_journal_without_memory_keeps_nothing_and_requests_still_succeed() {
    let limits = Limits {
        journal_bytes: 0,
        ..Limits::default()
    };
    let cloud = Cloud::built(Emulator::builder().limits(limits)).await;
    assert_eq!(cloud.get("/cvad/manage/me").await.status, 200);
    assert_eq!(cloud.emulator.journal().entries().len(), 0);
}
