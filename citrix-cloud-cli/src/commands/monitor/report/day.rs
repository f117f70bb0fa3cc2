//! UTC days, by which the service summarizes.

use jiff::{SignedDuration, Timestamp};

/// How long the service keeps summaries of minutes.
pub(super) const MINUTES_ARE_KEPT: SignedDuration = SignedDuration::from_hours(3 * 24);

pub(super) const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Returns the start of the UTC day of a time.
pub(super) fn day(at: Timestamp) -> Timestamp {
    let seconds = at.as_second();
    let start = seconds - seconds.rem_euclid(DAY.as_secs());
    Timestamp::from_second(start).unwrap_or(at)
}

/// Returns the complete UTC days in a period.
pub(super) fn whole_days(since: Timestamp, until: Timestamp) -> Vec<Timestamp> {
    let first = match day(since) == since {
        true => since,
        false => day(since) + DAY,
    };
    let days = std::iter::successors(Some(first), |at| at.checked_add(DAY).ok());
    days.take_while(|at| at.checked_add(DAY).is_ok_and(|end| end <= until))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_days_are_those_completely_in_the_span() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(
            day(at("2026-01-05T23:59:59.9Z")),
            at("2026-01-05T00:00:00Z")
        );
        assert_eq!(day(at("1969-12-31T05:00:00Z")), at("1969-12-31T00:00:00Z"));
        let days = whole_days(at("2026-01-01T00:00:01Z"), at("2026-01-04T00:00:00Z"));
        assert_eq!(
            days,
            [at("2026-01-02T00:00:00Z"), at("2026-01-03T00:00:00Z")]
        );
        assert!(whole_days(at("2026-01-01T01:00:00Z"), at("2026-01-02T23:00:00Z")).is_empty());
    }
}
