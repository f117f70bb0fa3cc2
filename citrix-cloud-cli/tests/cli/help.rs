//! The command tree, as shown by `--help`.

use std::path::Path;

use crate::stage::{Ran, program};

/// Set it to rewrite the file instead of comparing with it.
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
        "the help has changed; if it should, run `{UPDATE}=1 cargo test -p citrix-cloud-cli --test cli help` \
         and look at what git shows\nfirst difference: {differs:?}"
    );
}

#[test]
fn the_guide_has_the_table_of_exit_codes() {
    let help = Ran::of(program().arg("--help")).ok();
    let (_, table) = help
        .split_once("Exit codes, the first that applies:\n")
        .unwrap();
    let is_code = |text: &&str| text.parse::<u8>().is_ok();
    let told: Vec<&str> = table
        .lines()
        .filter_map(|line| line.split_whitespace().next())
        .filter(is_code)
        .collect();
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src/command-line.md");
    let guide = std::fs::read_to_string(guide).unwrap();
    let (_, table) = guide.split_once("## Exit codes").unwrap();
    let written: Vec<&str> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(' ').next())
        .filter(is_code)
        .collect();
    assert_eq!(told, ["130", "2", "3", "5", "4", "1", "0"]);
    assert_eq!(told, written);
}

#[test]
fn the_guide_has_every_command_that_is_written_by_hand() {
    let guide = include_str!("../../../docs/src/command-line.md");
    let rows: Vec<&str> = guide
        .lines()
        .filter(|line| line.starts_with("| `"))
        .collect();
    let mut missing = Vec::new();
    let mut look = |words: &[String], help: &str| {
        let command = words.join(" ");
        if words.is_empty() || !below(help).is_empty() || EXAMPLES.contains(&command.as_str()) {
            return;
        }
        let (group, verb) = command.rsplit_once(' ').unwrap_or(("", &command));
        let has = |row: &&str| {
            let names = |text: &str| {
                let text = format!("`{text}");
                [" ", "`"]
                    .iter()
                    .any(|end| row.contains(&format!("{text}{end}")))
            };
            names(&command)
                || (!group.is_empty() && row.contains(&format!("`{group} ")) && names(verb))
        };
        if !rows.iter().any(has) {
            missing.push(command);
        }
    };
    walk(&mut Vec::new(), &mut look);
    assert!(
        missing.is_empty(),
        "add them to the table in docs/src/command-line.md: {missing:?}"
    );
}

/// Returns whether a line cannot be broken because it is a single word.
fn is_one_word(line: &str) -> bool {
    line.split_whitespace().count() == 1
}

#[test]
fn help_fits_a_terminal_of_80_columns() {
    let mut wide = Vec::new();
    let mut look = |words: &[String], help: &str| {
        let too_wide = |line: &&str| line.chars().count() > 80 && !is_one_word(line);
        wide.extend(
            help.lines()
                .filter(too_wide)
                .map(|it| format!("{}: {it}", words.join(" "))),
        );
    };
    walk(&mut Vec::new(), &mut look);
    assert!(wide.is_empty(), "{wide:#?}");
}

/// Visits the help of a command and its subcommands, on a terminal with 80 columns.
fn walk(words: &mut Vec<String>, look: &mut impl FnMut(&[String], &str)) {
    let help = Ran::of(program().env("COLUMNS", "80").args(&*words).arg("--help")).ok();
    look(words, &help);
    for name in below(&help) {
        words.push(name);
        if !is_of_the_table(words) {
            walk(words, look);
        }
        words.pop();
    }
}

/// Returns the subcommands that a help text lists.
pub(crate) fn below(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let named = lines
        .take_while(|line| !line.is_empty())
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let names = named.filter_map(|line| line.split_whitespace().next());
    names
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

/// The generated commands that are shown, as examples of their kind.
const EXAMPLES: [&str; 4] = [
    "daas tags",
    "daas tags create",
    "daas machines",
    "daas delivery-groups machines",
];

/// Returns whether a command is generated, and so is everything below it.
fn is_of_the_table(words: &[String]) -> bool {
    let page = include_str!("../../../docs/src/commands.md");
    let command = words.join(" ");
    if EXAMPLES.contains(&command.as_str()) {
        return false;
    }
    let rows = |command: &str| -> Vec<&str> {
        let of_command = |line: &&str| {
            let rest = line
                .strip_prefix("| `")
                .and_then(|it| it.strip_prefix(command));
            rest.is_some_and(|it| it.starts_with([' ', '`']))
        };
        page.lines().filter(of_command).collect()
    };
    let of_table = rows(&command);
    if of_table.is_empty() || of_table.iter().any(|row| row.contains("` (by hand)")) {
        return false;
    }
    // A command without an operation has no row.
    let help = Ran::of(program().args(words).arg("--help")).ok();
    let mut names = below(&help).into_iter();
    names.all(|name| !rows(&format!("{command} {name}")).is_empty())
}

/// Appends the help of a command and its subcommands.
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
    for name in below(&help) {
        words.push(name);
        if !is_of_the_table(words) {
            describe(words, tree);
        }
        words.pop();
    }
}
