//! A token store in a Redis server, for many hosts.

use std::fmt;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue, RedisError};
use tokio::runtime::Handle;

use super::kept;
use super::left;
use super::{LockGuard, StoreError, StoreFuture, StoredToken, TokenKey, TokenStore};
use crate::Error;

/// How long a connection or a response may take: a call waits for it, and can do without.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long a lock lasts after its holder dies.
const LOCK_LIFE: Duration = Duration::from_secs(20);

/// The average interval between attempts to take a lock that another client holds.
const LOCK_INTERVAL: Duration = Duration::from_millis(50);

/// Deletes a key if it still has the value that was read or set.
const DELETE_IF: &str = "if redis.call('GET', KEYS[1]) == ARGV[1] then \
                         return redis.call('DEL', KEYS[1]) else return 0 end";

/// A token store in a Redis server, so that many hosts can share a token. Requires feature `redis`.
///
/// A stored token expires when it expires at the service. One client at a time fetches a new one;
/// if it dies, another takes over after 20 seconds. If the server is down or slow, each access to
/// it delays a call by one second at most, and the call fetches its own token.
///
/// **The token is stored unencrypted.** Anyone who can read the keys can do whatever the API client
/// may do, until the token expires. The client secret is not stored, nor anything it could be
/// derived from. Protect the server with a password and a private network, or use an ACL user that
/// can access only the prefix and run only `GET`, `SET`, `DEL` and `EVAL`. With `redis://` the
/// token and the password cross the network in plain text. With `rediss://` they are encrypted, and
/// the server's certificate is checked against the system's trust store.
///
/// ```
/// # fn main() -> Result<(), citrix_cloud::Error> {
/// use citrix_cloud::{Client, Credentials, RedisTokenStore};
///
/// let store = RedisTokenStore::new("rediss://citrix:password@redis.example.com/0")?;
/// let client = Client::builder()
///     .credentials(Credentials::new("client id", "client secret", "abcd1024xyz")?)
///     .token_store(store.prefix("tokens:"))
///     .build()?;
/// # Ok(())
/// # }
/// ```
///
/// It connects to a single server or a proxy in front of several; Sentinel and Cluster discovery
/// are not supported.
#[derive(Clone)]
pub struct RedisTokenStore {
    client: Client,
    prefix: String,
}

impl RedisTokenStore {
    /// Stores tokens in the server at `url`, under the prefix `citrix-cloud:token:`.
    ///
    /// `url` is `redis://[user][:password@]host[:port][/database]`, or `rediss://` for TLS, with
    /// port 6379 and database 0 as defaults. Nothing is sent until the first call needs a token, so
    /// an unreachable server is not an error here.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) if `url` is not a valid address. The error
    /// does not repeat it, because it may contain a password.
    pub fn new(url: &str) -> Result<Self, Error> {
        let refuse = |why: &str| {
            Error::config(format!(
                "address of the token store: {why}; write \
                 redis://[user][:password@]host[:port][/database], or rediss:// for TLS"
            ))
        };
        if !["redis://", "rediss://"]
            .iter()
            .any(|scheme| url.starts_with(scheme))
        {
            return Err(refuse("it begins with neither redis:// nor rediss://"));
        }
        if url.starts_with("rediss") {
            // The library would panic in a program that links two crypto providers and has
            // installed neither. If one is installed, it stays.
            #[cfg(feature = "__rustls")]
            let _ = crate::wire::provider().install_default();
            #[cfg(not(any(feature = "__rustls", feature = "native-tls")))]
            return Err(refuse(
                "rediss:// needs feature rustls-ring, rustls-aws-lc or native-tls",
            ));
        }
        // The details of this error may contain a part of the address.
        let client = Client::open(url).map_err(|error| refuse(&said(&error)))?;
        let prefix = "citrix-cloud:token:".to_owned();
        Ok(Self { client, prefix })
    }

    /// Sets the prefix of all keys; default `citrix-cloud:token:`.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    fn name(&self, key: &TokenKey) -> String {
        format!("{}{}", self.prefix, key.id())
    }

    /// Opens a new connection each time: a client looks up a token once per lifetime, and a
    /// persistent connection would have to survive restarts of either side.
    async fn connect(&self) -> Result<MultiplexedConnection, StoreError> {
        let settings = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let connecting = self
            .client
            .get_multiplexed_async_connection_with_config(&settings);
        // The library's own limit does not cover name resolution and the password check.
        match tokio::time::timeout(PATIENCE, connecting).await {
            Ok(connection) => connection.map_err(|error| failed(&error)),
            Err(_) => Err("the server does not respond".into()),
        }
    }

    async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, StoreError> {
        ask(&mut self.connect().await?, command).await
    }

    async fn read(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.ask(Cmd::new().arg("GET").arg(name)).await
    }

    async fn delete_if(&self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        let mut command = Cmd::new();
        command.arg("EVAL").arg(DELETE_IF).arg(1);
        self.ask(command.arg(name).arg(value)).await
    }
}

impl fmt::Debug for RedisTokenStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisTokenStore")
            .field(
                "addr",
                &self.client.get_connection_info().addr().to_string(),
            )
            .field("prefix", &self.prefix)
            .finish_non_exhaustive()
    }
}

impl TokenStore for RedisTokenStore {
    fn load<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, Option<StoredToken>> {
        Box::pin(async move {
            let name = self.name(key);
            let Some(text) = self.read(&name).await? else {
                return Ok(None);
            };
            Ok(kept::read(key, &text).unwrap_or_else(|_| {
                tracing::warn!(key = name, "not used: not a token of ours");
                None
            }))
        })
    }

    fn save<'a>(&'a self, key: &'a TokenKey, token: &'a StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let life = left(token.expires_at).as_millis();
            if life == 0 {
                return Ok(());
            }
            let text = kept::write(key, token)?;
            let mut command = Cmd::new();
            command.arg("SET").arg(self.name(key)).arg(text);
            self.ask(command.arg("PX").arg(u64::try_from(life)?)).await
        })
    }

    fn remove<'a>(&'a self, key: &'a TokenKey, refused: &'a StoredToken) -> StoreFuture<'a, ()> {
        Box::pin(async move {
            let name = self.name(key);
            let Some(text) = self.read(&name).await? else {
                return Ok(());
            };
            let kept = kept::read(key, &text).ok().flatten();
            if kept.is_some_and(|kept| kept.is(refused)) {
                self.delete_if(&name, &text).await?;
            }
            Ok(())
        })
    }

    fn lock<'a>(&'a self, key: &'a TokenKey) -> StoreFuture<'a, LockGuard> {
        Box::pin(async move {
            // Created before the lock is requested, so that a lost response leaves no lock behind.
            let held = Held {
                store: self.clone(),
                name: format!("{}.lock", self.name(key)),
                value: uuid::Uuid::new_v4().to_string(),
            };
            let mut command = Cmd::new();
            command.arg("SET").arg(&held.name).arg(&held.value);
            command
                .arg("NX")
                .arg("PX")
                .arg(LOCK_LIFE.as_millis() as u64);
            let mut connection = self.connect().await?;
            while ask::<Option<String>>(&mut connection, &command)
                .await?
                .is_none()
            {
                tokio::time::sleep(LOCK_INTERVAL.mul_f64(0.5 + fastrand::f64())).await;
            }
            Ok(LockGuard::new(held))
        })
    }
}

/// A lock that we hold or may hold.
struct Held {
    store: RedisTokenStore,
    name: String,
    value: String,
}

impl Drop for Held {
    fn drop(&mut self) {
        // Without a runtime, the lock simply expires.
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let (store, name) = (self.store.clone(), std::mem::take(&mut self.name));
        let value = std::mem::take(&mut self.value);
        runtime.spawn(async move {
            if let Err(error) = store.delete_if(&name, value.as_bytes()).await {
                tracing::debug!(%error, "the lock of the token store is left to expire");
            }
        });
    }
}

async fn ask<T: FromRedisValue>(
    connection: &mut MultiplexedConnection,
    command: &Cmd,
) -> Result<T, StoreError> {
    let response = command.query_async(connection).await;
    response.map_err(|error| failed(&error))
}

fn failed(error: &RedisError) -> StoreError {
    said(error).into()
}

/// Describes an error without the server's own words: Redis repeats the arguments of an unknown
/// command, and a token is one of them.
fn said(error: &RedisError) -> String {
    if error.is_io_error() {
        return error.to_string();
    }
    match error.code() {
        Some(code) => format!("{} ({code})", error.category()),
        None => error.category().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ErrorKind;

    #[test]
    fn an_address_is_checked_and_its_password_never_shown() {
        for wrong in [
            "",
            "http://:hunter2@127.0.0.1",
            "redis://:hunter2@127.0.0.1:port",
            "redis://:hunter2@127.0.0.1/hunter2",
            "redis://:hunter2@",
            "unix:///hunter2",
        ] {
            let error = RedisTokenStore::new(wrong).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Config, "{wrong}");
            assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
        }
        let store = RedisTokenStore::new("rediss://citrix:hunter2@redis.example.com:1/2").unwrap();
        let shown = format!("{:?}", store.prefix("tokens:"));
        assert!(shown.contains("redis.example.com:1") && shown.contains("tokens:"));
        assert!(!shown.contains("hunter2"), "{shown}");
    }
}
