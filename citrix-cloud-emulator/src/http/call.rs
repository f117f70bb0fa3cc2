//! A parsed request.

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, Method, Version};
use serde_json::Value;

use super::errors::common;
use super::percent::decode_segment;
use super::{Query, Reply};

/// One request, with its path decoded and split.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) version: Version,
    /// The host that the caller addresses: from the request line if present, otherwise from the `Host` header.
    pub(crate) host: Option<String>,
    pub(crate) segments: Vec<String>,
    pub(crate) query: Query,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Call {
    pub(crate) fn new(parts: &Parts, body: Bytes) -> Self {
        let host = parts
            .uri
            .authority()
            .map(|authority| authority.as_str().to_owned());
        let host = host.or_else(|| text_of(&parts.headers, "host").map(str::to_owned));
        Self {
            method: parts.method.clone(),
            version: parts.version,
            host,
            segments: path_segments(parts.uri.path()),
            query: Query::parse(parts.uri.query()),
            headers: parts.headers.clone(),
            body,
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        text_of(&self.headers, name)
    }

    /// Returns whether the path begins with these segments, case-insensitive.
    pub(crate) fn starts_with(&self, prefix: &[&str]) -> bool {
        self.segments.len() >= prefix.len()
            && prefix
                .iter()
                .zip(&self.segments)
                .all(|(want, have)| have.eq_ignore_ascii_case(want))
    }

    /// Rejects a body that is not declared as JSON; a call without a body needs no content type.
    pub(crate) fn check_json_content(&self) -> Result<(), Reply> {
        let given = self.header("content-type").unwrap_or_default();
        let media_type = given.split(';').next().unwrap_or_default().trim();
        if self.body.is_empty() || media_type.eq_ignore_ascii_case("application/json") {
            return Ok(());
        }
        Err(common::unsupported_media_type(given))
    }
}

/// Splits a raw path. A trailing slash is ignored; an empty segment elsewhere is kept.
pub(crate) fn path_segments(path: &str) -> Vec<String> {
    let path = path.strip_prefix('/').unwrap_or(path);
    let path = path.strip_suffix('/').unwrap_or(path);
    path.split('/').map(decode_segment).collect()
}

/// Parses a body as JSON.
pub(crate) fn json_body(body: &[u8]) -> Result<Value, Reply> {
    serde_json::from_slice(body).map_err(|error| common::invalid_json(&error))
}

/// Parses the body of a platform service, whose keys are case-insensitive. Known keys get the services' spelling; other
/// keys get a small first letter.
pub(crate) fn platform_body(body: &[u8], strict: bool) -> Result<Value, Reply> {
    let given = json_body(body)?;
    Ok(if strict { given } else { spelled(given) })
}

/// Keys with a capital letter inside.
const KEYS: [&str; 13] = [
    "createdDate",
    "customerId",
    "destinationAdmin",
    "displayName",
    "externalId",
    "internalOnly",
    "languageTag",
    "providerId",
    "providerType",
    "readOnly",
    "suppressEmail",
    "timeZone",
    "ownerId",
];

fn spelled(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| {
                let known = KEYS.iter().find(|it| it.eq_ignore_ascii_case(&name));
                let mut letters = name.chars();
                let first = letters.next().map(|it| it.to_ascii_lowercase());
                let small = || first.into_iter().chain(letters).collect();
                let small: String = known.map_or_else(small, |it| (*it).to_owned());
                // The content of `data` belongs to the caller, so its keys stay as they are.
                let value = if small == "data" {
                    value
                } else {
                    spelled(value)
                };
                (small, value)
            });
            Value::Object(fields.collect())
        }
        Value::Array(items) => items.into_iter().map(spelled).collect(),
        other => other,
    }
}

fn text_of<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::path_segments;

    #[test]
    fn empty_segments_inside_a_path_are_kept() {
        assert_eq!(
            path_segments("/Machines//$reboot/"),
            ["Machines", "", "$reboot"]
        );
        assert_eq!(path_segments("/"), [""]);
    }
}
