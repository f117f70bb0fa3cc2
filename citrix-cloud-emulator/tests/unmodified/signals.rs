use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use crate::run::{emulator, has};

/// Reports that it is ready, and counts the signals it gets until it is told to stop.
const PROGRAM: &str = r#"trap 'echo got' INT HUP TERM USR1; trap 'exit 9' USR2
    echo $$ "$SSL_CERT_FILE"; while :; do sleep 0.02; done"#;

struct Running {
    emulator: Child,
    output: BufReader<ChildStdout>,
    program: u32,
    authority: String,
}

fn start(temporary: &Path) -> Running {
    let mut emulator = emulator(temporary)
        .args(["exec", "--", "sh", "-c", PROGRAM])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(emulator.stdout.take().unwrap());
    let mut line = String::new();
    output.read_line(&mut line).unwrap();
    let (program, authority) = line.trim().split_once(' ').unwrap();
    Running {
        emulator,
        output,
        program: program.parse().unwrap(),
        authority: authority.to_owned(),
    }
}

fn send(signal: &str, process: u32) {
    let sent = Command::new("kill")
        .args([format!("-{signal}"), process.to_string()])
        .status();
    assert!(sent.unwrap().success());
}

#[test]
fn a_signal_reaches_the_program_once_and_ends_nothing_by_itself() {
    let temporary = tempfile::tempdir().unwrap();
    let mut running = start(temporary.path());
    assert!(Path::new(&running.authority).starts_with(temporary.path()));
    for signal in ["INT", "HUP", "TERM", "USR1"] {
        send(signal, running.emulator.id());
        let mut line = String::new();
        running.output.read_line(&mut line).unwrap();
        assert_eq!(line, "got\n", "{signal}");
        assert!(Path::new(&running.authority).exists());
    }
    send("USR2", running.emulator.id());
    let mut rest = String::new();
    running.output.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "", "each came once");
    assert_eq!(running.emulator.wait().unwrap().code(), Some(9));
    assert!(temporary.path().read_dir().unwrap().next().is_none());
}

#[test]
fn leftovers_of_a_killed_emulator_are_removed_by_the_next() {
    let temporary = tempfile::tempdir().unwrap();
    let mut running = start(temporary.path());
    let mut other = start(temporary.path());
    running.emulator.kill().unwrap();
    running.emulator.wait().unwrap();
    send("KILL", running.program);
    assert!(Path::new(&running.authority).exists());
    let next = emulator(temporary.path())
        .args(["exec", "--", "true"])
        .status();
    assert!(next.unwrap().success());
    assert!(!Path::new(&running.authority).exists());
    assert!(Path::new(&other.authority).exists(), "still in use");
    send("USR2", other.emulator.id());
    assert_eq!(other.emulator.wait().unwrap().code(), Some(9));
    assert!(temporary.path().read_dir().unwrap().next().is_none());
}

#[test]
fn ctrl_c_in_a_terminal_reaches_the_program_once() {
    if !has("python3", &["-c", "import pty"]) {
        return;
    }
    let temporary = tempfile::tempdir().unwrap();
    let program = emulator(temporary.path());
    let terminal = Command::new("python3")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/unmodified/terminal.py"))
        .arg(program.get_program())
        .args(["exec", "--", "sh", "-c", PROGRAM])
        .env("TMPDIR", temporary.path())
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&terminal.stdout).into_owned();
    assert_eq!(printed.matches("got").count(), 1, "{printed}");
    assert!(printed.ends_with("status 9\n"), "{printed}");
    assert!(temporary.path().read_dir().unwrap().next().is_none());
}
