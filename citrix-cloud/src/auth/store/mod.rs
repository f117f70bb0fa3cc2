//! Token stores.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use hmac_sha256::HMAC;

use crate::{Credentials, Secret};

mod access;
mod file;
mod kept;
#[cfg(feature = "redis")]
mod redis;

pub use file::FileTokenStore;
#[cfg(feature = "redis")]
pub use redis::RedisTokenStore;

/// The error of a [`TokenStore`]. A failing store never fails a call: the failure is logged, and
/// the call fetches its own token.
pub type StoreError = Box<dyn std::error::Error + Send + Sync>;

/// The future that the methods of a [`TokenStore`] return.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Stores tokens so that several clients, processes or hosts can share one.
///
/// The token endpoint is rate limited, so a hundred short-lived processes should not make a hundred
/// requests. A client always caches the token in memory as well; it reads the store only if it has
/// no token or its token is about to expire.
///
/// [`FileTokenStore`](crate::FileTokenStore) is a store for the processes of one machine;
/// `RedisTokenStore`, with feature `redis`, is one for many hosts.
pub trait TokenStore: fmt::Debug + Send + Sync {
    /// Returns the token stored under a key.
    fn load<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>>;

    /// Stores a token and replaces any other.
    fn save<'a>(&'a self, key: &'a TokenKey, token: &'a StoredToken) -> StoreFuture<'a, ()>;

    /// Removes a rejected token, unless another has already replaced it.
    fn remove<'a>(&'a self, key: &'a TokenKey, refused: &'a StoredToken) -> StoreFuture<'a, ()>;

    /// Waits for the right to fetch a new token.
    ///
    /// The lock must be released when the guard is dropped, and also if its holder dies.
    fn lock<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, LockGuard>;
}

/// The right to fetch a new token, or to query Monitor; released on drop.
pub struct LockGuard {
    _guard: Box<dyn Any + Send + Sync>,
}

impl LockGuard {
    /// Wraps a value whose drop releases the lock.
    #[must_use]
    pub fn new(guard: impl Any + Send + Sync) -> Self {
        let _guard = Box::new(guard);
        Self { _guard }
    }
}

impl fmt::Debug for LockGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LockGuard")
    }
}

/// Identifies a token by its endpoint, client id and secret, or, for a lock without a token, what
/// is locked.
///
/// The secret enters the key as a fingerprint keyed by itself. A rotated secret therefore has a
/// different key, and the secret cannot be derived from it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TokenKey {
    endpoint: String,
    client_id: String,
    id: String,
}

impl TokenKey {
    pub(crate) fn new(endpoint: &str, credentials: &Credentials) -> Self {
        let (client_id, secret) = (credentials.client_id(), credentials.client_secret());
        let mut mac = HMAC::new(secret.expose());
        for part in ["citrix-cloud token", endpoint, client_id] {
            mac.update((part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        let id = shortened(&mac.finalize());
        Self {
            endpoint: endpoint.to_owned(),
            client_id: client_id.to_owned(),
            id,
        }
    }

    /// Returns the key of a lock that clients of one customer share; no token is stored under it.
    #[cfg(feature = "monitor")]
    pub(crate) fn of_line(what: &str, service: &str, customer: &str) -> Self {
        let mut digest = hmac_sha256::Hash::new();
        for part in ["citrix-cloud line", what, service, customer] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
        Self {
            endpoint: service.to_owned(),
            client_id: String::new(),
            id: shortened(&digest.finalize()),
        }
    }

    /// Returns the whole key as 32 hexadecimal digits, suitable as a file name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns the origin that issued the token.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// Returns the API client that the token was issued to.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }
}

/// Returns the first half of a digest as hexadecimal digits.
fn shortened(digest: &[u8]) -> String {
    let bytes = digest.iter().take(16);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// A token as a store keeps it. `Debug` does not show the token.
#[derive(Debug, Clone)]
pub struct StoredToken {
    /// The token.
    pub token: Secret,
    /// When the service stops accepting it.
    pub expires_at: SystemTime,
}

impl StoredToken {
    /// Returns whether it is the same token as another.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.token.expose() == other.token.expose()
    }
}

/// Stores nothing; a client still caches its token in memory.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct NoStore;

impl TokenStore for NoStore {
    fn load<'a>(&'a self, _: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
        Box::pin(async { Ok(None) })
    }

    fn save<'a>(&'a self, _: &'a TokenKey, _: &'a StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn remove<'a>(&'a self, _: &'a TokenKey, _: &'a StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async { Ok(()) })
    }

    fn lock<'a>(&'a self, _: &'a TokenKey) -> StoreFuture<'a, LockGuard> {
        Box::pin(async { Ok(LockGuard::new(())) })
    }
}

/// Returns the time until `expires_at`, or zero if that is past.
pub(super) fn left(expires_at: SystemTime) -> Duration {
    let left = expires_at.duration_since(SystemTime::now());
    left.unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_tells_clients_apart_and_hides_the_secret() {
        let key = |endpoint: &str, id: &str, secret: &str| {
            let credentials = Credentials::new(id, secret, "abcd1024xyz").unwrap();
            TokenKey::new(endpoint, &credentials)
        };
        let one = key("https://api.cloud.com", "id", "hunter2");
        assert_eq!(one, key("https://api.cloud.com", "id", "hunter2"));
        for other in [
            key("https://api-eu.cloud.com", "id", "hunter2"),
            key("https://api.cloud.com", "id2", "hunter2"),
            key("https://api.cloud.com", "id", "hunter3"),
        ] {
            assert_ne!(one.id(), other.id());
        }
        assert_eq!(one.id().len(), 32);
        assert!(!format!("{one:?}").contains("hunter2"));
    }
}
