//! Formats JSON text for terminals and programs, and escapes characters that could drive a terminal.
//!
//! It works on the text itself. Parsing it into values first would be several times slower, and numbers too long for a
//! machine type would lose digits.

use std::borrow::Cow;
use std::fmt::Write as _;

use memchr::memchr2;

use super::escape::is_unsafe;

const INDENT: &str = "  ";

/// Escapes unsafe characters, which JSON itself allows in strings; the value stays the same.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    if is_printable_ascii(text) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match is_unsafe(character) {
            true => {
                let _ = write!(safe, "\\u{:04x}", u32::from(character));
            }
            false => safe.push(character),
        }
    }
    Cow::Owned(safe)
}

/// Formats JSON on one line, with unsafe characters escaped as by [`harmless`].
pub(super) fn on_one_line(text: &str) -> Cow<'_, str> {
    match memchr2(b'\n', b'\r', text.as_bytes()) {
        None => harmless(text),
        // Line breaks are never part of a JSON string.
        Some(_) => Cow::Owned(harmless(&text.replace(['\n', '\r'], "")).into_owned()),
    }
}

/// Formats JSON over several lines, indented by two spaces per level, with unsafe characters escaped as
/// by [`harmless`].
///
/// `text` must be JSON.
pub(super) fn laid_out(text: &str) -> String {
    let mut out = String::with_capacity(2 * text.len());
    lay_out(text, 0, &mut out);
    out
}

/// Appends a value in the same format, nested `depth` levels deep; its first line is not indented.
pub(super) fn lay_out(text: &str, depth: usize, out: &mut String) {
    let outermost = depth;
    let mut depth = depth;
    let mut rest = text.trim_ascii_start();
    while let Some(&first) = rest.as_bytes().first() {
        let mut taken = 1;
        match first {
            b'{' | b'[' => {
                out.push(char::from(first));
                let inside = rest.get(1..).unwrap_or_default().trim_ascii_start();
                match inside.starts_with(['}', ']']) {
                    true => {
                        out.extend(inside.chars().next());
                        taken = rest.len() - inside.len() + 1;
                    }
                    false => {
                        depth += 1;
                        line(out, depth);
                    }
                }
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1).max(outermost);
                line(out, depth);
                out.push(char::from(first));
            }
            b',' => {
                out.push(',');
                line(out, depth);
            }
            b':' => out.push_str(": "),
            _ => {
                taken = match first {
                    b'"' => string_length(rest),
                    _ => scalar_length(rest),
                };
                out.push_str(&harmless(rest.get(..taken).unwrap_or(rest)));
            }
        }
        rest = rest.get(taken..).unwrap_or_default().trim_ascii_start();
    }
}

/// A line break, with enough indentation for most lines.
const LINE: &str = "\n                                ";

fn line(out: &mut String, depth: usize) {
    match LINE.get(..1 + INDENT.len() * depth) {
        Some(line) => out.push_str(line),
        None => {
            out.push('\n');
            (0..depth).for_each(|_| out.push_str(INDENT));
        }
    }
}

/// Returns the length of the string at the start of the text, quotes included.
fn string_length(text: &str) -> usize {
    let mut at = 1;
    while let Some(found) = text
        .as_bytes()
        .get(at..)
        .and_then(|rest| memchr2(b'"', b'\\', rest))
    {
        at += found;
        match text.as_bytes().get(at) {
            Some(b'"') => return at + 1,
            _ => at += 2,
        }
    }
    text.len()
}

/// Returns the length of the number, `true`, `false` or `null` at the start of the text.
fn scalar_length(text: &str) -> usize {
    let ends = |byte: u8| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace();
    text.bytes().position(ends).unwrap_or(text.len())
}

/// Returns whether the text is ASCII without control characters, as nearly all text is. Checks eight bytes at a time,
/// because everything that is printed as JSON passes through here.
fn is_printable_ascii(text: &str) -> bool {
    const EACH: u64 = 0x0101_0101_0101_0101;
    const HIGH_BITS: u64 = 0x80 * EACH;
    let mut chunks = text.as_bytes().chunks_exact(8);
    let words = chunks.by_ref().all(|chunk| {
        let word = chunk.try_into().map_or(HIGH_BITS, u64::from_ne_bytes);
        // Subtracting sets the high bit of a byte below the space, and of the delete character.
        let below_space = word.wrapping_sub(u64::from(b' ') * EACH);
        let delete = (word ^ (0x7f * EACH)).wrapping_sub(EACH);
        (word | below_space | delete) & HIGH_BITS == 0
    });
    words
        && chunks
            .remainder()
            .iter()
            .all(|byte| matches!(byte, b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn it_is_laid_out_as_serde_json_does_it() {
        let value = json!({
            "empty": [[], {}, "", null],
            "text": "a \" b \\ , { [ : \\\" end\\",
            "numbers": [-1, 2.5, 1e300],
            "deep": {"er": [{"a": true}, {"b": {}}]},
        });
        for text in [
            value.to_string(),
            format!("{value:#}"),
            format!(" {value}\n"),
        ] {
            assert_eq!(laid_out(&text), format!("{value:#}"));
            let mut within = "[\n  ".to_owned();
            lay_out(&text, 1, &mut within);
            assert_eq!(within + "\n]", format!("{:#}", json!([value])));
        }
        let deep = |inner: Value, _| json!({ "deeper": [inner] });
        let deep = (0..20).fold(json!(1), deep);
        assert_eq!(laid_out(&deep.to_string()), format!("{deep:#}"));
        for scalar in ["null", "12", "\"\"", "[]", "{ }", "[\n]"] {
            let value: Value = serde_json::from_str(scalar).unwrap();
            assert_eq!(laid_out(scalar), format!("{value:#}"));
        }
    }

    #[test]
    fn no_digit_is_lost() {
        let text = "[123456789012345678901234567890,1.10,-0.0]";
        let laid_out = laid_out(text);
        let lines: Vec<_> = laid_out.lines().map(str::trim).collect();
        assert_eq!(
            lines,
            ["[", "123456789012345678901234567890,", "1.10,", "-0.0", "]"]
        );
    }

    #[test]
    fn escaped_json_means_the_same() {
        let value = json!({"name": "a\u{1b}\u{9b}\u{202e}\u{7f}ä", "\u{202e}": [1]});
        for text in [
            harmless(&value.to_string()).into_owned(),
            laid_out(&value.to_string()),
        ] {
            assert!(text.chars().all(|c| c == '\n' || !is_unsafe(c)), "{text}");
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        }
    }

    #[test]
    fn printable_ascii_needs_no_escape() {
        for character in (0..=0x100).filter_map(char::from_u32) {
            for before in 0..=17 {
                let text = format!("{}{character}{}", " ".repeat(before), "~".repeat(9));
                let expected = matches!(character, ' '..='~');
                assert_eq!(is_printable_ascii(&text), expected, "{text:?}");
            }
        }
        assert!(is_printable_ascii(""));
    }

    #[test]
    fn text_that_is_not_json_is_left_alone() {
        for text in [
            "]",
            "}}",
            "\"a",
            "{",
            "a\u{1b}",
            ",",
            "ä",
            "\"\\ä",
            "\"\\\u{1b}\"",
        ] {
            assert!(laid_out(text).chars().all(|c| c == '\n' || !is_unsafe(c)));
        }
    }
}
