//! A canonical form for all encodings of a text, with a mapping back to positions in the original.
//!
//! Everything that may be an escape is decoded, however deeply nested: percent-encoding, JSON,
//! HTML, and any of them inside another. Characters that encodings change (white space, `+`, `-`,
//! `_`, `\`) are dropped or unified. Secrets are converted to the same form, so it does not matter
//! which escapes are part of the secret itself.

/// A byte of the decoded text, and its position in the original text.
#[derive(Clone, Copy)]
struct Unit {
    byte: u8,
    from: usize,
    to: usize,
}

/// A text in canonical form.
pub(super) struct Canonical {
    units: Vec<Unit>,
    bytes: Vec<u8>,
    /// The index of the unit of each byte.
    places: Vec<usize>,
}

impl Canonical {
    pub(super) fn of(text: &[u8]) -> Self {
        let units = decoded(text);
        let kept = units.iter().enumerate();
        let (places, bytes) = kept
            .filter_map(|(place, unit)| Some((place, kept_as(unit.byte)?)))
            .unzip();
        Self {
            units,
            bytes,
            places,
        }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Returns where a range of bytes is in the original text, including what belongs to it on both
    /// sides: characters that the canonical form drops, and the `end` of the secret, which may have
    /// merged with what follows it into one byte.
    pub(super) fn span(&self, from: usize, to: usize, end: &[u8]) -> (usize, usize) {
        let to = match end {
            [] => to,
            end if self.bytes[to..].starts_with(end) => to + end.len(),
            _ => self.bytes.len().min(to + 1),
        };
        // A secret may begin and end with characters that the form drops.
        let belongs = |unit: &&Unit| {
            let escaped = unit.to - unit.from > 1 && kept_as(unit.byte).is_none();
            escaped || b"+-\\".contains(&unit.byte)
        };
        let (first, last) = (self.places[from], self.places[to - 1]);
        let before = self.units[..first].iter().rev().take_while(belongs);
        let after = self.units[last + 1..].iter().take_while(belongs);
        let (first, last) = (first - before.count(), last + after.count());
        (self.units[first].from, self.units[last].to)
    }

    /// Like [`Canonical::span`], extended to all of the surrounding Base64.
    ///
    /// `done` is the unit up to which earlier positions have already been extended; it is not
    /// scanned again.
    pub(super) fn base64_span(
        &self,
        from: usize,
        to: usize,
        done: &mut usize,
    ) -> Option<(usize, usize)> {
        let (first, last) = (self.places[from], self.places[to - 1]);
        if last < *done {
            return None;
        }
        let start = first.min(*done);
        let before = self.units[start..first].iter().rev();
        let before = before.take_while(|it| is_base64(it.byte)).count();
        let after = self.units[last + 1..].iter();
        let after = after.take_while(|it| is_base64(it.byte) || it.byte == b'=');
        let (first, last) = (first - before, last + after.count());
        *done = last + 1;
        Some((self.units[first].from, self.units[last].to))
    }
}

/// Returns a secret in canonical form, and the part at its end that could form an escape together
/// with what follows.
pub(super) fn needle(secret: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut bytes = Canonical::of(secret).bytes;
    let length = match bytes.as_slice() {
        [.., b'%' | b'&'] => 1,
        [.., b'%', _] => 2,
        _ => 0,
    };
    let end = bytes.split_off(bytes.len() - length);
    (bytes, end)
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/-_".contains(&byte)
}

/// Returns the canonical form of a byte, or `None` if it is dropped.
fn kept_as(byte: u8) -> Option<u8> {
    match byte {
        0..=b' ' | 0x7f | b'+' | b'-' | b'\\' => None,
        b'_' => Some(b'/'),
        byte => Some(byte),
    }
}

/// Decodes from left to right. When a byte completes an escape, the escape is replaced by its
/// value, which may complete another one. Every replacement shortens the text, so this takes linear
/// time.
fn decoded(text: &[u8]) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::with_capacity(text.len());
    for (from, &byte) in text.iter().enumerate() {
        units.push(Unit {
            byte,
            from,
            to: from + 1,
        });
        while let Some((length, character)) = escape(&units) {
            let start = units.len() - length;
            let (from, to) = (units[start].from, units[units.len() - 1].to);
            units.truncate(start);
            let mut utf8 = [0; 4];
            let bytes = match character {
                Escaped::Byte(byte) => &[byte][..],
                Escaped::Character(character) => character.encode_utf8(&mut utf8).as_bytes(),
            };
            units.extend(bytes.iter().map(|&byte| Unit { byte, from, to }));
        }
    }
    units
}

enum Escaped {
    Byte(u8),
    Character(char),
}

/// The longest escape: a pair of `\u` escapes.
const LONGEST: usize = 12;

/// Returns what the last units are an escape for, and how many units it spans.
fn escape(units: &[Unit]) -> Option<(usize, Escaped)> {
    let last = units.last()?.byte;
    let may_end = last.is_ascii_hexdigit() || b"nrtbf\\/\"';}".contains(&last);
    if !may_end {
        return None;
    }
    let tail = &units[units.len().saturating_sub(LONGEST)..];
    let mut bytes = [0; LONGEST];
    for (byte, unit) in bytes.iter_mut().zip(tail) {
        *byte = unit.byte;
    }
    let tail = &bytes[..tail.len()];
    let readings = [braces, reference, backslash, byte, utf16];
    readings.iter().find_map(|read| read(tail))
}

type Reading = Option<(usize, Escaped)>;

/// `\u{2b}`
fn braces(tail: &[u8]) -> Reading {
    let text = tail.strip_suffix(b"}")?;
    let start = text.iter().rposition(|byte| *byte == b'{')?;
    let digits = &text[start + 1..];
    let character = char::from_u32(hex(digits)?)?;
    let whole = text[..start].ends_with(br"\u");
    whole.then_some((digits.len() + 4, Escaped::Character(character)))
}

/// `&amp;`, `&#43;`, `&#x2b;`
fn reference(tail: &[u8]) -> Reading {
    let text = tail.strip_suffix(b";")?;
    let start = text.iter().rposition(|byte| *byte == b'&')?;
    let name = &text[start + 1..];
    Some((name.len() + 2, Escaped::Character(entity(name)?)))
}

/// `\/`, `\n`
fn backslash(tail: &[u8]) -> Reading {
    match tail {
        [.., b'\\', byte @ (b'\\' | b'/' | b'"' | b'\'')] => Some((2, Escaped::Byte(*byte))),
        [.., b'\\', b'n' | b'r' | b't' | b'b' | b'f'] => Some((2, Escaped::Byte(b'\n'))),
        _ => None,
    }
}

/// `%2b`, `\x2b`
fn byte(tail: &[u8]) -> Reading {
    let (length, high, low) = match tail {
        [.., b'%', high, low] => (3, high, low),
        [.., b'\\', b'x', high, low] => (4, high, low),
        _ => return None,
    };
    let byte = u8::try_from(hex(&[*high, *low])?).ok()?;
    Some((length, Escaped::Byte(byte)))
}

/// `\u002b`, `%u002b`, and surrogate pairs of them.
fn utf16(tail: &[u8]) -> Reading {
    let unit = |tail: &[u8]| match tail {
        [.., b'\\' | b'%', b'u', a, b, c, d] => {
            let unit = hex(&[*a, *b, *c, *d])?;
            u16::try_from(unit).ok()
        }
        _ => None,
    };
    let last = unit(tail)?;
    if let Some(character) = char::from_u32(last.into()) {
        return Some((6, Escaped::Character(character)));
    }
    let first = unit(&tail[..tail.len() - 6])?;
    let character = char::decode_utf16([first, last]).next()?.ok()?;
    Some((12, Escaped::Character(character)))
}

fn hex(digits: &[u8]) -> Option<u32> {
    let text = std::str::from_utf8(digits).ok()?;
    let digits = text.bytes().all(|byte| byte.is_ascii_hexdigit());
    u32::from_str_radix(text, 16).ok().filter(|_| digits)
}

/// Returns the character of an HTML entity, given its number or name.
fn entity(name: &[u8]) -> Option<char> {
    let code = match name {
        [b'#', b'x' | b'X', digits @ ..] => return char::from_u32(hex(digits)?),
        [b'#', digits @ ..] => std::str::from_utf8(digits).ok()?.parse().ok()?,
        name => {
            let (_, character) = ENTITIES.iter().find(|(it, _)| it.as_bytes() == name)?;
            return Some(*character);
        }
    };
    char::from_u32(code)
}

/// The HTML entity names of ASCII characters that are neither letters nor digits.
const ENTITIES: [(&str, char); 40] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("AMP", '&'),
    ("LT", '<'),
    ("GT", '>'),
    ("QUOT", '"'),
    ("nbsp", ' '),
    ("Tab", '\t'),
    ("NewLine", '\n'),
    ("excl", '!'),
    ("num", '#'),
    ("dollar", '$'),
    ("percnt", '%'),
    ("lpar", '('),
    ("rpar", ')'),
    ("ast", '*'),
    ("plus", '+'),
    ("comma", ','),
    ("hyphen", '-'),
    ("period", '.'),
    ("sol", '/'),
    ("colon", ':'),
    ("semi", ';'),
    ("equals", '='),
    ("quest", '?'),
    ("commat", '@'),
    ("lsqb", '['),
    ("lbrack", '['),
    ("bsol", '\\'),
    ("rsqb", ']'),
    ("rbrack", ']'),
    ("Hat", '^'),
    ("lowbar", '_'),
    ("grave", '`'),
    ("lcub", '{'),
    ("verbar", '|'),
    ("rcub", '}'),
];
