//! Percent-encoding of what stands in paths, queries and forms.

/// Appends one path segment. `DOMAIN\NAME` is written `DOMAIN|NAME`, as Citrix DaaS wants it.
pub(super) fn segment(to: &mut String, value: &str) {
    encoded(to, value, |to, byte| match byte {
        b'-' | b'_' | b'.' | b'~' => to.push(char::from(byte)),
        b'\\' => percent(to, b'|'),
        byte => percent(to, byte),
    });
}

/// Appends a name or a value of a query, percent-encoded as operations do it.
pub fn query(to: &mut String, value: &str) {
    encoded(to, value, |to, byte| match byte {
        b'-' | b'_' | b'.' | b'*' => to.push(char::from(byte)),
        byte => percent(to, byte),
    });
}

/// Appends a name or a value of a form, where a space is a plus sign.
pub(super) fn form(to: &mut String, value: &str) {
    encoded(to, value, |to, byte| match byte {
        b' ' => to.push('+'),
        b'-' | b'_' | b'.' | b'*' => to.push(char::from(byte)),
        byte => percent(to, byte),
    });
}

fn encoded(to: &mut String, value: &str, special: impl Fn(&mut String, u8)) {
    to.reserve(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() {
            to.push(char::from(byte));
        } else {
            special(to, byte);
        }
    }
}

fn percent(to: &mut String, byte: u8) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    to.push('%');
    to.push(char::from(DIGITS[usize::from(byte >> 4)]));
    to.push(char::from(DIGITS[usize::from(byte & 15)]));
}
