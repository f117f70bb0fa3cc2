//! Suggests commands when the word before them was left out or misspelled.

use std::ffi::OsString;

use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};

use crate::near::near;

/// Words that nouns follow.
const SERVICES: [&str; 2] = ["daas", "monitor"];

/// Adds a suggestion to the error if the named command exists below another word.
pub(crate) fn advised(mut error: Error, mut program: Command, arguments: &[OsString]) -> Error {
    let Some(ContextValue::String(wrong)) = error.get(ContextKind::InvalidSubcommand) else {
        return error;
    };
    if error.kind() != ErrorKind::InvalidSubcommand {
        return error;
    }
    let wrong = wrong.clone();
    program.build();
    let meant = meant(&program, arguments, &wrong);
    if !meant.is_empty() {
        error.remove(ContextKind::SuggestedSubcommand);
        let meant: Vec<String> = meant.iter().map(|it| format!("`{it}`")).collect();
        let words = StyledStr::from(format!("did you mean {}?", meant.join(" or ")));
        error.insert(
            ContextKind::Suggested,
            ContextValue::StyledStrs(vec![words]),
        );
    }
    error
}

/// Returns the commands of one or two words whose last word is the wrong one, or else those with a similar word, each
/// with what was typed after it.
fn meant(program: &Command, arguments: &[OsString], wrong: &str) -> Vec<String> {
    let texts = arguments.iter().skip(1).map(|it| it.to_string_lossy());
    let words: Vec<String> = texts
        .map(std::borrow::Cow::into_owned)
        .filter(|it| !it.starts_with('-'))
        .collect();
    let Some(at) = words.iter().position(|it| it == wrong) else {
        return Vec::new();
    };
    // After a noun, the verb is wrong, and verbs of other nouns do not help.
    let mut before = words.iter().take(at).filter(|it| is_known(program, it));
    if before.any(|it| !SERVICES.contains(&it.as_str())) {
        return Vec::new();
    }
    let ways = ways(program);
    let same = |word: &str| -> Vec<String> {
        let of_word = ways.iter().filter(|(last, _)| last.as_str() == word);
        of_word
            .map(|(_, way)| way_with(program, way, &words[at + 1..]))
            .collect()
    };
    let exact = same(wrong);
    if !exact.is_empty() {
        return exact;
    }
    let near = near(wrong, ways.iter().map(|(last, _)| last.as_str()));
    near.first().map(|word| same(word)).unwrap_or_default()
}

fn is_known(program: &Command, word: &str) -> bool {
    let mut first = program.get_subcommands();
    first.any(|it| it.get_name() == word || it.find_subcommand(word).is_some())
}

/// Returns every command of one or two words, by its last word and by each alias of it.
fn ways(program: &Command) -> Vec<(String, Vec<String>)> {
    let mut ways = Vec::new();
    for first in program.get_subcommands().filter(|it| is_shown(it)) {
        let mut add = |command: &Command, way: &[&str]| {
            let names = std::iter::once(command.get_name()).chain(command.get_visible_aliases());
            for name in names {
                let words = way.iter().chain(std::iter::once(&name));
                let words = words.map(|it| (*it).to_owned()).collect();
                ways.push((name.to_owned(), words));
            }
        };
        add(first, &[]);
        for second in first.get_subcommands().filter(|it| is_shown(it)) {
            add(second, &[first.get_name()]);
        }
    }
    ways
}

fn is_shown(command: &Command) -> bool {
    !command.is_hide_set() && command.get_name() != "help"
}

/// Returns a command with as many of the following words as belong to it.
fn way_with(program: &Command, way: &[String], behind: &[String]) -> String {
    let mut words: Vec<&str> = way.iter().map(String::as_str).collect();
    let mut at = Some(program);
    for word in way {
        at = at.and_then(|it| it.find_subcommand(word));
    }
    for word in behind {
        at = at.and_then(|it| it.find_subcommand(word));
        if at.is_none() {
            break;
        }
        words.push(word);
    }
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tip(line: &str) -> String {
        let arguments = line.split(' ').map(OsString::from);
        let refused = crate::options::parsed_from(arguments).err().unwrap();
        let text = refused.to_string();
        let tips = text
            .lines()
            .filter_map(|it| it.trim().strip_prefix("tip: "));
        tips.collect::<Vec<_>>().join(" | ")
    }

    #[test]
    fn a_noun_without_its_service_is_found() {
        for (line, expected) in [
            (
                "citrix-cloud machines list --catalog A",
                "did you mean `daas machines list`?",
            ),
            (
                "citrix-cloud --region eu machines power",
                "did you mean `daas machines power`?",
            ),
            ("citrix-cloud sessions", "did you mean `daas sessions`?"),
            ("citrix-cloud catalogs", "did you mean `daas catalogs`?"),
            (
                "citrix-cloud catalog list",
                "did you mean `daas catalogs list`?",
            ),
            (
                "citrix-cloud machine get x",
                "did you mean `daas machines get`?",
            ),
            ("citrix-cloud report", "did you mean `monitor report`?"),
            ("citrix-cloud daas overview", "did you mean `overview`?"),
            ("citrix-cloud demoo", "did you mean `demo`?"),
            // The verb is wrong, and verbs of other nouns do not help.
            ("citrix-cloud webhooks list", ""),
            (
                "citrix-cloud daas machine list",
                "did you mean `daas machines list`?",
            ),
            ("citrix-cloud xyzzy", ""),
        ] {
            assert_eq!(tip(line), expected, "{line}");
        }
        let verb = tip("citrix-cloud daas machines powr");
        assert!(verb.contains("power") && !verb.contains("daas"), "{verb}");
    }
}
