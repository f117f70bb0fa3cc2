//! Escapes text from the service for a terminal.

/// Escapes every character that could control a terminal.
pub(crate) fn escaped(text: &str) -> String {
    escaped_unless(text, |_| false)
}

/// Like [`escaped`], but keeps line breaks.
pub(super) fn escaped_lines(text: &str) -> String {
    escaped_unless(text, |character| character == '\n')
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

/// Returns whether it is a control character, or changes the direction of text.
pub(super) fn is_unsafe(character: char) -> bool {
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
}
