//! Taking turns at querying Monitor, because the service accepts one query per customer at a time.
//!
//! Clients in one process share one queue. The first in each process's queue joins a second queue,
//! made of two locks of the token store: the holder of `next` waits for `turn`, and releases `next`
//! once it has it. With a single lock, the process that releases it would usually be the first to
//! take it again.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Mutex as Line, OwnedMutexGuard};

use crate::auth::{LockGuard, TokenKey, TokenStore};
use crate::config::Settings;
use crate::region::is_api_host;

/// How long to wait for another process. The service ends a query after 30 s, so a lock held longer
/// belongs to a process that hangs. If its query is in fact still running, the service rejects
/// ours, and it is retried.
const PATIENCE: Duration = Duration::from_secs(600);

type Lines = HashMap<String, Weak<Line<()>>>;

static LINES: LazyLock<Mutex<Lines>> = LazyLock::new(Mutex::default);

/// The queue for one customer.
pub(crate) struct Turns {
    line: Arc<Line<()>>,
    next: TokenKey,
    turn: TokenKey,
}

/// The right to query, released on drop.
pub(crate) struct Turn {
    _turn: Option<LockGuard>,
    _line: OwnedMutexGuard<()>,
}

impl Turns {
    pub(crate) fn of(settings: &Settings) -> Self {
        let api = settings.endpoints.api();
        // Citrix has several host names for one service.
        let service = match is_api_host(api) {
            true => "citrix",
            false => api.as_str(),
        };
        let customer = settings.credentials.customer().to_lowercase();
        let mut lines = LINES.lock().unwrap_or_else(PoisonError::into_inner);
        lines.retain(|_, line| line.strong_count() > 0);
        let entry = lines.entry(format!("{service} {customer}")).or_default();
        let line = entry.upgrade().unwrap_or_default();
        *entry = Arc::downgrade(&line);
        Self {
            line,
            next: TokenKey::of_line("next query of Monitor", service, &customer),
            turn: TokenKey::of_line("query of Monitor", service, &customer),
        }
    }

    pub(crate) async fn take(&self, store: &dyn TokenStore) -> Turn {
        let _line = Arc::clone(&self.line).lock_owned().await;
        let next = lease(store, &self.next).await;
        let _turn = lease(store, &self.turn).await;
        drop(next);
        Turn { _turn, _line }
    }
}

impl fmt::Debug for Turns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turns").finish_non_exhaustive()
    }
}

/// Acquires a lock of the store. If that fails, queries go ahead without it, because the service
/// itself rejects a second one.
async fn lease(store: &dyn TokenStore, key: &TokenKey) -> Option<LockGuard> {
    match tokio::time::timeout(PATIENCE, store.lock(key)).await {
        Ok(Ok(guard)) => Some(guard),
        Ok(Err(error)) => {
            tracing::warn!(%error, "cannot lock the token store to query Monitor");
            None
        }
        Err(_) => {
            tracing::warn!("another process has queried Monitor for too long; not waiting for it");
            None
        }
    }
}
