//! Detects repeated continuation tokens in little memory.

use std::collections::VecDeque;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher as _;

/// How many recent tokens are remembered.
const REMEMBERED: usize = 4096;

/// Detects a repeated token, however long the list is.
///
/// It keeps fingerprints of the most recent tokens, which reveal short cycles at once. Longer
/// cycles are found with one more fingerprint, which is replaced at every power of two (Brent's
/// algorithm): it ends up inside any cycle before twice the cycle's length has been read.
#[derive(Debug)]
pub(super) struct CycleDetector {
    hasher: RandomState,
    remembered: usize,
    last: VecDeque<u64>,
    count: u64,
    milestone: Option<u64>,
}

impl Default for CycleDetector {
    fn default() -> Self {
        Self::remembering(REMEMBERED)
    }
}

impl CycleDetector {
    fn remembering(remembered: usize) -> Self {
        Self {
            hasher: RandomState::new(),
            remembered,
            last: VecDeque::new(),
            count: 0,
            milestone: None,
        }
    }

    /// Records a token and returns whether it has been seen before.
    pub(super) fn is_repeated(&mut self, token: &str) -> bool {
        let print = self.hasher.hash_one(token);
        if self.milestone == Some(print) || self.last.contains(&print) {
            return true;
        }
        self.count += 1;
        if self.count.is_power_of_two() {
            self.milestone = Some(print);
        }
        if self.last.len() == self.remembered {
            self.last.pop_front();
        }
        self.last.push_back(print);
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repeated_token_is_detected_at_once() {
        for earlier in 0..100 {
            let mut detector = CycleDetector::default();
            assert!((0..100).all(|token: u32| !detector.is_repeated(&token.to_string())));
            assert!(detector.is_repeated(&earlier.to_string()));
        }
    }

    #[test]
    fn a_cycle_longer_than_the_memory_is_detected_too() {
        for (lead, circle) in [(0, 17), (5, 100), (1000, 33)] {
            let mut detector = CycleDetector::remembering(16);
            let token = |at: usize| match at < lead {
                true => at,
                false => lead + (at - lead) % circle,
            };
            let found = (0..10_000).position(|at| detector.is_repeated(&token(at).to_string()));
            let found = found.unwrap();
            assert!(found >= lead + circle, "{found}");
            assert!(found <= 3 * (lead + circle), "{found}");
        }
    }

    #[test]
    fn memory_does_not_grow_with_the_list() {
        let mut detector = CycleDetector::remembering(64);
        assert!((0..10_000).all(|token: u32| !detector.is_repeated(&token.to_string())));
        assert_eq!(detector.last.len(), 64);
        assert!(detector.last.capacity() <= 2 * 64);
    }
}
