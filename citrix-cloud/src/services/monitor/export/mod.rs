//! Rows of a time into a file, in parts, so that a run that was killed goes on where it was.

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

/// The shortest part that a time is cut into.
const SHORTEST: Duration = Duration::from_secs(1);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    /// One JSON object a line, as the service wrote it.
    JsonLines,
    /// Columns with a head; null is empty, and what a column has in it is JSON.
    Csv,
}

/// What an export has done so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct ExportProgress {
    /// Rows in the file, those of interrupted runs included.
    pub rows: u64,
    /// The beginning of the time that is exported.
    pub from: Timestamp,
    /// The time before which all rows are in the file.
    pub done: Timestamp,
    /// The end of the time that is exported.
    pub until: Timestamp,
}

/// Called with the progress of an export.
type Told = Box<dyn FnMut(&ExportProgress) + Send>;

/// An export that was not started yet.
///
/// Rows are written to `FILE.part`, the windows of the query one after the other. After each, what
/// was written is brought to the disk, and `FILE.watermark` says how far it got; it is replaced in
/// one step. Whenever a run ends, also by `kill -9`, the next one cuts off what the last watermark
/// does not know of and goes on with the next window: no row is missing or there twice. It keeps the
/// period of the first run. When all windows are done, `FILE.part` becomes `FILE`.
///
/// A window that the service does not get through within its time is halved, down to a second.
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

    /// Writes a line of JSON for each row, which is what it does unless told otherwise.
    pub fn json_lines(mut self) -> Self {
        self.format = Format::JsonLines;
        self
    }

    /// Writes these columns as CSV, each by its path: `StartDate`, `User/UserName`.
    pub fn csv<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Self {
        self.format = Format::Csv;
        self.columns = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Sorts rows of the same time by the set's key, so that their order is always the same.
    pub fn key<S: Into<String>>(mut self, columns: impl IntoIterator<Item = S>) -> Self {
        self.key = columns.into_iter().map(Into::into).collect();
        self
    }

    /// Tells how far it is, at the beginning and after each window.
    pub fn on_progress(mut self, told: impl FnMut(&ExportProgress) + Send + 'static) -> Self {
        self.progress = Some(Box::new(told));
        self
    }

    /// Exports what is not in the file yet.
    ///
    /// # Errors
    ///
    /// As reading the rows. [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent,
    /// for a query without windows, a CSV without columns, and a file that exists already, belongs
    /// to another query, or is being written. [`ErrorKind::Config`](crate::ErrorKind::Config) if the
    /// file cannot be written.
    pub async fn run(mut self) -> Result<ExportProgress, Error> {
        let windows = self.query.windows().cloned();
        let windows = windows.ok_or_else(|| {
            Error::input("an export needs `windowed`, which says which time it is of")
        })?;
        if self.format == Format::Csv && self.columns.is_empty() {
            return Err(Error::input("a CSV needs the columns that it has"));
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

    /// Writes the head into a file that has nothing yet.
    fn begin(&self, target: &mut Target) -> Result<(), Error> {
        match target.is_empty() && self.format == Format::Csv {
            true => target.write(&row::head(&self.columns)),
            false => Ok(()),
        }
    }

    /// What makes another export another one.
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

/// A file that rows are to be written to.
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

/// Whether the service gave up on a query that may be too much for it.
fn took_too_long(error: &Error) -> bool {
    error.status() == Some(504)
}

/// A file beside another one, with an ending of its own.
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
