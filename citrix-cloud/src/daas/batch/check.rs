//! The last check of a batch: each item that has a check runs it at the moment the batch is sent.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::{BoxFuture, FutureExt as _, join_all};
use tokio::time::Instant;

use super::wire::{self, Item};
use crate::Error;
use crate::auth::Token;
use crate::pipeline::{BeforeSend, NotSent, PermitUse};
use crate::retry::RetryClass;

/// How long items are refreshed before the ready ones are sent and the others wait for the next
/// batch. Otherwise the first item would be stale by the time the last one is ready.
const REFRESH_TIME: Duration = Duration::from_secs(2);

/// How long a refreshed item stays ready: long enough for the rounds and a request.
const STAYS_READY: Duration = Duration::from_secs(3);

/// How many items are refreshed concurrently at most.
const REFRESHES: usize = 16;

/// How long a round of refreshes takes if nothing has to wait.
const QUICK: Duration = Duration::from_millis(250);

/// The items of one request that pass their checks.
pub(super) struct Bundle {
    token: Arc<Token>,
    /// One bundle at a time, or the refreshes of another one would come in between.
    refreshing: Arc<tokio::sync::Mutex<()>>,
    state: Mutex<State>,
}

struct State {
    items: Vec<Arc<Item>>,
    /// When each item was refreshed for this attempt, by reference.
    refreshed: HashMap<usize, Instant>,
    left_out: HashMap<usize, LeftOut>,
}

/// Why an item was left out of the request.
#[derive(Debug, Clone)]
pub(super) enum LeftOut {
    /// It must no longer be sent.
    Refused(Error),
    /// A request that had to precede it failed.
    Failed(Error, RetryClass),
    /// It was not ready in time.
    Late,
}

impl Bundle {
    pub(super) fn new(
        token: Arc<Token>,
        refreshing: Arc<tokio::sync::Mutex<()>>,
        items: Vec<Arc<Item>>,
    ) -> Arc<Self> {
        let state = State {
            items,
            refreshed: HashMap::new(),
            left_out: HashMap::new(),
        };
        Arc::new(Self {
            token,
            refreshing,
            state: Mutex::new(state),
        })
    }

    /// Returns whether any item has a check.
    pub(super) fn is_checked(&self) -> bool {
        self.state().items.iter().any(|item| item.check().is_some())
    }

    /// Returns why an item was left out, if it was.
    pub(super) fn left_out(&self, item: &Item) -> Option<LeftOut> {
        self.state().left_out.get(&item.index()).cloned()
    }

    /// Returns the body for the items that are in the request now.
    pub(super) fn body(&self) -> Vec<u8> {
        let state = self.state();
        wire::write(state.items.iter().map(|item| &**item), self.token.text())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn refresh_items(&self) {
        let _one_at_a_time = self.refreshing.lock().await;
        let end = Instant::now() + REFRESH_TIME;
        let stale: Vec<_> = {
            let state = self.state();
            let stale = |item: &&Arc<Item>| item.check().is_some_and(|it| !it.is_ready_at(end));
            state.items.iter().filter(stale).cloned().collect()
        };
        let mut stale = stale.into_iter();
        // One at first: if requests have to wait for the rate limit, more would only go stale
        // together.
        let mut round = 1;
        loop {
            let began = Instant::now();
            let items: Vec<_> = stale.by_ref().take(round).collect();
            if items.is_empty() || began >= end {
                return;
            }
            let refreshes = items.into_iter().map(|item| self.refresh_item(item, began));
            join_all(refreshes).await;
            round = match began.elapsed() < QUICK {
                true => (round * 2).min(REFRESHES),
                false => (round / 2).max(1),
            };
        }
    }

    async fn refresh_item(&self, item: Arc<Item>, began: Instant) {
        let Some(check) = item.check() else { return };
        let refreshed = check.refresh(PermitUse::Beside).await;
        let mut state = self.state();
        let left_out = match refreshed {
            Ok(()) => {
                state.refreshed.insert(item.index(), began);
                return;
            }
            Err(NotSent::Never(error)) => LeftOut::Refused(error),
            Err(NotSent::NotNow(error, class)) => LeftOut::Failed(error, class),
        };
        state.left_out.insert(item.index(), left_out);
    }
}

impl BeforeSend for Bundle {
    fn is_ready_at(&self, at: Instant) -> bool {
        let state = self.state();
        let ready = |item: &Arc<Item>| item.check().is_none_or(|it| it.is_ready_at(at));
        state.items.iter().all(ready)
    }

    fn refresh(&self, _: PermitUse) -> BoxFuture<'_, Result<(), NotSent>> {
        self.refresh_items().map(Ok).boxed()
    }

    fn commit(&self) -> Result<Option<Bytes>, NotSent> {
        let mut state = self.state();
        let now = Instant::now();
        let refreshed = std::mem::take(&mut state.refreshed);
        // However long they took, nothing was sent between the last round of refreshes and this.
        let last_round = refreshed.values().max().copied();
        let since = last_round.map(|last| last.min(now.checked_sub(STAYS_READY).unwrap_or(last)));
        let mut sent = Vec::with_capacity(state.items.len());
        for item in std::mem::take(&mut state.items) {
            let index = item.index();
            let is_ready = |check: &Arc<dyn BeforeSend>| {
                let began = refreshed.get(&index);
                began.is_some_and(|began| Some(*began) >= since) || check.is_ready_at(now)
            };
            let left_out = match item.check() {
                _ if state.left_out.contains_key(&index) => continue,
                None => None,
                Some(check) if !is_ready(check) => Some(LeftOut::Late),
                Some(check) => match check.commit() {
                    Ok(_) => None,
                    Err(NotSent::Never(error)) => Some(LeftOut::Refused(error)),
                    Err(NotSent::NotNow(error, class)) => Some(LeftOut::Failed(error, class)),
                },
            };
            match left_out {
                None => sent.push(item),
                Some(left_out) => {
                    state.left_out.insert(index, left_out);
                }
            }
        }
        state.items = sent;
        let nothing_left = state.items.is_empty();
        drop(state);
        match nothing_left {
            true => Err(NotSent::Never(Error::input("no item of the batch is left"))),
            false => Ok(Some(self.body().into())),
        }
    }
}
