//! Start and end of a period.

use std::time::Duration;

use citrix_cloud::monitor::{Condition, column};
use clap::Args;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Span, SpanRelativeTo, Timestamp};

use super::catalog::Catalog;
use crate::exit::Failure;

/// A time, or a duration before now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    At(Timestamp),
    Before(Duration),
}

impl Moment {
    /// Parses `7d`, `2026-01-05` or `2026-01-05T08:00:00Z`; a date is the start of its day in UTC.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let at = || text.parse::<Timestamp>().ok();
        let day = || {
            let day = text.parse::<Date>().ok()?;
            Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
        };
        if let Some(at) = at().or_else(day) {
            return Ok(Self::At(at));
        }
        length(text)
            .map(Self::Before)
            .map_err(|_| "a length of time before now such as 7d or 8h, a UTC date such as 2026-01-05, or a time such as 2026-01-05T08:00:00Z".to_owned())
    }

    fn resolve(self, now: Timestamp) -> Result<Timestamp, Failure> {
        match self {
            Self::At(at) => Ok(at),
            Self::Before(length) => now.checked_sub(length).map_err(|_| {
                Failure::Usage(format!(
                    "{} s before now is not a valid time",
                    length.as_secs()
                ))
            }),
        }
    }
}

/// Parses a duration such as `7d`, `8h` or `1h 30m`; a day has 24 hours.
pub(crate) fn length(text: &str) -> Result<Duration, String> {
    let refused = || "a length of time such as 7d, 8h or 30m".to_owned();
    let span: Span = text.parse().map_err(|_| refused())?;
    let length = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| refused())?;
    let length = Duration::try_from(length).map_err(|_| refused())?;
    match length.is_zero() {
        true => Err(refused()),
        false => Ok(length),
    }
}

/// Which time.
#[derive(Debug, Clone, Args)]
pub(crate) struct Period {
    /// Start of the period: a duration before now such as 7d or 8h, a UTC date or a time.
    #[arg(long, value_name = "TIME", value_parser = Moment::read)]
    since: Option<Moment>,
    /// End of the period [default: now].
    #[arg(long, value_name = "TIME", value_parser = Moment::read)]
    until: Option<Moment>,
}

impl Period {
    /// Returns the end of the period.
    pub(crate) fn until(&self, now: Timestamp) -> Result<Timestamp, Failure> {
        self.until.map_or(Ok(now), |until| until.resolve(now))
    }

    /// Returns both ends, if a start is given.
    pub(crate) fn span(&self, now: Timestamp) -> Result<Option<(Timestamp, Timestamp)>, Failure> {
        let Some(since) = self.since else {
            return Ok(None);
        };
        let until = self.until(now)?;
        // A duration counts back from the end, so `--since 7d --until 2026-01-05` is a week.
        let since = since.resolve(until)?;
        match since < until {
            true => Ok(Some((since, until))),
            false => Err(Failure::Usage(format!(
                "--since {since} is not before --until {until}"
            ))),
        }
    }

    /// Returns both ends; by default, the period starts `default` before its end.
    pub(crate) fn span_or(
        &self,
        now: Timestamp,
        default: Duration,
    ) -> Result<(Timestamp, Timestamp), Failure> {
        match self.span(now)? {
            Some(span) => Ok(span),
            None => {
                let until = self.until(now)?;
                Ok((Moment::Before(default).resolve(until)?, until))
            }
        }
    }

    /// Returns whether an end without a start is given.
    pub(crate) fn is_open(&self) -> bool {
        self.until.is_some() && self.since.is_none()
    }
}

/// Returns the column with the time of a set's rows.
pub(crate) fn time_column(set: &str, chosen: Option<&str>) -> Result<String, Failure> {
    if let Some(chosen) = chosen {
        return Ok(chosen.to_owned());
    }
    let known = Catalog::get().set(set);
    let time = known.and_then(super::catalog::Set::time);
    time.map(str::to_owned).ok_or_else(|| {
        let why = match known {
            Some(_) => "has no column with the time of its rows",
            None => "is not known to this program",
        };
        Failure::Usage(format!("`{set}` {why}; choose one with --by"))
    })
}

/// Returns the filter for rows in a period.
pub(crate) fn within(by: &str, (since, until): (Timestamp, Timestamp)) -> Condition {
    column(by).ge(since).and(column(by).lt(until))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: &str = "2026-01-05T08:30:00Z";

    fn span(since: &str, until: &str) -> Result<(String, String), Failure> {
        let read = |text: &str| (!text.is_empty()).then(|| Moment::read(text).unwrap());
        let period = Period {
            since: read(since),
            until: read(until),
        };
        let (from, to) = period.span_or(NOW.parse().unwrap(), Duration::from_secs(86_400))?;
        Ok((from.to_string(), to.to_string()))
    }

    #[test]
    fn a_period_ends_now_and_lengths_count_from_its_end() {
        for (since, until, from, to) in [
            ("7d", "", "2025-12-29T08:30:00Z", NOW),
            ("90m", "", "2026-01-05T07:00:00Z", NOW),
            ("2026-01-02", "", "2026-01-02T00:00:00Z", NOW),
            (
                "1d",
                "2026-01-03",
                "2026-01-02T00:00:00Z",
                "2026-01-03T00:00:00Z",
            ),
            ("", "", "2026-01-04T08:30:00Z", NOW),
        ] {
            let expected = (from.to_owned(), to.to_owned());
            assert_eq!(span(since, until).unwrap(), expected, "{since} {until}");
        }
    }

    #[test]
    fn a_malformed_period_is_rejected() {
        for text in ["", "x", "7", "0d", "-3d", "2026-13-01", "1mo"] {
            assert!(Moment::read(text).is_err(), "{text}");
        }
        let refused = span("2026-01-06", "").unwrap_err().to_string();
        assert!(refused.contains("is not before --until"), "{refused}");
    }
}
