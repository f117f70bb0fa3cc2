//! A private folder for files that programs read, removed when the program ends.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

const PREFIX: &str = "citrix-cloud-emulator-";

/// The lock file, locked for as long as its folder is in use.
const LOCK: &str = "in-use";

/// A folder that only its owner can read.
#[derive(Debug)]
pub(super) struct Folder {
    folder: TempDir,
    _lock: File,
}

impl Folder {
    /// Creates the folder, after removing those that killed programs left behind.
    pub(super) fn new() -> io::Result<Self> {
        let place = std::env::temp_dir();
        sweep(&place);
        let mut builder = tempfile::Builder::new();
        builder.prefix(PREFIX);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(0o700));
        }
        let folder = builder.tempdir_in(place)?;
        // Locked before it gets its name, so that no other process ever finds it unlocked.
        let early = folder.path().join("starting");
        let lock = File::create(&early)?;
        lock.lock()?;
        fs::rename(early, folder.path().join(LOCK))?;
        Ok(Self {
            folder,
            _lock: lock,
        })
    }

    /// Writes a file, and returns its path.
    pub(super) fn write(&self, name: &str, text: &str) -> io::Result<PathBuf> {
        let path = self.folder.path().join(name);
        fs::write(&path, text)?;
        Ok(path)
    }

    /// Creates an empty folder inside.
    pub(super) fn empty(&self, name: &str) -> io::Result<PathBuf> {
        let path = self.folder.path().join(name);
        fs::create_dir(&path)?;
        Ok(path)
    }
}

/// Removes folders of ours whose program was killed. Failures are ignored, because leftovers do no harm.
fn sweep(place: &Path) {
    let Ok(entries) = fs::read_dir(place) else {
        return;
    };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        if ours && is_own_folder(&entry) && is_abandoned(&entry.path()) {
            match fs::remove_dir_all(entry.path()) {
                Ok(()) => tracing::debug!(folder = %entry.path().display(), "removed a leftover"),
                Err(error) => tracing::debug!(%error, "a leftover stays"),
            }
        }
    }
}

fn is_abandoned(folder: &Path) -> bool {
    let Ok(lock) = File::open(folder.join(LOCK)) else {
        return false;
    };
    !matches!(lock.try_lock(), Err(TryLockError::WouldBlock))
}

/// Another user's folder may contain anything under our names.
fn is_own_folder(entry: &fs::DirEntry) -> bool {
    let Ok(metadata) = entry.metadata() else {
        return false;
    };
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        metadata.is_dir() && metadata.uid() == rustix::process::geteuid().as_raw()
    }
    #[cfg(not(unix))]
    metadata.is_dir()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_in_use_stay_and_leftovers_go() {
        let place = tempfile::tempdir().unwrap();
        let folder = |name: &str| {
            let path = place.path().join(name);
            fs::create_dir(&path).unwrap();
            (File::create(path.join(LOCK)).unwrap(), path)
        };
        let (used, in_use) = folder("citrix-cloud-emulator-1");
        used.lock().unwrap();
        let (_, left) = folder("citrix-cloud-emulator-2");
        let (_, other) = folder("something-else");
        let starting = place.path().join("citrix-cloud-emulator-3");
        fs::create_dir(&starting).unwrap();
        sweep(place.path());
        let there = [&in_use, &left, &other, &starting].map(|path| path.exists());
        assert_eq!(there, [true, false, true, true]);
    }
}
