//! Repairs lines that are not valid YAML.
//!
//! Unquoted text is not valid YAML if it contains a colon followed by a space, or begins with a
//! reserved character: `description: Note: ...`, `*/*:`, `[Preview] ...`. Tabs must not indent. The
//! parser names a line, and that line, or one just above, is quoted.

use std::collections::BTreeSet;

/// The most lines that are repaired; a text with more errors has another format.
const MOST: usize = 200;

/// How many lines above the reported one may be the cause.
const ABOVE: usize = 3;

/// Keys whose values are sentences.
const TEXTS: [&str; 4] = ["description", "summary", "title", "example"];

/// A text that is repaired line by line.
pub(super) struct Mending {
    lines: Vec<String>,
    text: String,
    tried: BTreeSet<usize>,
    cleaned: bool,
    /// The repairs, by line.
    pub(super) notes: Vec<String>,
}

impl Mending {
    pub(super) fn new(text: String) -> Self {
        Self {
            lines: text.lines().map(str::to_owned).collect(),
            text,
            tried: BTreeSet::new(),
            cleaned: false,
            notes: Vec::new(),
        }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Repairs the cause of a parser error; returns false if there is nothing left to try.
    pub(super) fn line(&mut self, named: Option<u64>) -> bool {
        if !std::mem::replace(&mut self.cleaned, true) && self.clean() {
            return true;
        }
        let Some(named) = named.and_then(|line| usize::try_from(line).ok()) else {
            return false;
        };
        let filled = |index: &usize| self.lines.get(*index).is_some_and(|line| !blank(line));
        let candidates: Vec<usize> = (0..named)
            .rev()
            .filter(filled)
            .take(ABOVE + 1)
            .filter(|index| !self.tried.contains(index))
            .collect();
        for index in candidates {
            self.tried.insert(index);
            if self.tried.len() > MOST {
                return false;
            }
            if self.quote(index) {
                self.text = self.lines.join("\n");
                return true;
            }
        }
        false
    }

    /// Replaces tabs in indentation by spaces, and removes control characters.
    fn clean(&mut self) -> bool {
        let (mut tabs, mut odd) = (None, None);
        for (index, line) in self.lines.iter_mut().enumerate() {
            let body = line.trim_start_matches([' ', '\t']);
            let indent = &line[..line.len() - body.len()];
            if indent.contains('\t') {
                tabs.get_or_insert(index + 1);
                *line = format!("{}{body}", indent.replace('\t', "  "));
            }
            let shown = |c: char| !c.is_control() || c == '\t';
            if !line.chars().all(shown) {
                odd.get_or_insert(index + 1);
                line.retain(shown);
            }
        }
        let tabs = tabs.map(|line| format!("line {line}: tabs that indent count as two spaces"));
        let odd = odd.map(|line| format!("line {line}: control characters are left out"));
        let before = self.notes.len();
        self.notes.extend(tabs.into_iter().chain(odd));
        let any = self.notes.len() > before;
        if any {
            self.text = self.lines.join("\n");
        }
        any
    }

    /// Quotes the key and value of a line if they need it.
    fn quote(&mut self, index: usize) -> bool {
        let Some(line) = Line::of(&self.lines[index]) else {
            return false;
        };
        let mut value = line.value.to_owned();
        let mut last = index;
        // Deeper lines below other keys may just as well be keys at the wrong depth.
        let text = needs_quotes(&value) || TEXTS.contains(&line.key);
        if text && !value.is_empty() && !value.starts_with(['|', '>']) {
            // All deeper lines belong to the key's text.
            while let Some(next) = self.lines.get(last + 1)
                && (blank(next) || indent(next) > line.column)
            {
                last += 1;
                if !blank(next) {
                    value.push(' ');
                    value.push_str(next.trim());
                }
            }
        }
        let (odd_key, odd_value) = (starts_oddly(line.key), needs_quotes(&value));
        if !odd_key && !odd_value {
            return false;
        }
        let key = quoted_if(odd_key, line.key);
        let mended = format!("{}{key}: {}", line.before, quoted_if(odd_value, &value));
        self.notes.push(format!(
            "line {}: `{}` needs quotes, read as if it had them",
            index + 1,
            if odd_value { &value } else { line.key }
        ));
        if odd_value {
            self.lines[index + 1..=last]
                .iter_mut()
                .for_each(String::clear);
            self.lines[index] = mended;
        } else {
            self.lines[index] = format!("{}{key}: {}", line.before, line.value);
        }
        true
    }
}

/// One line with a key.
struct Line<'a> {
    /// Indentation and dashes.
    before: &'a str,
    key: &'a str,
    value: &'a str,
    /// Where the key begins.
    column: usize,
}

impl<'a> Line<'a> {
    fn of(line: &'a str) -> Option<Self> {
        let mut column = indent(line);
        while line[column..].starts_with("- ") {
            column += 2;
            column += indent(&line[column..]);
        }
        let (before, body) = line.split_at(column);
        let quote = body.chars().next().filter(|c| ['"', '\''].contains(c));
        let from = match quote {
            Some(quote) => body[1..].find(quote)? + 2,
            None => 0,
        };
        let mut ends = body[from..].match_indices(':').map(|(at, _)| from + at);
        let end = ends.find(|at| matches!(body[at + 1..].chars().next(), None | Some(' ')))?;
        let (key, value) = (&body[..end], body[end + 1..].trim());
        (!key.is_empty() && !key.starts_with('#')).then_some(Self {
            before,
            key,
            value,
            column,
        })
    }
}

fn blank(line: &str) -> bool {
    line.trim().is_empty()
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Returns whether YAML reserves the first character.
fn starts_oddly(text: &str) -> bool {
    text.starts_with(['@', '`', '%', '*', '&', '!', '|', '>', ']', '}', ','])
}

fn needs_quotes(value: &str) -> bool {
    let closes = |end: char| value.len() > 1 && value.ends_with(end);
    let first = value.chars().next().unwrap_or(' ');
    match first {
        '"' => !closes(first) || value[1..value.len() - 1].replace("\\\"", "").contains('"'),
        '\'' => !closes(first) || value[1..value.len() - 1].replace("''", "").contains('\''),
        '[' => value.contains(']') && !closes(']'),
        '{' => value.contains('}') && !closes('}'),
        '|' | '>' => value.chars().nth(1).is_some_and(char::is_alphanumeric),
        _ => {
            starts_oddly(value)
                || value.contains(": ")
                || value.ends_with(':')
                || value.contains('\t')
        }
    }
}

fn quoted_if(needed: bool, text: &str) -> String {
    if needed {
        format!("'{}'", text.replace('\'', "''"))
    } else {
        text.to_owned()
    }
}
