//! The text form: `PowerState = Off and (Name like 'W*' or not SessionCount > 0)`.

use std::str::FromStr;

use super::{Comparison, Filter, Node, Property};
use crate::Error;

/// How deeply brackets may be nested.
const DEPTH: usize = 32;

/// The symbol or word for each comparison.
const COMPARISONS: [(&str, Comparison, bool); 10] = [
    ("=", Comparison::Equals, false),
    ("!=", Comparison::Equals, true),
    ("<=", Comparison::AtMost, false),
    ("<", Comparison::LessThan, false),
    (">=", Comparison::AtLeast, false),
    (">", Comparison::GreaterThan, false),
    ("like", Comparison::Like, false),
    ("contains", Comparison::Contains, false),
    ("startswith", Comparison::StartsWith, false),
    ("endswith", Comparison::EndsWith, false),
];

impl<P: Property> FromStr for Filter<P> {
    type Err = Error;

    /// Parses comparisons joined by `and` and `or`, where `and` binds more tightly, with `not` and
    /// brackets: `PowerState = Off and (Name like 'W*' or not SessionCount > 0)`.
    ///
    /// Comparisons are `=`, `!=`, `<`, `<=`, `>`, `>=`, `like`, `contains`, `startswith` and
    /// `endswith`. A value with spaces or brackets must be quoted; a quote inside quotes is written
    /// twice.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) with the position of the mistake, or the name
    /// of a property that the search does not have.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut reader = Reader { text, rest: text };
        let node = reader.any::<P>(DEPTH)?;
        match reader.word() {
            None => Ok(Self(node)),
            Some(word) => Err(reader.wrong(&format!("`{word}` after the end of the filter"))),
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn wrong(&self, words: &str) -> Error {
        let at = self.text.len() - self.rest.len();
        Error::input(format!(
            "filter: {words} (before position {at} of `{}`)",
            self.text
        ))
    }

    fn any<P: Property>(&mut self, depth: usize) -> Result<Node<P>, Error> {
        let mut nodes = vec![self.all(depth)?];
        while self.take("or") {
            nodes.push(self.all(depth)?);
        }
        Ok(match nodes.pop() {
            Some(only) if nodes.is_empty() => only,
            last => Node::Any(nodes.into_iter().chain(last).collect()),
        })
    }

    fn all<P: Property>(&mut self, depth: usize) -> Result<Node<P>, Error> {
        let mut nodes = vec![self.one(depth)?];
        while self.take("and") {
            nodes.push(self.one(depth)?);
        }
        Ok(match nodes.pop() {
            Some(only) if nodes.is_empty() => only,
            last => Node::All(nodes.into_iter().chain(last).collect()),
        })
    }

    fn one<P: Property>(&mut self, depth: usize) -> Result<Node<P>, Error> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(self.wrong("brackets are nested too deeply"));
        };
        if self.take("not") {
            return self.one(depth).map(Node::negated);
        }
        if self.take("(") {
            let node = self.any(depth)?;
            return match self.take(")") {
                true => Ok(node),
                false => Err(self.wrong("a `)` is missing")),
            };
        }
        let property = self.property::<P>()?;
        let word = self.word().unwrap_or_default();
        let compared = COMPARISONS
            .iter()
            .find(|(name, ..)| name.eq_ignore_ascii_case(word));
        let Some((_, comparison, negated)) = compared else {
            let names = COMPARISONS.map(|(name, ..)| name).join(", ");
            return Err(self.wrong(&format!("`{word}` is not a comparison; use one of {names}")));
        };
        let value = self.value()?;
        let Filter(node) = property.compared(*comparison, value);
        Ok(match negated {
            true => node.negated(),
            false => node,
        })
    }

    fn property<P: Property>(&mut self) -> Result<P, Error> {
        let Some(word) = self.word() else {
            return Err(self.wrong("a property is missing"));
        };
        let mut names = P::NAMES.iter();
        match names.find(|name| name.eq_ignore_ascii_case(word)) {
            Some(name) => Ok(P::from(name)),
            None => Err(self.wrong(&format!(
                "`{word}` is not a property of this search; it has {}",
                P::NAMES.join(", ")
            ))),
        }
    }

    fn value(&mut self) -> Result<String, Error> {
        let rest = self.rest.trim_start();
        let quote = rest.chars().next().filter(|it| matches!(it, '\'' | '"'));
        let Some(quote) = quote else {
            return match self.word() {
                Some(word) => Ok(word.to_owned()),
                None => Err(self.wrong("a value is missing")),
            };
        };
        let mut value = String::new();
        let mut letters = rest.char_indices().skip(1).peekable();
        while let Some((at, letter)) = letters.next() {
            if letter != quote {
                value.push(letter);
            } else if letters.next_if(|(_, next)| *next == quote).is_some() {
                value.push(quote);
            } else {
                self.rest = &rest[at + letter.len_utf8()..];
                return Ok(value);
            }
        }
        Err(self.wrong("a quote has no end"))
    }

    /// Consumes a word if it comes next.
    fn take(&mut self, wanted: &str) -> bool {
        let before = self.rest;
        let found = self
            .word()
            .is_some_and(|it| it.eq_ignore_ascii_case(wanted));
        if !found {
            self.rest = before;
        }
        found
    }

    /// Returns the next word: characters up to a space, a bracket or an operator, or the operator
    /// itself.
    fn word(&mut self) -> Option<&'a str> {
        let rest = self.rest.trim_start();
        let first = rest.chars().next()?;
        let sign = |letter: char| matches!(letter, '=' | '!' | '<' | '>');
        let bracket = |letter: char| matches!(letter, '(' | ')');
        let end = match first {
            first if bracket(first) => Some(first.len_utf8()),
            first if sign(first) => rest.find(|it| !sign(it)),
            _ => rest.find(|it: char| it.is_whitespace() || sign(it) || bracket(it)),
        };
        let (word, rest) = rest.split_at(end.unwrap_or(rest.len()));
        self.rest = rest;
        Some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::MachineProperty as By;

    fn read(text: &str) -> Filter<By> {
        text.parse()
            .unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn and_binds_closer_than_or() {
        let off = || By::PowerState.equals("Off");
        let named = || By::DnsName.like("W *");
        let idle = || By::SessionCount.equals("0");
        assert_eq!(
            read("powerstate=Off AND DnsName like 'W *' or SessionCount = 0"),
            off().and(named()).or(idle()),
        );
        assert_eq!(
            read("PowerState = Off and (DnsName LIKE \"W *\" or SessionCount=0)"),
            off().and(named().or(idle())),
        );
        assert_eq!(
            read("not (PowerState = Off or SessionCount > 3)"),
            (!off()).and(!By::SessionCount.greater_than("3")),
        );
        assert_eq!(
            read("UserName = 'O''Neill'"),
            By::UserName.equals("O'Neill"),
        );
        assert_eq!(read("PowerState != Off"), !off());
    }

    #[test]
    fn unreadable_text_is_named_with_its_position() {
        let deep = "(".repeat(DEPTH + 1);
        for (text, words) in [
            ("", "a property is missing"),
            ("Powerstate", "`` is not a comparison"),
            (
                "Power = Off",
                "`Power` is not a property of this search; it has AgentVersion",
            ),
            (
                "PowerState is Off",
                "`is` is not a comparison; use one of =, !=",
            ),
            ("PowerState =", "a value is missing"),
            ("PowerState = 'Off", "a quote has no end"),
            ("(PowerState = Off", "a `)` is missing"),
            (
                "PowerState = Off SessionCount",
                "after the end of the filter",
            ),
            (deep.as_str(), "nested too deep"),
        ] {
            let error = text.parse::<Filter<By>>().unwrap_err().to_string();
            assert!(error.contains(words), "{text}: {error}");
        }
    }
}
