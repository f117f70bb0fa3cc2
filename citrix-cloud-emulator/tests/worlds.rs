//! Files that describe worlds, as the program reads them.

#![cfg(feature = "bin")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn check(file: &Path) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_citrix-cloud-emulator"));
    program
        .args(["world", "check"])
        .arg(file)
        .output()
        .expect("the program runs")
}

#[test]
fn every_example_describes_a_world_and_the_same_one_each_time() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("worlds");
    for entry in fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let first = check(&file);
        let message = String::from_utf8_lossy(&first.stderr).into_owned();
        assert!(first.status.success(), "{}: {message}", file.display());
        if file.ends_with("large.yml") {
            assert!(first.stdout.starts_with(b"100000 machines in 1 catalogs"));
        } else {
            assert_eq!(first.stdout, check(&file).stdout);
        }
    }
}

#[test]
fn the_example_that_is_printed_is_one() {
    let mut program = Command::new(env!("CARGO_BIN_EXE_citrix-cloud-emulator"));
    let printed = program.args(["world", "example"]).output().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("world.yml");
    fs::write(&file, printed.stdout).unwrap();
    assert_eq!(check(&file).status.code(), Some(0));
}

#[test]
fn errors_name_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("world.yml");
    let catalog = "catalogs:\n  - name: A\n    machines:\n      count: 2\n";
    for (text, words) in [
        ("seed: 1\nsead: 2\n", &["sead", "line 2"][..]),
        ("clock:\n  start: noon\n", &["line 2"]),
        ("latency: soon\n", &["'soon' is not a duration", "line 1"]),
        (
            &format!("{catalog}      name: A\n"),
            &["'A' is not a pattern", "line 5"],
        ),
        (
            &format!("{catalog}      name: 'A{{}}'\n      in_use: 7\n"),
            &["7 is not a valid share", "line 6"],
        ),
        (
            &format!(
                "{catalog}      name: 'A{{}}'\n      powered_off: 0.7\n      unregistered: 0.7\n"
            ),
            &["catalogs[0].machines: powered_off, unregistered and unmanaged"],
        ),
        (
            &format!("{catalog}      name: 'A{{}}'\n    delivery_group: None\n"),
            &["catalogs[0].delivery_group: there is no delivery group 'None'"],
        ),
        (
            "credentials:\n  - { client_id: a, client_secret: Sesame1, customers: [b] }\n",
            &["credentials[0].customers: there is no customer 'b'"],
        ),
        (
            "sessions: { every: 0s, stay: 1h }\n",
            &["sessions.every: must be greater than 0"],
        ),
        (
            "catalogs: [{ name: A }, { name: a }]\n",
            &["catalogs[1].name: 'a' already exists"],
        ),
    ] {
        fs::write(&file, text).unwrap();
        let output = check(&file);
        let message = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{text}\n{message}");
        for words in words {
            assert!(message.contains(words), "{words} is not in {message}");
        }
        assert!(
            message.contains("world.yml") && !message.contains("Sesame1"),
            "{message}"
        );
    }
}
