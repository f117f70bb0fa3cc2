//! Files that are replaced as a whole, so that nobody reads half of one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// How many names are tried for a new file.
const ATTEMPTS: usize = 16;

/// Replaces a file in one step, and returns when its content is on the disk. Its owner alone can read it.
///
/// # Errors
///
/// When it cannot be written; what was there before is left as it was.
pub(crate) fn replace_file(path: &Path, content: &[u8]) -> io::Result<()> {
    NewFile::beside(path)?.become_file(path, content)
}

/// The same for a file that only one process writes, by the way of a file whose name never changes: what is
/// left when that process is killed, the next one takes away.
///
/// # Errors
///
/// As [`replace_file`].
pub(crate) fn replace_own_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    NewFile::at(new)?.become_file(path, content)
}

/// A file with a name of its own, removed again unless it has taken the place of another one.
pub(crate) struct NewFile {
    path: PathBuf,
    file: File,
}

impl NewFile {
    /// Makes an empty file in the same folder, so that renaming it is one step.
    ///
    /// # Errors
    ///
    /// When none can be made in that folder.
    pub(crate) fn beside(path: &Path) -> io::Result<Self> {
        let mut attempts = 1;
        loop {
            match Self::at(path.with_extension(format!("{:016x}.new", fastrand::u64(..)))) {
                Ok(new) => return Ok(new),
                Err(error)
                    if error.kind() == io::ErrorKind::AlreadyExists && attempts < ATTEMPTS =>
                {
                    attempts += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn at(path: PathBuf) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        // Links count as existing too: nothing is written to where one of them leads.
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path)?;
        Ok(Self { path, file })
    }

    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    fn become_file(self, path: &Path, content: &[u8]) -> io::Result<()> {
        self.file().write_all(content)?;
        self.file().sync_all()?;
        fs::rename(&self.path, path)
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        // After the renaming there is nothing left under this name.
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect()
    }

    #[test]
    fn a_file_is_replaced_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        for content in ["one", "another"] {
            replace_file(&path, content.as_bytes()).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), content);
            assert_eq!(names(folder.path()), ["a.json"]);
        }
    }

    #[test]
    fn what_a_killed_process_left_is_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        let left = folder.path().join("a.json.new");
        fs::write(&left, "half of a").unwrap();
        replace_own_file(&path, b"one").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        assert_eq!(names(folder.path()), ["a.json"]);
        #[cfg(unix)]
        {
            let elsewhere = folder.path().join("elsewhere");
            // What stands there is not written to, wherever it leads.
            fs::write(&elsewhere, "mine").unwrap();
            std::os::unix::fs::symlink(&elsewhere, &left).unwrap();
            replace_own_file(&path, b"another").unwrap();
            assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "mine");
            assert_eq!(fs::read_to_string(&path).unwrap(), "another");
        }
        fs::create_dir(&left).unwrap();
        replace_own_file(&path, b"third").unwrap_err();
        assert!(left.is_dir());
    }

    #[test]
    fn what_cannot_be_replaced_stays_and_nothing_else_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("inside"), "").unwrap();
        replace_file(&path, b"one").unwrap_err();
        assert_eq!(names(folder.path()), ["a.json"]);
        replace_file(&folder.path().join("none/a.json"), b"one").unwrap_err();
    }

    #[test]
    #[cfg(unix)]
    fn only_its_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt as _;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, "open").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        replace_file(&path, b"one").unwrap();
        let mode = fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
