//! Lists from the service, as tables and as JSON.

use citrix_cloud_emulator::faults::{Fault, FaultKind};
use citrix_cloud_emulator::{Machine, ids};
use serde_json::{Value, json};

use crate::stage::{Ran, Stage, TOKEN};

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_a_table_of_the_most_useful_columns() {
    let stage = Stage::new().await;
    assert_eq!(
        stage.run(["resource-locations", "list"]).ok(),
        "\
NAME                  INTERNAL ONLY  TIME ZONE          READ ONLY  ID
My Resource Location  false          GMT Standard Time  false      9e2fda49-c878-4c23-aae1-8ffcbdc2dab2
"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_list_is_a_json_array_of_the_services_own_objects() {
    let stage = Stage::new().await;
    let list = |arguments: &[&str]| {
        let mut command = stage.command();
        command.args(arguments).args(["--output", "json"]);
        match Ran::of(&mut command).json() {
            Value::Array(items) => items,
            other => panic!("{arguments:?}: {other}"),
        }
    };
    assert_eq!(
        list(&["resource-locations", "list"]),
        [json!({
            "id": "9e2fda49-c878-4c23-aae1-8ffcbdc2dab2",
            "name": "My Resource Location",
            "internalOnly": false,
            "timeZone": "GMT Standard Time",
            "readOnly": false,
        })]
    );
    assert_eq!(list(&["service-states", "list"]).len(), 12);
    assert_eq!(list(&["service-principals", "list"]).len(), 2);
    assert!(list(&["notifications", "list"]).is_empty());
    assert_eq!(list(&["daas", "sites", "list"])[0]["Name"], ids::SITE_NAME);
    assert_eq!(list(&["daas", "catalogs", "list"]).len(), 2);
    let machines = list(&["daas", "machines", "list", "--catalog", ids::CATALOG_NAME]);
    assert_eq!(machines.len(), 3);
    // Nulls and properties that no table shows are included, in the service's order.
    let osprey = machines[0].as_object().unwrap();
    assert_eq!(osprey.keys().next().unwrap(), "Id");
    assert_eq!(osprey.get("LastErrorReason"), Some(&Value::Null));
    assert_eq!(osprey["AgentVersion"], "2411.0.0.37");
    assert_eq!(list(&["daas", "machines", "list"]).len(), 8);
    assert_eq!(list(&["daas", "sessions", "list"]).len(), 2);
    let sessions = list(&["daas", "sessions", "list", "--machine", r"DEMOLAB\OSPREY"]);
    assert_eq!(sessions.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_without_an_end_ends_when_its_time_is_over() {
    let stage = Stage::new().await;
    let endless = Fault::new(FaultKind::EndlessTokens).on("MachinesGetMachines");
    stage.emulator().faults().add(endless);
    let ran = stage.run(["daas", "machines", "list", "--list-timeout", "2"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("did not end within 2 s"),
        "{}",
        ran.stderr
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn services_are_filtered_by_state() {
    let stage = Stage::new().await;
    let trial = ["service-states", "list", "--state", "ProductionTrial"];
    let table = stage.run(trial).ok();
    let names: Vec<&str> = table
        .lines()
        .skip(1)
        .filter_map(|line| line.split(' ').next())
        .collect();
    let expected = [
        "cas",
        "itsm",
        "microapps",
        "netscalergateway",
        "wem",
        "xendesktop",
    ];
    assert_eq!(names, expected);
    let none = stage.run(["service-states", "list", "--state", "Nowhere"]);
    assert_eq!(none.stdout, "");
    assert_eq!(none.stderr, "no services\n");
    assert_eq!(none.code, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resource_location_is_created_changed_shown_and_deleted() {
    let stage = Stage::new().await;
    let new = [
        "resource-locations",
        "create",
        "--name",
        "Lab",
        "--output",
        "json",
    ];
    let created = stage.run(new).json();
    assert_eq!(created["name"], "Lab");
    let id = created["id"].as_str().unwrap();
    let zone = ["--time-zone", "UTC", "--output", "json"];
    let [a, b, c, d] = zone;
    let updated = stage.run(["resource-locations", "update", id, a, b, c, d]);
    assert_eq!(updated.json()["timeZone"], "UTC");
    let shown = stage.run(["resource-locations", "get", id]).ok();
    assert!(shown.contains("Lab") && shown.contains("UTC"), "{shown}");
    let deleted = stage.run([
        "resource-locations",
        "delete",
        id,
        "--yes",
        "--output",
        "json",
    ]);
    assert_eq!(deleted.ok(), "");
    let gone = stage.run(["resource-locations", "get", id]).failed_with(4);
    assert!(gone.contains("not found"), "{gone}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_principal_is_shown_with_everything_when_it_is_created() {
    let stage = Stage::new().await;
    let shown = stage.run(["service-principals", "create", "--display-name", "Nightly"]);
    let shown = shown.ok();
    for field in ["id ", "displayName ", "clientId "] {
        assert!(shown.lines().any(|line| line.starts_with(field)), "{shown}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_takes_severity_and_priority_in_any_case() {
    let stage = Stage::new().await;
    let mut command = stage.command();
    command.args(["notifications", "send", "--yes", "--title", "Dinner Time"]);
    command.args(["--description", "Fish and Chips!", "--severity", "warning"]);
    command.args(["--priority", "HIGH", "--output", "json"]);
    let sent = Ran::of(&mut command).json();
    assert_eq!(sent["severity"], "Warning");
    assert_eq!(sent["priority"], "High");
    assert_eq!(sent["content"][0]["title"], "Dinner Time");
    let listed = stage.run(["notifications", "list"]).ok();
    assert!(listed.contains("Dinner Time"), "{listed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preview_version_uses_its_paths() {
    let stage = Stage::new().await;
    let walkthrough = |arguments: &[&str]| {
        let mut command = stage.command();
        command
            .env("CITRIX_CLOUD_API_VERSION", "preview")
            .args(arguments);
        let _ = Ran::of(&mut command).ok();
        let sent = stage.sent();
        sent.into_iter()
            .filter(|it| it != TOKEN)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        walkthrough(&["resource-locations", "list"]),
        ["GET /abcd1024xyz/resourcelocations"]
    );
    assert_eq!(
        walkthrough(&["service-states", "list"]),
        ["GET /abcd1024xyz/serviceStates"]
    );
    assert_eq!(
        walkthrough(&[
            "notifications",
            "send",
            "--yes",
            "--title",
            "T",
            "--description",
            "D"
        ]),
        ["POST /abcd1024xyz/notifications/items"]
    );
    assert_eq!(walkthrough(&["daas", "me"]), ["GET /cvadapis/me"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_cannot_drive_the_terminal() {
    let stage = Stage::new().await;
    stage.emulator().update_site(|site| {
        let machine = Machine::new("DEMOLAB\\\u{1b}[2J\u{9b}X", 99, ids::CATALOG_ID);
        site.machines.push(machine);
    });
    let machines = ["daas", "machines", "list", "--catalog", ids::CATALOG_ID];
    let [a, b, c, d, e] = machines;
    for shown in [
        stage.run(machines).ok(),
        stage.run([a, b, c, d, e, "--output", "json"]).ok(),
        stage
            .run([
                "daas",
                "reboot-idle",
                "--dry-run",
                "--catalog",
                ids::CATALOG_ID,
            ])
            .ok(),
    ] {
        assert!(shown.contains("[2J"), "{shown}");
        let control = |character: char| character.is_control() && character != '\n';
        assert!(!shown.contains(control), "{shown:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_pipe_is_not_a_failure() {
    let stage = Stage::new().await;
    for arguments in [
        &["daas", "machines", "list", "--output", "json"][..],
        &["demo"],
        &["--help"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = stage
            .command()
            .args(arguments)
            .stdout(writer)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{arguments:?}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    }
}
