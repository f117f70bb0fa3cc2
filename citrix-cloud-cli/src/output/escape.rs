//! Text from the service, made harmless for a terminal.

use std::borrow::Cow;
use std::fmt::Write as _;

/// The text with every character that could drive a terminal written as an escape.
pub(crate) fn escaped(text: &str) -> String {
    escaped_unless(text, |_| false)
}

/// As [`escaped`], but line breaks stay.
pub(crate) fn escaped_lines(text: &str) -> String {
    escaped_unless(text, |character| character == '\n')
}

/// JSON text with the characters escaped that JSON itself lets through; it means the same.
pub(crate) fn json(text: &str) -> Cow<'_, str> {
    // Nearly all of it is plain ASCII, which needs no look at characters.
    let plain = |byte: u8| matches!(byte, b'\n' | b' '..=b'~');
    if text.bytes().all(plain) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' => safe.push('\n'),
            character if is_unsafe(character) => {
                let _ = write!(safe, "\\u{:04x}", u32::from(character));
            }
            character => safe.push(character),
        }
    }
    Cow::Owned(safe)
}

fn escaped_unless(text: &str, keep: impl Fn(char) -> bool) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match is_unsafe(character) && !keep(character) {
            true => safe.extend(character.escape_default()),
            false => safe.push(character),
        }
    }
    safe
}

/// Control characters, and those that change the direction of what follows.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_drive_the_terminal() {
        assert_eq!(
            escaped("\u{1b}[31mred\u{7}\r\n\u{9b}2J\u{202e}"),
            r"\u{1b}[31mred\u{7}\r\n\u{9b}2J\u{202e}"
        );
        assert_eq!(escaped(r"DEMOLAB\EAGLE äß"), r"DEMOLAB\EAGLE äß");
        assert_eq!(escaped_lines("a\nb\t"), "a\nb\\t");
    }

    #[test]
    fn escaped_json_means_the_same() {
        let value = serde_json::json!({"name": "a\u{1b}\u{9b}\u{202e}\u{7f}ä"});
        let pretty = format!("{value:#}");
        let text = json(&pretty);
        assert!(text.chars().all(|c| c == '\n' || !is_unsafe(c)), "{text}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).unwrap(),
            value
        );
    }
}
