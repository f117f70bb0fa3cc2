//! The serialized form of a token in our stores.

use std::time::{Duration, UNIX_EPOCH};

use super::{StoreError, StoredToken, TokenKey};
use crate::Secret;

struct Kept {
    endpoint: String,
    client_id: String,
    token: Secret,
    /// Milliseconds since 1970.
    expires_at: u64,
}

citrix_cloud_gen::model! {
    Kept {
        0 endpoint "endpoint" value Required<String>,
        1 client_id "client_id" value Required<String>,
        2 token "token" value Required<Secret>,
        3 expires_at "expires_at" value Required<u64>,
    }
}

/// Serializes a token.
pub(super) fn write(key: &TokenKey, token: &StoredToken) -> Result<Vec<u8>, StoreError> {
    let expires_at = token.expires_at.duration_since(UNIX_EPOCH)?;
    Ok(serde_json::to_vec(&Kept {
        endpoint: key.endpoint().to_owned(),
        client_id: key.client_id().to_owned(),
        token: token.token.clone(),
        expires_at: u64::try_from(expires_at.as_millis())?,
    })?)
}

/// Deserializes a token if it was written for this key; errors do not repeat any of the text.
pub(super) fn read(key: &TokenKey, text: &[u8]) -> Result<Option<StoredToken>, NotOurs> {
    let kept: Kept = serde_json::from_slice(text).map_err(|_| NotOurs)?;
    let ours = kept.endpoint == key.endpoint() && kept.client_id == key.client_id();
    let expires_at = UNIX_EPOCH.checked_add(Duration::from_millis(kept.expires_at));
    Ok(expires_at.filter(|_| ours).map(|expires_at| StoredToken {
        token: kept.token,
        expires_at,
    }))
}

/// Returns the API client that a text was written for.
pub(super) fn client_id(text: &[u8]) -> Option<String> {
    let kept: Option<Kept> = serde_json::from_slice(text).ok();
    kept.map(|kept| kept.client_id)
}

/// The text was not written by our stores, or is incomplete.
#[derive(Debug)]
pub(super) struct NotOurs;
