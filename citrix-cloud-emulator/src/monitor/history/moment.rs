//! Times as milliseconds since 1970, and days as days since then.

use jiff::Timestamp;

use super::super::value::Value;

pub(crate) const SECOND: i64 = 1000;
pub(crate) const MINUTE: i64 = 60 * SECOND;
pub(crate) const HOUR: i64 = 60 * MINUTE;
pub(crate) const DAY: i64 = 24 * HOUR;

pub(crate) fn moment(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// Returns the day of a time; days beyond the calendar do not occur.
pub(crate) fn day_of(moment: i64) -> i32 {
    i32::try_from(moment.div_euclid(DAY)).unwrap_or(i32::MAX)
}

pub(crate) fn start_of(day: i32) -> i64 {
    i64::from(day) * DAY
}

/// Returns whether a day is a Saturday or Sunday. January 1, 1970 was a Thursday.
pub(crate) fn is_weekend(day: i32) -> bool {
    matches!((day + 3).rem_euclid(7), 5 | 6)
}

pub(crate) fn is_monday(day: i32) -> bool {
    (day + 3).rem_euclid(7) == 0
}

pub(crate) fn time(moment: i64) -> Value {
    Timestamp::from_millisecond(moment).ok().into()
}

pub(crate) fn time_or_null(moment: Option<i64>) -> Value {
    moment.map_or(Value::Null, time)
}
