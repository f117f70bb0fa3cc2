//! Where tokens are stored.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use hmac_sha256::{HMAC, Hash};

use crate::{Credentials, Secret};

mod access;
mod file;
mod kept;
#[cfg(feature = "redis")]
mod redis;

pub use file::FileTokenStore;
#[cfg(feature = "redis")]
pub use redis::RedisTokenStore;

/// What a [`TokenStore`] fails with. A failing store never fails a call: it is logged, and the call
/// asks for a token of its own.
pub type StoreError = Box<dyn std::error::Error + Send + Sync>;

/// What the methods of a [`TokenStore`] return.
pub type StoreFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'a>>;

/// Keeps tokens so that several clients, processes or hosts can share one.
///
/// The token endpoint limits how often it is asked, so a hundred short-lived processes should not
/// ask a hundred times. A client keeps the token in its own memory in any case; a store is asked
/// only when there is none there, or when it is about to end.
///
/// [`FileTokenStore`](crate::FileTokenStore) is one for the processes of a machine, and
/// `RedisTokenStore`, with feature `redis`, one for many hosts.
pub trait TokenStore: fmt::Debug + Send + Sync {
    /// Returns the token kept under a key.
    fn load<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>>;

    /// Keeps a token in the place of any other.
    fn save<'a>(&'a self, key: &'a TokenKey, token: &'a StoredToken) -> StoreFuture<'a, ()>;

    /// Forgets a token that was refused, unless another has taken its place already.
    fn remove<'a>(&'a self, key: &'a TokenKey, refused: &'a StoredToken) -> StoreFuture<'a, ()>;

    /// Waits for the right to ask for a new token.
    ///
    /// It ends when the lease is dropped, and by itself when the holder dies.
    fn lock<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, LockGuard>;
}

/// The right to ask for a new token, or to query Monitor; dropping it gives it back.
pub struct LockGuard {
    _guard: Box<dyn Any + Send + Sync>,
}

impl LockGuard {
    /// Wraps whatever must be dropped at the end.
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

/// What a token belongs to: an endpoint, a client id and its secret; or, for a lock alone, what is locked.
///
/// The secret goes in as a fingerprint keyed by itself, so that a rotated secret has another key and
/// nothing of it can be computed back.
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

    /// The key of a place where clients of one customer wait for one another; no token is kept under it.
    pub(crate) fn of_line(what: &str, service: &str, customer: &str) -> Self {
        let mut digest = Hash::new();
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

    /// The whole key in 32 hexadecimal digits, fit for a file's name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The origin that gave the token.
    #[must_use]
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// The API client that the token was given to.
    #[must_use]
    pub fn client_id(&self) -> &str {
        &self.client_id
    }
}

/// The first half of a digest, in hexadecimal digits.
fn shortened(digest: &[u8]) -> String {
    let bytes = digest.iter().take(16);
    bytes.map(|byte| format!("{byte:02x}")).collect()
}

/// A token as a store keeps it. `Debug` does not show it.
#[derive(Debug, Clone)]
pub struct StoredToken {
    /// The token.
    pub token: Secret,
    /// When the service stops accepting it.
    pub expires_at: SystemTime,
}

impl StoredToken {
    /// Whether it is the same token as another.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        self.token.expose() == other.token.expose()
    }
}

/// Keeps nothing besides what every client keeps in its own memory.
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

/// How long it is to a time; nothing where it is past.
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
