//! `api`: any path, and lists that are printed as they arrive.

use citrix_cloud_emulator::faults::{Fault, FaultKind};
use citrix_cloud_emulator::{Machine, ids};
use serde_json::Value;

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn a_read_is_sent_as_it_is_and_its_response_printed() {
    let stage = Stage::new().await;
    let page = stage
        .run(["api", "get", "/Machines?limit=1", "-f", "fields=Name"])
        .json();
    assert_eq!(page["Items"][0]["Name"], r"DEMOLAB\OSPREY");
    assert!(page["Items"][0]["PowerState"].is_null(), "only the name");
    let service = ["api", "GET", "/resourcelocations", "--service", "platform"];
    let locations = stage.run(service).json();
    assert_eq!(locations["items"][0]["name"], "My Resource Location");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_write_asks_first_and_has_the_fields_as_its_body() {
    let stage = Stage::new().await;
    let path = format!("/Machines/{}", ids::KESTREL_ID);
    let fields = ["-F", "InMaintenanceMode=true"];
    let write = |more: &str| {
        let mut command = stage.command();
        command.args(["api", "PATCH", &path]).args(fields).arg(more);
        crate::stage::Ran::of(&mut command)
    };
    let refused = stage.run(["api", "DELETE", &path]);
    assert_eq!(refused.code, Some(2), "{}", refused.stderr);
    assert!(refused.stderr.contains("--yes"), "{}", refused.stderr);
    let looked = write("--dry-run");
    assert!(
        looked
            .stdout
            .starts_with("curl --request PATCH 'http://127.0.0.1:"),
        "{}",
        looked.stdout
    );
    assert!(
        looked
            .stdout
            .contains(r#"--data '{"InMaintenanceMode":true}'"#),
        "{}",
        looked.stdout
    );
    assert!(stage.sent().is_empty(), "nothing was sent");
    write("--yes").ok();
    let machine = stage.run(["api", "GET", &path]).json();
    assert_eq!(machine["InMaintenanceMode"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_become_one_array() {
    let stage = Stage::new().await;
    let all = stage
        .run(["api", "GET", "/Machines?limit=3", "--paginate"])
        .json();
    assert_eq!(all.as_array().map(Vec::len), Some(8));
    let none = stage.run(["api", "GET", "/Machines/nobody", "--paginate"]);
    assert_eq!(none.code, Some(4), "{}", none.stderr);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unsendable_request_is_named_and_not_sent() {
    let stage = Stage::new().await;
    for (arguments, words) in [
        (
            vec!["api", "BREW", "/x"],
            "GET, HEAD, POST, PUT, PATCH or DELETE",
        ),
        (
            vec!["api", "GET", "Machines"],
            "a path that starts with `/`",
        ),
        (
            vec!["api", "GET", "/Machines#7"],
            "a path that starts with `/`",
        ),
        (vec!["api", "POST", "/x", "-f", "=1"], "the name is empty"),
        (
            vec!["api", "POST", "/x", "--input", "/nowhere.json"],
            "/nowhere.json",
        ),
    ] {
        let ran = crate::stage::Ran::of(stage.command().args(&arguments));
        assert_eq!(ran.code, Some(2), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(words), "{arguments:?}: {}", ran.stderr);
    }
    assert!(stage.sent().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_printed_as_pages_arrive_and_left_open_if_it_fails() {
    let stage = Stage::new().await;
    // The first page arrives, the second does not.
    let refused = Fault::new(FaultKind::Status(400))
        .on("MachinesGetMachines")
        .after(1);
    stage.emulator().faults().add(refused);
    stage.emulator().update_site(|site| {
        for number in 0..300 {
            let name = format!(r"DEMOLAB\MORE{number:03}");
            let machine = Machine::new(name, 100 + number, ids::CATALOG_ID);
            site.machines.push(machine);
        }
    });
    let ran = stage.run(["daas", "machines", "list", "--output", "json"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert!(
        ran.stdout.starts_with("[\n  {\n    \"Id\""),
        "the first page is there"
    );
    let whole: Result<Value, _> = serde_json::from_str(&ran.stdout);
    assert!(whole.is_err(), "a part is not taken for the whole");
}
