//! The trace that a request belongs to.

use http::{HeaderName, HeaderValue};

use crate::config::Traceparent;

pub(super) const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");

/// Returns the header value. Broken telemetry must not fail a call, so an invalid value is logged
/// and left out.
pub(super) fn value(traceparent: &Traceparent) -> Option<HeaderValue> {
    let text = traceparent()?;
    let value = is_valid(&text).then(|| HeaderValue::from_str(&text).ok());
    if value.is_none() {
        tracing::warn!(
            traceparent = text,
            "left out: it is not a valid traceparent"
        );
    }
    value.flatten()
}

/// Returns whether this is a valid `traceparent` of version 00 of W3C Trace Context, with ids that
/// are not all zeros.
fn is_valid(text: &str) -> bool {
    let hex = |part: &str, length| {
        part.len() == length
            && part
                .bytes()
                .all(|it| matches!(it, b'0'..=b'9' | b'a'..=b'f'))
    };
    let id = |part: &str, length| hex(part, length) && part.bytes().any(|it| it != b'0');
    let parts: Vec<&str> = text.split('-').collect();
    matches!(parts[..], ["00", trace, parent, flags]
        if id(trace, 32) && id(parent, 16) && hex(flags, 2))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    #[test]
    fn only_what_w3c_allows_is_sent() {
        let valid = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert!(is_valid(valid));
        for wrong in [
            "",
            "00",
            &valid.to_uppercase(),
            &valid.replace("00-4", "01-4"),
            &valid.replace("-01", ""),
            &format!("{valid}-x"),
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\nX: 1",
        ] {
            let told = wrong.to_owned();
            let traceparent: Traceparent = Arc::new(move || Some(told.clone()));
            assert_eq!(super::value(&traceparent), None, "{wrong:?}");
        }
        assert_eq!(super::value(&(Arc::new(|| None) as Traceparent)), None);
    }
}
