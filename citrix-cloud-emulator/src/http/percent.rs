//! Percent-encoding of path segments and forms.

use percent_encoding::percent_decode_str;

/// Decodes a path segment; an invalid escape stays as it is.
pub(super) fn decode_segment(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Decodes a name or a value of a form or query, in which a plus sign stands for a space.
pub(crate) fn decode_form(text: &str) -> String {
    decode_segment(&text.replace('+', " "))
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
