//! The completion scripts, in the shells that they are for.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::home::Home;
use crate::stage::{Ran, Stage, program};

/// What is typed, and one of the words that must be offered.
const CASES: [(&[&str], &str); 10] = [
    (&["citrix-cloud", "da"], "daas"),
    (&["citrix-cloud", "resource-locations", "cr"], "create"),
    (&["citrix-cloud", "daas", "reboot-i"], "reboot-idle"),
    (&["citrix-cloud", "daas", "reboot-idle", "--dr"], "--drain"),
    (&["citrix-cloud", "daas", "machines", "po"], "power"),
    (
        &["citrix-cloud", "daas", "machines", "power", "--delivery"],
        "--delivery-group",
    ),
    (
        &["citrix-cloud", "service-states", "list", "--st"],
        "--state",
    ),
    (&["citrix-cloud", "daas", "storefr"], "storefront-servers"),
    (
        &["citrix-cloud", "daas", "delivery-groups", "reboot-sch"],
        "reboot-schedules",
    ),
    (
        &[
            "citrix-cloud",
            "daas",
            "delivery-groups",
            "reboot-schedules",
            "create",
            "--sch",
        ],
        "--schema",
    ),
];

/// The search path with the program on it, which the scripts ask.
fn path() -> OsString {
    let folder = Path::new(env!("CARGO_BIN_EXE_citrix-cloud"))
        .parent()
        .unwrap();
    let others = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&others));
    std::env::join_paths(folders).unwrap()
}

/// The script for a shell, in a file that its test removes.
fn script(shell: &str) -> PathBuf {
    let script = Ran::of(program().args(["completions", shell])).ok();
    let file = std::env::temp_dir().join(format!("{shell}-{}", uuid::Uuid::new_v4()));
    std::fs::write(&file, script).unwrap();
    file
}

/// Whether a shell is there; else the test says that it skips it.
fn is_there(shell: &str) -> bool {
    let there = Command::new(shell).arg("--version").output().is_ok();
    if !there {
        eprintln!("skipped: {shell} is not installed");
    }
    there
}

#[test]
fn every_shell_gets_its_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = Ran::of(program().args(["completions", shell])).ok();
        assert!(script.contains("CITRIX_CLOUD_COMPLETE"), "{shell}");
    }
}

#[cfg(unix)]
#[test]
fn bash_completes_on_every_level() {
    if !is_there("bash") {
        return;
    }
    let file = script("bash");
    // As readline calls the function that the script has registered.
    let ask = r#"
        source "$0"
        function=$(complete -p citrix-cloud | sed 's/.*-F \([^ ]*\).*/\1/')
        COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); COMP_TYPE=9
        "$function" citrix-cloud "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    for (words, expected) in CASES {
        let mut bash = Command::new("bash");
        bash.env("PATH", path()).args(["--norc", "-c", ask]);
        let ran = Ran::of(bash.arg(&file).args(words));
        let offered: Vec<&str> = ran.stdout.lines().collect();
        assert!(
            offered.contains(&expected),
            "{words:?}: {offered:?} {}",
            ran.stderr
        );
    }
    std::fs::remove_file(&file).unwrap();
}

#[cfg(unix)]
#[test]
fn fish_completes_on_every_level() {
    if !is_there("fish") {
        return;
    }
    let file = script("fish");
    for (words, expected) in CASES {
        let ask = "source $argv[1]; complete --do-complete $argv[2]";
        let mut fish = Command::new("fish");
        fish.env("PATH", path());
        fish.args(["--no-config", "-c", ask]).arg(&file);
        let ran = Ran::of(fish.arg(words.join(" ")));
        let mut offered = ran.stdout.lines().map(|line| line.split('\t').next());
        assert!(
            offered.any(|it| it == Some(expected)),
            "{words:?}: {}{}",
            ran.stdout,
            ran.stderr
        );
    }
    std::fs::remove_file(&file).unwrap();
}

/// Completion in zsh needs its line editor, on a terminal of its own.
#[cfg(unix)]
#[test]
fn zsh_completes_on_every_level() {
    if !is_there("zsh") {
        return;
    }
    let file = script("zsh");
    let ask = r#"
        zmodload zsh/zpty
        zpty shell zsh -f -i
        zpty -w shell 'PS1=; unsetopt zle_bracketed_paste; autoload -Uz compinit; compinit -u -D'
        zpty -w shell "source $1; LISTMAX=1000; bindkey '^I' complete-word; print READY"
        zpty -r shell line '*READY*READY*'
        zpty -w -n shell "$2"$'\t'
        zpty -r -m shell line "*$3*" && print -r -- "$line"
        zpty -d shell
    "#;
    for (words, expected) in CASES {
        let mut zsh = Command::new("timeout");
        zsh.env("PATH", path());
        zsh.args(["20", "zsh", "-f", "-c", ask, "zsh"]).arg(&file);
        let ran = Ran::of(zsh.arg(words.join(" ")).arg(expected));
        assert!(
            ran.stdout.contains(expected),
            "{words:?}: {}{}",
            ran.stdout,
            ran.stderr
        );
    }
    std::fs::remove_file(&file).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn names_of_profiles_are_offered() {
    let (stage, home) = (Stage::new().await, Home::new());
    home.sign_in(&stage, &["--profile", "work"]);
    let mut command = home.command();
    command.env("CITRIX_CLOUD_COMPLETE", "fish").args([
        "--",
        "citrix-cloud",
        "daas",
        "me",
        "--profile",
        "",
    ]);
    let offered = Ran::of(&mut command).ok();
    assert_eq!(offered, "work\n");
}
