//! Plans and their outcomes.

use std::time::Duration;

use citrix_cloud_emulator::faults::{Fault, FaultKind, Latency};
use citrix_cloud_emulator::ids;
use serde_json::{Value, json};

use super::client::Client;
use crate::stage::Stage;

fn statuses(audit: &[Value]) -> Vec<(&str, &str)> {
    let pair = |it| (text(it, "tool"), text(it, "status"));
    audit.iter().map(pair).collect()
}

fn text<'a>(entry: &'a Value, name: &str) -> &'a str {
    entry[name].as_str().unwrap_or_default()
}

fn writes(stage: &Stage) -> Vec<String> {
    let reads =
        |it: &String| it.starts_with("GET ") || it.ends_with("$search") || it.contains("/tokens/");
    let mut sent = stage.sent();
    sent.retain(|it| !reads(it));
    sent
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reboot_is_planned_confirmed_and_done_once() {
    let stage = Stage::new().await;
    let mut client = Client::of(&stage, &["--allow-writes"]);
    let plan = json!({ "action": "reboot", "machines": ["KESTREL", "DEMOLAB\\OSPREY"] });
    let plan = client.ok("power_machines", plan);
    assert_eq!(
        plan["would_change"],
        json!({ "count": 1, "objects": [{ "id": ids::KESTREL_ID, "name": "DEMOLAB\\KESTREL" }] })
    );
    assert_eq!(plan["left_out"]["objects"][0]["reason"], json!("inUse"));
    let users = plan["logged_on"].as_array().unwrap().iter();
    let users: Vec<&str> = users
        .map(|it| it["User.SamName"].as_str().unwrap())
        .collect();
    assert_eq!(users, ["DEMOLAB\\robin", "DEMOLAB\\jay"]);
    assert!(writes(&stage).is_empty(), "a plan changes nothing");

    let confirmed = json!({ "plan_id": plan["plan_id"] });
    let done = client.ok("confirm_plan", confirmed.clone());
    assert_eq!(done["counts"], json!({ "rebooted": 1 }));
    assert_eq!(done["all_went_well"], json!(true));
    assert_eq!(stage.reboots(ids::KESTREL_ID), Some(1));
    assert_eq!(writes(&stage).len(), 1);

    let words = client.refused("confirm_plan", confirmed);
    assert!(words.contains("a plan is carried out only once"), "{words}");
    let words = client.refused("confirm_plan", json!({ "plan_id": "00000000" }));
    assert!(words.contains("there is no such plan"), "{words}");
    assert!(writes(&stage).is_empty());
    assert_eq!(stage.reboots(ids::KESTREL_ID), Some(1));

    let (_, audit) = client.end();
    assert_eq!(
        statuses(&audit),
        [
            ("power_machines", "planned"),
            ("power_machines", "started"),
            ("power_machines", "ended"),
            ("confirm_plan", "ok"),
            ("confirm_plan", "error"),
            ("confirm_plan", "error"),
        ]
    );
    assert!(audit[..4].iter().all(|it| it["plan_id"] == plan["plan_id"]));
    assert_eq!(audit[1]["objects"], json!([ids::KESTREL_ID]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_plan_skips_machines_now_in_use_and_new_ones() {
    let stage = Stage::new().await;
    let mut client = Client::of(&stage, &["--allow-writes"]);
    let plan = json!({ "action": "reboot", "catalog": ["Demo Catalog"], "power": ["On"] });
    let plan = client.ok("power_machines", plan);
    assert_eq!(plan["would_change"]["count"], json!(1));
    stage.emulator().update_site(|site| {
        // The planned machine gets a session, and the machine in use loses its own.
        if let Some(mut kestrel) = site.machines.get_mut(ids::KESTREL_ID) {
            kestrel.session_count = Some(1);
        }
        if let Some(mut osprey) = site.machines.get_mut(ids::OSPREY_ID) {
            osprey.session_count = Some(0);
        }
    });
    let done = client.ok("confirm_plan", json!({ "plan_id": plan["plan_id"] }));
    assert_eq!(done["counts"], json!({ "skipped": 1 }), "{done}");
    assert_eq!(done["outcomes"][0]["reason"], json!("inUse"));
    assert_eq!(stage.reboots(ids::KESTREL_ID), Some(0));
    assert_eq!(stage.reboots(ids::OSPREY_ID), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn every_writing_tool_plans_and_does_what_it_says() {
    let stage = Stage::new().await;
    let mut client = Client::of(&stage, &["--allow-writes"]);
    for (tool, arguments, path) in [
        (
            "maintenance_mode",
            json!({ "switch": "on", "machines": ["KESTREL"] }),
            format!("PATCH /cvad/manage/Machines/{}", ids::KESTREL_ID),
        ),
        (
            "send_message",
            json!({ "title": "Soon", "text": "Save,\nplease", "user": ["*robin"] }),
            format!(
                "POST /cvad/manage/Sessions/{}/$sendMessage",
                ids::ACTIVE_SESSION_ID
            ),
        ),
        (
            "disconnect_sessions",
            json!({ "user": ["robin"] }),
            format!(
                "POST /cvad/manage/Sessions/{}/$disconnect",
                ids::ACTIVE_SESSION_ID
            ),
        ),
        (
            "hide_sessions",
            json!({ "sessions": [ids::ACTIVE_SESSION_ID] }),
            format!(
                "POST /cvad/manage/Sessions/{}/$hide",
                ids::ACTIVE_SESSION_ID
            ),
        ),
        (
            "call_operation",
            json!({
                "operation": "daas sessions unhide",
                "arguments": { "id": ids::ACTIVE_SESSION_ID },
            }),
            format!(
                "POST /cvad/manage/Sessions/{}/$unhide",
                ids::ACTIVE_SESSION_ID
            ),
        ),
        (
            "log_off_sessions",
            json!({ "sessions": [ids::DISCONNECTED_SESSION_ID] }),
            format!(
                "POST /cvad/manage/Sessions/{}/$logoff",
                ids::DISCONNECTED_SESSION_ID
            ),
        ),
        (
            "call_operation",
            json!({ "operation": "daas tags create", "body": { "Name": "Blue" } }),
            "POST /cvad/manage/Tags".to_owned(),
        ),
    ] {
        let plan = client.ok(tool, arguments);
        assert!(writes(&stage).is_empty(), "{tool}");
        client.ok("confirm_plan", json!({ "plan_id": plan["plan_id"] }));
        assert_eq!(writes(&stage), [path], "{tool}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn impossible_changes_get_no_plan() {
    let stage = Stage::new().await;
    let mut client = Client::of(&stage, &["--allow-writes"]);
    let words = client.refused(
        "power_machines",
        json!({ "action": "reboot", "in_use": true }),
    );
    assert!(words.starts_with("error: nothing is selected"), "{words}");
    assert!(
        words.contains("give one or more of machines, name, catalog"),
        "{words}"
    );
    let body = json!({ "operation": "daas tags create", "body": { "Nam": "x" } });
    let words = client.refused("call_operation", body);
    assert!(
        words.contains("`body.Nam` is not a known property (did you mean Name?)"),
        "{words}"
    );
    let words = client.refused("call_operation", json!({ "operation": "daas tags create" }));
    assert!(words.contains("a body is needed"), "{words}");
    assert!(stage.sent().is_empty());
    let nothing = json!({ "action": "start", "machines": ["KESTREL"] });
    let nothing = client.ok("power_machines", nothing);
    assert_eq!(nothing["would_change"]["count"], json!(0));
    assert!(nothing.get("plan_id").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_lists_losses_and_a_forced_reboot_is_forced() {
    let stage = Stage::new().await;
    let mut client = Client::of(&stage, &["--allow-writes"]);
    let plan = json!({ "action": "reboot", "machines": ["OSPREY"], "in_use": true, "force": true });
    let plan = client.ok("power_machines", plan);
    let warning = text(&plan, "warning");
    assert!(warning.contains("the guest is not asked"), "{warning}");
    assert!(
        warning.ends_with("sessions on these machines now: 2"),
        "{warning}"
    );
    client.ok("confirm_plan", json!({ "plan_id": plan["plan_id"] }));
    let journal = stage.emulator().journal().entries();
    let mut sent = journal.iter().filter(|it| it.path.ends_with("/$reboot"));
    assert_eq!(sent.next().unwrap().query.as_deref(), Some("force=true"));
    let plan = client.ok("log_off_sessions", json!({ "user": ["robin"] }));
    assert_eq!(plan["warning"], json!("users lose unsaved work"));
    let words = client.refused(
        "power_machines",
        json!({ "action": "start", "machines": ["OSPREY"], "force": true }),
    );
    assert!(words.contains("force cannot be used with start"), "{words}");
}

/// Returns the transaction ids in an audit file, by tool and status.
fn transactions(audit: &[Value]) -> Vec<(&str, &str, usize)> {
    let ids = |it: &Value| it["transaction_ids"].as_array().map_or(0, Vec::len);
    let line = |it| (text(it, "tool"), text(it, "status"), ids(it));
    audit.iter().map(line).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_audit_file_has_the_transactions_of_successful_changes() {
    let stage = Stage::new().await;
    let mut client = Client::of(&stage, &["--allow-writes"]);
    client.ok("get_session", json!({ "id": ids::ACTIVE_SESSION_ID }));
    let plan = client.ok("disconnect_sessions", json!({ "user": ["robin"] }));
    client.ok("confirm_plan", json!({ "plan_id": plan["plan_id"] }));
    let (_, audit) = client.end();
    let told = transactions(&audit);
    let statuses: Vec<_> = told
        .iter()
        .map(|(tool, status, _)| (*tool, *status))
        .collect();
    assert_eq!(
        statuses,
        [
            ("get_session", "ok"),
            ("disconnect_sessions", "planned"),
            ("disconnect_sessions", "started"),
            ("disconnect_sessions", "ended"),
            ("confirm_plan", "ok"),
        ]
    );
    let numbers: Vec<_> = told.iter().map(|(.., number)| *number).collect();
    assert!(
        numbers[0] > 0 && numbers[1] > 0 && numbers[3] > 0,
        "{told:?}"
    );
    assert_eq!((numbers[2], numbers[4]), (0, 0), "each is told once");
    // The service logged the same ids.
    let journal = stage.emulator().journal().entries();
    let disconnect = journal.iter().find(|it| it.path.ends_with("/$disconnect"));
    let sent = disconnect.unwrap().transaction_id.clone();
    let ids = audit[3]["transaction_ids"].as_array().unwrap();
    assert!(ids.contains(&json!(sent)), "{ids:?} {sent:?}");
}

/// Starts a server, and confirms a reboot that is still in progress.
async fn in_the_middle() -> (Stage, Client) {
    let stage = Stage::new().await;
    let slow = FaultKind::Latency(Latency::Fixed(Duration::from_secs(1)));
    let slow = Fault::new(slow).on("MachinesRebootMachine");
    stage.emulator().faults().add(slow.after_acting());
    let mut client = Client::of(&stage, &["--allow-writes"]);
    let plan = json!({ "action": "reboot", "machines": ["KESTREL"] });
    let plan = client.ok("power_machines", plan);
    let params = json!({ "name": "confirm_plan", "arguments": { "plan_id": plan["plan_id"] } });
    client.send("tools/call", &params);
    while stage.reboots(ids::KESTREL_ID) != Some(1) {
        tokio::task::yield_now().await;
    }
    let ended = client.audit().iter().any(|it| it["status"] == "ended");
    assert!(!ended, "its response has not arrived yet");
    (stage, client)
}

#[track_caller]
fn was_done_and_told(stage: &Stage, audit: &[Value]) {
    assert_eq!(stage.reboots(ids::KESTREL_ID), Some(1));
    let told = statuses(audit);
    assert_eq!(
        told[1..3],
        [("power_machines", "started"), ("power_machines", "ended")]
    );
    assert_eq!(audit[2]["counts"], json!({ "rebooted": 1 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_plan_is_finished_and_recorded_after_the_client_leaves() {
    let (stage, client) = in_the_middle().await;
    let (ran, audit) = client.end();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    was_done_and_told(&stage, &audit);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_confirmed_plan_is_finished_and_recorded_after_ctrl_c() {
    let (stage, client) = in_the_middle().await;
    client.interrupt();
    let (ran, audit) = client.wait();
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    was_done_and_told(&stage, &audit);
}
