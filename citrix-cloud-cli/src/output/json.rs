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
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
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
    laid_out_within(text, 0)
}

/// The same for a value that is `depth` levels within others; its first line is not indented.
pub(super) fn laid_out_within(text: &str, depth: usize) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 2);
    let outermost = depth;
    let mut depth = depth;
    let mut rest = text.trim_ascii_start();
    while let Some(first) = rest.chars().next() {
        let mut taken = first.len_utf8();
        match first {
            '"' => {
                taken = string(rest);
                out.push_str(&harmless(rest.get(..taken).unwrap_or(rest)));
            }
            '{' | '[' => {
                out.push(first);
                let inside = rest.get(taken..).unwrap_or_default().trim_ascii_start();
                match inside.starts_with(['}', ']']) {
                    true => {
                        out.extend(inside.chars().next());
                        taken = rest.len() - inside.len() + 1;
                    }
                    false => {
                        depth += 1;
                        line(&mut out, depth);
                    }
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1).max(outermost);
                line(&mut out, depth);
                out.push(first);
            }
            ',' => {
                out.push(first);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            _ => {
                let ends =
                    |byte: u8| matches!(byte, b',' | b'}' | b']') || byte.is_ascii_whitespace();
                taken = rest.bytes().position(ends).unwrap_or(rest.len());
                out.push_str(&harmless(rest.get(..taken).unwrap_or(rest)));
            }
        }
        rest = rest.get(taken..).unwrap_or_default().trim_ascii_start();
    }
    out
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    for _ in 0..depth {
        out.push_str(INDENT);
    }
}

/// The length of the string that the text begins with, quotes included.
fn string(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
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
            assert_eq!(
                format!("[\n  {}\n]", laid_out_within(&text, 1)),
                format!("{:#}", json!([value]))
            );
        }
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
        for text in ["]", "}}", "\"a", "{", "a\u{1b}", ","] {
            assert!(laid_out(text).chars().all(|c| c == '\n' || !is_unsafe(c)));
        }
    }
}
