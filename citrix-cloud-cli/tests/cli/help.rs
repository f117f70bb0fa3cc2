//! The command tree, as `--help` shows it.

use std::path::Path;

use crate::stage::{Ran, program};

/// Set to write the file anew instead of comparing with it.
const UPDATE: &str = "UPDATE_HELP";

#[test]
fn the_command_tree_is_the_checked_in_one() {
    let mut tree = String::new();
    describe(&mut Vec::new(), &mut tree);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/help.txt");
    if std::env::var_os(UPDATE).is_some() && std::env::var_os("CI").is_none() {
        std::fs::write(&file, &tree).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    let expected = expected.replace("\r\n", "\n");
    let differs = tree
        .lines()
        .zip(expected.lines())
        .find(|(new, old)| new != old);
    assert!(
        tree == expected,
        "the help has changed; look at it and run with {UPDATE}=1\nfirst difference: {differs:?}"
    );
}

#[test]
fn every_shell_gets_its_completions() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = Ran::of(program().args(["completions", shell])).ok();
        assert!(script.contains("reboot-idle"), "{shell}");
    }
}

/// Adds the help of a command and of those below it.
fn describe(words: &mut Vec<String>, tree: &mut String) {
    let help = Ran::of(program().args(&*words).arg("--help")).ok();
    let help = help.replace("citrix-cloud.exe", "citrix-cloud");
    *tree += &format!(
        "$ citrix-cloud {}\n",
        [words.as_slice(), &["--help".to_owned()]]
            .concat()
            .join(" ")
    );
    *tree += &help;
    *tree += "\n";
    let below = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    for line in below.take_while(|line| !line.is_empty()) {
        let name = line.split_whitespace().next().unwrap_or_default();
        if name != "help" && line.starts_with("  ") && !line.starts_with("   ") {
            words.push(name.to_owned());
            describe(words, tree);
            words.pop();
        }
    }
}
