//! Token cache: shared by all clones, refreshed before expiry, refreshed once after a 401.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use http::HeaderValue;
use tokio::time::Instant;

use super::fetch::{Fetcher, LONGEST_LIFE, unusable};
use super::store::{StoreError, StoredToken, TokenKey, TokenStore, left};
use crate::mask::KnownSecrets;
use crate::task::detached;
use crate::{Error, Secret};

/// How long before its expiry a token is refreshed, at most; a short-lived token is used for four
/// fifths of its life.
const EARLY: Duration = Duration::from_secs(300);

/// How long before its expiry a token is no longer used, at most.
const MARGIN: Duration = Duration::from_secs(10);

/// The remaining life that a token from a store must have, or it could expire before its call
/// gets a response. This is not a share of its life, because a store does not record how long the token
/// has lived.
const LEAST_LEFT: Duration = Duration::from_secs(30);

/// How long to wait for another process that is fetching a token.
const PATIENCE: Duration = Duration::from_secs(30);

/// A token and its times.
#[derive(Debug)]
pub(crate) struct Token {
    header: HeaderValue,
    kept: StoredToken,
    /// When a new token is fetched while this one is still used.
    renew_at: Instant,
    /// When it is no longer used.
    ends_at: Instant,
}

impl Token {
    pub(super) fn new(kept: StoredToken) -> Option<Self> {
        let mut header =
            HeaderValue::from_str(&format!("CwsAuth Bearer={}", kept.token.expose())).ok()?;
        header.set_sensitive(true);
        // The expiry from a store may be anything, and a far-future one would overflow.
        let (now, life) = (Instant::now(), left(kept.expires_at).min(LONGEST_LIFE));
        // A quarter of jitter, so that a hundred processes that started together do not refresh
        // together.
        let early = EARLY.min(life / 5).mul_f64(0.75 + fastrand::f64() / 4.0);
        let margin = MARGIN.min(life / 20);
        Some(Self {
            header,
            kept,
            renew_at: now + (life - early),
            ends_at: now + (life - margin),
        })
    }

    /// Returns the value of the `Authorization` header, marked as sensitive.
    pub(crate) fn header(&self) -> HeaderValue {
        self.header.clone()
    }

    /// Returns whether it has expired since it was fetched; a token with a lifetime of zero is good
    /// for one call.
    pub(crate) fn is_over(&self) -> bool {
        self.ends_at + Duration::from_millis(100) < Instant::now()
    }

    /// Returns the token itself, for the items of a batch.
    pub(crate) fn text(&self) -> &Secret {
        &self.kept.token
    }
}

/// How often a call gets a new token because another call replaced its token or it expired in
/// flight.
const MOST_OUTDATED: u32 = 2;

/// How many tokens one call has lost so far.
#[derive(Debug, Default)]
pub(crate) struct AuthRetry {
    renewed: bool,
    outdated: u32,
}

impl AuthRetry {
    /// Forgets a rejected token, and returns whether the call may be retried with another one.
    pub(crate) async fn allow(&mut self, tokens: &TokenCache, refused: &Arc<Token>) -> bool {
        tracing::debug!("the token was refused");
        // It may have expired in flight, or another call may have replaced it already. Neither says
        // anything about the new token, so neither uses up the one refresh.
        let good = !refused.is_over();
        match tokens.refused(refused).await && good {
            true => !std::mem::replace(&mut self.renewed, true),
            false => {
                self.outdated += 1;
                self.outdated <= MOST_OUTDATED
            }
        }
    }
}

/// The token cache that all clones of a client share.
pub(crate) struct TokenCache {
    fetcher: Fetcher,
    key: TokenKey,
    store: Arc<dyn TokenStore>,
    secrets: Arc<KnownSecrets>,
    current: RwLock<Option<Arc<Token>>>,
    /// The last rejected token, so that a copy of it in a store is not used again.
    refused: Mutex<Option<StoredToken>>,
    asking: tokio::sync::Mutex<()>,
    renewing: AtomicBool,
    /// The number of failed fetches, and the last error, which everyone who waited for that fetch
    /// shares.
    failures: AtomicU64,
    failure: Mutex<Option<Error>>,
    /// After a failed early refresh, the time before which it is not tried again.
    not_before: Mutex<Option<Instant>>,
}

enum Look {
    Fresh(Arc<Token>),
    Due(Arc<Token>),
    Nothing,
}

impl TokenCache {
    pub(crate) fn new(
        fetcher: Fetcher,
        key: TokenKey,
        store: Arc<dyn TokenStore>,
        secrets: Arc<KnownSecrets>,
    ) -> Self {
        Self {
            fetcher,
            key,
            store,
            secrets,
            current: RwLock::default(),
            refused: Mutex::default(),
            asking: tokio::sync::Mutex::default(),
            renewing: AtomicBool::new(false),
            failures: AtomicU64::new(0),
            failure: Mutex::default(),
            not_before: Mutex::default(),
        }
    }

    /// Returns the store that shares tokens beyond this process.
    pub(crate) fn store(&self) -> Arc<dyn TokenStore> {
        self.store.clone()
    }

    /// Returns the token, and fetches one if there is none.
    ///
    /// Concurrent callers wait for one request and share its failure. A token that is about to
    /// expire is returned while another task refreshes it.
    pub(crate) async fn get(self: &Arc<Self>, deadline: Instant) -> Result<Arc<Token>, Error> {
        match self.look() {
            Look::Fresh(token) => return Ok(token),
            Look::Due(token) => {
                self.refresh_in_background(&token);
                return Ok(token);
            }
            Look::Nothing => {}
        }
        // Read before queueing: a caller that sees more failures afterwards has waited for one of
        // them, and shares its error. Otherwise a hundred callers with a wrong secret would send a
        // hundred requests, one after the other.
        let failures = self.failures.load(Ordering::Acquire);
        let _asking = self.asking.lock().await;
        if let Look::Fresh(token) | Look::Due(token) = self.look() {
            return Ok(token);
        }
        if self.failures.load(Ordering::Acquire) > failures
            && let Some(error) = locked(&self.failure).clone()
        {
            return Err(error);
        }
        let had = self.fetch(deadline, None).await;
        if let Err(error) = &had {
            *locked(&self.failure) = Some(error.clone());
            self.failures.fetch_add(1, Ordering::Release);
        }
        had
    }

    /// Forgets a rejected token; returns false if another call has already done so.
    async fn refused(&self, token: &Arc<Token>) -> bool {
        {
            let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
            if !current.as_ref().is_some_and(|it| Arc::ptr_eq(it, token)) {
                return false;
            }
            *current = None;
        }
        // Remembered in addition to being removed: a store that fails to remove it, or another
        // process that saves it late, would hand it out again.
        *locked(&self.refused) = Some(token.kept.clone());
        let removed = self.store.remove(&self.key, &token.kept).await;
        removed.unwrap_or_else(|error| complain("cannot forget a token", &error));
        true
    }

    fn look(&self) -> Look {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        let Some(token) = current.as_ref() else {
            return Look::Nothing;
        };
        let now = Instant::now();
        if now < token.renew_at {
            Look::Fresh(token.clone())
        } else if now < token.ends_at {
            Look::Due(token.clone())
        } else {
            Look::Nothing
        }
    }

    /// Refreshes a token in a separate task; one at a time, and not immediately again after a
    /// failure.
    fn refresh_in_background(self: &Arc<Self>, old: &Arc<Token>) {
        let now = Instant::now();
        if locked(&self.not_before).is_some_and(|at| now < at)
            || self.renewing.swap(true, Ordering::AcqRel)
        {
            return;
        }
        let (tokens, old) = (self.clone(), old.clone());
        detached(async move {
            let _renewing = Renewing(&tokens.renewing);
            let _asking = tokens.asking.lock().await;
            // A caller may have fetched one while this task waited for the lock.
            if !matches!(tokens.look(), Look::Due(_)) {
                return;
            }
            // Not the caller's deadline: nobody waits for this, and the old token is valid until
            // then.
            let deadline = old.ends_at;
            let had = tokio::time::timeout_at(deadline, tokens.fetch(deadline, Some(&old.kept)));
            if !matches!(had.await, Ok(Ok(_))) {
                // A share of the remaining time: short enough for several tries, long enough that
                // calls do not all hit a failing endpoint.
                let left = old.ends_at.saturating_duration_since(Instant::now());
                *locked(&tokens.not_before) = Some(Instant::now() + left / 4);
                tracing::warn!(
                    left_s = left.as_secs(),
                    "the token could not be renewed early"
                );
            }
        });
    }

    /// Fetches a token from the store, or from the service, and then stores it.
    ///
    /// `instead_of` is a token that is still valid; only one that expires later may replace it.
    async fn fetch(
        &self,
        deadline: Instant,
        instead_of: Option<&StoredToken>,
    ) -> Result<Arc<Token>, Error> {
        // Without the lock first: a stored token must be usable while another process holds the
        // lock to fetch a new one.
        if let Some(token) = self.stored(instead_of).await {
            return Ok(self.keep(token));
        }
        // If the lock cannot be obtained, fetch anyway: a broken store must not fail calls.
        let lease = match tokio::time::timeout(PATIENCE, self.store.lock(&self.key)).await {
            Ok(Ok(lease)) => Some(lease),
            Ok(Err(error)) => {
                complain("cannot lock the token store", &error);
                None
            }
            Err(_) => {
                tracing::warn!("the token store is locked for too long");
                None
            }
        };
        // The previous holder of the lock has probably stored one.
        if let Some(token) = self.stored(instead_of).await {
            return Ok(self.keep(token));
        }
        let kept = self.fetcher.fetch(deadline).await?;
        // Before anything is sent with it, because any response may echo it.
        self.secrets.add(kept.token.expose());
        let saved = self.store.save(&self.key, &kept).await;
        saved.unwrap_or_else(|error| complain("cannot store a token", &error));
        // Not earlier, or the next holder would look before the token is stored.
        drop(lease);
        let token = Token::new(kept).ok_or_else(unusable)?;
        Ok(self.keep(token))
    }

    /// Returns a token from the store that has enough life left.
    async fn stored(&self, instead_of: Option<&StoredToken>) -> Option<Token> {
        let loaded = self.store.load(&self.key).await.unwrap_or_else(|error| {
            complain("cannot read the token store", &error);
            None
        });
        let kept = loaded?;
        // Remembered even if it is not used: others use it, and a gateway may mix up responses.
        self.secrets.add(kept.token.expose());
        if left(kept.expires_at) < LEAST_LEFT {
            return None;
        }
        let refused = locked(&self.refused)
            .as_ref()
            .is_some_and(|it| it.is(&kept));
        let longer = instead_of.is_none_or(|old| old.expires_at < kept.expires_at);
        let token = Token::new(kept).filter(|_| !refused && longer)?;
        (Instant::now() < token.renew_at).then_some(token)
    }

    fn keep(&self, token: Token) -> Arc<Token> {
        let token = Arc::new(token);
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = Some(token.clone());
        *locked(&self.not_before) = None;
        token
    }
}

/// Resets the flag `renewing`, even if the task is dropped.
struct Renewing<'a>(&'a AtomicBool);

impl Drop for Renewing<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn complain(what: &str, error: &StoreError) {
    tracing::warn!(error = %error, "{what}");
}
