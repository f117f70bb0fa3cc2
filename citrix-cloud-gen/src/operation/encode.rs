//! Percent-encoding of what stands in paths, queries and forms.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What of a path segment is encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');
/// What of a query is encoded.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'*');
/// What of a form is encoded; spaces become plus signs.
const FORM: &AsciiSet = &QUERY.remove(b' ');

/// Appends one path segment. `DOMAIN\NAME` is written `DOMAIN|NAME`, as Citrix DaaS wants it.
pub(super) fn segment(to: &mut String, value: &str) {
    to.extend(utf8_percent_encode(&value.replace('\\', "|"), SEGMENT));
}

/// Appends a name or a value of a query, percent-encoded as operations do it.
pub fn query(to: &mut String, value: &str) {
    to.extend(utf8_percent_encode(value, QUERY));
}

/// Appends a name or a value of a form, where a space is a plus sign.
pub(super) fn form(to: &mut String, value: &str) {
    to.extend(utf8_percent_encode(value, FORM).map(|piece| piece.replace(' ', "+")));
}
