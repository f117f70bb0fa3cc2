//! Changes to real responses.

use std::time::Duration;

use bytes::Bytes;

use super::kind::FaultKind;
use super::responses::instead;
use super::rules::InjectedFault;
use super::tokens;
use crate::connection::Cut;
use crate::http::{Call, Reply};

/// How a response is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Completely.
    Whole,
    /// Not at all: the connection is cut.
    Aborted(Cut),
    /// Cut in the middle of the body.
    Broken(Cut),
    /// In small pieces, over this time.
    Slow(Duration),
}

/// Returns how an injected fault cuts the connection before the request's body is read, if it does.
pub(crate) fn cuts_at_head(injected: &InjectedFault) -> Option<Cut> {
    (!injected.acts).then(|| cut(&injected.kind)).flatten()
}

/// Changes the response to a request that was carried out.
pub(crate) fn after_acting(injected: &InjectedFault, call: &Call, reply: Reply) -> (Reply, Ending) {
    if let Some(cut) = cut(&injected.kind) {
        return (reply, Ending::Aborted(cut));
    }
    if let Some(response) = instead(&injected.kind, call) {
        return (response, Ending::Whole);
    }
    // A response without a body has no middle.
    let breaks = |cut| {
        if reply.body.is_empty() {
            Ending::Aborted(cut)
        } else {
            Ending::Broken(cut)
        }
    };
    match &injected.kind {
        FaultKind::CloseInBody => {
            let ending = breaks(Cut::Close);
            (reply, ending)
        }
        FaultKind::ResetInBody => {
            let ending = breaks(Cut::Reset);
            (reply, ending)
        }
        FaultKind::SlowBody(time) => (reply, Ending::Slow(*time)),
        FaultKind::TruncatedJson => {
            let half = reply.body.len() / 2;
            let body = reply.body.slice(..half);
            (Reply { body, ..reply }, Ending::Whole)
        }
        FaultKind::WrongContentType(given) => (with_content_type(reply, given), Ending::Whole),
        FaultKind::HexEscapes => {
            let body = with_hex_escapes(&reply.body);
            (Reply { body, ..reply }, Ending::Whole)
        }
        FaultKind::RepeatedToken => (tokens::repeated(call, reply), Ending::Whole),
        FaultKind::EndlessTokens => (tokens::endless(call, reply), Ending::Whole),
        _ => (reply, Ending::Whole),
    }
}

fn cut(kind: &FaultKind) -> Option<Cut> {
    match kind {
        FaultKind::RefuseConnection | FaultKind::Close => Some(Cut::Close),
        FaultKind::Reset => Some(Cut::Reset),
        _ => None,
    }
}

fn with_content_type(mut reply: Reply, given: &str) -> Reply {
    reply
        .headers
        .retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
    reply.with("Content-Type", given)
}

/// Writes the first character of each string, property names included, as `\xNN`.
fn with_hex_escapes(body: &[u8]) -> Bytes {
    let mut changed = Vec::with_capacity(body.len().saturating_mul(2));
    let mut inside = false;
    let mut bytes = body.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        changed.push(byte);
        match byte {
            b'\\' if inside => changed.extend(bytes.next()),
            b'"' => {
                inside = !inside;
                let plain = |next: &u8| next.is_ascii_alphanumeric();
                if let Some(first) = bytes.next_if(|next| inside && plain(next)) {
                    changed.extend_from_slice(format!("\\x{first:02x}").as_bytes());
                }
            }
            _ => {}
        }
    }
    changed.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_text_begins_with_an_escape_that_json_lacks() {
        let body = with_hex_escapes(br#"{"Name":"D\"x","n":[1,"","\\q"]}"#);
        let expected: &[u8] = br#"{"\x4eame":"\x44\"x","\x6e":[1,"","\\q"]}"#;
        assert_eq!(body, expected);
    }
}
