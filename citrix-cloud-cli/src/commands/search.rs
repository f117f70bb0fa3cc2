//! `search`.

use clap::{Args, Command};
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::options;
use crate::output::Table;

const TABLE: Table<'_> = Table::new(
    "commands",
    &[("COMMAND", "/command"), ("WHAT IT DOES", "/summary")],
);

/// Find commands by words in their names and summaries.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  citrix-cloud search reboot schedule
  citrix-cloud search image --output json")]
pub(crate) struct Search {
    /// Words, or beginnings of words, all of which must match.
    #[arg(value_name = "WORD", required = true)]
    words: Vec<String>,
}

impl Search {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let wanted: Vec<String> = self.words.iter().map(|it| it.to_lowercase()).collect();
        let mut program = options::command();
        program.build();
        let of = |wanted: &[String]| {
            let mut found = Vec::new();
            walk(&program, &mut Vec::new(), wanted, &mut found);
            found
        };
        let mut found = of(&wanted);
        if found.is_empty() {
            let words = self.words.join(" ");
            let without = |at: usize| {
                let rest = wanted.iter().enumerate().filter(|(it, _)| *it != at);
                rest.map(|(_, word)| word.clone()).collect::<Vec<_>>()
            };
            // Dropping one word is often enough, because commands may use a different word.
            let fewer = (0..wanted.len()).map(without);
            let mut some = fewer.filter(|it| !it.is_empty() && !of(it).is_empty());
            let failure = Failure::Missing(format!("no command matches `{words}`"));
            return Err(match some.next() {
                Some(some) => failure.advised(format!(
                    "try fewer words: `citrix-cloud search {}`",
                    some.join(" ")
                )),
                None => failure,
            });
        }
        // Matches in names come before matches in summaries.
        found.sort_by_key(|(in_name, _)| !in_name);
        let rows: Vec<Value> = found.into_iter().map(|(_, row)| row).collect();
        context.out.list(&TABLE, &rows)?;
        Ok(Exit::Done)
    }
}

/// Collects the matching commands, each with whether its name alone matches.
fn walk(at: &Command, way: &mut Vec<String>, wanted: &[String], found: &mut Vec<(bool, Value)>) {
    let below = at.get_subcommands().filter(|it| it.get_name() != "help");
    for command in below {
        way.push(command.get_name().to_owned());
        if command.has_subcommands() {
            walk(command, way, wanted, found);
        } else {
            let name = way.join(" ");
            let summary = command.get_about().map(ToString::to_string);
            let summary = summary.unwrap_or_default();
            let in_name = has(&name, wanted);
            if in_name || has(&format!("{name} {summary}"), wanted) {
                found.push((in_name, json!({ "command": name, "summary": summary })));
            }
        }
        way.pop();
    }
}

/// Returns whether every wanted word is a prefix of some word in a text.
pub(super) fn has(text: &str, wanted: &[String]) -> bool {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split(|it: char| !it.is_alphanumeric()).collect();
    wanted
        .iter()
        .all(|wanted| words.iter().any(|word| word.starts_with(wanted.as_str())))
}
