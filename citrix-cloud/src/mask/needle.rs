//! Finding a secret, or the beginning of one, in linear time.

use memchr::memmem;

use super::PREFIX;

/// A secret in one form.
pub(super) struct Needle {
    bytes: Vec<u8>,
    /// What is left out at its end, because what follows may change how it is read.
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

    /// Whether what stands around it encodes parts of it, or of what belongs to it.
    pub(super) fn is_base64(&self) -> bool {
        self.base64
    }

    /// Calls `found` with each place of the needle, or of its beginning where that is long enough.
    ///
    /// This is Knuth, Morris and Pratt's search, because a needle that repeats itself and is found
    /// in part must not make the search start over. Few texts have a secret in them, so a faster
    /// search looks whether there is a beginning at all.
    pub(super) fn find(&self, text: &[u8], mut found: impl FnMut(usize, usize)) {
        let enough = PREFIX.min(self.bytes.len());
        let Some(first) = memmem::find(text, &self.bytes[..enough]) else {
            return;
        };
        let borders = borders(&self.bytes);
        let mut matched = 0;
        // Places that overlap are one, or a text of equal characters would have as many as those.
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

/// For each beginning of the needle, the length of its longest end that is a beginning as well.
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
