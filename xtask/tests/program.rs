//! The program as people run it: `cargo xtask …`.

use std::process::{Command, Output};

fn xtask(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.args(arguments).output().expect("it runs")
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("text")
}

#[test]
fn generated_code_is_what_the_documents_make() {
    let checked = xtask(&["regen", "--check"]);
    let (said, error) = (text(checked.stdout), text(checked.stderr));
    assert!(checked.status.success(), "{said}{error}");
    assert!(
        said.ends_with(" generated files are up to date\n"),
        "{said}"
    );
}

#[test]
fn an_unknown_task_is_refused_with_the_way_to_the_list() {
    let refused = xtask(&["regenerate"]);
    let error = text(refused.stderr);
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        error.contains("unrecognized subcommand 'regenerate'"),
        "{error}"
    );
    assert!(error.contains("--help"), "{error}");
}
