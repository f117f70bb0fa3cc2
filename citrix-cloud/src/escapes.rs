//! `\xNN` in a body that calls itself JSON.
//!
//! The walkthrough's own samples have it; JSON knows `\u00NN` only.

use std::borrow::Cow;

/// Writes every `\xNN` as JSON has it; borrowed when there is none.
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
            // Two at a time, so that the second of two backslashes begins nothing.
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
    use super::mended;

    #[test]
    fn only_escapes_are_mended() {
        assert_eq!(&*mended(br#"{"a":"it\x27s"}"#), br#"{"a":"it\u0027s"}"#);
        assert_eq!(&*mended(br#"{"a":"C:\\x27"}"#), br#"{"a":"C:\\x27"}"#);
        for same in [&br#"{"a":"\xZZ"}"#[..], br"\x2", b"", br"\"] {
            assert_eq!(&*mended(same), same);
        }
    }
}
