//! Durations in files: `250ms`, `1.5s`, `2m`.

use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, Serializer};

pub(crate) fn serialize<S: Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    let span = SignedDuration::try_from(*span).unwrap_or(SignedDuration::MAX);
    serializer.collect_str(&format_args!("{span:#}"))
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    let span: Option<SignedDuration> = text.parse().ok();
    span.and_then(|span| Duration::try_from(span).ok())
        .ok_or_else(|| {
            let message = format!("'{text}' is not a duration; write 250ms, 1.5s or 2m");
            serde::de::Error::custom(message)
        })
}
