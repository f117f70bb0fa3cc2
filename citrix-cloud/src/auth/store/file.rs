//! A token store in files, for the processes of one machine.

use std::fs::{self, OpenOptions, TryLockError};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::access::{self, Flaw, Owner};
use super::kept;
use super::{LockGuard, StoreError, StoreFuture, StoredToken, TokenKey, TokenStore};
use crate::Error;
use crate::replace::replace_file;

/// How often to retry a lock that another process holds.
const LOCK_INTERVAL: Duration = Duration::from_millis(20);

/// The largest token file; a larger one was not written by this crate.
const LONGEST: u64 = 64 * 1024;

/// A token store in a folder that only its owner can read, with one file per key.
///
/// Files are replaced atomically. A lock file beside each keeps two processes from fetching a token
/// at the same time; the system releases the lock if its holder dies. A file is ignored if others
/// can read it, if it belongs to somebody else, if it is truncated, or if it is not a regular file
/// (such as a link or a pipe).
#[derive(Debug, Clone)]
pub struct FileTokenStore {
    folder: PathBuf,
    owner: Owner,
}

impl FileTokenStore {
    /// Stores tokens in `folder`, which is created with access only for its owner if it does not
    /// exist.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the folder cannot be created, belongs to
    /// another user or is accessible to users other than its owner, or if no file can be created in
    /// it.
    pub fn new(folder: impl Into<PathBuf>) -> Result<Self, Error> {
        let folder = folder.into();
        let refuse =
            |why: String| Error::config(format!("token folder {}: {why}", folder.display()));
        access::make_private(&folder).map_err(|error| refuse(error.to_string()))?;
        let found = fs::metadata(&folder).map_err(|error| refuse(error.to_string()))?;
        if !found.is_dir() {
            return Err(refuse("it is not a folder".to_owned()));
        }
        let owner = Owner::of_new_files(&folder)
            .map_err(|error| refuse(format!("no file can be created in it: {error}")))?;
        match owner.flaw(&found) {
            Some(Flaw::Foreign) => Err(refuse(
                "it belongs to another user, who could read the token or plant one".to_owned(),
            )),
            Some(Flaw::OpenToOthers) => Err(refuse(
                "others can read it; run chmod 700 on it or use another folder".to_owned(),
            )),
            None => Ok(Self { folder, owner }),
        }
    }

    /// Stores tokens in `citrix-cloud/tokens` in the user's cache folder: `$XDG_CACHE_HOME` or
    /// `~/.cache`, or `%LOCALAPPDATA%` on Windows.
    ///
    /// # Errors
    ///
    /// The same as [`FileTokenStore::new`], and also if none of these variables is set.
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

    /// Returns the folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Removes every token of an API client, whatever its secret or endpoint, and returns how many
    /// there were.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if the folder cannot be read or a file in it
    /// cannot be removed.
    pub fn forget(&self, client_id: &str) -> Result<usize, Error> {
        let failed = |path: &Path, error: io::Error| {
            Error::config(format!("token folder {}: {error}", path.display()))
        };
        let mut forgotten = 0;
        for entry in fs::read_dir(&self.folder).map_err(|it| failed(&self.folder, it))? {
            let path = entry.map_err(|it| failed(&self.folder, it))?.path();
            if path.extension().is_none_or(|it| it != "json") {
                continue;
            }
            // A file that cannot be read is not ours.
            let kept = fs::read(&path).unwrap_or_default();
            if kept::client_id(&kept).is_some_and(|it| it == client_id) {
                fs::remove_file(&path).map_err(|it| failed(&path, it))?;
                // The lock file stays if another process has it open.
                let _ = fs::remove_file(path.with_extension("lock"));
                forgotten += 1;
            }
        }
        Ok(forgotten)
    }

    fn path(&self, key: &TokenKey, ending: &str) -> PathBuf {
        self.folder.join(format!("{}.{ending}", key.id()))
    }

    fn read(&self, key: &TokenKey) -> Result<Option<StoredToken>, StoreError> {
        let path = self.path(key, "json");
        let file = match access::careful(OpenOptions::new().read(true)).open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        // Checks the opened file, because its name may refer to another one by now.
        let found = file.metadata()?;
        let why = match self.owner.flaw(&found) {
            _ if !found.is_file() => "not used: it is not a regular file",
            Some(Flaw::Foreign) => "not used: it belongs to another user",
            Some(Flaw::OpenToOthers) => "not used: others can read it",
            None => "",
        };
        if !why.is_empty() {
            tracing::warn!(path = %path.display(), "{why}");
            return Ok(None);
        }
        let mut text = Vec::new();
        file.take(LONGEST).read_to_end(&mut text)?;
        Ok(kept::read(key, &text).unwrap_or_else(|_| {
            tracing::warn!(path = %path.display(), "not used: not a token file");
            None
        }))
    }

    fn write(&self, key: &TokenKey, token: &StoredToken) -> Result<(), StoreError> {
        let text = kept::write(key, token)?;
        Ok(replace_file(&self.path(key, "json"), &text)?)
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
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(false);
            let file = access::careful(&mut options).open(self.path(key, "lock"))?;
            if !file.metadata()?.is_file() {
                return Err("the lock is not a regular file".into());
            }
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
    async fn damaged_and_world_readable_files_are_not_used() {
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
    async fn the_tokens_of_a_client_are_forgotten_and_no_others() {
        let (_folder, store) = store();
        let of = |id: &str, secret: &str| {
            let credentials = Credentials::new(id, secret, "abcd1024xyz").unwrap();
            TokenKey::new("http://127.0.0.1", &credentials)
        };
        let (old, new, other) = (of("id", "old"), of("id", "new"), of("id2", "new"));
        for key in [&old, &new, &other] {
            store.save(key, &token("one")).await.unwrap();
        }
        fs::write(store.folder().join("strange.json"), "id").unwrap();
        assert_eq!(store.forget("id").unwrap(), 2);
        assert!(store.load(&old).await.unwrap().is_none());
        assert!(store.load(&other).await.unwrap().is_some());
        assert!(store.folder().join("strange.json").exists());
        assert_eq!(store.forget("id").unwrap(), 0);
    }

    /// Runs work that opens a file whose name leads elsewhere; it must finish promptly.
    async fn at_once<T>(work: impl Future<Output = T> + Send + 'static) -> T
    where
        T: Send + 'static,
    {
        // In a separate thread, because opening a pipe would block the test forever.
        let (tell, told) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            tell.send(runtime.unwrap().block_on(work)).unwrap();
        });
        told.recv_timeout(Duration::from_secs(10)).unwrap()
    }

    #[tokio::test]
    async fn a_pipe_in_the_place_of_a_file_is_refused_at_once() {
        let (_folder, store) = store();
        for ending in ["json", "lock"] {
            let path = store.path(&key(), ending);
            let made = std::process::Command::new("mkfifo").arg(&path).status();
            assert!(made.unwrap().success());
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        let (loading, locking) = (store.clone(), store.clone());
        let loaded = at_once(async move { loading.load(&key()).await.unwrap() }).await;
        assert!(loaded.is_none());
        let lock = at_once(async move { locking.lock(&key()).await.is_err() }).await;
        assert!(lock, "a pipe is not a lock");
        store.save(&key(), &token("one")).await.unwrap();
        assert!(
            store.load(&key()).await.unwrap().is_some(),
            "it is replaced"
        );
    }

    #[tokio::test]
    async fn links_are_not_followed() {
        let (folder, store) = store();
        let elsewhere = folder.path().join("elsewhere");
        std::os::unix::fs::symlink(&elsewhere, store.path(&key(), "lock")).unwrap();
        assert!(store.lock(&key()).await.is_err());
        assert!(!elsewhere.exists(), "nothing is created through a link");

        store.save(&key(), &token("one")).await.unwrap();
        fs::rename(store.path(&key(), "json"), &elsewhere).unwrap();
        std::os::unix::fs::symlink(&elsewhere, store.path(&key(), "json")).unwrap();
        assert!(store.load(&key()).await.is_err());
        store.save(&key(), &token("two")).await.unwrap();
        assert!(store.load(&key()).await.unwrap().unwrap().is(&token("two")));
        let kept = fs::read_to_string(&elsewhere).unwrap();
        assert!(
            kept.contains("one"),
            "the link was replaced and not written through"
        );
    }

    #[tokio::test]
    async fn files_of_another_user_are_rejected() {
        let (_folder, store) = store();
        store.save(&key(), &token("one")).await.unwrap();
        let give_away = |path: &Path| std::os::unix::fs::chown(path, Some(12_345), None);
        if give_away(&store.path(&key(), "json")).is_err() {
            return; // Only root can give files away, and only root can open those of others.
        }
        assert!(store.load(&key()).await.unwrap().is_none());
        give_away(store.folder()).unwrap();
        let error = FileTokenStore::new(store.folder()).unwrap_err();
        assert!(error.to_string().contains("another user"), "{error}");
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
