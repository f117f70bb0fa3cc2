//! A secret that is typed on a terminal, and users who change their mind.

use std::io::Read as _;
use std::process::Stdio;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{LocalModes, tcgetattr};

use crate::stage::program;

/// Both ends of a terminal.
fn terminal() -> (std::fs::File, std::fs::File) {
    let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&ours).unwrap();
    unlockpt(&ours).unwrap();
    let name = ptsname(&ours, Vec::new()).unwrap();
    let theirs = std::fs::File::options()
        .read(true)
        .write(true)
        .open(name.to_str().unwrap())
        .unwrap();
    (ours.into(), theirs)
}

#[test]
fn ctrl_c_at_a_hidden_question_gives_the_echo_back() {
    let (mut ours, theirs) = terminal();
    let end = || Stdio::from(theirs.try_clone().unwrap());
    // In a session of its own, the terminal becomes the one on which the program asks.
    let mut command = std::process::Command::new("setsid");
    command
        .args(["--ctty", env!("CARGO_BIN_EXE_citrix-cloud"), "login"])
        .args(["--client-id", "a", "--customer", "abcd1024xyz"])
        .args(["--endpoint", "http://127.0.0.1:9"])
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default());
    for (name, value) in program().get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    let mut child = command
        .stdin(end())
        .stdout(end())
        .stderr(end())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut more = [0; 256];
    let shown = || {
        let modes = tcgetattr(&theirs).unwrap().local_modes;
        modes.contains(LocalModes::ECHO)
    };
    while !said.contains("Client secret") {
        let read = ours.read(&mut more).unwrap();
        said.push_str(&String::from_utf8_lossy(&more[..read]));
    }
    // The question appears a moment before the input is hidden.
    while shown() {
        assert_eq!(child.try_wait().unwrap(), None, "{said}");
        std::thread::yield_now();
    }
    std::io::Write::write_all(&mut ours, b"\x03").unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.code(), Some(130), "{said}");
    assert!(shown(), "what is typed is still hidden");
}
