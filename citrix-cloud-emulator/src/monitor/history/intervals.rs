//! The intervals of a day that have summary rows.

use super::super::odata::Bounds;
use super::super::schema::Set;
use super::super::value::Value;
use super::moment::{DAY, MINUTE, start_of};

/// How long after an interval its summary is written, as in a sample in Citrix's documentation.
const CONSOLIDATED: i64 = 14 * MINUTE;
/// Summaries of a minute are written sooner.
const CONSOLIDATED_MINUTE: i64 = MINUTE;

/// A finished interval with a summary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interval {
    /// Its length in minutes, as rows show it.
    pub(crate) granularity: i64,
    pub(crate) from: i64,
    pub(crate) to: i64,
    /// When its row was written.
    pub(crate) written: i64,
    /// Its unique number within the day.
    pub(crate) nth: i64,
}

/// A granularity, and how many days its rows are kept.
pub(crate) type Kept = (i64, i64);

/// Returns the intervals of a day whose rows are kept. Unfinished intervals have no rows.
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
