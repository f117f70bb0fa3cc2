//! The command as a whole: exit codes, waivers, an overlay, the output for pull requests.

use std::path::{Path, PathBuf};

use xtask::pipeline::limits::Limits;
use xtask::tasks::diff::{Options, Output, Verdict, run};

use super::TINY;

/// This repository, whose settings apply.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// No memory limit, because other tests use memory at the same time.
fn limits() -> Limits {
    Limits {
        max_megabytes: u64::MAX,
        ..Limits::default()
    }
}

/// Runs the command on two files; returns the exit code, or the error message.
fn exit_code(old: &str, new: &str) -> Result<u8, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let options = Options {
        old: root.join("old.yml"),
        new: root.join("new.yml"),
        output: Output::Text,
        overlay: None,
        waivers: None,
        limits: limits(),
    };
    std::fs::write(&options.old, old).expect("written");
    std::fs::write(&options.new, new).expect("written");
    run(&repository(), &options, &mut Vec::new())
        .map(Verdict::exit_code)
        .map_err(|error| format!("{error:#}").replace(&root.display().to_string(), "<folder>"))
}

#[test]
fn exit_codes_say_the_verdict_and_errors_name_the_place() {
    let old = TINY.document();
    assert_eq!(exit_code(&old, &old), Ok(0));
    let more = "Id: { type: string }\n        B: { type: string }";
    let compatible = old.replace("Id: { type: string }", more);
    assert_eq!(exit_code(&old, &compatible), Ok(10));
    assert_eq!(exit_code(&compatible, &old), Ok(20));
    let broken = [
        exit_code(&old, "openapi: [3"),
        exit_code("info: {}\n", &old),
        exit_code(&old, "openapi: 3.0.3\npaths: { /a: { get: 1 } }\n"),
        exit_code(&old, "openapi: 3.0.3\npaths: []\n"),
    ];
    insta::assert_debug_snapshot!(broken);
}

const WAIVERS: &str = "
[[waiver]]
name = 'Get*'
part = 'parameter'
member = 'limit'
reason = 'the service never looked at it'

[[waiver]]
name = 'Gone'
effect = 'patch'
reason = 'nothing of the kind'
";

/// Returns the output for two documents without and with a parameter, an overlay and waivers.
fn ran(output: Output, overlay: Option<&str>, waivers: Option<&str>) -> (String, u8) {
    let folder = tempfile::tempdir().expect("a folder");
    let root = folder.path();
    let document = |parameters: &str, more: &str| {
        format!(
            "openapi: 3.0.3
info: {{ title: Tiny, version: '1' }}
paths:
  /things:
    get: {{ operationId: GetThings, parameters: [{parameters}], responses: {{ '204': {{ description: Done }} }} }}
{more}"
        )
    };
    let write = |name: &str, text: &str| {
        std::fs::write(root.join(name), text).expect("written");
        root.join(name)
    };
    let limit = "{ name: limit, in: query, schema: { type: integer } }";
    let more = "  /more: { get: { operationId: GetMore, responses: {} } }";
    let options = Options {
        old: write("old.yml", &document(limit, "")),
        new: write("new.yml", &document("", more)),
        output,
        overlay: overlay.map(|text| write("overlay.yml", text)),
        waivers: waivers.map(|text| write("waivers.toml", text)),
        limits: limits(),
    };
    let mut out = Vec::new();
    let said = match run(&repository(), &options, &mut out) {
        Ok(verdict) => (String::from_utf8(out).expect("text"), verdict.exit_code()),
        Err(error) => (format!("{error:#}"), 1),
    };
    (
        said.0.replace(&root.display().to_string(), "<folder>"),
        said.1,
    )
}

#[test]
fn waived_changes_count_for_less_and_a_pull_request_shows_breaking_ones_first() {
    let shown = |output, waivers| {
        let (text, code) = ran(output, None, waivers);
        format!("{text}exit code {code}\n")
    };
    insta::assert_snapshot!(
        [
            shown(Output::PullRequest, None),
            shown(Output::PullRequest, Some(WAIVERS)),
            shown(Output::Text, Some(WAIVERS)),
        ]
        .join("\n----\n")
    );
}

#[test]
fn a_waiver_without_a_reason_is_refused() {
    let unreasoned = "[[waiver]]\nname = 'GetThings'\nreason = ' '\n";
    assert_eq!(
        ran(Output::Text, None, Some(unreasoned)),
        (
            "<folder>/waivers.toml: the waiver for `GetThings` must have a reason".to_owned(),
            1
        )
    );
}

#[test]
fn an_overlay_corrects_both_documents_where_it_fits() {
    let overlay = "overlay: 1.0.0
info: { title: Corrections, version: '1' }
actions:
  - { target: \"$.paths['/more']\", description: It was never there., remove: true }
  - { target: \"$.paths['/things'].get.parameters[?@.name == 'limit']\", description: Never looked at., remove: true }
";
    let (text, code) = ran(Output::Text, Some(overlay), None);
    assert_eq!(code, 0, "{text}");
    assert_eq!(
        text.matches("the target matches nothing").count(),
        2,
        "{text}"
    );
}

#[test]
fn a_change_names_the_rust_items_and_a_changed_name_breaks() {
    let repository = repository();
    let folder = tempfile::tempdir().expect("a folder");
    let old = repository.join("openapi/patch/daas/delivery-groups.yml");
    let document = std::fs::read_to_string(&old).expect("our own document");
    let changed = [
        // A new path changes the handle, and a new id the struct.
        (
            "  /DeliveryGroups/{nameOrId}/Machines:",
            "  /DeliveryGroups/{nameOrId}/Members:",
        ),
        (
            "operationId: DeliveryGroupsGetDeliveryGroupTags",
            "operationId: DeliveryGroupsGetLabels",
        ),
        (
            "/{machineNameOrId}:\n    delete:",
            "/{machineNameOrId}:\n    x-gone:",
        ),
    ];
    let mut new = document;
    for (from, to) in changed {
        assert!(new.contains(from), "{from}");
        new = new.replacen(from, to, 1);
    }
    let options = |output| Options {
        old: old.clone(),
        new: folder.path().join("new.yml"),
        output,
        overlay: None,
        waivers: None,
        limits: limits(),
    };
    std::fs::write(folder.path().join("new.yml"), new).expect("written");
    let printed = |output| {
        let mut out = Vec::new();
        run(&repository, &options(output), &mut out).expect("compared");
        let text = String::from_utf8(out).expect("text");
        let lines = text
            .lines()
            .filter(|it| !it.to_lowercase().starts_with("note: "));
        lines.collect::<Vec<_>>().join("\n")
    };
    insta::assert_snapshot!([printed(Output::Text), printed(Output::PullRequest)].join("\n----\n"));
}
