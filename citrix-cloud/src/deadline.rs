//! Deadlines.

use std::time::Duration;

use tokio::time::Instant;

/// Cap for far-future deadlines; avoids `Instant` overflow.
const FAR: Duration = Duration::from_secs(365 * 86_400);

/// Returns the time that is `within` from now, at most a year.
pub(crate) fn after(within: Duration) -> Instant {
    after_instant(Instant::now(), within)
}

/// Returns the time that is `within` after `start`, at most a year.
pub(crate) fn after_instant(start: Instant, within: Duration) -> Instant {
    start.checked_add(within.min(FAR)).unwrap_or(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn any_length_of_time_has_an_end() {
        let left = |within| after(within) - Instant::now();
        assert_eq!(left(Duration::from_secs(5)), Duration::from_secs(5));
        assert_eq!(left(Duration::MAX), FAR);
    }
}
