//! Standard output; commands write to it only through [`Output`].

use std::collections::BTreeSet;
use std::fmt;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;

use crate::exit::Failure;
use sink::Sink;

mod cell;
mod collect;
mod color;
mod column;
mod delimited;
mod escape;
mod form;
mod grid;
mod json;
mod listing;
mod object;
mod page;
mod pager;
mod query;
mod rows;
mod sink;
mod sort;
mod table;
mod view;
mod yaml;

pub(crate) use collect::Collected;
pub(crate) use escape::escaped;
pub(crate) use json::harmless;
pub(crate) use listing::Listing;
pub(crate) use pager::Pager;
pub(crate) use rows::Rows;
pub(crate) use table::Table;
pub(crate) use view::{Format, View};

/// The properties of the screen, if there is one.
#[derive(Debug, Clone)]
pub(crate) struct Screen {
    /// The width of the terminal; `None` if there is no terminal.
    pub(crate) width: Option<usize>,
    /// Whether states are colored.
    pub(crate) colored: bool,
    /// Returns the reader's time zone. Called only to format a time, because finding the zone reads the whole
    /// time zone database.
    pub(crate) zone: fn() -> TimeZone,
}

/// Standard output in the chosen format.
///
/// If the reader goes away, later writes are dropped without an error.
pub(crate) struct Output {
    view: View,
    screen: Screen,
    sink: Mutex<Option<Sink>>,
    /// The pager for lists and objects that are longer than the screen.
    pager: Option<Pager>,
    /// Collects rows instead of printing them.
    collected: Option<Mutex<Collected>>,
}

impl Output {
    /// Returns the output of this process.
    pub(crate) fn to_stdout(view: View, screen: Screen) -> Self {
        Self::to(view, screen, Box::new(io::stdout()))
    }

    /// Uses a pager for output that is longer than the screen.
    pub(crate) fn paged(mut self, pager: Option<Pager>) -> Self {
        self.pager = pager;
        self
    }

    /// Returns an output that writes to `sink`.
    pub(crate) fn to(view: View, screen: Screen, sink: Box<dyn Write + Send>) -> Self {
        Self {
            view,
            screen,
            sink: Mutex::new(Some(Sink::Direct(sink))),
            pager: None,
            collected: None,
        }
    }

    /// Returns an output that collects rows instead of printing them.
    pub(crate) fn collecting(view: View, screen: Screen) -> Self {
        Self {
            view,
            screen,
            sink: Mutex::new(None),
            pager: None,
            collected: Some(Mutex::default()),
        }
    }

    /// Returns the collected rows.
    pub(crate) fn into_collected(self) -> Collected {
        let collected = self.collected.unwrap_or_default();
        collected
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Prints collected rows, with an additional first column.
    pub(crate) fn print_collected(
        &self,
        collected: &Collected,
        (heading, pointer): (&str, &str),
    ) -> Result<(), Failure> {
        collected.shown(heading, pointer, |table, rows, anything| match anything {
            true => self.list_as(self.view.of_anything(), table, rows),
            false => self.list(table, rows),
        })
    }

    /// Returns whether rows are collected, to be printed together with others.
    pub(crate) fn is_collecting(&self) -> bool {
        self.collected.is_some()
    }

    fn collect(&self) -> Option<std::sync::MutexGuard<'_, Collected>> {
        let collected = self.collected.as_ref()?;
        Some(collected.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Returns the properties of the screen.
    pub(crate) fn screen(&self) -> &Screen {
        &self.screen
    }

    /// Returns whether output is one JSON text.
    pub(crate) fn is_json(&self) -> bool {
        self.view.output == Format::Json
    }

    /// Returns whether output is JSON, in one text or one line per row.
    pub(crate) fn is_for_programs(&self) -> bool {
        self.view.output.is_for_programs()
    }

    /// Returns whether output is whole objects, for programs.
    pub(crate) fn is_whole(&self) -> bool {
        self.view.output.is_whole()
    }

    /// Returns whether output goes to a terminal.
    pub(crate) fn is_terminal(&self) -> bool {
        self.screen.width.is_some()
    }

    /// Returns a state, colored if colors are on.
    pub(crate) fn state(&self, state: &str) -> String {
        match self.screen.colored {
            true => color::of_state(state, state),
            false => state.to_owned(),
        }
    }

    /// Returns whether output is formatted for people.
    pub(crate) fn is_grid(&self) -> bool {
        self.view.output.is_grid()
    }

    /// Rejects options that apply only to rows, for a command that prints a report.
    pub(crate) fn check_report(&self) -> Result<(), Failure> {
        self.check_formats(&[Format::Table, Format::Json])
    }

    /// Rejects the same options for a command that prints its report repeatedly.
    pub(crate) fn check_reports(&self) -> Result<(), Failure> {
        self.check_formats(&[Format::Table, Format::Json, Format::Jsonl])
    }

    fn check_formats(&self, formats: &[Format]) -> Result<(), Failure> {
        let refused = |option: &str| {
            Err(Failure::Usage(format!(
                "{option} only applies to lists and objects; this command prints a report, as text or \
                 with --output json"
            )))
        };
        match (self.view.output, self.view.chooses()) {
            (_, Some(option)) => refused(option),
            (format, None) if formats.contains(&format) => Ok(()),
            (format, None) => {
                let name = format!("{format:?}").to_lowercase();
                refused(&format!("--output {name}"))
            }
        }
    }

    /// Returns the wire names of the properties to show; `None` if all are shown, or they are not known
    /// yet.
    pub(crate) fn fields(&self, table: &Table<'_>) -> Option<BTreeSet<String>> {
        let view = &self.view;
        if view.query.is_some() {
            return None;
        }
        let headed = |name: &str| column::headed(table, name);
        let sorted = view.sort.iter().map(|key| headed(&key.name));
        let mut columns: Vec<column::Column> = sorted.collect::<Option<_>>()?;
        match (view.columns.is_empty(), view.output) {
            (false, _) => {
                let named = view.columns.iter().map(|name| headed(name));
                columns.extend(named.collect::<Option<Vec<_>>>()?);
            }
            (true, format) if format.is_whole() => return None,
            (true, Format::Name) => columns.push(table.naming().next()?),
            (true, format) => {
                let shown = table.columns(format == Format::Wide);
                if shown.is_empty() {
                    return None;
                }
                columns.extend(shown);
            }
        }
        let properties = columns.iter().flat_map(column::Column::properties);
        Some(properties.map(str::to_owned).collect())
    }

    /// Returns the maximum number of rows to read.
    pub(crate) fn limit(&self) -> Option<usize> {
        self.view.limit()
    }

    /// Prints JSON over several lines.
    pub(crate) fn json(&self, value: &(impl Serialize + ?Sized)) -> Result<(), Failure> {
        let text = serde_json::to_string(value).map_err(io::Error::other)?;
        self.line(&json::laid_out(&text))
    }

    /// Prints JSON on one line.
    pub(crate) fn json_line(&self, value: &Value) -> Result<(), Failure> {
        self.line(&json::harmless(&value.to_string()))
    }

    /// Returns whether the reader has gone away.
    pub(crate) fn is_closed(&self) -> bool {
        let sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        sink.is_none() && self.collected.is_none()
    }

    /// Prints a line without buffering.
    pub(crate) fn line(&self, text: &str) -> Result<(), Failure> {
        self.text(&format!("{text}\n"))
    }

    /// Prints text that contains terminal sequences, without buffering.
    pub(crate) fn drawn(&self, text: &str) -> Result<(), Failure> {
        self.text(text)
    }

    /// Prints text without buffering.
    fn text(&self, text: &str) -> Result<(), Failure> {
        if self.collected.is_some() {
            return Err(Failure::Usage(
                "this command prints text, not rows, so its output cannot be collected".to_owned(),
            ));
        }
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = sink.as_mut() else {
            return Ok(());
        };
        let written = open.write_all(text.as_bytes()).and_then(|()| open.flush());
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                // A pager that the user has left must end before anything else is shown.
                let _ = sink.take().map(Sink::direct);
                Ok(())
            }
            written => Ok(written?),
        }
    }

    /// Prints a line on standard error.
    pub(crate) fn note(&self, text: &str) {
        note(text);
    }
}

/// Prints a line on standard error; failures are ignored, because there is nowhere to report them.
pub(crate) fn note(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output")
            .field("view", &self.view)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Returns a screen that is not a terminal, in UTC.
    pub(super) fn no_screen() -> Screen {
        Screen {
            width: None,
            colored: false,
            zone: || TimeZone::UTC,
        }
    }

    /// Parses the options of a command line.
    pub(super) fn view(arguments: &[&str]) -> View {
        #[derive(clap::Parser)]
        struct Only {
            #[command(flatten)]
            view: View,
        }
        let arguments = std::iter::once(&"citrix-cloud").chain(arguments);
        <Only as clap::Parser>::try_parse_from(arguments)
            .unwrap()
            .view
    }

    /// Returns what is printed.
    pub(super) fn captured(
        view: View,
        screen: Screen,
        print: impl FnOnce(&Output) -> Result<(), Failure>,
    ) -> Result<String, Failure> {
        let sink = Shared::default();
        print(&Output::to(view, screen, Box::new(sink.clone())))?;
        let bytes = sink.0.lock().unwrap().clone();
        Ok(String::from_utf8(bytes).unwrap())
    }
}
