//! Tokens in files, for the processes of one machine.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::kept;
use super::store::{LockGuard, StoreError, StoreFuture, StoredToken, TokenKey, TokenStore};
use crate::Error;

/// How often a lock that another process holds is tried.
const LOCK_INTERVAL: Duration = Duration::from_millis(20);

/// No token file is longer; what is longer was not written here.
const LONGEST: u64 = 64 * 1024;

/// Keeps tokens in a folder that only its owner can read, one file for each key.
///
/// Files are replaced as a whole, and a lock beside each keeps two processes from asking for a
/// token at the same time; the system gives it back when its holder dies. A file that others can
/// read, that is torn or not ours is not used.
#[derive(Debug, Clone)]
pub struct FileTokenStore {
    folder: PathBuf,
}

impl FileTokenStore {
    /// Keeps tokens in `folder`, which is made for its owner alone where it does not exist.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) when the folder cannot be made, or when
    /// others than its owner can write to it or read it.
    pub fn new(folder: impl Into<PathBuf>) -> Result<Self, Error> {
        let folder = folder.into();
        let refuse =
            |why: String| Error::config(format!("token folder {}: {why}", folder.display()));
        make_private(&folder).map_err(|error| refuse(error.to_string()))?;
        match open_to_others(&folder) {
            Ok(false) => Ok(Self { folder }),
            Ok(true) => Err(refuse(
                "others can read it; take their rights away (chmod 700) or use another".to_owned(),
            )),
            Err(error) => Err(refuse(error.to_string())),
        }
    }

    /// The folder where the user's programs keep what they can get again: `$XDG_CACHE_HOME` or
    /// `~/.cache`, `%LOCALAPPDATA%` on Windows, and in there `citrix-cloud/tokens`.
    ///
    /// # Errors
    ///
    /// As [`FileTokenStore::new`], and when none of these variables is set.
    pub fn in_user_cache() -> Result<Self, Error> {
        let set = |name: &str| std::env::var_os(name).map(PathBuf::from);
        let cache = set("XDG_CACHE_HOME")
            .filter(|path| path.is_absolute())
            .or_else(|| set("LOCALAPPDATA"))
            .or_else(|| set("HOME").map(|home| home.join(".cache")))
            .ok_or_else(|| {
                Error::config("no folder for tokens: set XDG_CACHE_HOME, LOCALAPPDATA or HOME")
            })?;
        Self::new(cache.join("citrix-cloud").join("tokens"))
    }

    /// The folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn path(&self, key: &TokenKey, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", key.id()))
    }

    fn read(&self, key: &TokenKey) -> Result<Option<StoredToken>, StoreError> {
        let path = self.path(key, "json");
        let file = match File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if open_to_others(&path)? {
            tracing::warn!(path = %path.display(), "not used: others can read it");
            return Ok(None);
        }
        let mut text = Vec::new();
        file.take(LONGEST).read_to_end(&mut text)?;
        Ok(kept::read(key, &text).unwrap_or_else(|_| {
            tracing::warn!(path = %path.display(), "not used: it is no token file");
            None
        }))
    }

    fn write(&self, key: &TokenKey, token: &StoredToken) -> Result<(), StoreError> {
        let text = kept::write(key, token)?;
        // Beside the final name, so that the replacement is one step; a name of our own, so that
        // two processes do not write into one file.
        let mut file = tempfile::Builder::new()
            .prefix(key.id())
            .suffix(".new")
            .tempfile_in(&self.folder)?;
        file.write_all(&text)?;
        file.as_file().sync_all()?;
        file.persist(self.path(key, "json"))?;
        Ok(())
    }
}

impl TokenStore for FileTokenStore {
    fn load<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
        Box::pin(async move { self.read(key) })
    }

    fn save<'a>(&'a self, key: &'a TokenKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async move { self.write(key, token) })
    }

    fn remove<'a>(&'a self, key: &'a TokenKey, refused: &'a StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            if self.read(key)?.is_some_and(|kept| kept.is(refused)) {
                fs::remove_file(self.path(key, "json"))?;
            }
            Ok(())
        })
    }

    fn lock<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, LockGuard> {
        Box::pin(async move {
            let file = private(OpenOptions::new().write(true).create(true).truncate(false))
                .open(self.path(key, "lock"))?;
            loop {
                match file.try_lock() {
                    Ok(()) => return Ok(LockGuard::new(file)),
                    Err(TryLockError::WouldBlock) => tokio::time::sleep(LOCK_INTERVAL).await,
                    Err(TryLockError::Error(error)) => return Err(error.into()),
                }
            }
        })
    }
}

/// Whether anybody but the owner has a right to a file or folder.
#[cfg(unix)]
fn open_to_others(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::PermissionsExt as _;
    Ok(fs::metadata(path)?.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
fn open_to_others(path: &Path) -> io::Result<bool> {
    // The user's own cache folder is private by the system's access lists.
    fs::metadata(path).map(|_| false)
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

#[cfg(unix)]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    options.mode(0o600)
}

#[cfg(not(unix))]
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

/// How long it is to a time; nothing where it is past.
pub(super) fn left(expires_at: SystemTime) -> Duration {
    expires_at
        .duration_since(SystemTime::now())
        .unwrap_or_default()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::{Credentials, Secret};

    fn key() -> TokenKey {
        let credentials = Credentials::new("id", "hunter2", "abcd1024xyz").unwrap();
        TokenKey::new("http://127.0.0.1", &credentials)
    }

    fn token(text: &str) -> StoredToken {
        StoredToken {
            token: Secret::from(text.to_owned()),
            expires_at: UNIX_EPOCH + Duration::from_secs(4_000_000_000),
        }
    }

    fn store() -> (tempfile::TempDir, FileTokenStore) {
        let folder = tempfile::tempdir().unwrap();
        let store = FileTokenStore::new(folder.path().join("tokens")).unwrap();
        (folder, store)
    }

    #[tokio::test]
    async fn a_token_is_kept_for_its_owner_alone_and_without_the_secret() {
        let (_folder, store) = store();
        assert!(store.load(&key()).await.unwrap().is_none());
        store.save(&key(), &token("one")).await.unwrap();
        store.save(&key(), &token("two")).await.unwrap();
        assert!(store.load(&key()).await.unwrap().unwrap().is(&token("two")));
        let path = store.path(&key(), "json");
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
        assert!(!fs::read_to_string(&path).unwrap().contains("hunter2"));
        store.remove(&key(), &token("one")).await.unwrap();
        assert!(
            store.load(&key()).await.unwrap().is_some(),
            "another took its place"
        );
        store.remove(&key(), &token("two")).await.unwrap();
        assert!(store.load(&key()).await.unwrap().is_none());
    }

    #[tokio::test]
    async fn torn_and_readable_files_are_not_used() {
        let (_folder, store) = store();
        store.save(&key(), &token("one")).await.unwrap();
        let path = store.path(&key(), "json");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(store.load(&key()).await.unwrap().is_none());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(store.load(&key()).await.unwrap().is_some());
        fs::write(&path, r#"{"endpoint":"http://127.0.0.1","cl"#).unwrap();
        assert!(store.load(&key()).await.unwrap().is_none());
        fs::set_permissions(store.folder(), fs::Permissions::from_mode(0o755)).unwrap();
        let error = FileTokenStore::new(store.folder()).unwrap_err();
        assert!(error.to_string().contains("chmod 700"), "{error}");
    }

    #[tokio::test]
    async fn one_holder_at_a_time_has_the_lock() {
        let (_folder, store) = store();
        let first = store.lock(&key()).await.unwrap();
        let (key, other) = (key(), store.clone());
        let second = other.lock(&key);
        tokio::pin!(second);
        let early = tokio::time::timeout(LOCK_INTERVAL * 2, &mut second).await;
        assert!(early.is_err(), "the lock is held");
        drop(first);
        second.await.unwrap();
    }
}
