use citrix_cloud_emulator::{Session, ids};
use serde_json::json;

use crate::client::Cloud;

#[tokio::test]
async fn sessions_are_listed_by_site_and_by_machine() {
    let cloud = Cloud::new().await;
    let all = cloud.site("GET", "/Sessions").await.json();
    let on_osprey = cloud
        .site("GET", &format!("/Machines/{}/Sessions", ids::OSPREY_ID))
        .await;
    assert_eq!(all["Items"], on_osprey.json()["Items"]);
    assert_eq!(all["Items"][0]["User"]["SamName"], r"DEMOLAB\robin");
    assert_eq!(all["Items"][0]["Machine"]["Id"], ids::OSPREY_ID);
    assert_eq!(all["Items"][1]["State"], "Disconnected");
    let on_kestrel = cloud
        .site("GET", &format!("/Machines/{}/Sessions", ids::KESTREL_ID))
        .await;
    assert_eq!(on_kestrel.json()["Items"], json!([]));
}

#[tokio::test]
async fn a_session_logged_off_is_gone_and_no_longer_counted() {
    let cloud = Cloud::new().await;
    let path = format!("/Sessions/{}", ids::ACTIVE_SESSION_ID);
    let response = cloud.site("POST", &format!("{path}/$logoff")).await;
    assert_eq!((response.status, response.body.as_str()), (200, ""));
    assert_eq!(cloud.site("GET", &path).await.status, 404);
    assert_eq!(
        cloud.site("POST", &format!("{path}/$logoff")).await.status,
        404
    );
    let count = cloud
        .emulator
        .read_site(|it| it.machines.get(ids::OSPREY_ID).unwrap().session_count);
    assert_eq!(count, Some(1));
}

#[tokio::test]
async fn a_session_can_be_disconnected_hidden_and_written_to() {
    let cloud = Cloud::new().await;
    let path = format!("/cvad/manage/Sessions/{}", ids::ACTIVE_SESSION_ID);
    let response = cloud.post(&format!("{path}/$disconnect")).await;
    let left = response.json();
    assert_eq!(left["State"], "Disconnected");
    let changed = "FormattedStateChangeTime";
    assert_ne!(left[changed], left["FormattedStartTime"]);
    let again = cloud.post(&format!("{path}/$disconnect")).await.json();
    assert_eq!(again[changed], left[changed], "it was disconnected before");
    assert_eq!(cloud.post(&format!("{path}/$hide")).await.status, 200);
    assert_eq!(cloud.get(&path).await.json()["IsHidden"], json!(true));
    let message = json!({ "Style": "Information", "Title": "Soon", "Text": "Please save" });
    let send = format!("{path}/$sendMessage");
    assert_eq!(cloud.call("POST", &send, message).await.status, 200);
    assert_eq!(
        cloud
            .call("POST", &send, json!({ "Style": "Loud" }))
            .await
            .status,
        400
    );
    let messages = cloud.emulator.read_site(|site| {
        site.sessions
            .get(ids::ACTIVE_SESSION_ID)
            .unwrap()
            .messages
            .clone()
    });
    assert_eq!(messages, [("Soon".to_owned(), "Please save".to_owned())]);
}

#[tokio::test]
async fn tests_can_start_sessions_of_their_own() {
    let cloud = Cloud::new().await;
    cloud.emulator.update_site(|site| {
        site.start_session(Session::new(r"DEMOLAB\wren", 3, ids::KESTREL_ID));
    });
    let machine = cloud.site("GET", "/Machines/3").await.json();
    assert_eq!(
        (&machine["SessionCount"], &machine["SummaryState"]),
        (&json!(1), &json!("InUse"))
    );
    assert_eq!(
        cloud.site("POST", "/Machines/3/$logoff").await.json()["SessionCount"],
        0
    );
}
