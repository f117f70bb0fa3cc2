//! Exports the rows of a period to a file, in parts, so that an interrupted run can be continued.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::value::RawValue;

use super::query::Query;
use crate::Error;
use file::Target;
use watermark::Watermark;

mod file;
mod row;
mod watermark;

/// The shortest part that a period is divided into.
const SHORTEST: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// One JSON object per line, as the service sent it.
    JsonLines,
    /// Columns with a header; null is empty, and nested values are JSON.
    Csv,
}

/// The progress of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExportProgress {
    /// The number of rows in the file, including those of interrupted runs.
    pub rows: u64,
    /// The start of the period.
    pub from: Timestamp,
    /// The time up to which all rows are in the file.
    pub done: Timestamp,
    /// The end of the period.
    pub until: Timestamp,
}

/// Called with the progress of an export.
type Told = Box<dyn FnMut(&ExportProgress) + Send>;

/// An export that has not been started yet.
///
/// Rows are written to `FILE.part`, one window of the query after the other. After each window, the
/// rows are synced to disk and `FILE.watermark`, which records the progress, is replaced
/// atomically. However a run ends, even by `kill -9`, the next one truncates `FILE.part` to the
/// last watermark and continues with the next window, so no row is missing or duplicated. It keeps
/// the period of the first run. When all windows are done, `FILE.part` becomes `FILE`.
///
/// A window that takes the service too long is halved, down to one second.
#[must_use = "nothing is sent until it is run"]
pub struct Export {
    query: Query,
    file: PathBuf,
    format: Format,
    columns: Vec<String>,
    key: Vec<String>,
    progress: Option<Told>,
}

impl Export {
    pub(super) fn new(query: Query, file: PathBuf) -> Self {
        Self {
            query,
            file,
            format: Format::JsonLines,
            columns: Vec::new(),
            key: Vec::new(),
            progress: None,
        }
    }

    /// Writes one line of JSON per row, which is the default.
    pub fn json_lines(mut self) -> Self {
        self.format = Format::JsonLines;
        self
    }

    /// Writes these columns as CSV, each given by its path: `StartDate`, `User/UserName`.
    pub fn csv<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Self {
        self.format = Format::Csv;
        self.columns = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Sorts rows with the same time by the set's key, so that their order is deterministic.
    pub fn key<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Self {
        self.key = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Sets a function to call with the progress, at the start and after each window.
    pub fn on_progress(mut self, told: impl FnMut(&ExportProgress) + Send + 'static) -> Self {
        self.progress = Some(Box::new(told));
        self
    }

    /// Exports the rows that are not in the file yet.
    ///
    /// # Errors
    ///
    /// The same as reading the rows. Also [`ErrorKind::Input`](crate::ErrorKind::Input), before
    /// anything is sent, if the query has no windows, if a CSV has no columns, or if the file
    /// already exists, belongs to another query or is being written; and
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the file cannot be written.
    pub async fn run(mut self) -> Result<ExportProgress, Error> {
        let windows = self.query.windows().cloned();
        let windows = windows
            .ok_or_else(|| Error::input("an export needs `windowed`, which sets its period"))?;
        if self.format == Format::Csv && self.columns.is_empty() {
            return Err(Error::input("a CSV needs at least one column"));
        }
        let new = Watermark::new(self.identity()?, windows.from, windows.until);
        let mut target = match Target::open(&self.file, new)? {
            Opened::Finished(progress) => return Ok(progress),
            Opened::Unfinished(target) => target,
        };
        self.begin(&mut target)?;
        let mut length = windows.length;
        self.tell(target.progress());
        while target.progress().done < target.progress().until {
            let from = target.progress().done;
            let until = next(from, length, target.progress().until)?;
            match self.window(&mut target, from, until).await {
                Ok(rows) => target.advance(until, rows)?,
                Err(error) if took_too_long(&error) && length > SHORTEST => {
                    target.rewind()?;
                    self.begin(&mut target)?;
                    length = (length.min(duration(from, until)) / 2).max(SHORTEST);
                }
                Err(error) => return Err(error),
            }
            self.tell(target.progress());
        }
        target.finish()
    }

    /// Writes the header if the file is empty.
    fn begin(&self, target: &mut Target) -> Result<(), Error> {
        match target.is_empty() && self.format == Format::Csv {
            true => target.write(&row::head(&self.columns)),
            false => Ok(()),
        }
    }

    /// Returns a text that identifies the export.
    fn identity(&self) -> Result<String, Error> {
        let columns = self.columns.join(",");
        let format = self.format;
        Ok(format!(
            "{format:?} {columns} of {}",
            self.query.identity(&self.key)?
        ))
    }

    async fn window(
        &self,
        target: &mut Target,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<u64, Error> {
        let window = self.query.window(from, until, &self.key);
        let mut pages = window.pages::<Box<RawValue>>();
        let mut rows = 0;
        while let Some(page) = pages.try_next().await? {
            for row in &page.items {
                let line = match self.format {
                    Format::JsonLines => row::line(row),
                    Format::Csv => row::cells(row, &self.columns)?,
                };
                target.write(&line)?;
                rows += 1;
            }
        }
        Ok(rows)
    }

    fn tell(&mut self, progress: ExportProgress) {
        if let Some(told) = &mut self.progress {
            told(&progress);
        }
    }
}

/// The result of opening the files.
enum Opened {
    Finished(ExportProgress),
    Unfinished(Target),
}

fn next(from: Timestamp, length: Duration, until: Timestamp) -> Result<Timestamp, Error> {
    if length.is_zero() {
        return Err(Error::input("windows need a duration above 0"));
    }
    Ok(from.checked_add(length).unwrap_or(until).min(until))
}

fn duration(from: Timestamp, until: Timestamp) -> Duration {
    until.duration_since(from).unsigned_abs()
}

/// Returns whether the service gave up on a query that may have been too large.
fn took_too_long(error: &Error) -> bool {
    error.status() == Some(504)
}

/// Returns the path of a file next to another one, with an additional extension.
fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

impl fmt::Debug for Export {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export")
            .field("query", &self.query)
            .field("file", &self.file)
            .field("format", &self.format)
            .finish_non_exhaustive()
    }
}
