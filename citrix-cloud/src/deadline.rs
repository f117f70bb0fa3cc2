//! When something is given up.

use std::time::Duration;

use tokio::time::Instant;

/// As good as never, and near enough to be computed with.
const FAR: Duration = Duration::from_secs(365 * 86_400);

/// The time so long from now, a year at most.
pub(crate) fn after(within: Duration) -> Instant {
    Instant::now() + within.min(FAR)
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
