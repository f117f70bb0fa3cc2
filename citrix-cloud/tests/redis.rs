//! Tokens in a Redis server that the test starts, on loopback and in a folder of its own.

#![cfg(test)]
#![cfg(unix)]

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use citrix_cloud::{Client, RedisTokenStore, StoredToken, TokenKey, TokenStore};
use citrix_cloud_emulator::{Emulator, Server, ids};
use futures_util::future::join_all;

const PASSWORD: &str = "hunter2";

struct Redis {
    process: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Redis {
    /// Starts a server that keeps nothing, and waits until it takes connections. Without the program
    /// it says so.
    async fn start(options: &[&str]) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let process = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &port.to_string()])
            .args([
                "--save",
                "",
                "--appendonly",
                "no",
                "--requirepass",
                PASSWORD,
            ])
            .args(options)
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .spawn();
        let process = match process {
            Ok(process) => process,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                eprintln!(
                    "SKIPPED: there is no redis-server (Debian: apt-get install redis-server)"
                );
                return None;
            }
            Err(error) => panic!("redis-server: {error}"),
        };
        let redis = Self {
            process,
            port,
            _folder: folder,
        };
        for _ in 0..500 {
            if tokio::net::TcpStream::connect(("127.0.0.1", port))
                .await
                .is_ok()
            {
                return Some(redis);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("redis-server takes no connections");
    }

    fn store(&self) -> RedisTokenStore {
        store_at(self.port)
    }

    async fn ask<T: redis::FromRedisValue>(&self, command: &[&str]) -> T {
        let url = format!("redis://:{PASSWORD}@127.0.0.1:{}", self.port);
        let client = redis::Client::open(url).unwrap();
        let mut connection = client.get_multiplexed_async_connection().await.unwrap();
        let mut it = redis::Cmd::new();
        for argument in command {
            it.arg(argument);
        }
        it.query_async(&mut connection).await.unwrap()
    }
}

fn store_at(port: u16) -> RedisTokenStore {
    RedisTokenStore::new(&format!("redis://:{PASSWORD}@127.0.0.1:{port}")).unwrap()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

async fn emulator() -> (Emulator, Server) {
    let emulator = Emulator::default();
    let server = emulator
        .serve("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    (emulator, server)
}

/// A client as another host would have it.
fn client(server: &Server, store: impl TokenStore + 'static) -> Client {
    Client::builder()
        .credentials(
            citrix_cloud::Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)
                .unwrap(),
        )
        .endpoint(server.url())
        .timeout(Duration::from_secs(30))
        .token_store(store)
        .build()
        .unwrap()
}

fn sign_ins(emulator: &Emulator) -> usize {
    let entries = emulator.journal().entries();
    let asked = entries
        .iter()
        .filter(|it| it.path.contains("/tokens/clients"));
    asked.count()
}

async fn works(client: &Client) {
    client.resource_locations().list().all().await.unwrap();
}

#[tokio::test]
async fn hosts_share_a_token_and_forget_a_refused_one() {
    let Some(redis) = Redis::start(&[]).await else {
        return;
    };
    let (emulator, server) = emulator().await;
    works(&client(&server, redis.store())).await;
    works(&client(&server, redis.store())).await;
    assert_eq!(sign_ins(&emulator), 1);
    works(&client(&server, redis.store().prefix("other:"))).await;
    assert_eq!(sign_ins(&emulator), 2, "another prefix, another token");

    emulator.expire_tokens();
    works(&client(&server, redis.store())).await;
    assert_eq!(sign_ins(&emulator), 3, "the stored one was refused");
    works(&client(&server, redis.store())).await;
    assert_eq!(sign_ins(&emulator), 3, "the new one is there");

    let keys: Vec<String> = redis.ask(&["KEYS", "citrix-cloud:token:*"]).await;
    let tokens: Vec<_> = keys.iter().filter(|key| !key.ends_with(".lock")).collect();
    let [token] = tokens[..] else {
        panic!("{keys:?}");
    };
    let life: i64 = redis.ask(&["PTTL", token]).await;
    assert!((1..=3_600_000).contains(&life), "{life}");
    let text: String = redis.ask(&["GET", token]).await;
    assert!(!text.contains(ids::CLIENT_SECRET) && !token.contains(ids::CLIENT_SECRET));
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_hosts_at_once_ask_once() {
    let Some(redis) = Redis::start(&[]).await else {
        return;
    };
    let (emulator, server) = emulator().await;
    let clients: Vec<_> = (0..20).map(|_| client(&server, redis.store())).collect();
    join_all(clients.iter().map(works)).await;
    assert_eq!(sign_ins(&emulator), 1);
}

#[tokio::test]
async fn the_rights_that_the_guide_gives_a_user_are_enough() {
    let Some(redis) = Redis::start(&[]).await else {
        return;
    };
    let rights = "on >letmein ~tokens:* +get +set +del +eval";
    let rights: Vec<_> = ["ACL", "SETUSER", "citrix"]
        .into_iter()
        .chain(rights.split(' '))
        .collect();
    redis.ask::<()>(&rights).await;
    let url = format!("redis://citrix:letmein@127.0.0.1:{}", redis.port);
    let store = RedisTokenStore::new(&url).unwrap().prefix("tokens:");

    let (emulator, server) = emulator().await;
    works(&client(&server, store.clone())).await;
    works(&client(&server, store.clone())).await;
    assert_eq!(sign_ins(&emulator), 1);
    emulator.expire_tokens();
    works(&client(&server, store.clone())).await;
    works(&client(&server, store.clone())).await;
    assert_eq!(sign_ins(&emulator), 2);
    let (key, token) = key_and_token(store.clone()).await;
    store.remove(&key, &token).await.unwrap();
    assert!(store.load(&key).await.unwrap().is_none());
}

/// Does what the inner store does, and shows the key and the token that it was given.
#[derive(Debug)]
struct Watched(
    RedisTokenStore,
    std::sync::Arc<std::sync::Mutex<Option<(TokenKey, StoredToken)>>>,
);

impl TokenStore for Watched {
    fn load<'a>(&'a self, key: &'a TokenKey) -> citrix_cloud::StoreFuture<'a, Option<StoredToken>> {
        self.0.load(key)
    }

    fn save<'a>(
        &'a self,
        key: &'a TokenKey,
        token: &'a StoredToken,
    ) -> citrix_cloud::StoreFuture<'a, ()> {
        *self.1.lock().unwrap() = Some((key.clone(), token.clone()));
        self.0.save(key, token)
    }

    fn remove<'a>(
        &'a self,
        key: &'a TokenKey,
        refused: &'a StoredToken,
    ) -> citrix_cloud::StoreFuture<'a, ()> {
        self.0.remove(key, refused)
    }

    fn lock<'a>(
        &'a self,
        key: &'a TokenKey,
    ) -> citrix_cloud::StoreFuture<'a, citrix_cloud::LockGuard> {
        self.0.lock(key)
    }
}

async fn key_and_token(store: RedisTokenStore) -> (TokenKey, StoredToken) {
    let (_emulator, server) = emulator().await;
    let seen = std::sync::Arc::default();
    works(&client(
        &server,
        Watched(store, std::sync::Arc::clone(&seen)),
    ))
    .await;
    seen.lock().unwrap().take().unwrap()
}

#[tokio::test]
async fn a_lock_has_one_holder_and_ends_by_itself() {
    let Some(redis) = Redis::start(&[]).await else {
        return;
    };
    let store = redis.store();
    let (key, _) = key_and_token(store.clone()).await;
    let name = format!("citrix-cloud:token:{}.lock", key.id());

    let first = store.lock(&key).await.unwrap();
    let life: i64 = redis.ask(&["PTTL", &name]).await;
    assert!((1..=20_000).contains(&life), "{life}");
    {
        let second = store.lock(&key);
        let early = tokio::time::timeout(Duration::from_millis(300), second).await;
        assert!(early.is_err(), "the lock is held");
    }
    drop(first);
    let second = store.lock(&key).await.unwrap();

    // Its time over, another has it: giving the old one back leaves the new one.
    redis.ask::<()>(&["SET", &name, "another's"]).await;
    drop(second);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(redis.ask::<String>(&["GET", &name]).await, "another's");
    redis.ask::<()>(&["PEXPIRE", &name, "100"]).await;
    store.lock(&key).await.unwrap();
}

#[tokio::test]
async fn only_the_refused_token_is_removed_and_a_strange_value_not_used() {
    let Some(redis) = Redis::start(&[]).await else {
        return;
    };
    let store = redis.store();
    let (key, token) = key_and_token(store.clone()).await;
    let mut other = token.clone();
    other.token = "other".to_owned().into();
    store.remove(&key, &other).await.unwrap();
    assert!(store.load(&key).await.unwrap().unwrap().is(&token));
    store.remove(&key, &token).await.unwrap();
    assert!(store.load(&key).await.unwrap().is_none());

    let name = format!("citrix-cloud:token:{}", key.id());
    for strange in ["", "{", "null", r#"{"endpoint":"x"}"#] {
        redis.ask::<()>(&["SET", &name, strange]).await;
        assert!(store.load(&key).await.unwrap().is_none(), "{strange}");
    }
    redis.ask::<()>(&["DEL", &name]).await;
    redis.ask::<()>(&["LPUSH", &name, "a list"]).await;
    assert!(store.load(&key).await.is_err());
}

#[tokio::test]
async fn a_server_that_is_down_silent_or_refuses_fails_no_call() {
    let (emulator, server) = emulator().await;
    works(&client(&server, store_at(free_port()))).await;
    assert_eq!(sign_ins(&emulator), 1, "nobody listens");

    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    works(&client(
        &server,
        store_at(silent.local_addr().unwrap().port()),
    ))
    .await;
    assert_eq!(sign_ins(&emulator), 2, "nobody answers");

    let Some(redis) = Redis::start(&["--rename-command", "SET", ""]).await else {
        return;
    };
    let wrong = format!("redis://:wrong@127.0.0.1:{}", redis.port);
    works(&client(&server, RedisTokenStore::new(&wrong).unwrap())).await;
    assert_eq!(sign_ins(&emulator), 3, "the password is wrong");
    works(&client(&server, redis.store())).await;
    assert_eq!(sign_ins(&emulator), 4, "the server cannot store");

    let dying = Redis::start(&[]).await.unwrap();
    let store = dying.store();
    drop(dying);
    works(&client(&server, store)).await;
    assert_eq!(sign_ins(&emulator), 5, "the server was stopped");
}

#[tokio::test]
async fn an_error_repeats_neither_token_nor_password() {
    let Some(redis) = Redis::start(&["--rename-command", "SET", ""]).await else {
        return;
    };
    let store = redis.store();
    let (key, token) = key_and_token(store.clone()).await;
    let error = store.save(&key, &token).await.unwrap_err();
    let wrong =
        RedisTokenStore::new(&format!("redis://:letmein@127.0.0.1:{}", redis.port)).unwrap();
    let denied = wrong.load(&key).await.unwrap_err();
    let shown = format!("{error} {error:?} {denied} {denied:?} {store:?}");
    for secret in [token.token.expose(), "letmein", PASSWORD] {
        assert!(!shown.contains(secret), "{shown}");
    }
}
