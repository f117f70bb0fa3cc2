//! Percent-encoding of path segments and forms.

/// Decodes a path segment; what is not a valid escape stays as it is.
pub(super) fn decode_segment(text: &str) -> String {
    decode(text, false)
}

/// Decodes a name or a value of a form or a query, where a plus sign stands for a space.
pub(crate) fn decode_form(text: &str) -> String {
    decode(text, true)
}

fn decode(text: &str, plus_is_space: bool) -> String {
    let mut decoded = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        match (first, after) {
            (b'%', [high, low, after @ ..]) => match (nibble(*high), nibble(*low)) {
                (Some(high), Some(low)) => {
                    decoded.push(high << 4 | low);
                    rest = after;
                }
                _ => decoded.push(first),
            },
            (b'+', _) if plus_is_space => decoded.push(b' '),
            _ => decoded.push(first),
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_and_broken_ones_left_alone() {
        assert_eq!(decode_segment("DEMOLAB%7CEAGLE+1"), "DEMOLAB|EAGLE+1");
        assert_eq!(decode_segment("100%"), "100%");
        assert_eq!(decode_segment("%zz%2"), "%zz%2");
        assert_eq!(decode_segment("%ff"), "\u{fffd}");
        assert_eq!(decode_form("a+b%2Bc"), "a b+c");
    }
}
