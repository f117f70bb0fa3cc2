//! Runs the emulator's program.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Command, Output};

/// Returns the program's command, with a folder for its temporary files.
pub(crate) fn emulator(temporary: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_citrix-cloud-emulator"));
    command.env("TMPDIR", temporary).env_remove("RUST_LOG");
    command
}

/// Runs a program against the emulator, in a folder of its own.
pub(crate) fn exec<S: AsRef<OsStr>>(command: impl IntoIterator<Item = S>) -> Output {
    let temporary = tempfile::tempdir().unwrap();
    let output = emulator(temporary.path())
        .args(["exec", "--"])
        .args(command)
        .output()
        .unwrap();
    let left: Vec<_> = temporary.path().read_dir().unwrap().collect();
    assert!(left.is_empty(), "left behind: {left:?}");
    output
}

pub(crate) fn shell(script: &str) -> Output {
    exec(["sh", "-c", script])
}

pub(crate) fn printed(output: &Output) -> String {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert!(
        output.status.success(),
        "{}\n{text}\n{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

/// Returns whether a program is installed and works; prints a note if not.
pub(crate) fn has(program: &str, arguments: &[&str]) -> bool {
    let output = Command::new(program).args(arguments).output();
    let there = output.is_ok_and(|output| output.status.success());
    if !there {
        let arguments = arguments.join(" ");
        eprintln!("skipped: `{program} {arguments}` does not work here");
    }
    there
}
