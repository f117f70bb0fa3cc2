//! The one way to standard output.

use std::fmt;
use std::io::{self, Write};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde_json::Value;

use crate::exit::Failure;
use crate::options::Format;

mod error;
mod escape;
mod json;
mod listing;
mod table;

pub(crate) use error::error_object;
pub(crate) use escape::{escaped, escaped_lines};
pub(crate) use listing::Listing;
pub(crate) use table::{Table, record};

/// Standard output in the chosen format.
///
/// A reader that went away is the end of output and no failure: later writes are dropped.
pub(crate) struct Output {
    format: Format,
    sink: Mutex<Option<Box<dyn Write + Send>>>,
}

impl Output {
    /// The output of this process.
    pub(crate) fn to_stdout(format: Format) -> Self {
        Self::to(format, Box::new(io::stdout()))
    }

    fn to(format: Format, sink: Box<dyn Write + Send>) -> Self {
        Self {
            format,
            sink: Mutex::new(Some(sink)),
        }
    }

    /// Whether output is for programs.
    pub(crate) fn is_json(&self) -> bool {
        self.format == Format::Json
    }

    /// Whether output is laid out for people.
    pub(crate) fn is_table(&self) -> bool {
        self.format == Format::Table
    }

    /// Prints a list: in JSON an array, else a table, or a note when there is nothing.
    pub(crate) fn list(&self, table: &Table<'_>, items: &[Value]) -> Result<(), Failure> {
        match self.format {
            Format::Json => self.json(items),
            Format::Table if items.is_empty() => {
                self.note(&format!("no {}", table.things));
                Ok(())
            }
            Format::Table => self.line(&table.render(items)),
        }
    }

    /// Prints one object: in JSON itself, else a table of one row.
    pub(crate) fn object(&self, table: &Table<'_>, object: &Value) -> Result<(), Failure> {
        match self.format {
            Format::Json => self.json(object),
            Format::Table => self.line(&table.render(std::slice::from_ref(object))),
        }
    }

    /// Says that an object is gone; JSON has nothing to say of it.
    pub(crate) fn deleted(&self, thing: &str, id: &str) -> Result<(), Failure> {
        match self.format {
            Format::Json => Ok(()),
            Format::Table => self.line(&format!("Deleted {thing} {}", escaped(id))),
        }
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

    /// Begins a list that is printed while it comes.
    pub(crate) fn listing<'a>(&'a self, table: &'a Table<'a>) -> Listing<'a> {
        Listing::new(self, table, self.is_json())
    }

    /// The same in JSON, whatever the format is.
    pub(crate) fn json_listing<'a>(&'a self, table: &'a Table<'a>) -> Listing<'a> {
        Listing::new(self, table, true)
    }

    /// Whether the reader has gone away.
    pub(crate) fn is_closed(&self) -> bool {
        let sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        sink.is_none()
    }

    /// Prints a line, at once.
    pub(crate) fn line(&self, text: &str) -> Result<(), Failure> {
        self.text(&format!("{text}\n"))
    }

    /// Prints text, at once.
    fn text(&self, text: &str) -> Result<(), Failure> {
        let mut sink = self.sink.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(open) = sink.as_mut() else {
            return Ok(());
        };
        let written = open.write_all(text.as_bytes()).and_then(|()| open.flush());
        match written {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                *sink = None;
                Ok(())
            }
            written => Ok(written?),
        }
    }

    /// Prints a line on standard error; when that is gone, there is nobody to tell.
    pub(crate) fn note(&self, text: &str) {
        let _ = writeln!(io::stderr(), "{text}");
    }
}

impl fmt::Debug for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Output")
            .field("format", &self.format)
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

    /// What is printed.
    pub(super) fn captured(format: Format, print: impl FnOnce(&Output)) -> String {
        let sink = Shared::default();
        print(&Output::to(format, Box::new(sink.clone())));
        let bytes = sink.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }
}
