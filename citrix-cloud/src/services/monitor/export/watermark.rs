//! The watermark, which records how far an export got.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::ExportProgress;
use crate::replace::replace_own_file;

/// The version of the file format.
const VERSION: u64 = 1;

/// The contents of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Watermark {
    /// A text that identifies what is exported.
    pub(super) what: String,
    pub(super) progress: ExportProgress,
    /// The length of the file with exactly the rows before `done`.
    pub(super) bytes: u64,
}

impl Watermark {
    pub(super) fn new(what: String, from: Timestamp, until: Timestamp) -> Self {
        let progress = ExportProgress {
            rows: 0,
            from,
            done: from,
            until: until.max(from),
        };
        let bytes = 0;
        Self {
            what,
            progress,
            bytes,
        }
    }

    /// Reads the file, if there is one.
    pub(super) fn read(path: &Path) -> io::Result<Option<Self>> {
        let text = match fs::read(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            text => text?,
        };
        let value: Value = serde_json::from_slice(&text)?;
        let read = || {
            let time = |name: &str| value[name].as_str()?.parse().ok();
            let number = |name: &str| value[name].as_u64();
            Some(Self {
                what: value["what"].as_str()?.to_owned(),
                progress: ExportProgress {
                    rows: number("rows")?,
                    from: time("from")?,
                    done: time("done")?,
                    until: time("until")?,
                },
                bytes: number("bytes")?,
            })
        };
        let watermark = read().filter(|_| value["export"] == VERSION);
        let wrong = || {
            io::Error::new(
                io::ErrorKind::InvalidData,
                "it is not a watermark of an export",
            )
        };
        watermark.map(Some).ok_or_else(wrong)
    }

    /// Replaces the file atomically, and returns once it is on disk. Only the holder of the lock on
    /// the rows calls this.
    pub(super) fn write(&self, path: &Path) -> io::Result<()> {
        let progress = &self.progress;
        let text = json!({
            "export": VERSION,
            "what": self.what,
            "from": progress.from.to_string(),
            "done": progress.done.to_string(),
            "until": progress.until.to_string(),
            "rows": progress.rows,
            "bytes": self.bytes,
        });
        let folder = folder(path);
        replace_own_file(path, format!("{text}\n").as_bytes())?;
        sync_folder(folder)
    }
}

pub(super) fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Syncs file names to disk. Windows does this by itself, and cannot open folders.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    match cfg!(windows) {
        true => Ok(()),
        false => File::open(folder)?.sync_all(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_watermark_round_trips_and_other_files_are_rejected() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w");
        assert_eq!(Watermark::read(&path).unwrap(), None);
        let from = "2026-01-05T00:00:00Z".parse().unwrap();
        let until = "2026-01-06T00:00:00.5Z".parse().unwrap();
        let mut watermark = Watermark::new("x".to_owned(), from, until);
        watermark.bytes = 7;
        watermark.write(&path).unwrap();
        assert_eq!(Watermark::read(&path).unwrap().unwrap(), watermark);
        let files = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files, 1, "nothing else is left");
        for text in [
            "",
            "{}",
            "[1]",
            r#"{"export":2}"#,
            r#"{"export":1,"what":"x"}"#,
        ] {
            fs::write(&path, text).unwrap();
            assert!(Watermark::read(&path).is_err(), "{text}");
        }
    }
}
