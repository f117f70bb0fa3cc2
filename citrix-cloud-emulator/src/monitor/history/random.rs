//! Random choices that are always the same for the same input.

use fastrand::Rng;

/// Hashes several numbers into one; every bit of the result depends on every bit of the input.
pub(crate) fn hash(parts: &[u64]) -> u64 {
    parts.iter().fold(0x9e37_79b9_7f4a_7c15, |sum, part| {
        let mut it = (sum ^ part).wrapping_add(0x9e37_79b9_7f4a_7c15);
        it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        it ^ (it >> 31)
    })
}

/// Hashes a text, case-insensitive.
pub(crate) fn hash_text(text: &str) -> u64 {
    let letters = text.bytes().map(|it| u64::from(it.to_ascii_lowercase()));
    letters.fold(0xcbf2_9ce4_8422_2325, |sum, letter| {
        (sum ^ letter).wrapping_mul(0x0100_0000_01b3)
    })
}

/// The random numbers of one object.
pub(crate) struct Random(Rng);

impl Random {
    pub(crate) fn of(parts: &[u64]) -> Self {
        Self(Rng::with_seed(hash(parts)))
    }

    /// Draws a number from a range that excludes its end.
    pub(crate) fn between(&mut self, from: i64, to: i64) -> i64 {
        self.0.i64(from..to.max(from + 1))
    }

    /// Draws a number from a range, more often near the middle than at the ends.
    pub(crate) fn around(&mut self, from: i64, to: i64) -> i64 {
        (self.between(from, to) + self.between(from, to) + self.between(from, to)) / 3
    }

    pub(crate) fn share(&mut self, share: f64) -> bool {
        self.0.f64() < share
    }

    pub(crate) fn pick<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let last = i64::try_from(all.len()).unwrap_or(i64::MAX);
        let place = usize::try_from(self.between(0, last)).unwrap_or(0);
        all.get(place)
    }
}
