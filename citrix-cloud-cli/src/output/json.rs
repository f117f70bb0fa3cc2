//! JSON text for a terminal and for programs: laid out, harmless, and else as it came.
//!
//! Text is laid out as text. Reading it into values first would cost several times as much, and the
//! digits of numbers that no machine type holds.

use std::borrow::Cow;
use std::fmt::Write as _;

use super::escape::is_unsafe;

const INDENT: &str = "  ";

/// The text with the characters escaped that JSON itself lets through; it means the same.
pub(crate) fn harmless(text: &str) -> Cow<'_, str> {
    // Nearly all of it is plain ASCII, which needs no look at characters.
    if text.bytes().all(is_printable) {
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

/// The text on one line, and [`harmless`].
pub(super) fn on_one_line(text: &str) -> String {
    // A string has no line breaks in it.
    harmless(&text.replace(['\n', '\r'], "")).into_owned()
}

/// The text over several lines, two spaces for each level, and [`harmless`].
///
/// `text` has to be JSON.
pub(super) fn laid_out(text: &str) -> String {
    let mut out = String::with_capacity(2 * text.len());
    lay_out(text, 0, &mut out);
    out
}

/// Adds the same for a value that is `depth` levels within others; its first line is not indented.
pub(super) fn lay_out(text: &str, depth: usize, out: &mut String) {
    let outermost = depth;
    let mut depth = depth;
    let mut rest = text.trim_ascii_start();
    while let Some(&first) = rest.as_bytes().first() {
        let mut taken = 1;
        match first {
            b'"' => {
                let (length, is_plain) = string(rest);
                taken = length;
                token(rest.get(..taken).unwrap_or(rest), is_plain, out);
            }
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
                let ends =
                    |byte: u8| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace();
                taken = rest.bytes().position(ends).unwrap_or(rest.len());
                token(rest.get(..taken).unwrap_or(rest), false, out);
            }
        }
        rest = rest.get(taken..).unwrap_or_default().trim_ascii_start();
    }
}

fn token(text: &str, is_plain: bool, out: &mut String) {
    match is_plain {
        true => out.push_str(text),
        false => out.push_str(&harmless(text)),
    }
}

/// A line break, and the indentation of most lines that there are.
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

/// The length of the string that the text begins with, quotes included, and whether nothing in it can be
/// unsafe.
fn string(text: &str) -> (usize, bool) {
    let mut is_plain = true;
    let mut bytes = text.bytes().enumerate().skip(1);
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return (at + 1, is_plain),
            b'\\' => is_plain &= bytes.next().is_none_or(|(_, byte)| is_printable(byte)),
            byte => is_plain &= is_printable(byte),
        }
    }
    (text.len(), is_plain)
}

/// Whether it is an ASCII character that is not a control character.
fn is_printable(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
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
    fn what_is_no_json_does_no_harm() {
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
