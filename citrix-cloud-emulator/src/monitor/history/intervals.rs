//! Which intervals of a day have summary rows.

use super::super::odata::Bounds;
use super::super::schema::Set;
use super::super::value::Value;
use super::moment::{DAY, MINUTE, start_of};

/// A summary is written this long after an interval ended, as in a sample of Citrix's documentation.
const CONSOLIDATED: i64 = 14 * MINUTE;
/// A summary of a minute is there sooner.
const CONSOLIDATED_MINUTE: i64 = MINUTE;

/// One interval that is over and summed up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interval {
    /// Its length in minutes, which is how rows tell it.
    pub(crate) granularity: i64,
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// When the row was written.
    pub(crate) written: i64,
    /// A number of its own among those of a day.
    pub(crate) nth: i64,
}

/// A granularity, and for how many days its rows are kept.
pub(crate) type Kept = (i64, i64);

/// Lists the intervals of a day that rows are kept of. There is none for a part of an interval.
pub(crate) fn intervals(
    day: i32,
    now: i64,
    kept: &[Kept],
    set: &'static Set,
    bounds: &Bounds,
) -> Vec<Interval> {
    let wanted = bounds.of(set, "Granularity").and_then(Value::number);
    let mut all = Vec::new();
    let mut nth = 0;
    for (granularity, days) in kept {
        let length = granularity * MINUTE;
        #[expect(clippy::cast_precision_loss, reason = "there are a few small ones")]
        let is_wanted = wanted.is_none_or(|it| it == *granularity as f64);
        let late = match length {
            MINUTE => CONSOLIDATED_MINUTE,
            _ => CONSOLIDATED,
        };
        for part in 0..DAY / length {
            let from = start_of(day) + part * length;
            let (to, written) = (from + length, from + length + late);
            let is_kept = from >= now - days * DAY && written <= now;
            if is_wanted && is_kept {
                all.push(Interval {
                    granularity: *granularity,
                    from,
                    to,
                    written,
                    nth,
                });
            }
            nth += 1;
        }
    }
    all
}
