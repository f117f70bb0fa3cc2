//! Removes shell quotes from the typed word, and adds them to names.

/// Characters that are special in a shell.
const SPECIAL: &str = " \t'\"\\$`!&;|<>(){}[]*?#~^";

/// The word before the cursor.
#[derive(Debug)]
pub(super) struct Typed {
    text: String,
    /// Whether names need escapes; only bash inserts them unchanged.
    escaped: bool,
}

impl Typed {
    /// Parses the word from a shell: bash passes it as typed, other shells without quotes.
    pub(super) fn of(word: &str, shell: Option<&str>) -> Self {
        let bash = shell == Some("bash");
        // After an open quote, bash continues inside the quotes.
        let quoted = bash && word.starts_with(['"', '\'']);
        let text = match (bash, quoted) {
            (false, _) => word.to_owned(),
            (true, true) => word[1..].to_owned(),
            (true, false) => {
                let mut text = String::new();
                let mut rest = word.chars();
                while let Some(next) = rest.next() {
                    text.extend(if next == '\\' {
                        rest.next()
                    } else {
                        Some(next)
                    });
                }
                text
            }
        };
        Self {
            text,
            escaped: bash && !quoted,
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Returns a name as it must appear in the line.
    pub(super) fn quoted(&self, name: &str) -> String {
        if !self.escaped {
            return name.to_owned();
        }
        let mut quoted = String::new();
        for next in name.chars() {
            if SPECIAL.contains(next) {
                quoted.push('\\');
            }
            quoted.push(next);
        }
        quoted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bash_gets_escapes_and_the_others_do_not() {
        for (word, shell, text, name) in [
            ("Po", Some("bash"), "Po", r"Pool\ \(east\)"),
            (r"Pool\ (e", Some("bash"), "Pool (e", r"Pool\ \(east\)"),
            ("\"Pool (", Some("bash"), "Pool (", "Pool (east)"),
            ("Pool (", Some("fish"), "Pool (", "Pool (east)"),
            ("Pool (", None, "Pool (", "Pool (east)"),
        ] {
            let typed = Typed::of(word, shell);
            assert_eq!(typed.text(), text, "{word}");
            assert_eq!(typed.quoted("Pool (east)"), name, "{word}");
        }
        assert_eq!(Typed::of(r"CORP\\V", Some("bash")).text(), r"CORP\V");
    }
}
