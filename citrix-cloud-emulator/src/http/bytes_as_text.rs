//! Serializes a body as text if it is valid UTF-8, otherwise as a list of bytes.

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Body {
    Text(String),
    Raw(Vec<u8>),
}

pub(crate) fn serialize<S: Serializer>(body: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
    let body = match std::str::from_utf8(body) {
        Ok(text) => Body::Text(text.to_owned()),
        Err(_) => Body::Raw(body.to_vec()),
    };
    body.serialize(serializer)
}

pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
    Ok(match Body::deserialize(deserializer)? {
        Body::Text(text) => text.into(),
        Body::Raw(bytes) => bytes.into(),
    })
}
