//! The files of an export: the rows, and the watermark.
//!
//! Writing blocks the thread for as long as the disk needs for a window.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::watermark::{Watermark, folder, sync_folder};
use super::{ExportProgress, Opened, beside};
use crate::Error;

/// The file that rows are written to.
#[derive(Debug)]
pub(super) struct Target {
    file: PathBuf,
    part: PathBuf,
    mark: PathBuf,
    rows: BufWriter<File>,
    watermark: Watermark,
    /// The number of bytes written, including those after the last watermark.
    bytes: u64,
}

impl Target {
    /// Opens the files of a new export, or of one that was interrupted.
    pub(super) fn open(file: &Path, new: Watermark) -> Result<Opened, Error> {
        let (part, mark) = (beside(file, ".part"), beside(file, ".watermark"));
        let known = Watermark::read(&mark).map_err(|error| failed(&mark, &error))?;
        if let Some(known) = known.as_ref().filter(|it| it.what != new.what) {
            return Err(Error::input(format!(
                "{} belongs to another export: `{}`, not `{}`; choose another file, or delete it to start over",
                mark.display(),
                known.what,
                new.what
            )));
        }
        if file.exists() {
            return match known {
                Some(known) if !part.exists() && known.is_done() => {
                    fs::remove_file(&mark).map_err(|error| failed(&mark, &error))?;
                    Ok(Opened::Finished(known.progress))
                }
                _ => Err(Error::input(format!(
                    "{} already exists; choose another file, or delete it to start over",
                    file.display()
                ))),
            };
        }
        let rows = locked(&part)?;
        let mut target = Self {
            file: file.to_owned(),
            rows: BufWriter::new(rows),
            watermark: known.unwrap_or(new),
            bytes: 0,
            part,
            mark,
        };
        let length = target.rows.get_ref().metadata();
        let length = length.map_err(|error| failed(&target.part, &error))?.len();
        if length < target.watermark.bytes {
            return Err(Error::input(format!(
                "{} is shorter than {} says; delete both to start over",
                target.part.display(),
                target.mark.display()
            )));
        }
        target.rewind()?;
        Ok(Opened::Unfinished(target))
    }

    pub(super) fn progress(&self) -> ExportProgress {
        self.watermark.progress
    }

    /// Returns whether nothing has been written yet.
    pub(super) fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    pub(super) fn write(&mut self, text: &str) -> Result<(), Error> {
        let written = self.rows.write_all(text.as_bytes());
        written.map_err(|error| failed(&self.part, &error))?;
        self.bytes += text.len() as u64;
        Ok(())
    }

    /// Discards everything after the last watermark.
    pub(super) fn rewind(&mut self) -> Result<(), Error> {
        let bytes = self.watermark.bytes;
        let rewound = self.rows.flush().and_then(|()| {
            let file = self.rows.get_mut();
            file.set_len(bytes)?;
            file.seek(SeekFrom::Start(bytes)).map(drop)
        });
        rewound.map_err(|error| failed(&self.part, &error))?;
        self.bytes = bytes;
        Ok(())
    }

    /// Moves the watermark to `done`, after all rows before it have reached the disk.
    pub(super) fn advance(&mut self, done: Timestamp, rows: u64) -> Result<(), Error> {
        let synced = self
            .rows
            .flush()
            .and_then(|()| self.rows.get_ref().sync_data());
        synced.map_err(|error| failed(&self.part, &error))?;
        self.watermark.progress.done = done;
        self.watermark.progress.rows += rows;
        self.watermark.bytes = self.bytes;
        self.mark()
    }

    fn mark(&self) -> Result<(), Error> {
        let written = self.watermark.write(&self.mark);
        written.map_err(|error| failed(&self.mark, &error))
    }

    /// Gives the file its final name. The watermark is removed last, because as long as it exists,
    /// an interrupted run can be recognized.
    pub(super) fn finish(mut self) -> Result<ExportProgress, Error> {
        let flushed = self
            .rows
            .flush()
            .and_then(|()| self.rows.get_ref().sync_all());
        flushed.map_err(|error| failed(&self.part, &error))?;
        self.watermark.bytes = self.bytes;
        self.mark()?;
        fs::rename(&self.part, &self.file)
            .and_then(|()| sync_folder(folder(&self.file)))
            .map_err(|error| failed(&self.file, &error))?;
        fs::remove_file(&self.mark).map_err(|error| failed(&self.mark, &error))?;
        Ok(self.watermark.progress)
    }
}

impl Watermark {
    fn is_done(&self) -> bool {
        self.progress.done >= self.progress.until
    }
}

/// Opens the file of rows with a lock that lasts until this process ends, however it ends.
fn locked(part: &Path) -> Result<File, Error> {
    let file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(part)
        .map_err(|error| failed(part, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::input(format!(
            "another run is writing to {}",
            part.display()
        ))),
        Err(TryLockError::Error(error)) => Err(failed(part, &error)),
    }
}

fn failed(path: &Path, error: &io::Error) -> Error {
    Error::config(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(what: &str) -> Watermark {
        let from = "2026-01-05T00:00:00Z".parse().unwrap();
        let until = "2026-01-06T00:00:00Z".parse().unwrap();
        Watermark::new(what.to_owned(), from, until)
    }

    fn unfinished(file: &Path, what: &str) -> Target {
        match Target::open(file, new(what)).unwrap() {
            Opened::Unfinished(target) => target,
            Opened::Finished(_) => panic!("it is not finished"),
        }
    }

    fn noon() -> Timestamp {
        "2026-01-05T12:00:00Z".parse().unwrap()
    }

    #[test]
    fn rows_after_the_watermark_are_cut_off() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rows");
        let mut first = unfinished(&file, "x");
        first.write("a\n").unwrap();
        first.advance(noon(), 1).unwrap();
        first.write("b\nc").unwrap();
        drop(first);
        let mut second = unfinished(&file, "x");
        assert_eq!(
            (second.progress().rows, second.progress().done),
            (1, noon())
        );
        second.write("d\n").unwrap();
        second.advance(second.progress().until, 1).unwrap();
        assert_eq!(second.finish().unwrap().rows, 2);
        assert_eq!(fs::read_to_string(&file).unwrap(), "a\nd\n");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_run_killed_before_removing_its_watermark_counts_as_finished() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rows");
        let mut target = unfinished(&file, "x");
        target.write("a\n").unwrap();
        target.advance(target.progress().until, 1).unwrap();
        let mark = fs::read(beside(&file, ".watermark")).unwrap();
        target.finish().unwrap();
        fs::write(beside(&file, ".watermark"), mark).unwrap();
        match Target::open(&file, new("x")).unwrap() {
            Opened::Finished(progress) => assert_eq!(progress.rows, 1),
            Opened::Unfinished(_) => panic!("it is finished"),
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn files_of_others_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rows");
        let refused = |what: &str| match Target::open(&file, new(what)) {
            Err(error) => error.to_string(),
            Ok(_) => panic!("it is refused"),
        };
        let mut target = unfinished(&file, "x");
        assert!(refused("x").contains("another run"));
        target.advance(noon(), 0).unwrap();
        drop(target);
        assert!(refused("y").contains("another export"));
        fs::write(&file, "mine").unwrap();
        assert!(refused("x").contains("already exists"));
        assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
        fs::remove_file(&file).unwrap();
        fs::write(beside(&file, ".watermark"), "{}").unwrap();
        assert!(refused("x").contains("not a watermark"));
    }
}
