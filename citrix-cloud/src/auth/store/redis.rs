//! Tokens in a Redis server, for many hosts.

use std::fmt;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, Client, Cmd, FromRedisValue, RedisError};
use tokio::runtime::Handle;

use super::kept;
use super::left;
use super::{LockGuard, StoreError, StoreFuture, StoredToken, TokenKey, TokenStore};
use crate::Error;

/// How long a connection or an answer may take: a call waits for it, and can do without.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long a lock lasts whose holder died.
const LOCK_LIFE: Duration = Duration::from_secs(20);

/// How often a lock that another holds is tried, on average.
const LOCK_INTERVAL: Duration = Duration::from_millis(50);

/// Deletes a key if it still has the value that was read or set.
const DELETE_IF: &str = "if redis.call('GET', KEYS[1]) == ARGV[1] then \
                         return redis.call('DEL', KEYS[1]) else return 0 end";

/// Keeps tokens in a Redis server, so that many hosts share one. With feature `redis`.
///
/// A token ends in the server when it ends at the service. One client at a time asks for a new one;
/// if it dies, another takes its place after 20 seconds. A server that is down or slow costs a call
/// a second for each thing that it is asked, and the call asks for a token of its own.
///
/// **The token is stored as it is.** Whoever may read the keys can do what the API client may, until
/// the token ends; the client's secret is not stored, nor anything it could be computed from. Give
/// the server a password and a network of its own, or name an ACL user that can reach the prefix
/// alone and run `GET`, `SET`, `DEL` and `EVAL`. With `redis://` the token and the password cross
/// the network in plain; with `rediss://` they do not, and the server's certificate is checked
/// against the system's trust store.
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
/// It speaks to one server, or to one that stands for several; Sentinel and Cluster are not asked
/// who that is.
#[derive(Clone)]
pub struct RedisTokenStore {
    client: Client,
    prefix: String,
}

impl RedisTokenStore {
    /// Keeps tokens in the server at `url`, under the prefix `citrix-cloud:token:`.
    ///
    /// `url` is `redis://[user][:password@]host[:port][/database]`, or the same with `rediss` for
    /// TLS; port 6379 and database 0 by default. Nothing is sent before the first call needs a
    /// token, so a server that is not there is no error.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config) when it is no such address. The error does
    /// not repeat it, since it may hold a password.
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
            // A program that links two providers of cryptography and has chosen none would panic in
            // the library; one that has chosen keeps its own.
            #[cfg(feature = "__rustls")]
            let _ = crate::wire::provider().install_default();
            #[cfg(not(any(feature = "__rustls", feature = "native-tls")))]
            return Err(refuse(
                "rediss:// needs feature rustls-ring, rustls-aws-lc or native-tls",
            ));
        }
        // What this error says in detail may be a part of the address.
        let client = Client::open(url).map_err(|error| refuse(&said(&error)))?;
        let prefix = "citrix-cloud:token:".to_owned();
        Ok(Self { client, prefix })
    }

    /// Sets what the names of all keys begin with; default `citrix-cloud:token:`.
    #[must_use]
    pub fn prefix(mut self, prefix: impl Into<String>) -> Self {
        self.prefix = prefix.into();
        self
    }

    fn name(&self, key: &TokenKey) -> String {
        format!("{}{}", self.prefix, key.id())
    }

    /// A connection of its own each time: a token is looked for once in its life, and one that is
    /// kept would have to be watched for restarts of either side.
    async fn connect(&self) -> Result<MultiplexedConnection, StoreError> {
        let settings = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE));
        let connecting = self
            .client
            .get_multiplexed_async_connection_with_config(&settings);
        // Names are resolved and a password is checked before the library's own limit begins.
        match tokio::time::timeout(PATIENCE, connecting).await {
            Ok(connection) => connection.map_err(|error| failed(&error)),
            Err(_) => Err("the server does not answer".into()),
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
            // Before it is asked for: an answer that does not come leaves no lock behind.
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

/// A lock that is or may be ours.
struct Held {
    store: RedisTokenStore,
    name: String,
    value: String,
}

impl Drop for Held {
    fn drop(&mut self) {
        // Without a runtime the lock ends by itself.
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let (store, name) = (self.store.clone(), std::mem::take(&mut self.name));
        let value = std::mem::take(&mut self.value);
        runtime.spawn(async move {
            if let Err(error) = store.delete_if(&name, value.as_bytes()).await {
                tracing::debug!(%error, "the lock of the token store ends by itself");
            }
        });
    }
}

async fn ask<T: FromRedisValue>(
    connection: &mut MultiplexedConnection,
    command: &Cmd,
) -> Result<T, StoreError> {
    let answer = command.query_async(connection).await;
    answer.map_err(|error| failed(&error))
}

fn failed(error: &RedisError) -> StoreError {
    said(error).into()
}

/// What went wrong, without the server's own words: Redis repeats the arguments of a command that it
/// does not know, and a token is one of them.
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
