//! Files that only their owner may read or change.

use std::fs::{self, File, Metadata};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use crate::exit::Failure;

/// None of our files is longer.
const LONGEST: u64 = 1024 * 1024;

/// The suffix of a new file before it is renamed.
const NEW: &str = ".new";

/// What other users may do with a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OthersMay {
    /// Read it, but not change where requests go.
    Read,
    /// Nothing.
    Nothing,
}

/// Returns the text of a file, or `None` if it does not exist.
///
/// # Errors
///
/// If it cannot be read, is not text, or grants other users more than allowed.
pub(crate) fn read_private(path: &Path, others: OthersMay) -> Result<Option<String>, Failure> {
    let refused = |why: &str| Failure::Usage(format!("{}: {why}", path.display()));
    let failed = |error: io::Error| refused(&error.to_string());
    // Checked before opening, because opening a pipe would wait for its other end.
    match fs::metadata(path) {
        Ok(found) if !found.is_file() => return Err(refused("it is not a regular file")),
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    }
    let file = File::open(path).map_err(failed)?;
    // From the opened file, because its name may refer to another file by now.
    let found = file.metadata().map_err(failed)?;
    if let Some(why) = flaw(&found, others) {
        return Err(refused(why));
    }
    let mut text = String::new();
    let read = file.take(LONGEST).read_to_string(&mut text);
    match read {
        Ok(_) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::InvalidData => {
            Err(refused("it is not UTF-8 text"))
        }
        Err(error) => Err(failed(error)),
    }
}

/// Opens a file for appending, readable only by its owner; creates it and its folder if they do not exist.
///
/// # Errors
///
/// If it cannot be opened, or others may read it.
pub(crate) fn append_private(path: &Path) -> Result<File, Failure> {
    let refused = |why: &str| Failure::Usage(format!("{}: {why}", path.display()));
    let opened = (|| {
        if let Some(folder) = path.parent().filter(|it| !it.as_os_str().is_empty()) {
            make_private(folder)?;
        }
        let mut options = File::options();
        let file = owners(options.append(true).create(true)).open(path)?;
        let found = file.metadata()?;
        Ok((file, found))
    })();
    let (file, found) = opened.map_err(|error: io::Error| refused(&error.to_string()))?;
    if !found.is_file() {
        return Err(refused("it is not a regular file"));
    }
    match flaw(&found, OthersMay::Nothing) {
        Some(why) => Err(refused(why)),
        None => Ok(file),
    }
}

/// A lock on a file for one process at a time, released when this is dropped.
#[derive(Debug)]
pub(crate) struct Locked {
    path: PathBuf,
    _lock: File,
}

/// Waits for the lock on a file; creates its folder if it does not exist.
///
/// # Errors
///
/// If the lock file cannot be created.
pub(crate) fn lock(path: &Path) -> Result<Locked, Failure> {
    let locked = (|| {
        make_private(path.parent().unwrap_or_else(|| Path::new(".")))?;
        let mut options = File::options();
        options.write(true).create(true).truncate(false);
        let file = owners(&mut options).open(path.with_extension("lock"))?;
        file.lock()?;
        Ok(file)
    })();
    let failed = |error: io::Error| {
        let words = format!("cannot change {}: {error}", path.display());
        Failure::Machine(io::Error::new(error.kind(), words))
    };
    Ok(Locked {
        path: path.to_owned(),
        _lock: locked.map_err(failed)?,
    })
}

impl Locked {
    /// Writes the whole file, readable only by its owner.
    ///
    /// # Errors
    ///
    /// If it cannot be written; the previous content is then unchanged.
    pub(crate) fn write(&self, text: &str) -> Result<(), Failure> {
        let path = &self.path;
        // A file that is a link, for users who keep their settings elsewhere, stays a link.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.clone());
        self.replace(&target, text).map_err(|error| {
            let kept = "the previous content is unchanged";
            let words = format!("cannot write {}: {error}; {kept}", path.display());
            Failure::Machine(io::Error::new(error.kind(), words))
        })
    }

    /// Replaces the file by renaming a new one with a fixed name, so that the next run overwrites what a killed process
    /// left.
    fn replace(&self, target: &Path, text: &str) -> io::Result<()> {
        let folder = target.parent().unwrap_or_else(|| Path::new("."));
        let name = target.file_name().unwrap_or_default();
        let mut left = name.to_owned();
        left.push(NEW);
        match fs::remove_file(folder.join(left)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut file = tempfile::Builder::new()
            .prefix(name)
            .suffix(NEW)
            .rand_bytes(0)
            .tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        file.persist(target)?;
        Ok(())
    }
}

#[cfg(unix)]
fn owners(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn owners(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    options
}

#[cfg(unix)]
fn flaw(found: &Metadata, others: OthersMay) -> Option<&'static str> {
    use std::os::unix::fs::MetadataExt as _;
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Some("it belongs to another user");
    }
    match others {
        OthersMay::Read if found.mode() & 0o022 != 0 => {
            Some("others can change it; run chmod 600 on it")
        }
        OthersMay::Nothing if found.mode() & 0o077 != 0 => {
            Some("others can read it; run chmod 600 on it")
        }
        _ => None,
    }
}

#[cfg(not(unix))]
fn flaw(_: &Metadata, _: OthersMay) -> Option<&'static str> {
    // Access lists protect the user's own folders on this system.
    None
}

#[cfg(unix)]
fn make_private(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
}

#[cfg(not(unix))]
fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leftovers_of_a_killed_process_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.toml");
        fs::write(folder.path().join("config.toml.new"), "half of it").unwrap();
        lock(&path).unwrap().write("whole").unwrap();
        let entries = fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|it| it.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["config.lock", "config.toml"]);
        assert_eq!(fs::read_to_string(&path).unwrap(), "whole");
    }
}
