//! Renders a command as a manual page.

use std::io::{self, Write as _};
use std::path::Path;

use clap::Command;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};

/// The section of the manual for commands.
const SECTION: &str = "1";

/// A manual page.
pub(super) struct Page {
    name: String,
    roff: Vec<u8>,
}

/// Returns the page of a program, and those of its top-level commands.
pub(super) fn all(program: Command) -> io::Result<Vec<Page>> {
    let mut program = program.disable_help_subcommand(true);
    program.build();
    let source = format!(
        "{} {}",
        program.get_name(),
        program.get_version().unwrap_or_default()
    );
    let of_program = Page::of(&program, &source, |man, page| {
        man.render_subcommands_section(page)?;
        remarks(&program).to_writer(page)
    });
    let of_words = shown(&program).map(|command| {
        Page::of(command, &source, |_, page| {
            listed(command).to_writer(page)?;
            remarks(command).to_writer(page)?;
            see_also(&program).to_writer(page)
        })
    });
    std::iter::once(of_program).chain(of_words).collect()
}

impl Page {
    fn of(
        command: &Command,
        source: &str,
        rest: impl FnOnce(&Man, &mut Vec<u8>) -> io::Result<()>,
    ) -> io::Result<Self> {
        let name = command.get_display_name().unwrap_or(command.get_name());
        let man = Man::new(command.clone())
            .section(SECTION)
            // A date without a letter would be dropped, and the source be taken for it.
            .date(" ")
            .source(source)
            .manual("Citrix Cloud");
        let mut roff = Vec::new();
        man.render_title(&mut roff)?;
        man.render_name_section(&mut roff)?;
        man.render_synopsis_section(&mut roff)?;
        man.render_description_section(&mut roff)?;
        if command.get_arguments().any(|it| !it.is_hide_set()) {
            man.render_options_section(&mut roff)?;
        }
        rest(&man, &mut roff)?;
        Ok(Self {
            name: format!("{name}.{SECTION}"),
            roff,
        })
    }

    /// Writes the page to a file, which readers never see incomplete.
    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        let mut builder = tempfile::Builder::new();
        builder.prefix(".citrix-cloud").suffix(".new");
        // Readable by everyone, as far as the umask allows.
        #[cfg(unix)]
        builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
        let mut file = builder.tempfile_in(folder)?;
        file.write_all(&self.roff)?;
        file.persist(folder.join(&self.name))?;
        Ok(())
    }
}

/// Returns the commands that help shows.
fn shown(command: &Command) -> impl Iterator<Item = &Command> {
    command.get_subcommands().filter(|it| !it.is_hide_set())
}

/// Lists the subcommands of a command, which have no pages of their own.
fn listed(command: &Command) -> Roff {
    let mut roff = Roff::new();
    if shown(command).next().is_none() {
        return roff;
    }
    roff.control("SH", ["SUBCOMMANDS"]);
    let way = command.get_bin_name().unwrap_or(command.get_name());
    roff.text([
        roman("What they take is shown by "),
        bold(format!("{way} SUBCOMMAND --help")),
        roman("."),
    ]);
    for below in shown(command) {
        roff.control("TP", []);
        roff.text([bold(below.get_name())]);
        let about = below.get_about().or_else(|| below.get_long_about());
        roff.text([roman(about.map(ToString::to_string).unwrap_or_default())]);
        let further: Vec<&str> = shown(below).map(Command::get_name).collect();
        if !further.is_empty() {
            roff.control("br", []);
            roff.text([roman(format!("Followed by: {}", further.join(", ")))]);
        }
    }
    roff
}

fn see_also(program: &Command) -> Roff {
    let mut roff = Roff::new();
    roff.control("SH", ["SEE ALSO"]);
    roff.text([bold(program.get_name()), roman(format!("({SECTION})"))]);
    roff
}

/// Renders the end of the help, with a section for each paragraph that has a heading.
fn remarks(command: &Command) -> Roff {
    let mut roff = Roff::new();
    let after = command.get_after_long_help().or(command.get_after_help());
    let text = after.map(ToString::to_string).unwrap_or_default();
    let mut untitled = true;
    for paragraph in text.split("\n\n").filter(|it| !it.trim().is_empty()) {
        let (heading, lines) = titled(paragraph);
        match heading {
            Some(heading) => {
                roff.control("SH", [heading.as_str()]);
            }
            None if untitled => {
                roff.control("SH", ["NOTES"]);
            }
            None => {
                roff.control("PP", []);
            }
        }
        untitled = false;
        // Columns and examples keep the layout of the help.
        roff.control("nf", []);
        for line in lines.lines() {
            roff.text([roman(line)]);
        }
        roff.control("fi", []);
    }
    roff
}

/// Splits a paragraph from its heading, which is worded as in manual pages.
fn titled(paragraph: &str) -> (Option<String>, &str) {
    let (first, rest) = paragraph.split_once('\n').unwrap_or((paragraph, ""));
    match first.strip_suffix(':') {
        Some(heading) if !heading.starts_with(' ') && !rest.is_empty() => {
            let heading = match heading.starts_with("Exit codes") {
                true => "EXIT STATUS".to_owned(),
                false => heading.to_uppercase(),
            };
            (Some(heading), rest)
        }
        _ => (None, paragraph),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_help_are_headings_of_pages() {
        for (paragraph, heading, lines) in [
            ("Examples:\n  a", Some("EXAMPLES"), "  a"),
            (
                "Exit codes, the first:\n  0  x",
                Some("EXIT STATUS"),
                "  0  x",
            ),
            ("Read-only.", None, "Read-only."),
            ("only a colon:", None, "only a colon:"),
            ("  indented:\n  x", None, "  indented:\n  x"),
        ] {
            assert_eq!(titled(paragraph), (heading.map(str::to_owned), lines));
        }
    }
}
