//! Atomic replacement of files, so that no reader sees half of one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// How many names to try for a new file.
const ATTEMPTS: usize = 16;

/// The suffix of a new file until it is renamed.
const NEW: &str = ".new";

/// Atomically replaces a file, and returns once its content is on disk. Only the owner can read the
/// file.
///
/// # Errors
///
/// If it cannot be written; the previous file is then left unchanged.
pub(crate) fn replace_file(path: &Path, content: &[u8]) -> io::Result<()> {
    NewFile::beside(path)?.become_file(path, content)
}

/// Like [`replace_file`], for a file that only one process writes. The temporary file always has
/// the same name, so whatever a killed process leaves behind is removed by the next one.
///
/// # Errors
///
/// The same as [`replace_file`].
#[cfg(any(feature = "monitor", test))]
pub(crate) fn replace_own_file(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut name = path.as_os_str().to_owned();
    name.push(NEW);
    let new = PathBuf::from(name);
    match fs::remove_file(&new) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    NewFile::at(new)?.become_file(path, content)
}

/// A temporary file with a unique name, removed on drop unless it has replaced another file.
///
/// It stays locked while in use, so that files left behind by killed processes can be told apart
/// from files being written.
pub(crate) struct NewFile {
    path: PathBuf,
    file: File,
}

impl NewFile {
    /// Creates an empty file in the same folder, so that the rename is atomic, and removes files
    /// that killed processes left there.
    ///
    /// # Errors
    ///
    /// If no file can be created in that folder.
    pub(crate) fn beside(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            remove_left(folder);
        }
        let mut attempts = 1;
        loop {
            match Self::at(path.with_extension(format!("{:016x}{NEW}", fastrand::u64(..)))) {
                // Between creating and locking it, another process may have mistaken it for a
                // leftover.
                Ok(new) if new.lock() || attempts == ATTEMPTS => return Ok(new),
                Ok(_) => attempts += 1,
                Err(error)
                    if error.kind() == io::ErrorKind::AlreadyExists && attempts < ATTEMPTS =>
                {
                    attempts += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Locks the file and checks that it still exists. On systems without locks it does, because
    /// nobody removes files there.
    fn lock(&self) -> bool {
        self.file.lock().is_err() || self.path.exists()
    }

    fn at(path: PathBuf) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        // Links count as existing too, so nothing is ever written through one.
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
        // After a rename, nothing is left under this name.
        let _ = fs::remove_file(&self.path);
    }
}

/// Removes temporary files in a folder that nobody is using.
fn remove_left(folder: &Path) {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    for entry in entries.filter(|it| it.file_name().to_str().is_some_and(is_new)) {
        let is_file = entry.file_type().is_ok_and(|it| it.is_file());
        let opened = is_file.then(|| File::open(entry.path()));
        // Files that cannot be opened or locked are left for the next process.
        if let Some(Ok(left)) = opened
            && left.try_lock().is_ok()
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Returns whether [`NewFile::beside`] could have chosen this name.
fn is_new(name: &str) -> bool {
    let random = name
        .strip_suffix(NEW)
        .and_then(|it| it.rsplit_once('.'))
        .map(|(_, random)| random);
    random.is_some_and(|it| it.len() == 16 && it.bytes().all(|it| it.is_ascii_hexdigit()))
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
    fn leftovers_of_a_killed_process_are_removed() {
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
            // A link under this name is never followed.
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
    fn leftovers_of_killed_processes_are_removed_but_not_files_in_use() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        for left in ["a.0123456789abcdef.new", "b.fedcba9876543210.new"] {
            fs::write(at(left), "half of a").unwrap();
        }
        for other in ["notes.new", "a.0123.new", "a.0123456789abcdef.json"] {
            fs::write(at(other), "mine").unwrap();
        }
        let another = NewFile::beside(&at("c.json")).unwrap();
        replace_file(&at("a.json"), b"one").unwrap();
        let mut there = names(folder.path());
        there.sort();
        let writing = another.path.file_name().unwrap().to_str().unwrap();
        let mut expected = vec![
            "a.0123.new",
            "a.0123456789abcdef.json",
            "a.json",
            writing,
            "notes.new",
        ];
        expected.sort_unstable();
        assert_eq!(there, expected);
        another.become_file(&at("c.json"), b"two").unwrap();
        assert_eq!(fs::read_to_string(at("c.json")).unwrap(), "two");
    }

    #[test]
    fn many_at_once_lose_nothing_and_leave_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        std::thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| {
                    for _ in 0..20 {
                        replace_file(&path, b"all of it").unwrap();
                        assert_eq!(fs::read(&path).unwrap(), b"all of it");
                    }
                });
            }
        });
        assert_eq!(names(folder.path()), ["a.json"]);
    }

    #[test]
    fn a_file_that_cannot_be_replaced_stays_and_nothing_is_left_over() {
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
