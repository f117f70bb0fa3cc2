//! Delays that a service asks for.
//!
//! A service that names a delay does not want to be called any earlier. A delay that cannot be
//! parsed, or is unreasonably long, therefore counts as the longest possible wait, never as none.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;

use super::body::ErrorBody;
use crate::mask::KnownSecrets;

/// A wait that cannot be parsed or is longer than a year.
pub(crate) const LONGEST: Duration = Duration::MAX;

const MOST_SECONDS: u64 = 365 * 24 * 3600;

/// The share of the remaining time that such a wait takes; the rest is for another attempt and the
/// jitter on top of the wait.
const SHARE: f64 = 0.75;

/// If less than this remains, there is no attempt after such a wait.
const TOO_SHORT: Duration = Duration::from_secs(1);

/// Returns the delay that a response asks for, in its headers or in its body.
pub(crate) fn of(headers: &HeaderMap, body: &Bytes) -> Option<Duration> {
    let said = || ErrorBody::read(body, &KnownSecrets::default()).retry_after;
    of_headers(headers).or_else(said)
}

/// Returns the longest `Retry-After`: in seconds, as an HTTP date, or as an RFC 3339 time, which
/// one of Citrix's services sends.
pub(super) fn of_headers(headers: &HeaderMap) -> Option<Duration> {
    // A date is relative to the service's clock, so it is compared with the service's own `Date`,
    // if present.
    let now = headers.get(header::DATE);
    let now = now.and_then(|now| date(now.to_str().ok()?));
    let now = now.unwrap_or_else(Timestamp::now);
    let values = headers.get_all(header::RETRY_AFTER).iter();
    values.map(|value| of_header(value, now)).max()
}

fn of_header(value: &HeaderValue, now: Timestamp) -> Duration {
    let Ok(text) = value.to_str() else {
        return LONGEST;
    };
    let one = |text: &str| seconds(text).or_else(|| until(text.trim(), now));
    // Gateways join several headers with commas, but dates contain commas too.
    let several = || {
        text.split(',')
            .map(|part| one(part).unwrap_or(LONGEST))
            .max()
    };
    one(text).or_else(several).unwrap_or(LONGEST)
}

/// Parses whole seconds, or decimals, which are rounded up.
pub(super) fn seconds(text: &str) -> Option<Duration> {
    let (whole, part) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|it| it.is_ascii_digit());
    if !digits(whole) || !digits(part) {
        return None;
    }
    let more = u64::from(part.bytes().any(|digit| digit != b'0'));
    let seconds = whole.parse::<u64>().ok();
    let seconds = seconds.and_then(|seconds| seconds.checked_add(more));
    Some(within_reason(seconds.map(Duration::from_secs)))
}

fn until(text: &str, now: Timestamp) -> Option<Duration> {
    let time = text.parse().ok().or_else(|| date(text))?;
    // A time in the past means no wait.
    let wait = Duration::try_from(now.duration_until(time)).unwrap_or_default();
    Some(within_reason(Some(wait)))
}

fn date(text: &str) -> Option<Timestamp> {
    let parser = jiff::fmt::rfc2822::DateTimeParser::new();
    parser.parse_timestamp(text).ok()
}

fn within_reason(wait: Option<Duration>) -> Duration {
    wait.filter(|wait| wait.as_secs() <= MOST_SECONDS)
        .unwrap_or(LONGEST)
}

/// Returns the wait or, for [`LONGEST`], what the remaining time allows.
pub(crate) fn allowed(wait: Duration, left: Duration) -> Duration {
    match wait == LONGEST && left > TOO_SHORT {
        true => left.mul_f64(SHARE),
        false => wait,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asked(text: &[u8]) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        let value = http::HeaderValue::from_bytes(text).ok()?;
        headers.insert(http::header::RETRY_AFTER, value);
        of(&headers, &Bytes::new())
    }

    proptest! {
        #[test]
        fn any_header_is_a_delay(bytes in any::<Vec<u8>>(), text in "[0-9TZ:+ .,a-zA-Z-]{0,40}") {
            asked(&bytes);
            prop_assert!(asked(text.as_bytes()).is_some(), "never as if nothing had been said");
        }

        #[test]
        fn a_delay_reads_in_each_of_its_forms(seconds in 0..1_000_000_u32) {
            let wait = Duration::from_secs(seconds.into());
            prop_assert_eq!(asked(format!(" {seconds} ").as_bytes()), Some(wait));

            let time = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds.into());
            let date = jiff::fmt::rfc2822::DateTimePrinter::new();
            for text in [time.to_string(), date.timestamp_to_rfc9110_string(&time).unwrap()] {
                // A date has a resolution of one second, and part of the wait is over.
                let read = asked(text.as_bytes()).unwrap();
                prop_assert!(read <= wait && wait - read < Duration::from_secs(60), "{}", text);
            }
            let past = jiff::Timestamp::now() - jiff::SignedDuration::from_secs(i64::from(seconds) + 1);
            prop_assert_eq!(asked(past.to_string().as_bytes()), Some(Duration::ZERO));
        }

        #[test]
        fn no_delay_in_a_body_causes_a_panic(number in "[0-9+-.eE]{0,30}") {
            // JSON does not allow leading zeros.
            let is_json = number == "0" || !number.starts_with('0');
            for (body, is_number) in [
                (format!(r#"{{"message":"Try again in {number} seconds."}}"#), true),
                (format!(r#"{{"detail":"x","parameters":{{"retryDelay":"{number}"}}}}"#), true),
                (format!(r#"{{"detail":"x","parameters":{{"retryDelay":{number}}}}}"#), is_json),
            ] {
                let read = of(&HeaderMap::new(), &Bytes::from(body));
                if is_number
                    && !number.starts_with('+')
                    && let Ok(seconds @ 0..=MOST_SECONDS) = number.parse()
                {
                    prop_assert_eq!(read, Some(Duration::from_secs(seconds)));
                }
            }
        }
    }

    #[test]
    fn a_delay_may_be_seconds_or_a_date_in_two_forms() {
        let wait = |text: &str| asked(text.as_bytes());
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(wait("120"), seconds(120));
        assert_eq!(wait("1.5"), seconds(2));
        assert_eq!(wait("2.0"), seconds(2));
        assert_eq!(wait("2, 2"), seconds(2));
        assert_eq!(wait("2,7"), seconds(7));
        assert_eq!(
            wait("Sun, 06 Nov 1994 08:49:37 GMT"),
            seconds(0),
            "it is past"
        );
        for longest in [
            "soon",
            "",
            "-5",
            "1e3",
            "1.",
            "2, soon",
            "36893488147419103232",
            "18446744073709551615",
            "18446744073709551615.5",
            "Fri, 31 Dec 9999 23:59:59 GMT",
            "9999-12-31T23:59:59Z",
            "Fri, 01 Jan 2100 00:00:00 GMT",
        ] {
            assert_eq!(wait(longest), Some(LONGEST), "{longest}");
        }
        assert_eq!(asked(b"\xff"), Some(LONGEST));
        assert_eq!(of(&HeaderMap::new(), &Bytes::new()), None);
    }

    #[test]
    fn the_longest_of_several_headers_counts() {
        let mut headers = HeaderMap::new();
        for text in ["3", "8", "5"] {
            headers.append(header::RETRY_AFTER, text.parse().unwrap());
        }
        assert_eq!(of_headers(&headers), Some(Duration::from_secs(8)));
    }

    #[test]
    fn the_longest_wait_is_what_the_deadline_allows() {
        let left = Duration::from_secs(100);
        let wait = allowed(LONGEST, left);
        assert!(wait >= left / 2 && wait < left, "{wait:?}");
        let named = Duration::from_secs(3600);
        assert_eq!(
            allowed(named, left),
            named,
            "what the service named is not changed"
        );
        assert_eq!(allowed(LONGEST, Duration::from_millis(10)), LONGEST);
        assert!(allowed(LONGEST, Duration::MAX / 2) < Duration::MAX / 2);
    }
}
