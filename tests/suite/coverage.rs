//! The command `coverage`, on a workspace with a few operations and on this one.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use xtask::tasks::coverage::rows::COLUMNS;
use xtask::tasks::coverage::{Options, read, run};
use xtask::tasks::diff::Output;

const FILES: [(&str, &str); 10] = [
    (
        "openapi/regen.toml",
        "injected-headers = []
[upstream]
file = 'upstream.yml'
sha256 = 'not looked at'
overlay = 'overlay.yml'
[[module]]
name = 'platform'
documents = ['upstream.yml']
[[module]]
name = 'daas'
documents = ['daas/machines.yml', 'daas/jobs.yml']
fields = ['daas/fields.tsv']
[module.features]
daas-machines = ['daas/machines.yml']
daas-jobs = ['daas/jobs.yml']
",
    ),
    (
        "openapi/upstream.yml",
        "openapi: 3.0.3
info: { title: Tiny, version: '1' }
paths:
  /wrong: {}
  /notes:
    get: { operationId: listNotes, tags: [Notes], responses: {} }
    post: { operationId: createNote, tags: [Notes], responses: {} }
  /tokens:
    post: { operationId: getToken, tags: [Tokens], responses: {} }
",
    ),
    (
        "openapi/overlay.yml",
        "overlay: 1.0.0
info: { title: Corrections, version: '1' }
actions:
  - target: $.paths['/wrong']
    description: There is no such path.
    remove: true
",
    ),
    (
        "openapi/daas/machines.yml",
        "openapi: 3.0.3
info: { title: Tiny, version: '1' }
paths:
  /Machines/{nameOrId}:
    get:
      operationId: MachinesGetMachine
      tags: [Machines]
      responses:
        '200':
          description: A machine
          content: { application/json: { schema: { $ref: '#/components/schemas/Machine' } } }
    delete: { operationId: MachinesDeleteMachine, tags: [Machines], responses: {} }
components:
  schemas:
    Machine:
      type: object
      properties:
        Id: { type: string }
        Name: { type: string, description: Name }
        Power: { type: string, description: Whether it is on. }
        Zone: { $ref: '#/components/schemas/Zone' }
    Zone: { type: object, properties: { Name: { type: string } } }
    Unused: { type: object, properties: { Id: { type: string } } }
",
    ),
    ("openapi/daas/fields.tsv", "*\tId\tGUID of the thing.\n"),
    (
        "openapi/daas/jobs.yml",
        "openapi: 3.0.3
info: { title: Tiny, version: '1' }
paths:
  /Jobs: { get: { operationId: JobsGetJobs, tags: [Jobs], responses: {} } }
",
    ),
    (
        "tests/facts/daas-operations.tsv",
        "# tag, operation, method, path
Machines\tMachinesGetMachine\tGET\t/machines/{name}
Machines\tMachinesStartMachine\tPOST\t/Machines/{name}/$start
Jobs\tJobsGetJobs\tGET\t/Jobs
Zones\tZonesGetZones\tGET\t/Zones
",
    ),
    (
        "citrix-cloud/src/daas.rs",
        "//! MachinesDeleteMachine is mentioned, and not called.
use ops::machines::GetMachine;
fn get(call: Call) { call.send(GetMachine::new()); }
fn GetJobs(call: Call) { call.list(ops::platform::ListNotes::new()) }
fn token() { by_hand(\"getToken\") }
",
    ),
    (
        "citrix-cloud-emulator/evidence.tsv",
        "# service, operation, emulated
daas\tMachinesGetMachine\tyes\tclient
cloud\tlistThings\tyes\tinferred
cloud\tlistNotes\tyes\tdocumented
daas\tJobsGetJobs\tno
cloud\tcreateNote\tno
",
    ),
    (
        "citrix-cloud-emulator/src/daas_operations.tsv",
        "# operation, method, path
MachinesGetMachine\tGET\t/Machines/{machine}
JobsGetJobs\tGET\t/Jobs
",
    ),
];

const CLOUD: &str = "citrix-cloud-emulator/src/cloud_operations.tsv";

/// A workspace with a few operations.
fn workspace() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (file, text) in FILES {
        write(folder.path(), file, text);
    }
    let cloud = "listNotes\tGET\t/notes\ncreateNote\tPOST\t/notes\nlistThings\tGET\t/{customer}\n";
    write(folder.path(), CLOUD, cloud);
    folder
}

fn write(root: &Path, file: &str, text: &str) {
    let path = root.join(file);
    fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
    fs::write(path, text).expect("written");
}

fn printed(root: &Path, output: Output, missing: bool) -> String {
    let mut out = Vec::new();
    run(root, &Options { output, missing }, &mut out).expect("a table");
    String::from_utf8(out).expect("text")
}

#[test]
fn the_three_outputs_count_by_area_and_list_what_is_missing() {
    let workspace = workspace();
    let print = |output| printed(workspace.path(), output, true);
    insta::assert_snapshot!("text", print(Output::Text));
    insta::assert_snapshot!("json", print(Output::Json));
    insta::assert_snapshot!("markdown", print(Output::Markdown));
}

#[test]
fn unexpected_source_is_named() {
    let fails = |file: &str, text: &str| {
        let workspace = workspace();
        let root = workspace.path();
        write(root, file, text);
        let error = format!("{:#}", read(root).expect_err("an error"));
        error.replace(&root.display().to_string(), "<folder>")
    };
    insta::assert_debug_snapshot!([
        fails("tests/facts/daas-operations.tsv", "# all\nMachines\tGet\n"),
        fails(
            "citrix-cloud-emulator/evidence.tsv",
            "daas\tJobsGetJobs\tperhaps\n"
        ),
        fails("citrix-cloud/src/daas.rs", "fn get() {"),
        fails("openapi/overlay.yml", "overlay: 1.0.0\n"),
        fails("openapi/daas/jobs.yml", "paths: {}\n"),
    ]);
}

#[test]
fn every_operation_that_this_workspace_has_is_counted() {
    let coverage = read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("..")).expect("a table");
    let of = |service: &str, column: usize| {
        let rows = coverage.rows.iter();
        rows.filter(|row| row.service == service && row.columns()[column])
            .count()
    };
    assert_eq!(of("daas", 0), 537);
    // The SDK covers the older services through the platform's operations and another route.
    for (service, routed) in [
        ("platform", false),
        ("registry", true),
        ("entitlement", false),
        ("notifications", true),
    ] {
        for (column, name) in COLUMNS.iter().enumerate() {
            let expected = *name != "crate" || !routed;
            assert_eq!(of(service, column) > 0, expected, "{service}: {name}");
        }
    }
    let rows = coverage.rows.iter().filter(|row| row.service == "daas");
    let unsent: Vec<_> = rows
        .filter(|row| !row.sdk)
        .map(|it| &it.operation)
        .collect();
    assert!(
        unsent.is_empty(),
        "no method sends these: {unsent:?}. Write one in a file of citrix-cloud/src/daas, or take \
         their `[[hand]]` out of openapi/handles.toml"
    );
    assert!(of("daas", 3) >= 37, "operations of DaaS in the emulator");
}

#[test]
fn nine_fields_of_ten_are_explained() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let fields = read(&root).expect("a table").fields;
    assert!(fields.all > 4_300, "{} fields", fields.all);
    let unexplained = &fields.unexplained;
    assert!(fields.percent() >= 90, "not explained: {unexplained:#?}");
}
