//! Output formats, and the parts of a list that are shown.

use citrix_cloud_emulator::{Emulator, Machine, ids};
use serde_json::json;

use crate::stage::{Ran, Stage, TOKEN};

const MACHINES: [&str; 3] = ["daas", "machines", "list"];

fn machines(stage: &Stage, options: &[&str]) -> Ran {
    Ran::of(stage.command().args(MACHINES).args(options))
}

/// Creates a site with this many additional machines.
async fn large(count: u32) -> Stage {
    let stage = Stage::with(Emulator::default()).await;
    stage.emulator().update_site(|site| {
        for number in 0..count {
            let name = format!("DEMOLAB\\VDA-{number:05}");
            let machine = Machine::new(name, 1000 + number, ids::CATALOG_ID);
            site.machines.push(machine);
        }
    });
    stage
}

/// Counts the requests since the last time, without those for the token and the site.
fn pages(stage: &Stage) -> usize {
    let sent = stage.sent();
    let pages = sent.iter().filter(|it| *it != TOKEN);
    pages.filter(|it| it.contains("/Machines")).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_printed_in_every_format() {
    let stage = Stage::new().await;
    for (format, first) in [
        ("table", "NAME             CATALOG       SESSIONS"),
        ("wide", "NAME             CATALOG       SESSIONS"),
        ("json", "["),
        ("jsonl", "{\"Id\":\""),
        ("yaml", "- Id: "),
        (
            "csv",
            "Name,MachineCatalog.Name,SessionCount,PowerState,RegistrationState,InMaintenanceMode,Id",
        ),
        (
            "tsv",
            "DEMOLAB\\OSPREY\tDemo Catalog\t2\tOn\tRegistered\tfalse\t",
        ),
        ("name", "DEMOLAB\\OSPREY"),
    ] {
        let shown = machines(&stage, &["--output", format]).ok();
        assert!(shown.starts_with(first), "{format}: {shown}");
        let lines = shown.lines().count();
        match format {
            "table" | "wide" | "csv" => assert_eq!(lines, 9),
            "jsonl" | "tsv" | "name" => assert_eq!(lines, 8),
            _ => assert!(lines > 100, "{format}: {lines}"),
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_pages_are_requested_than_are_shown() {
    let stage = Stage::new().await;
    for (options, fields) in [
        (&["--output", "name"][..], Some("Name")),
        (
            &["--columns", "name,catalog"],
            Some("MachineCatalog%2CName"),
        ),
        (
            &["--columns", "name", "--sort", "-sessions"],
            Some("Name%2CSessionCount"),
        ),
        (&["--output", "json"], None),
        // The spelling of a property in JSON is known only once there is a row.
        (&["--columns", "loadindex"], None),
        (&["--query", "[].Name"], None),
    ] {
        machines(&stage, options).ok();
        let journal = stage.emulator().journal().entries();
        stage.emulator().journal().clear();
        let query = journal.last().and_then(|it| it.query.clone());
        let asked = query.as_deref().and_then(|query| {
            let mut pairs = query.split('&');
            pairs.find_map(|pair| pair.strip_prefix("fields="))
        });
        assert_eq!(asked, fields, "{options:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_ends_the_paging() {
    let stage = large(600).await;
    for (limit, requests) in [("3", 1), ("250", 1), ("251", 2), ("600", 3)] {
        let shown = machines(&stage, &["--limit", limit, "--output", "name"]).ok();
        assert_eq!(shown.lines().count().to_string(), limit);
        assert_eq!(pages(&stage), requests, "{limit}");
    }
    // The highest values are known only after reading everything.
    let sorted = ["--sort", "-name", "--limit", "2", "--output", "name"];
    let shown = machines(&stage, &sorted).ok();
    assert_eq!(shown, "DEMOLAB\\VDA-00599\nDEMOLAB\\VDA-00598\n");
    assert_eq!(pages(&stage), 3);
    let mut api = stage.command();
    api.args(["api", "GET", "/Machines", "--paginate", "--limit", "2"]);
    let shown = Ran::of(api.args(["--output", "jsonl"])).ok();
    assert_eq!(shown.lines().count(), 2);
    assert_eq!(pages(&stage), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_column_is_rejected_with_suggestions() {
    let stage = Stage::new().await;
    for (options, words) in [
        (
            ["--columns", "Name,PowrState"],
            "error: --columns: machines have no `PowrState`\nhint: did you mean PowerState?\n",
        ),
        (
            ["--sort", "-sesions"],
            "error: --sort: machines have no `sesions`\nhint: did you mean sessions?\n",
        ),
        (
            ["--columns", "Zone.Nam"],
            "error: --columns: machines have no `Zone.Nam`\nhint: did you mean Zone.Name?\n",
        ),
    ] {
        assert_eq!(machines(&stage, &options).refused(), words);
    }
    let refused = machines(&stage, &["--query", "[?"]).code;
    assert_eq!(refused, Some(2));
    assert!(machines(&stage, &["--columns", "powerstate,Zone.NAME"]).code == Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_query_shapes_the_output() {
    let stage = Stage::new().await;
    let query = |expression: &str, format: &str| {
        machines(&stage, &["--query", expression, "--output", format]).ok()
    };
    let off = "[?PowerState=='Off'].{name: Name, id: Id}";
    let table = query(off, "table");
    assert!(
        table.starts_with("NAME             ID\nDEMOLAB\\HARRIER  "),
        "{table}"
    );
    assert_eq!(query("length(@)", "table"), "8\n");
    assert_eq!(query("length(@)", "json"), "8\n");
    assert_eq!(query("[?PowerState=='Nowhere']", "json"), "[]\n");
    let first = query("[0].{n: Name}", "json");
    assert_eq!(first, "{\n  \"n\": \"DEMOLAB\\\\OSPREY\"\n}\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_object_is_shown_with_all_its_fields() {
    let stage = Stage::new().await;
    let id = "9e2fda49-c878-4c23-aae1-8ffcbdc2dab2";
    let get = |options: &[&str]| {
        let mut command = stage.command();
        command.args(["resource-locations", "get", id]);
        Ran::of(command.args(options))
    };
    assert_eq!(
        get(&[]).ok(),
        format!(
            "id            {id}\nname          My Resource Location\ninternalOnly  false\n\
             timeZone      GMT Standard Time\nreadOnly      false\n"
        )
    );
    assert_eq!(
        get(&["--output", "csv", "--columns", "name"]).ok(),
        "name\nMy Resource Location\n"
    );
    assert_eq!(
        get(&["--output", "json", "--columns", "NAME,readonly"]).json(),
        json!({"name": "My Resource Location", "readOnly": false})
    );
    assert_eq!(get(&["--query", "timeZone"]).ok(), "GMT Standard Time\n");
    assert_eq!(get(&["--output", "name"]).ok(), "My Resource Location\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_is_not_printed_as_a_list() {
    let stage = Stage::new().await;
    for options in [["--output", "csv"], ["--limit", "1"], ["--columns", "Name"]] {
        let mut reboot = stage.reboot_idle(&["--dry-run"]);
        let words = Ran::of(reboot.args(options)).refused();
        assert!(words.contains("prints a report"), "{words}");
    }
    assert_eq!(stage.sent().len(), 0);
}
