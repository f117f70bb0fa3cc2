//! Removes secrets from anything that is shown.
//!
//! Text that parses is masked field by field. Any other text, truncated or in another format, is masked by a scanner
//! that knows names, separators and quotes. Both recognize the same names.

mod json;
mod text;

use bytes::Bytes;
use serde_json::Value;

use crate::http::decode_form;
use crate::secrets::is_secret_name;

const MASK: &str = "***";

pub(super) fn headers(headers: &[(String, String)]) -> Vec<(String, String)> {
    let masked = headers.iter().map(|(name, value)| {
        let value = if is_secret_name(name) {
            MASK.to_owned()
        } else {
            text::masked(value).unwrap_or_else(|| value.clone())
        };
        (name.clone(), value)
    });
    masked.collect()
}

pub(super) fn query(query: &str) -> String {
    form(query)
}

/// Masks secrets in a body. A body that is not text is masked as a whole. So is a body at a token endpoint that is
/// neither JSON nor a form, because it may be the secret itself.
pub(super) fn body(path: &str, body: &Bytes) -> Bytes {
    if body.is_empty() {
        return body.clone();
    }
    let Ok(text) = std::str::from_utf8(body) else {
        return match cut_character(body) {
            Some(text) => unparsed(path, text)
                .unwrap_or_else(|| text.to_owned())
                .into(),
            None => Bytes::from_static(MASK.as_bytes()),
        };
    };
    let bare = text.trim_start_matches('\u{feff}');
    let masked = match serde_json::from_str::<Value>(bare) {
        Ok(mut value) => json(&mut value, text),
        Err(_) => unparsed(path, text),
    };
    masked.map_or_else(|| body.clone(), Bytes::from)
}

/// Masks parsed JSON. Parsing drops one of two fields with the same name, so if nothing was found, the text is scanned
/// as well.
fn json(value: &mut Value, text: &str) -> Option<String> {
    if json::mask(value) {
        Some(value.to_string())
    } else {
        text::masked(text)
    }
}

/// Returns the text of a body whose last character was cut off, without that character.
fn cut_character(body: &[u8]) -> Option<&str> {
    let error = std::str::from_utf8(body).err()?;
    if error.error_len().is_some() {
        return None;
    }
    std::str::from_utf8(body.get(..error.valid_up_to())?).ok()
}

fn unparsed(path: &str, text: &str) -> Option<String> {
    if looks_like_a_form(text) {
        let masked = form(text);
        return (masked != text).then_some(masked);
    }
    let path = decode_form(path).to_ascii_lowercase();
    if path.contains("/tokens") {
        return Some(MASK.to_owned());
    }
    text::masked_fragment(text)
}

fn looks_like_a_form(text: &str) -> bool {
    let trimmed = text.trim();
    trimmed.contains('=') && !trimmed.contains(['{', '<', '\n', '"'])
}

fn form(text: &str) -> String {
    let fields = text.split('&').map(|field| match field.split_once('=') {
        Some((name, _)) if is_secret_name(&decode_form(name)) => format!("{name}={MASK}"),
        Some((name, value)) if text::masked(&decode_form(value)).is_some() => {
            format!("{name}={MASK}")
        }
        None if text::masked(&decode_form(field)).is_some() => MASK.to_owned(),
        _ => field.to_owned(),
    });
    fields.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests;
