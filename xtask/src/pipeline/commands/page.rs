//! The page of the guide that has every operation with its command.

use std::fmt::Write as _;

use super::Command;

/// The page, a table for each first word.
#[must_use]
pub fn page(program: &str, commands: &[&Command]) -> String {
    let mut text = format!(
        "# Every operation and its command\n\nMade by `cargo xtask regen`. What is in angle brackets \
         must be given; `{program} COMMAND --help` explains the rest.\n"
    );
    let mut sorted = commands.to_vec();
    sorted.sort_by(|a, b| (a.words.is_empty(), &a.words).cmp(&(b.words.is_empty(), &b.words)));
    let mut area = None;
    for command in sorted {
        let first = noun(command);
        if area.as_ref() != Some(&first) {
            let _ = write!(
                text,
                "\n## {}\n\n| command | request | operation |\n|---|---|---|\n",
                match first.is_empty() {
                    true => "Without a command",
                    false => &first,
                }
            );
            area = Some(first);
        }
        let (id, line) = (&command.id, format!("{} {}", command.method, command.path));
        let call = match command.words.is_empty() {
            true => "-".to_owned(),
            false => format!("`{}`", call(command)),
        };
        let hand = if command.by_hand { " (by hand)" } else { "" };
        let _ = writeln!(text, "| {call}{hand} | `{line}` | `{id}` |");
    }
    text
}

/// The words up to the noun.
fn noun(command: &Command) -> String {
    let words = match command.words.first().map(String::as_str) {
        Some("daas") => 2,
        _ => 1,
    };
    let words = command.words.iter().take(words).map(String::as_str);
    words.collect::<Vec<_>>().join(" ")
}

fn call(command: &Command) -> String {
    let mut call = command.words.join(" ");
    let skipped = usize::from(command.of_the_site);
    let positional = command.parameters.iter().filter(|it| it.place == "Path");
    for parameter in positional.skip(skipped) {
        let _ = write!(call, " <{}>", value_name(&parameter.option));
    }
    let required = command.parameters.iter();
    for parameter in required.filter(|it| it.required && it.place != "Path") {
        let _ = write!(
            call,
            " --{} <{}>",
            parameter.option,
            value_name(&parameter.option)
        );
    }
    if command.body.as_ref().is_some_and(|body| body.required) {
        call.push_str(" --body <FILE>");
    }
    call
}

/// The placeholder of an option's value.
pub(super) fn value_name(option: &str) -> String {
    option.replace('-', "_").to_uppercase()
}
