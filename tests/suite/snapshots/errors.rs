//! Errors of `regen`, and the places that they name.

use std::process::Command;

use super::{generated, module};
use xtask::tasks::config::Config;

const CONFIG: &str = "injected-headers = []

[upstream]
file = 'upstream.yml'
sha256 = 'abc'
overlay = 'overlay.yml'
";

fn config(modules: &str) -> String {
    match Config::parse(&format!("{CONFIG}{modules}")) {
        Ok(_) => "fine".to_owned(),
        Err(error) => format!("{error:#}"),
    }
}

const PLATFORM: &str = "[[module]]\nname = 'a'\ndocuments = ['upstream.yml']\n";

#[test]
fn a_wrong_regen_toml_is_named_by_line_or_entry() {
    insta::assert_debug_snapshot!([
        config(PLATFORM),
        config("[[module]]\nname = 'a'\ndocument = ['upstream.yml']\n"),
        config(&format!("{PLATFORM}{PLATFORM}")),
        config("[[module]]\nname = 'a'\ndocuments = ['other.yml']\n"),
        config(&format!(
            "{PLATFORM}shared = [{{ model = 'M', from = 'later' }}]\n"
        )),
        config(&format!(
            "{PLATFORM}required = [{{ field = 'M.F', reason = ' ' }}]\n"
        )),
    ]);
}

#[test]
fn an_unknown_key_of_regen_toml_is_named_with_file_and_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("regen.toml");
    std::fs::write(&path, format!("{CONFIG}colour = 1\n{PLATFORM}")).expect("written");
    let error = format!("{:#}", Config::read(&path).expect_err("an unknown key"));
    insta::assert_snapshot!(error.replace(&folder.path().display().to_string(), "<folder>"));
}

#[test]
fn a_document_that_does_not_parse_is_named_with_file_and_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let of = |text: &str| {
        let path = folder.path().join("broken.yml");
        std::fs::write(&path, text).expect("written");
        let error = format!(
            "{:#}",
            xtask::pipeline::document::read(&path).expect_err("broken")
        );
        error.replace(&folder.path().display().to_string(), "<folder>")
    };
    let shown = [
        of("openapi: 3.0.3\npaths:\n  /a: [1, 2\n  /b: {}\n"),
        of("a: 1\na: 2\n"),
        of("- 1\n- 2\n"),
    ];
    insta::assert_snapshot!(shown.join("\n----\n"));
}

#[test]
fn a_document_that_is_not_openapi_is_named_by_path() {
    let of = |yaml: &str| {
        let refusal = generated(yaml, &module()).map(|_| ());
        refusal.expect_err("no OpenAPI")
    };
    insta::assert_debug_snapshot!([
        of("openapi: 3.0.3\npaths: [1]\n"),
        of("openapi: 3.0.3\ncomponents: all\n"),
        of("swagger: '1.2'\n"),
    ]);
}

/// Two request bodies with different media types, which the generator asserts against.
const UNSUPPORTED: &str = "
openapi: 3.0.3
info: { title: Tiny, version: '1' }
paths:
  /things:
    post:
      operationId: addThing
      requestBody:
        content:
          application/json: { schema: { type: string } }
          text/plain: { schema: { type: string } }
      responses: { '204': { description: Done } }
";

#[test]
fn a_panic_of_the_generator_becomes_an_error() {
    // Without normalization, which works around this limit.
    let document = super::document(UNSUPPORTED);
    let parsed = serde_json::from_value(document).expect("OpenAPI");
    let refusal = xtask::pipeline::generate::generate(&parsed, &module()).map(|_| ());
    insta::assert_snapshot!(format!("{:#}", refusal.expect_err("a panic")));
}

#[test]
fn a_panic_of_the_generator_leaves_no_trace_on_stderr() {
    let child = Command::new(std::env::current_exe().expect("this program"))
        .args([
            "--exact",
            "snapshots::errors::a_panic_of_the_generator_becomes_an_error",
        ])
        .args(["--nocapture", "--test-threads=1"])
        .env("RUST_BACKTRACE", "1")
        .env("INSTA_UPDATE", "no")
        .output()
        .expect("run");
    assert_eq!(String::from_utf8_lossy(&child.stderr), "");
}

#[test]
fn words_that_older_yaml_took_for_booleans_are_text() {
    let document = super::document("values: [On, off, yes, No, n, true, FALSE, '1', 2024-01-01]");
    insta::assert_snapshot!(document);
}
