//! Splits a message into its parts.
//!
//! This program's own messages have clauses separated by `; `: the problem, what to do, and at the end that nothing was
//! changed, if that is so.

/// The start of the clause about what was not done.
const NOTHING: &str = "nothing was ";

/// A message in parts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Clauses {
    pub(super) what: String,
    pub(super) hint: Option<String>,
}

impl Clauses {
    pub(super) fn of(text: &str) -> Self {
        let one_line = text.lines().map(str::trim).collect::<Vec<_>>().join("; ");
        let mut clauses = split(&one_line).into_iter();
        let mut what = clauses.next().unwrap_or_default().to_owned();
        let (nothing, rest): (Vec<&str>, Vec<&str>) =
            clauses.partition(|clause| clause.starts_with(NOTHING));
        for clause in nothing {
            what = format!("{what}; {clause}");
        }
        let hint = (!rest.is_empty()).then(|| rest.join("; "));
        Self { what, hint }
    }
}

/// Splits at `; `, except within quotes.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut from, mut quoted) = (Vec::new(), 0, false);
    for (at, character) in text.char_indices() {
        match character {
            '`' => quoted = !quoted,
            ';' if !quoted && text[at..].starts_with("; ") => {
                parts.push(&text[from..at]);
                from = at + 2;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_names_the_problem_and_what_to_do() {
        for (text, what, hint) in [
            ("", "", None),
            ("alone", "alone", None),
            (
                "no `a; b`; did you mean c?",
                "no `a; b`",
                Some("did you mean c?"),
            ),
            (
                "bad; give --y; nothing was sent",
                "bad; nothing was sent",
                Some("give --y"),
            ),
            ("bad; one; two", "bad", Some("one; two")),
            ("bad\nnothing was saved", "bad; nothing was saved", None),
            ("x;y", "x;y", None),
        ] {
            let expected = Clauses {
                what: what.to_owned(),
                hint: hint.map(str::to_owned),
            };
            assert_eq!(Clauses::of(text), expected, "{text}");
        }
    }
}
