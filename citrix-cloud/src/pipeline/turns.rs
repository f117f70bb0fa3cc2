//! The turn to query Monitor: the service takes one query of a customer at a time.
//!
//! Clients of one process stand in one line. The head of each process's line stands in another, which
//! the token store's locks make: whoever has `next` waits for `turn`, and leaves `next` once it has
//! that. With one lock alone, the process that gives it back would be the first to take it again.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, LazyLock, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::{Mutex as Line, OwnedMutexGuard};

use crate::auth::{LockGuard, TokenKey, TokenStore};
use crate::config::Settings;
use crate::region::is_api_host;

/// How long another process is waited for. A query ends after 30 s, so that one that takes longer than
/// this is stopped or a stranger's; the service refuses ours then, and it is sent again.
const PATIENCE: Duration = Duration::from_secs(600);

type Lines = HashMap<String, Weak<Line<()>>>;

static LINES: LazyLock<Mutex<Lines>> = LazyLock::new(Mutex::default);

/// Where those who query for one customer wait.
pub(crate) struct Turns {
    line: Arc<Line<()>>,
    next: TokenKey,
    turn: TokenKey,
}

/// The right to query; dropping it gives it back.
pub(crate) struct Turn {
    _turn: Option<LockGuard>,
    _line: OwnedMutexGuard<()>,
}

impl Turns {
    pub(crate) fn of(settings: &Settings) -> Self {
        let api = settings.endpoints.api();
        // Citrix has several names for one service.
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

/// A lock of the store. Where it cannot be had queries go without: the service itself refuses a second one.
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
