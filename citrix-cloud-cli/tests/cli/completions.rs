//! The completion scripts, in their shells.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use citrix_cloud_emulator::ids;
use tempfile::TempDir;

use crate::home::Home;
use crate::stage::{Ran, Stage, program};

/// The typed words, and one of the words that must be offered.
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

/// Returns the search path with the program in it, which the scripts run.
fn path() -> OsString {
    let folder = Path::new(env!("CARGO_BIN_EXE_citrix-cloud"))
        .parent()
        .unwrap();
    let others = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(folder.to_owned()).chain(std::env::split_paths(&others));
    std::env::join_paths(folders).unwrap()
}

/// Writes the script for a shell to a file that its test removes.
fn script(shell: &str) -> PathBuf {
    let script = Ran::of(program().args(["completions", shell])).ok();
    let file = std::env::temp_dir().join(format!("{shell}-{}", uuid::Uuid::new_v4()));
    std::fs::write(&file, script).unwrap();
    file
}

/// Returns whether a shell is installed; otherwise the test prints that it skips it.
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

/// Asks a shell to complete the last word.
#[cfg(unix)]
type Ask = fn(&mut Command, &Path, &[&str]);

/// The shells, and how to ask them.
#[cfg(unix)]
const SHELLS: [(&str, Ask); 3] = [("bash", in_bash), ("fish", in_fish), ("zsh", in_zsh)];

/// Calls the function that the script has registered, as readline does.
#[cfg(unix)]
fn in_bash(bash: &mut Command, script: &Path, words: &[&str]) {
    let ask = r#"
        source "$0"
        function=$(complete -p citrix-cloud | sed 's/.*-F \([^ ]*\).*/\1/')
        COMP_WORDS=("$@"); COMP_CWORD=$(( $# - 1 )); COMP_TYPE=9
        "$function" citrix-cloud "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
        printf '%s\n' "${COMPREPLY[@]}"
    "#;
    bash.args(["--norc", "-c", ask]).arg(script).args(words);
}

#[cfg(unix)]
fn in_fish(fish: &mut Command, script: &Path, words: &[&str]) {
    let ask = "source $argv[1]; complete --do-complete $argv[2] | string split --fields 1 \\t";
    fish.args(["--no-config", "-c", ask]).arg(script);
    fish.arg(words.join(" "));
}

/// Completion in zsh needs its line editor, on a terminal of its own. It lists the candidates or, if there is only one,
/// inserts it into the line.
#[cfg(unix)]
fn in_zsh(zsh: &mut Command, script: &Path, words: &[&str]) {
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
    let (words, expected) = words.split_at(words.len() - 1);
    zsh.args(["-f", "-c", ask, "zsh"]).arg(script);
    zsh.arg(words.join(" ")).args(expected);
}

/// Returns whether a shell offers a word, in some environment.
#[cfg(unix)]
#[track_caller]
fn offers(shell: (&str, Ask), words: &[&str], expected: &str, environment: &[(&str, &str)]) {
    let (name, ask) = shell;
    let file = script(name);
    let mut command = Command::new("timeout");
    command
        .env("PATH", path())
        .envs(environment.iter().copied());
    command.args(["20", name]);
    match name {
        "zsh" => ask(&mut command, &file, &[words, &[expected]].concat()),
        _ => ask(&mut command, &file, words),
    }
    let ran = Ran::of(&mut command);
    let offered = match name {
        "zsh" => ran.stdout.contains(expected),
        _ => ran.stdout.lines().any(|it| it == expected),
    };
    assert!(offered, "{name}: {words:?}: {}{}", ran.stdout, ran.stderr);
    std::fs::remove_file(&file).unwrap();
}

#[cfg(unix)]
#[test]
fn every_shell_completes_on_every_level() {
    for shell in SHELLS.into_iter().filter(|it| is_there(it.0)) {
        for (words, expected) in CASES {
            offers(shell, words, expected, &[]);
        }
    }
}

/// Returns the environment with the emulator to ask and the cache folder.
#[cfg(unix)]
fn environment<'a>(stage: &'a Stage, folder: &'a str) -> [(&'static str, &'a str); 5] {
    [
        ("CITRIX_CLOUD_ENDPOINT", stage.url()),
        ("CITRIX_CLIENT_ID", ids::CLIENT_ID),
        ("CITRIX_CLIENT_SECRET", ids::CLIENT_SECRET),
        ("CITRIX_CUSTOMER_ID", ids::CUSTOMER_ID),
        ("CITRIX_CLOUD_TOKEN_CACHE", folder),
    ]
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn every_shell_completes_names_with_spaces() {
    let stage = Stage::new().await;
    let words = [
        "citrix-cloud",
        "daas",
        "machines",
        "list",
        "--catalog",
        "Demo",
    ];
    for shell in SHELLS.into_iter().filter(|it| is_there(it.0)) {
        let folder = TempDir::new().unwrap();
        let expected = match shell.0 {
            "fish" => "Demo Catalog",
            // The line editor shows the space with an escape.
            "zsh" => "Catalog",
            _ => r"Demo\ Catalog",
        };
        offers(
            shell,
            &words,
            expected,
            &environment(&stage, &kept(&folder)),
        );
    }
}

/// Completes names for any noun, including objects within another object.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn every_shell_completes_names_of_the_table() {
    let stage = Stage::new().await;
    let group = group_with_schedule(&stage);
    for shell in SHELLS.into_iter().filter(|it| is_there(it.0)) {
        let folder = TempDir::new().unwrap();
        let kept = kept(&folder);
        let environment = environment(&stage, &kept);
        for (words, expected) in [
            (&["tags", "update", "Pi"][..], "Pilot"),
            (&["policy-sets", "get", "Def"], "DefaultSitePolicies"),
            (
                &["delivery-groups", "reboot-schedules", "get", &group, "Ni"],
                "Nightly",
            ),
        ] {
            let words = [&["citrix-cloud", "daas"], words].concat();
            offers(shell, &words, expected, &environment);
        }
    }
}

/// Returns the id of a delivery group with a restart schedule.
fn group_with_schedule(stage: &Stage) -> String {
    let create = ["daas", "delivery-groups", "reboot-schedules", "create"];
    let mut command = stage.command();
    command.args(create).arg("Demo Desktops");
    for set in ["Name=Nightly", "Frequency=Daily", "StartTime=03:00"] {
        command.args(["--set", set]);
    }
    command.args(["--set", "RebootDurationMinutes=60"]);
    let ran = Ran::of(&mut command);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let groups = ["daas", "delivery-groups", "list", "--output", "json"];
    let groups = Ran::of(stage.command().args(groups)).json();
    groups[0]["Id"].as_str().unwrap().to_owned()
}

/// Creates a folder that only its owner can read, as the program would.
fn kept(folder: &TempDir) -> String {
    folder.path().join("kept").display().to_string()
}

/// Returns the candidates for fish, which uses words unchanged.
fn offered(stage: &Stage, folder: &str, words: &[&str]) -> Vec<String> {
    let mut command = stage.command();
    command
        .env("CITRIX_CLOUD_COMPLETE", "fish")
        .env("CITRIX_CLOUD_TOKEN_CACHE", folder)
        .args(["--", "citrix-cloud", "daas"])
        .args(words);
    let offered = Ran::of(&mut command).ok();
    let names = offered.lines().map(|it| it.split('\t').next().unwrap());
    names.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_completed_and_cached_for_the_next_key() {
    let stage = Stage::new().await;
    for (words, expected) in [
        (["machines", "list", "--catalog", "demo"], "Demo Catalog"),
        (
            ["machines", "list", "--delivery-group", ""],
            "Demo Desktops",
        ),
        (["sessions", "list", "--machine", "kes"], "KESTREL"),
        (
            ["sessions", "list", "--machine", r"DEMOLAB\K"],
            r"DEMOLAB\KESTREL",
        ),
        (["sessions", "list", "--user", "rob"], "robin"),
        (["machines", "list", "--limit=1", "--site="], ""),
    ] {
        let folder = TempDir::new().unwrap();
        let folder = &kept(&folder);
        let first = offered(&stage, folder, &words);
        assert!(!stage.sent().is_empty());
        match expected {
            "" => assert!(!first.is_empty(), "{words:?}"),
            _ => assert!(
                first.iter().any(|it| it == expected),
                "{words:?}: {first:?}"
            ),
        }
        assert_eq!(offered(&stage, folder, &words), first);
        assert_eq!(stage.sent(), [""; 0], "{words:?}");
    }
    let folder = TempDir::new().unwrap();
    let folder = &kept(&folder);
    for words in [
        ["machine-catalogs", "get", "demo"],
        ["catalogs", "get", "demo"],
        ["machines", "get", "ospr"],
        ["delivery-groups", "machines", "demo"],
        ["machines", "reboot", "ospr"],
        ["applications", "get", "note"],
        ["application-groups", "get", "off"],
        ["hypervisors", "get", "demo"],
        ["zones", "update", "my"],
        ["tags", "delete", "pil"],
        ["roles", "get", "help"],
        ["scopes", "get", "off"],
        ["administrators", "get", r"DEMOLAB\p"],
        ["image-definitions", "get", "win"],
        ["policy-sets", "get", "def"],
        ["admin-folders", "get", "off"],
        ["storefront-servers", "get", "store"],
    ] {
        let names = offered(&stage, folder, &words);
        assert_eq!(names.len(), 1, "{words:?}: {names:?}");
    }
    for words in [
        &["machines", "list", "--tag", "pil"][..],
        &["sessions", "list", "--zone", "my"],
        &["policies", "list", "--policy-set-guid", "def"],
        &["applications", "add-tag", "Notepad", "pil"],
        &[
            "delivery-groups",
            "remove-application",
            "Demo Desktops",
            "note",
        ],
    ] {
        let names = offered(&stage, folder, words);
        assert_eq!(names.len(), 1, "{words:?}: {names:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_sent_without_a_cache_and_nothing_is_printed_without_a_response() {
    let stage = Stage::new().await;
    let words = ["machines", "list", "--catalog", "demo"];
    assert_eq!(offered(&stage, "off", &words), [""; 0]);
    assert_eq!(stage.sent(), [""; 0]);
    let folder = TempDir::new().unwrap();
    let folder = &kept(&folder);
    let nowhere = [
        "machines",
        "list",
        "--endpoint=http://127.0.0.1:9",
        "--catalog",
        "demo",
    ];
    assert_eq!(offered(&stage, folder, &nowhere), [""; 0]);
    assert_eq!(stage.sent(), [""; 0]);
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
