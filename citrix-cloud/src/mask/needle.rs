//! Finds a secret, or the beginning of one, in linear time.

use memchr::memmem;

use super::PREFIX;

/// A secret in one form.
pub(super) struct Needle {
    bytes: Vec<u8>,
    /// The part at its end that is not searched for, because what follows may change how it
    /// decodes.
    end: Vec<u8>,
    base64: bool,
}

impl Needle {
    pub(super) fn new((bytes, end): (Vec<u8>, Vec<u8>), base64: bool) -> Self {
        Self { bytes, end, base64 }
    }

    pub(super) fn end(&self) -> &[u8] {
        &self.end
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Returns whether this form is Base64, so that the characters around it may encode parts of
    /// the secret too.
    pub(super) fn is_base64(&self) -> bool {
        self.base64
    }

    /// Calls `found` with each position of the needle, or of a prefix that is long enough.
    ///
    /// This is the Knuth-Morris-Pratt algorithm, because a partial match of a self-repeating needle
    /// must not restart the search. Most texts contain no secret, so a faster search first checks
    /// whether the beginning of the needle occurs at all.
    pub(super) fn find(&self, text: &[u8], mut found: impl FnMut(usize, usize)) {
        let enough = PREFIX.min(self.bytes.len());
        let Some(first) = memmem::find(text, &self.bytes[..enough]) else {
            return;
        };
        let borders = borders(&self.bytes);
        let mut matched = 0;
        // Overlapping matches are merged, or a text of identical characters would have one per
        // character.
        let mut last: Option<(usize, usize)> = None;
        let mut place = |from: usize, to: usize| match &mut last {
            Some((_, end)) if from <= *end => *end = to,
            other => {
                if let Some((from, to)) = other.replace((from, to)) {
                    found(from, to);
                }
            }
        };
        for (at, byte) in text.iter().enumerate().skip(first) {
            let before = matched;
            while matched > 0 && self.bytes.get(matched) != Some(byte) {
                matched = borders[matched - 1];
            }
            if before >= enough && matched != before {
                place(at - before, at);
            }
            if self.bytes.get(matched) == Some(byte) {
                matched += 1;
            }
        }
        if matched >= enough {
            place(text.len() - matched, text.len());
        }
        if let Some((from, to)) = last {
            found(from, to);
        }
    }
}

/// Returns, for each prefix of the needle, the length of its longest suffix that is also a prefix.
fn borders(bytes: &[u8]) -> Vec<usize> {
    let mut borders = vec![0; bytes.len()];
    let mut length = 0;
    for at in 1..bytes.len() {
        while length > 0 && bytes[at] != bytes[length] {
            length = borders[length - 1];
        }
        if bytes[at] == bytes[length] {
            length += 1;
        }
        borders[at] = length;
    }
    borders
}
