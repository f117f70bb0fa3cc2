//! Masks secrets in text that does not parse: truncated JSON, XML, headers, forms inside other text, prose.
//!
//! When in doubt, it masks too much rather than too little.

use base64::Engine;
use base64::prelude::BASE64_STANDARD_NO_PAD;

use super::MASK;
use crate::http::decode_form;
use crate::secrets::is_secret_name;

/// Masks the secrets in a text; returns `None` if there are none.
pub(super) fn masked(text: &str) -> Option<String> {
    Scanner::new(text, false).run()
}

/// Masks the secrets in a fragment of JSON, in which the name before a `Value` may have been cut off.
pub(super) fn masked_fragment(text: &str) -> Option<String> {
    Scanner::new(text, true).run()
}

struct Scanner<'a> {
    text: &'a str,
    fragment: bool,
    /// Whether the last `Name` named a secret, as long as its `Value` may follow.
    named: Option<bool>,
    masked: String,
    /// How much of the text has been copied to `masked`.
    copied: usize,
}

impl<'a> Scanner<'a> {
    fn new(text: &'a str, fragment: bool) -> Self {
        Self {
            text,
            fragment,
            named: None,
            masked: String::new(),
            copied: 0,
        }
    }

    fn run(mut self) -> Option<String> {
        let mut at = 0;
        while let Some(next) = self.rest(at).chars().next() {
            at = match next {
                '{' | '<' => {
                    self.named = None;
                    at + 1
                }
                _ if is_word(next) => self.word(at),
                '\\' if is_escape(self.rest(at).trim_start_matches('\\')) => self.word(at),
                _ => at + next.len_utf8(),
            };
        }
        if self.copied == 0 {
            return None;
        }
        self.masked.push_str(self.rest(self.copied));
        Some(self.masked)
    }

    /// Examines a word, and returns where to continue.
    fn word(&mut self, start: usize) -> usize {
        let end = self.end_of_word(start);
        let word = decoded(&self.text[start..end]);
        if let Some(end) = self.credentials(&word, end) {
            return end;
        }
        let Some(separator) = self.separator(start, end) else {
            return end;
        };
        let lower = word.to_ascii_lowercase();
        if ["name", "key", "header", "property"].contains(&lower.as_str()) {
            let (begin, _) = self.opening(separator);
            let name = decoded(&self.text[begin..self.end_of_word(begin)]);
            self.named = Some(is_secret_name(&name));
            return end;
        }
        let secret = match lower.as_str() {
            "value" | "values" => self.named.unwrap_or(self.fragment),
            _ => is_secret_name(&word),
        };
        if secret { self.value(separator) } else { end }
    }

    /// Masks the credentials after the name of an authentication scheme.
    fn credentials(&mut self, scheme: &str, end: usize) -> Option<usize> {
        let lower = scheme.to_ascii_lowercase();
        let bearer = lower == "bearer";
        if !bearer && lower != "basic" {
            return None;
        }
        let rest = self.rest(end);
        let gap = rest.len() - rest.trim_start_matches([' ', '\t', '=', '+', ':']).len();
        let start = end + gap;
        let token = |it: char| it.is_ascii_alphanumeric() || "-._~+/=%$|:".contains(it);
        let length = self
            .rest(start)
            .find(|it| !token(it))
            .unwrap_or(self.rest(start).len());
        let found = self.text.get(start..start + length)?;
        let prose = [
            "token",
            "tokens",
            "authentication",
            "auth",
            "scheme",
            "error",
            "is",
            "or",
        ];
        let secret = if bearer {
            !prose.contains(&found.to_ascii_lowercase().as_str())
        } else {
            user_and_password(found)
        };
        (gap > 0 && length > 0 && secret).then(|| self.replace(start, start + length))
    }

    /// Finds the start of the value after a name: after a colon, an equals sign, the end of a tag, a comma in a list,
    /// or an empty line in a multipart form.
    fn separator(&self, start: usize, end: usize) -> Option<usize> {
        let rest = self.rest(end);
        let bare = rest.trim_start_matches(['\\', '"', '\'']);
        let quoted = bare.len() < rest.len();
        if quoted && (bare.starts_with("\r\n\r\n") || bare.starts_with("\n\n")) {
            return Some(self.text.len() - bare.trim_start().len());
        }
        let trimmed = bare.trim_start();
        let found = trimmed
            .strip_prefix([':', '='])
            .or_else(|| trimmed.strip_prefix('>'));
        let before = self.text[..start].trim_end_matches(['\\', '"', '\'']);
        let listed = quoted && before.trim_end().ends_with(['[', ',', '(']);
        let found = found.or_else(|| trimmed.strip_prefix(',').filter(|_| listed))?;
        // Lines of `Key => value`.
        let found = found.strip_prefix('>').unwrap_or(found);
        Some(self.text.len() - found.len())
    }

    /// Skips white space and an opening quote, and counts the backslashes before that quote.
    fn opening(&self, at: usize) -> (usize, Option<(char, usize)>) {
        let start = self.text.len() - self.rest(at).trim_start().len();
        let slashes = self
            .rest(start)
            .bytes()
            .take_while(|it| *it == b'\\')
            .count();
        match self.rest(start + slashes).chars().next() {
            Some(quote @ ('"' | '\'')) => (start + slashes + 1, Some((quote, slashes))),
            _ => (start, None),
        }
    }

    /// Masks a value, and returns where to continue.
    fn value(&mut self, at: usize) -> usize {
        let (start, quote) = self.opening(at);
        let end = match quote {
            Some((quote, slashes)) => self.end_of_quote(start, quote, slashes),
            None => self.end_of_bare(start, at),
        };
        let found = &self.text[start..end];
        if found.trim().is_empty() {
            return end;
        }
        let literals = ["null", "true", "false"].into_iter();
        let mut literals = literals.filter(|it| quote.is_none() && found.starts_with(it));
        if let Some(literal) = literals.next()
            && !found[literal.len()..].starts_with(is_word)
        {
            return start + literal.len();
        }
        self.replace(start, end)
    }

    /// A quote inside the value has more backslashes before it than the opening quote.
    fn end_of_quote(&self, start: usize, quote: char, slashes: usize) -> usize {
        let mut run = 0;
        for (offset, next) in self.rest(start).char_indices() {
            match next {
                '\\' => run += 1,
                _ if next == quote && run % (2 * (slashes + 1)) == slashes => {
                    return start + offset - slashes;
                }
                _ => run = 0,
            }
        }
        self.text.len()
    }

    fn end_of_bare(&self, start: usize, separator: usize) -> usize {
        let rest = self.rest(start);
        if rest.starts_with(['{', '[']) {
            return start + bracketed(rest);
        }
        let assigned = self.text[..separator].ends_with('=');
        let tag = self.text[..separator].ends_with('>');
        let ends = |it: char| match it {
            '\n' | '"' => true,
            '<' => tag || assigned,
            '&' => assigned,
            '}' | ']' => !assigned && !tag,
            _ => false,
        };
        start + rest.find(ends).unwrap_or(rest.len())
    }

    fn end_of_word(&self, start: usize) -> usize {
        let rest = self.rest(start);
        let mut escaped = 0;
        for (offset, next) in rest.char_indices() {
            if escaped > 0 {
                escaped -= 1;
                continue;
            }
            let slashes = rest[offset..].bytes().take_while(|it| *it == b'\\').count();
            if slashes > 0 && is_escape(&rest[offset + slashes..]) {
                // Skips the remaining backslashes, the letter and four digits.
                escaped = slashes - 1 + 5;
            } else if !is_word(next) || slashes > 0 {
                return start + offset;
            }
        }
        self.text.len()
    }

    /// Replaces a part by the mask, and returns the part's end.
    fn replace(&mut self, start: usize, end: usize) -> usize {
        let kept = self.text.get(self.copied..start).unwrap_or_default();
        self.masked.push_str(kept);
        self.masked.push_str(MASK);
        self.copied = end;
        end
    }

    fn rest(&self, at: usize) -> &'a str {
        self.text.get(at..).unwrap_or_default()
    }
}

fn is_word(it: char) -> bool {
    it.is_alphanumeric() || matches!(it, '_' | '-' | '%' | '.' | '$')
}

fn is_escape(text: &str) -> bool {
    let digits = text.strip_prefix('u').and_then(|it| it.get(..4));
    digits.is_some_and(|it| it.bytes().all(|it| it.is_ascii_hexdigit()))
}

/// Decodes the percent and `\u` escapes of a word. Only the part after the last dot or percent-encoded separator is the
/// name.
fn decoded(word: &str) -> String {
    let mut plain = String::with_capacity(word.len());
    let mut rest = word;
    while let Some((before, after)) = rest.split_once('\\') {
        plain.push_str(before);
        let after = after.trim_start_matches('\\');
        let code = after
            .get(1..5)
            .and_then(|it| u32::from_str_radix(it, 16).ok());
        plain.extend(code.and_then(char::from_u32));
        rest = after.get(5..).unwrap_or_default();
    }
    plain.push_str(rest);
    let plain = decode_form(&plain);
    let last = plain.rsplit(['.', '?', '&', ';']).next();
    last.unwrap_or_default().to_owned()
}

fn user_and_password(text: &str) -> bool {
    let text = text.trim_end_matches('=');
    let whole = text.get(..text.len() - text.len() % 4).unwrap_or_default();
    let decode = |it: &str| BASE64_STANDARD_NO_PAD.decode(it).ok();
    let decoded = decode(text).or_else(|| decode(whole));
    text.len() >= 4 && decoded.is_some_and(|it| it.contains(&b':'))
}

/// Returns the length of an object or list, or of the rest of the text if it does not end.
fn bracketed(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut quoted = false;
    let mut escaped = false;
    for (offset, next) in text.char_indices() {
        match next {
            _ if escaped => escaped = false,
            '\\' => escaped = quoted,
            '"' => quoted = !quoted,
            '{' | '[' if !quoted => depth += 1,
            '}' | ']' if !quoted => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return offset + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}
