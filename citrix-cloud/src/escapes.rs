//! Repairs two deviations from JSON: `\xNN` escapes, as in the walkthrough's own samples, and the
//! byte order mark that some gateways put in front.

use std::borrow::Cow;

/// The byte order mark in UTF-8.
pub(crate) const MARK: &[u8] = b"\xEF\xBB\xBF";

/// Removes the byte order mark, which JSON does not allow.
pub(crate) fn without_mark(body: &[u8]) -> &[u8] {
    body.strip_prefix(MARK).unwrap_or(body)
}

/// Rewrites every `\xNN` as a JSON escape; borrows if there is none.
pub(crate) fn mended(body: &[u8]) -> Cow<'_, [u8]> {
    if !body.windows(2).any(|pair| pair == br"\x") {
        return Cow::Borrowed(body);
    }
    let mut mended = Vec::with_capacity(body.len() + 16);
    let mut rest = body;
    loop {
        rest = match rest {
            [b'\\', b'x', high, low, after @ ..]
                if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() =>
            {
                mended.extend_from_slice(&[b'\\', b'u', b'0', b'0', *high, *low]);
                after
            }
            // Two at a time, so that the second of two backslashes does not start an escape.
            [b'\\', escaped, after @ ..] => {
                mended.extend_from_slice(&[b'\\', *escaped]);
                after
            }
            [byte, after @ ..] => {
                mended.push(*byte);
                after
            }
            [] => return Cow::Owned(mended),
        };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::Value;

    use super::mended;

    proptest! {
        #[test]
        fn text_already_fixed_is_not_changed_again(body in prop::collection::vec(
            prop_oneof![Just(b'\\'), Just(b'x'), Just(b'2'), Just(b'f'), Just(b'"'), any::<u8>()],
            0..40,
        )) {
            let once = mended(&body);
            prop_assert_eq!(mended(&once), once.clone());
            let without = body.windows(2).all(|pair| pair != br"\x");
            prop_assert!(!without || *once == *body);
        }

        #[test]
        fn json_reads_as_before(text in r#"([\\x27a"\PC]|\\x[0-9a-f]{2}){0,30}"#) {
            let json = serde_json::to_vec(&text).unwrap();
            let read: Value = serde_json::from_slice(&mended(&json)).unwrap();
            prop_assert_eq!(read, Value::String(text));
        }

        #[test]
        fn every_escape_becomes_its_character(
            before in "[a-z\\\\\"]{0,6}",
            character in any::<u8>(),
            after in "[0-9a-fx]{0,6}",
        ) {
            let (begin, end) = (Value::from(&*before).to_string(), &after);
            let begin = begin.strip_suffix('"').unwrap();
            let body = format!("{begin}\\x{character:02x}{end}\"");
            let read: String = serde_json::from_slice(&mended(body.as_bytes())).unwrap();
            prop_assert_eq!(read, format!("{before}{}{after}", char::from(character)));
        }
    }

    #[test]
    fn only_escapes_are_mended() {
        assert_eq!(&*mended(br#"{"a":"it\x27s"}"#), br#"{"a":"it\u0027s"}"#);
        assert_eq!(&*mended(br#"{"a":"C:\\x27"}"#), br#"{"a":"C:\\x27"}"#);
        for same in [&br#"{"a":"\xZZ"}"#[..], br"\x2", b"", br"\"] {
            assert_eq!(&*mended(same), same);
        }
    }
}
