use citrix_cloud_emulator::faults::{Fault, FaultKind};
use citrix_cloud_emulator::{Emulator, ids};
use serde_json::{Value, json};

use crate::client::{Cloud, Response};

const HERE: (&str, &str) = ("host", "localhost");

async fn control(cloud: &Cloud, method: &str, path: &str, body: Value) -> Response {
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
    cloud
        .send(method, &format!("/_emulator{path}"), &[HERE], &body)
        .await
}

async fn get(cloud: &Cloud, path: &str) -> Value {
    let response = control(cloud, "GET", path, Value::Null).await;
    assert_eq!(response.status, 200, "{path}: {}", response.body);
    response.json()
}

fn numbers(journal: &Value) -> Vec<u64> {
    let exchanges = journal["exchanges"].as_array().unwrap();
    exchanges
        .iter()
        .map(|it| it["number"].as_u64().unwrap())
        .collect()
}

async fn busy() -> Cloud {
    let cloud = Cloud::new().await;
    cloud.get("/cvad/manage/me").await;
    cloud.site("GET", "/Machines/nobody").await;
    cloud
        .emulator
        .faults()
        .add(Fault::new(FaultKind::Status(502)).times(1));
    cloud
        .site("POST", &format!("/Machines/{}/$reboot", ids::KESTREL_ID))
        .await;
    cloud
}

#[tokio::test]
async fn the_journal_can_be_narrowed() {
    let cloud = busy().await;
    for (query, expected) in [
        ("", vec![1, 2, 3, 4]),
        ("?operation=machines_*", vec![3, 4]),
        ("?operation=Machines*&method=get", vec![3]),
        ("?path=/cctrust", vec![1]),
        ("?status=5xx", vec![4]),
        ("?status=404", vec![3]),
        ("?since=2", vec![3, 4]),
        ("?since=1&limit=2", vec![2, 3]),
        ("?limit=1", vec![4]),
        ("?limit=0", vec![]),
    ] {
        let journal = get(&cloud, &format!("/journal{query}")).await;
        assert_eq!(numbers(&journal), expected, "{query}");
    }
    let entry = get(&cloud, "/journal/4").await;
    assert_eq!(entry["fault"], json!({ "status": 502 }));
    assert_eq!(
        (&entry["acted"], &entry["status"]),
        (&json!(false), &json!(502))
    );
    assert_eq!(entry["operation"], "MachinesRebootMachine");
    assert!(
        entry["response"]["body"]
            .as_str()
            .unwrap()
            .contains("<html>")
    );
    for (query, why) in [
        ("?status=many", "write one such as 503, or 5xx"),
        ("?operations=x", "unknown field `operations`"),
        ("?limit=-1", "limit"),
    ] {
        let response = control(&cloud, "GET", &format!("/journal{query}"), Value::Null).await;
        assert_eq!(response.status, 400);
        let error = response.json()["error"].as_str().unwrap().to_owned();
        assert!(error.contains(why), "{error}");
    }
    let response = control(&cloud, "GET", "/journal/99", Value::Null).await;
    assert_eq!(response.status, 404);
    let response = control(&cloud, "DELETE", "/journal", Value::Null).await;
    assert_eq!(response.status, 204);
    cloud.get("/cvad/manage/me").await;
    assert_eq!(numbers(&get(&cloud, "/journal").await), [5]);
}

#[tokio::test]
async fn secrets_are_shown_only_on_request() {
    let cloud = busy().await;
    for format in ["json", "har"] {
        let masked = get(&cloud, &format!("/journal?format={format}")).await;
        let masked = masked.to_string();
        assert!(masked.contains("***") && masked.contains("grant_type"));
        assert!(!masked.contains(ids::CLIENT_SECRET) && !masked.contains(&cloud.token));
        let plain = get(&cloud, &format!("/journal?secrets=true&format={format}")).await;
        let plain = plain.to_string();
        assert!(plain.contains(ids::CLIENT_SECRET) && plain.contains(&cloud.token));
    }
}

#[tokio::test]
async fn an_archive_has_everything_that_har_readers_need() {
    let cloud = busy().await;
    let archive = get(&cloud, "/journal?format=har").await;
    let log = &archive["log"];
    assert_eq!(log["version"], "1.2");
    let entry = &log["entries"][0];
    for field in [
        "startedDateTime",
        "time",
        "request",
        "response",
        "cache",
        "timings",
    ] {
        assert!(!entry[field].is_null(), "{field}");
    }
    assert_eq!(
        entry["request"]["url"],
        "http://localhost/cctrustoauth2/root/tokens/clients"
    );
    let posted = &entry["request"]["postData"];
    assert_eq!(posted["mimeType"], "application/x-www-form-urlencoded");
    assert_eq!(entry["response"]["content"]["mimeType"], "application/json");
    let injected = &log["entries"][3]["comment"];
    assert!(injected.as_str().unwrap().contains("502"));
}

#[tokio::test]
async fn the_clock_is_read_and_moved() {
    let cloud = Cloud::new().await;
    let clock = get(&cloud, "/clock").await;
    assert_eq!(
        clock,
        json!({ "now": "2026-08-31T17:50:19Z", "frozen": true })
    );
    let response = control(&cloud, "POST", "/clock", json!({ "advance": "1m 30s" })).await;
    assert_eq!(response.json()["now"], "2026-08-31T17:51:49Z");
    let response = control(&cloud, "POST", "/clock", json!({ "run": true })).await;
    assert_eq!(response.json()["frozen"], false);
    let response = control(&cloud, "POST", "/clock", json!({ "freeze": true })).await;
    assert_eq!(response.json()["frozen"], true);
    for (wrong, why) in [
        (json!({ "advance": "soon" }), "write 250ms"),
        (json!({ "freeze": true, "run": true }), "cannot be combined"),
        (json!({ "stop": true }), "unknown field"),
        (Value::Null, "the body is wrong"),
    ] {
        let response = control(&cloud, "POST", "/clock", wrong).await;
        assert_eq!(response.status, 400);
        assert!(response.body.contains(why), "{}", response.body);
    }
}

#[tokio::test]
async fn faults_are_set_added_and_cleared() {
    let cloud = Cloud::new().await;
    let rule = json!({ "kind": { "status": 503 }, "operations": ["MeGetMe"], "times": 1 });
    let response = control(&cloud, "PUT", "/faults", json!([rule])).await;
    assert_eq!(response.status, 204);
    let response = control(&cloud, "POST", "/faults", json!({ "kind": "close" })).await;
    assert_eq!(response.status, 204);
    assert_eq!(cloud.get("/cvad/manage/me").await.status, 503);
    let faults = get(&cloud, "/faults").await;
    assert_eq!(faults["rules"].as_array().unwrap().len(), 2);
    assert_eq!(faults["injections"][0]["exchange"], 2);
    let wrong = json!([{ "kind": { "status": "x" } }]);
    let response = control(&cloud, "PUT", "/faults", wrong).await;
    assert_eq!(response.status, 400);
    assert_eq!(
        cloud.emulator.faults().rules().len(),
        2,
        "nothing half done"
    );
    let response = control(&cloud, "DELETE", "/faults", Value::Null).await;
    assert_eq!(response.status, 204);
    assert_eq!(
        get(&cloud, "/faults").await,
        json!({ "rules": [], "injections": [] })
    );
}

#[tokio::test]
async fn the_state_is_counted_and_listed() {
    let cloud = Cloud::new().await;
    let state = get(&cloud, "/state").await;
    let total = state["machines"]["total"].as_u64().unwrap();
    assert_eq!(total, 8);
    assert_eq!(state["sessions"], 2);
    let off = get(&cloud, "/state/machines?power=off").await;
    assert_eq!(off["items"][0]["id"], ids::HARRIER_ID);
    let named = get(&cloud, "/state/machines?name=kes").await;
    assert_eq!(named["items"][0]["name"], "DEMOLAB\\KESTREL");
    let page = get(&cloud, "/state/machines?limit=5").await;
    assert_eq!(
        (page["items"].as_array().unwrap().len(), &page["next"]),
        (5, &json!(5))
    );
    let page = get(&cloud, "/state/machines?limit=5&offset=5").await;
    assert_eq!(
        (page["items"].as_array().unwrap().len(), &page["next"]),
        (3, &json!(null))
    );
    let sessions = get(&cloud, "/state/sessions").await;
    assert_eq!(sessions["items"][0]["machine"], "DEMOLAB\\OSPREY");
    let path = format!("/Machines/{}/$reboot?async=true", ids::KESTREL_ID);
    cloud.site("POST", &path).await;
    let jobs = get(&cloud, "/state/jobs").await;
    assert_eq!(jobs["items"][0]["status"], "NotStarted");
}

#[tokio::test]
async fn a_reset_leads_back_to_the_start() {
    let cloud =
        Cloud::built(Emulator::builder().faults(vec![Fault::new(FaultKind::Reset).after(99)]))
            .await;
    let path = format!("/Machines/{}/$reboot", ids::KESTREL_ID);
    assert_eq!(cloud.site("POST", &path).await.status, 200);
    cloud.emulator.faults().clear();
    let response = control(&cloud, "POST", "/reset", Value::Null).await;
    assert_eq!(response.status, 204);
    let machine =
        |site: &citrix_cloud_emulator::Site| site.machines.get(ids::KESTREL_ID).unwrap().reboots();
    assert_eq!(cloud.emulator.read_site(machine), 0);
    assert!(cloud.emulator.journal().entries().is_empty());
    assert_eq!(cloud.emulator.faults().rules().len(), 1);
    assert_eq!(cloud.get("/cvad/manage/me").await.status, 401);
}

#[tokio::test]
async fn only_the_control_api_reveals_the_secret_of_a_service_principal() {
    let cloud = Cloud::new().await;
    let id = cloud.emulator.update(|world| {
        let client = world.clients.iter().next().unwrap().client_id.clone();
        let platform = &mut world.customer_mut(ids::CUSTOMER_ID).unwrap().platform;
        let known = platform.service_principals.iter().next().unwrap();
        let id = format!("{}-own", known.id);
        let mut principal = known.clone();
        principal.id.clone_from(&id);
        principal.client_id = client;
        platform.service_principals.push(principal);
        id
    });
    let path = format!("/service-principals/{id}/secrets");
    let told = get(&cloud, &path).await;
    assert_eq!(told["secrets"], json!([ids::CLIENT_SECRET]));
    let path = "/service-principals/nobody/secrets";
    let response = control(&cloud, "GET", path, Value::Null).await;
    assert_eq!(response.status, 404);
}

#[tokio::test]
async fn it_is_outside_of_journal_and_faults() {
    let cloud = Cloud::new().await;
    cloud
        .emulator
        .faults()
        .add(Fault::new(FaultKind::Status(500)));
    get(&cloud, "/state").await;
    assert_eq!(cloud.emulator.journal().entries().len(), 1);
    for (method, path, status) in [
        ("GET", "/nothing", 404),
        ("GET", "/../cvad/manage/me", 404),
        ("PATCH", "/journal", 405),
        ("GET", "/reset", 405),
    ] {
        let response = control(&cloud, method, path, Value::Null).await;
        assert_eq!(response.status, status, "{path}");
        assert!(response.json()["error"].is_string());
    }
    let response = cloud.send("GET", "/_emulatorx", &[HERE], "").await;
    assert_eq!(response.status, 500, "not of the control API");
}

#[tokio::test]
async fn only_this_machine_or_who_has_the_token_is_let_in() {
    let cloud = Cloud::new().await;
    let foreign = ("host", "rebound.example");
    let page = [HERE, ("origin", "http://evil.example")];
    for headers in [&[foreign][..], &page[..], &[]] {
        let response = cloud.send("POST", "/_emulator/reset", headers, "").await;
        assert_eq!(response.status, 403);
    }
    let builder = Emulator::builder().control_token("let-me-in");
    let cloud = Cloud::built(builder).await;
    let token = ("authorization", "Bearer let-me-in");
    for (headers, status) in [(&[foreign, token][..], 200), (&[HERE][..], 401)] {
        let response = cloud.send("GET", "/_emulator/state", headers, "").await;
        assert_eq!(response.status, status);
        assert!(!response.body.contains("let-me-in"));
    }
    let response = cloud.send("GET", "/_emulator/", &[HERE], "").await;
    assert_eq!(response.status, 200, "the page holds no data");
    assert!(
        response
            .header("content-security-policy")
            .contains("default-src 'none'")
    );
}
