//! `verify`: the service compared with the documents.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::between::{Response, between};
use crate::stage::{Ran, Stage};

/// The command without confirmation, at full speed.
const AT_ONCE: [&str; 4] = ["verify", "--yes", "--requests-per-second", "10000"];

fn verify(stage: &Stage, endpoint: &str, more: &[&str]) -> Ran {
    let mut command: Command = stage.command();
    command.env("CITRIX_CLOUD_ENDPOINT", endpoint);
    Ran::of(command.args(AT_ONCE).args(more))
}

fn report(ran: &Ran) -> Value {
    serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{}{}", ran.stdout, ran.stderr))
}

/// Returns the differences in a report, one per line.
fn differences(report: &Value) -> Vec<String> {
    let all = report["differences"].as_array().unwrap().iter();
    let text = |it: &Value, name: &str| it[name].as_str().unwrap().to_owned();
    all.map(|it| {
        let (operation, place) = (text(it, "operation"), text(it, "place"));
        format!(
            "{operation} {place}: {}, {} times",
            text(it, "words"),
            it["times"]
        )
    })
    .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_emulator_matches_the_documents() {
    let stage = Stage::new().await;
    let ran = verify(&stage, stage.url(), &["--areas", "all", "--output", "json"]);
    let report = report(&ran);
    assert_eq!(differences(&report), [""; 0]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let operations = report["operations"].as_array().unwrap();
    let of = |word: &str| operations.iter().filter(|it| it["outcome"] == word).count();
    assert!(operations.len() > 250, "{}", operations.len());
    let compared = of("compared");
    assert!(compared > 100, "{compared} compared");
    let refused: BTreeSet<String> = operations
        .iter()
        .filter(|it| it["outcome"] == "refused")
        .map(|it| format!("{} {}", it["status"], it["operation"].as_str().unwrap()))
        .collect();
    // Besides operations that the emulator does not implement, and objects that its site does not have: the first
    // catalog is not provisioned, and a shortcut needs a path that the documents leave optional.
    let unexpected: Vec<&str> = refused
        .iter()
        .map(String::as_str)
        .filter(|it| !it.starts_with("501 ") && !it.starts_with("404 "))
        .collect();
    let expected = [
        "400 MachineCatalogsGetMachineCatalogLastMasterImage",
        "400 MachinesGetMachineStartMenuShortcutIcon",
    ];
    assert_eq!(unexpected, expected);
    assert_eq!(of("noResponse"), 0);
    println!(
        "{compared} compared, {} skipped, refused {refused:?}",
        of("skipped")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_operation_is_called_at_most_once_and_reads() {
    let stage = Stage::new().await;
    let before = Instant::now();
    let mut command = stage.command();
    command.args([
        "verify",
        "--yes",
        "--areas",
        "zones",
        "--requests-per-second",
        "10",
    ]);
    let said = Ran::of(&mut command).ok();
    // The list, the search and one zone: two pauses.
    assert!(before.elapsed() >= Duration::from_millis(200));
    assert_eq!(said, "no difference; 3 of 3 operations compared\n");
    let sent = stage.sent();
    let of_zones: Vec<&String> = sent.iter().filter(|it| it.contains("/Zones")).collect();
    assert_eq!(of_zones.len(), 3, "{sent:?}");
    verify(&stage, stage.url(), &[]);
    let sent = stage.sent();
    let once: BTreeSet<&String> = sent.iter().collect();
    // The API version is determined by the same request as the signed-in identity.
    assert!(sent.len() <= once.len() + 1, "{sent:?}");
    for request in sent.iter().filter(|it| it.as_str() != crate::stage::TOKEN) {
        let reads = request.starts_with("GET ")
            || (request.starts_with("POST ") && request.to_lowercase().ends_with("/$search"));
        assert!(reads, "{request}");
    }
}

/// Returns an item of a list, for changing it.
fn item(response: &mut Response, at: usize) -> &mut Value {
    let request = &response.request;
    let items = response
        .body
        .as_mut()
        .and_then(|it| it["Items"].as_array_mut());
    let item = items.and_then(|it| it.get_mut(at));
    item.unwrap_or_else(|| panic!("{request}: no item {at}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn exactly_the_planted_deviations_are_found() {
    let stage = Stage::new().await;
    let url = between(&stage, |response| {
        match response.request.trim_start_matches("GET /cvad/manage/") {
            "Machines" => {
                item(response, 0)["VdaPatchLevel"] = json!(7);
                item(response, 1)["VdaPatchLevel"] = json!(8);
                item(response, 0)["PowerState"] = json!("Hibernated");
                item(response, 0)["DnsName"] = json!(5);
                item(response, 0)["InMaintenanceMode"] = Value::Null;
                let machine = item(response, 1).as_object_mut().unwrap();
                let agent = machine.shift_remove("AgentVersion").unwrap();
                machine.insert("agentVersion".to_owned(), agent);
                machine["MachineCatalog"]["Owner"] = json!({ "jdoe": "secret" });
            }
            "Tags" => {
                response.status = 206;
                item(response, 0)
                    .as_object_mut()
                    .unwrap()
                    .shift_remove("NumMachines");
            }
            "Zones" => response.content_type = "text/html",
            "MachineCatalogs" => response.body = None,
            _ => {}
        }
    });
    let areas = "machines,tags,zones,machine-catalogs";
    let ran = verify(&stage, &url, &["--areas", areas, "--output", "json"]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let found = differences(&report(&ran));
    let expected = [
        "MachineCatalogsGetMachineCatalogs : no content, 1 times",
        "MachinesGetMachines Items[]: `AgentVersion` in a different case, 1 times",
        "MachinesGetMachines Items[]: unknown field VdaPatchLevel, a whole number, 2 times",
        "MachinesGetMachines Items[].DnsName: a whole number instead of text, 1 times",
        "MachinesGetMachines Items[].InMaintenanceMode: null, which is not documented, 1 times",
        "MachinesGetMachines Items[].MachineCatalog: unknown field Owner, an object, 1 times",
        "MachinesGetMachines Items[].PowerState: unlisted value Hibernated, 1 times",
        "TagsGetTags : status 206 instead of 200, 1 times",
        "TagsGetTags Items[]: `NumMachines` is required and missing, 1 times",
        "ZonesGetZones : text/html instead of JSON, 1 times",
    ];
    let all: BTreeSet<&str> = found.iter().map(String::as_str).collect();
    assert_eq!(all, expected.into_iter().collect());
    let text = verify(&stage, &url, &["--areas", areas]);
    assert_eq!(text.code, Some(1));
    assert!(
        text.stdout
            .contains("GET /Machines (MachinesGetMachines)\n"),
        "{}",
        text.stdout
    );
    assert!(
        text.stdout
            .contains("  Items[]: unknown field VdaPatchLevel, a whole number, 2 times\n"),
        "{}",
        text.stdout
    );
    assert!(
        text.stdout.contains("\n10 differences; "),
        "{}",
        text.stdout
    );
}

/// Collects all texts of a value, and the object keys that are not documented.
fn texts(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => drop(into.insert(text.clone())),
        Value::Array(list) => list.iter().for_each(|it| texts(it, into)),
        Value::Object(map) => map.values().for_each(|it| texts(it, into)),
        _ => {}
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_report_has_no_user_data() {
    let stage = Stage::new().await;
    let seen: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let learn = seen.clone();
    let url = between(&stage, move |response| {
        if response.request == "GET /cvad/manage/Machines" {
            // As values, as names of unknown fields, and where the documents list words.
            item(response, 0)["Unknown"] = json!({ "CORP\\planted1": "planted-secret-2" });
            item(response, 0)["planted.three@example.com"] = json!(1);
            item(response, 0)["PowerState"] = json!("PLANTED\\four");
            item(response, 0)["Description"] = json!("Plantedfive");
            item(response, 0)["Plantedfive"] = json!(true);
            item(response, 1)["RegistrationState"] = json!("plantedFive");
        }
        if response.request == "GET /cvad/manage/Tags" {
            response.content_type = "planted/Six7";
        }
        if response.request == "GET /cvad/manage/Zones" {
            response.status = 403;
            response.body = Some(json!({ "ErrorMessage": "planted-seven" }));
        }
        if let Some(body) = &response.body {
            texts(body, &mut learn.lock().unwrap());
        }
    });
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("report.json");
    let name = file.to_str().unwrap();
    let ran = verify(&stage, &url, &["--areas", "all", "--report", name]);
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    assert_eq!(ran.stderr, "");
    let report = std::fs::read_to_string(&file).unwrap();
    let json: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(json["differences"].as_array().unwrap().len(), 6, "{report}");
    for text in [&report, &ran.stdout] {
        let lower = text.to_lowercase();
        assert!(!lower.contains("planted"), "{text}");
        assert!(text.contains("unknown field #"), "{text}");
        assert!(text.contains("unlisted value #"), "{text}");
    }
    // The same holds for every other text of any response, unless it is a word of the documents or of the report.
    let documents = include_str!("../../src/commands/verify/documents/responses.txt");
    let words: BTreeSet<&str> = documents.split(|it: char| !it.is_alphanumeric()).collect();
    let mut said = BTreeSet::new();
    texts(&json, &mut said);
    let planned = stage.run(["verify", "--dry-run", "--areas", "all", "--output", "json"]);
    let mut known = BTreeSet::new();
    texts(&planned.json(), &mut known);
    for operation in json["operations"].as_array().unwrap() {
        let id = operation["operation"].as_str().unwrap();
        assert!(words.contains(id), "{id}");
        known.insert(id.to_owned());
    }
    let said: Vec<&String> = said.difference(&known).collect();
    assert!(said.len() > 10, "{said:?}");
    let seen = seen.lock().unwrap();
    assert!(seen.len() > 300, "{}", seen.len());
    // "true or false" is the name of a type.
    let of_a_type = ["true", "false"];
    let leaked: Vec<&String> = seen
        .iter()
        .filter(|it| it.len() > 3 && !of_a_type.contains(&it.as_str()))
        .filter(|it| !words.contains(it.as_str()))
        .filter(|it| said.iter().any(|said| said.contains(it.as_str())))
        .collect();
    assert!(leaked.is_empty(), "{leaked:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_without_consent() {
    let stage = Stage::new().await;
    let words = stage.run(["verify"]).refused();
    assert!(words.contains("add --yes"), "{words}");
    let plan = stage.run(["verify", "--dry-run", "--areas", "zones"]).ok();
    let lines: Vec<Vec<&str>> = plan
        .lines()
        .map(|it| it.split_whitespace().collect())
        .collect();
    assert_eq!(lines[1], ["zones", "GET", "/Zones", "reads"]);
    assert_eq!(lines.len(), 4, "{plan}");
    let words = stage
        .run(["verify", "--areas", "machine", "--yes"])
        .refused();
    assert!(words.contains("did you mean machines?"), "{words}");
    let words = stage.run(["verify", "--yes", "--output", "csv"]).refused();
    assert!(words.contains("prints a report"), "{words}");
    assert!(stage.sent().is_empty());
}
