//! Signing in: the token, where it is cached and stored, and the request for it.

mod cache;
mod fetch;
mod store;

pub(crate) use cache::{AuthRetry, Token, TokenCache};
#[cfg(feature = "__fuzz")]
pub(crate) use fetch::read as read_token_response;
pub(crate) use fetch::{Fetcher, remember_request, remember_response};
pub(crate) use store::NoStore;
#[cfg(feature = "redis")]
pub use store::RedisTokenStore;
pub use store::{
    FileTokenStore, LockGuard, StoreError, StoreFuture, StoredToken, TokenKey, TokenStore,
};
