//! The command line as typed so far, when a shell asks for completions.

use std::ffi::OsString;

use clap::{ArgMatches, FromArgMatches as _};

use crate::options::{self, Options};

/// The parts of the line that determine whose names are needed.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) options: Options,
    /// The site in the line.
    pub(super) site: Option<String>,
    given: ArgMatches,
}

impl Line {
    /// Returns the command that the shell has passed after `--`.
    pub(super) fn of_process() -> Option<Self> {
        let words = std::env::args_os().skip_while(|it| it != "--").skip(1);
        Self::of(words)
    }

    /// Parses as many of the words as possible.
    fn of(words: impl IntoIterator<Item = OsString>) -> Option<Self> {
        let program = options::command().ignore_errors(true);
        let matches = program.try_get_matches_from(words).ok()?;
        Some(Self {
            options: Options::from_arg_matches(&matches).ok()?,
            site: deepest(&matches, "site"),
            given: matches,
        })
    }

    /// Returns the value of an argument of the command, by its name.
    pub(super) fn value(&self, argument: &str) -> Option<String> {
        deepest(&self.given, argument)
    }
}

/// Returns the value of an option that some of the commands have.
fn deepest(matches: &ArgMatches, option: &str) -> Option<String> {
    let below = matches.subcommand();
    let below = below.and_then(|(_, matches)| deepest(matches, option));
    below.or_else(|| matches.try_get_one::<String>(option).ok()?.cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(words: &str) -> Line {
        Line::of(words.split(' ').map(OsString::from)).unwrap()
    }

    #[test]
    fn options_are_read_from_a_line_that_is_not_finished() {
        let read = line("citrix-cloud --profile lab daas machines list --site east --catalog ");
        assert_eq!(read.options.profile.as_deref(), Some("lab"));
        assert_eq!(read.site.as_deref(), Some("east"));
        let read = line("citrix-cloud daas machines list --customer acme --catalog");
        assert_eq!(read.options.customer.as_deref(), Some("acme"));
        let read = line("citrix-cloud daas machine-catalogs get --site west P");
        assert_eq!(read.site.as_deref(), Some("west"));
    }
}
