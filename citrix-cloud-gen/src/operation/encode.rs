//! Percent-encoding for paths, queries and forms.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// The characters to encode in a path segment.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');
/// The characters to encode in a query.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'*');
/// The characters to encode in a form; spaces become plus signs.
const FORM: &AsciiSet = &QUERY.remove(b' ');

/// Appends one path segment. `DOMAIN\NAME` is written `DOMAIN|NAME`, as Citrix DaaS requires.
pub(super) fn segment(to: &mut String, value: &str) {
    to.extend(utf8_percent_encode(&value.replace('\\', "|"), SEGMENT));
}

/// Appends a name or value to a query, percent-encoded like the parameters of operations.
pub fn query(to: &mut String, value: &str) {
    to.extend(utf8_percent_encode(value, QUERY));
}

/// Appends a name or value to a form, in which a space is a plus sign.
pub(super) fn form(to: &mut String, value: &str) {
    to.extend(utf8_percent_encode(value, FORM).map(|piece| piece.replace(' ', "+")));
}
