//! Usage within intervals: how many things existed at once, how long they were used, how many started.

use super::moment::MINUTE;

/// A period; without an end it is still running.
pub(crate) type Span = (i64, Option<i64>);

/// The usage in a summary row.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Usage {
    pub(crate) peak: i64,
    /// In milliseconds.
    pub(crate) total: i64,
    pub(crate) launches: i64,
    pub(crate) starting: i64,
}

impl Usage {
    /// Returns how many things existed at any time in the interval.
    pub(crate) fn touched(&self) -> i64 {
        self.launches + self.starting
    }
}

/// Computes the usage from periods within an interval.
pub(crate) fn usage(spans: &[Span], from: i64, to: i64) -> Usage {
    let mut usage = Usage {
        peak: peak(spans.iter().copied(), from, to),
        ..Usage::default()
    };
    for (start, end) in spans {
        let end = end.unwrap_or(i64::MAX);
        usage.total += (end.min(to) - (*start).max(from)).max(0);
        usage.launches += i64::from((from..to).contains(start));
        usage.starting += i64::from(*start < from && end > from);
    }
    usage
}

/// Returns the maximum number of periods that overlap one minute of an interval. Anything that exists for a part of a
/// minute counts for the whole minute.
pub(crate) fn peak(spans: impl Iterator<Item = Span>, from: i64, to: i64) -> i64 {
    let mut steps: Vec<(i64, i64)> = Vec::new();
    for (start, end) in spans {
        let end = end.unwrap_or(i64::MAX);
        if start >= to || end <= from || end <= start {
            continue;
        }
        let first = start.max(from).div_euclid(MINUTE);
        let last = (end.min(to) - 1).div_euclid(MINUTE);
        steps.push((first, 1));
        steps.push((last + 1, -1));
    }
    // If one ends when another starts, the end sorts first, because they share no minute.
    steps.sort_unstable();
    let (mut now, mut most) = (0, 0);
    for (_, step) in steps {
        now += step;
        most = most.max(now);
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sessions_in_one_minute_are_concurrent_and_two_in_one_hour_may_not_be() {
        let minutes = |from: i64, to: i64| (from * MINUTE, Some(to * MINUTE));
        assert_eq!(
            peak([minutes(1, 5), minutes(6, 9)].into_iter(), 0, 60 * MINUTE),
            1
        );
        let touching = [(0, Some(MINUTE + 1)), (MINUTE + 5, None)];
        assert_eq!(peak(touching.into_iter(), 0, 60 * MINUTE), 2);
        assert_eq!(peak(touching.into_iter(), 0, MINUTE), 1);
    }
}
