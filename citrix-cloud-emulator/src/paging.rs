//! Paged lists: `limit`, `continuationToken` and `fields`.

use std::hash::{BuildHasher, RandomState};

use serde::Serialize;

use crate::field_mask::FieldMask;
use crate::http::errors::common;
use crate::http::{Outcome, Query, Reply};

/// The page size if the caller does not set one.
const DEFAULT_LIMIT: u32 = 250;
/// The service may reject a larger limit; the emulator always does.
const MAX_LIMIT: u32 = 1000;

/// Issues continuation tokens that only it can read, each for a single list.
#[derive(Debug)]
pub(crate) struct Pager {
    seed: RandomState,
    /// Whether to return the documented envelope, which always has a token and never a total.
    strict: bool,
}

impl Pager {
    pub(crate) fn new(strict: bool) -> Self {
        let seed = RandomState::new();
        Self { seed, strict }
    }

    /// Returns one page of a short list, which is built from its start for each page.
    pub(crate) fn page<V: Serialize>(
        &self,
        list: &[&str],
        query: &Query,
        items: impl Iterator<Item = V>,
    ) -> Outcome {
        let items: Vec<V> = items.collect();
        let total = items.len();
        let numbered = (1..).zip(items);
        self.page_after(
            list,
            query,
            || total,
            |after| numbered.skip(usize::try_from(after).unwrap_or(usize::MAX)),
        )
    }

    /// Returns one page of a list. `list` distinguishes this list from others with the same query. `behind` returns the
    /// items after a serial number (0 at the start), each with its own serial number. `total` counts all of them.
    pub(crate) fn page_after<V: Serialize, I: Iterator<Item = (u64, V)>>(
        &self,
        list: &[&str],
        query: &Query,
        total: impl FnOnce() -> usize,
        behind: impl FnOnce(u64) -> I,
    ) -> Outcome {
        let limit = query
            .number("limit", 1, MAX_LIMIT)?
            .unwrap_or(DEFAULT_LIMIT);
        let after = match query.get("continuationToken") {
            None | Some("") => 0,
            Some(token) => self
                .serial(token, list, query)
                .ok_or_else(|| common::invalid_string("continuationToken"))?,
        };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let mut items = behind(after);
        let mut last = after;
        let page = items.by_ref().take(limit);
        let page: Vec<V> = page
            .map(|(serial, item)| {
                last = serial;
                item
            })
            .collect();
        let next = items.next().map(|_| self.token(last, list, query));
        let total = (!self.strict).then(total);
        Ok(json(body(&page, next.as_deref(), total, field_mask(query))))
    }

    /// A strict pager surrounds the numbers with characters that a caller must percent-encode. Many programs put the
    /// service's tokens into a URL unencoded.
    fn token(&self, serial: u64, list: &[&str], query: &Query) -> String {
        let query = query.without("continuationToken");
        let list: Vec<_> = list.iter().map(|part| part.to_lowercase()).collect();
        let seal = self.seed.hash_one((serial, list, query.sorted()));
        if self.strict {
            format!("+{serial:x}/{seal:016x}#==")
        } else {
            format!("{serial:x}-{seal:016x}")
        }
    }

    fn serial(&self, token: &str, list: &[&str], query: &Query) -> Option<u64> {
        let (number, _) = token.trim_start_matches('+').split_once(['/', '-'])?;
        let serial = u64::from_str_radix(number, 16).ok()?;
        (self.token(serial, list, query) == token).then_some(serial)
    }
}

/// Returns one object, with only the wanted fields set if the caller names some.
pub(crate) fn single(query: &Query, object: &impl Serialize) -> Reply {
    match field_mask(query) {
        Some(mut mask) => {
            let mut body = Vec::new();
            json(mask.write(object, &mut body).map(|()| body))
        }
        None => Reply::json(200, object),
    }
}

/// Writes the items one by one, and reserves space according to the first one.
fn body<V: Serialize>(
    items: &[V],
    continuation_token: Option<&str>,
    total: Option<usize>,
    mut mask: Option<FieldMask>,
) -> Result<Vec<u8>, serde_json::Error> {
    let mut body = br#"{"Items":["#.to_vec();
    for (number, item) in items.iter().enumerate() {
        match number {
            0 => {}
            1 => {
                body.reserve(body.len().saturating_add(64).saturating_mul(items.len()));
                body.push(b',');
            }
            _ => body.push(b','),
        }
        match &mut mask {
            Some(mask) => mask.write(item, &mut body)?,
            None => serde_json::to_writer(&mut body, item)?,
        }
    }
    body.push(b']');
    // If there is a total, the last page has no token at all.
    if total.is_none() || continuation_token.is_some() {
        body.extend_from_slice(br#","ContinuationToken":"#);
        serde_json::to_writer(&mut body, &continuation_token)?;
    }
    if let Some(total) = total {
        body.extend_from_slice(format!(r#","TotalItems":{total}"#).as_bytes());
    }
    body.push(b'}');
    Ok(body)
}

/// Everything here is an object with string keys, so this cannot fail. If it did, the empty body would reveal it.
fn json(body: Result<Vec<u8>, serde_json::Error>) -> Reply {
    Reply::text(
        200,
        "application/json; charset=utf-8",
        body.unwrap_or_default(),
    )
}

/// Parses the names of the wanted properties.
fn field_mask(query: &Query) -> Option<FieldMask> {
    let fields = query.get("fields").filter(|fields| !fields.is_empty())?;
    Some(FieldMask::to(fields.split(',').map(str::trim)))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn page(pager: &Pager, list: &str, query: &str) -> Result<Value, u16> {
        let reply = pager.page(&[list], &Query::parse(Some(query)), 0..5);
        reply
            .map(|it| serde_json::from_slice(&it.body).unwrap())
            .map_err(|it| it.status)
    }

    fn escaped(token: &Value) -> String {
        let token = token.as_str().unwrap();
        token
            .replace('+', "%2B")
            .replace('#', "%23")
            .replace('=', "%3D")
    }

    #[test]
    fn a_token_continues_where_the_page_ended() {
        let pager = Pager::new(true);
        let first = page(&pager, "birds", "limit=3").unwrap();
        assert_eq!(first["Items"], json!([0, 1, 2]));
        let query = format!(
            "continuationToken={}&limit=3",
            escaped(&first["ContinuationToken"])
        );
        assert_eq!(
            page(&pager, "birds", &query).unwrap(),
            json!({ "Items": [3, 4], "ContinuationToken": null })
        );
    }

    #[test]
    fn the_lenient_envelope_has_a_total_and_a_token_only_where_there_is_more() {
        let pager = Pager::new(false);
        let first = page(&pager, "birds", "limit=3").unwrap();
        assert_eq!(first["TotalItems"], 5);
        let token = first["ContinuationToken"].as_str().unwrap();
        assert!(
            token
                .bytes()
                .all(|it| it.is_ascii_alphanumeric() || it == b'-')
        );
        let query = format!("continuationToken={token}&limit=3");
        assert_eq!(
            page(&pager, "birds", &query).unwrap(),
            json!({ "Items": [3, 4], "TotalItems": 5 })
        );
    }

    #[test]
    fn a_continuation_token_works_only_for_its_own_list() {
        let pager = Pager::new(true);
        let first = page(&pager, "birds", "limit=3").unwrap();
        let token = escaped(&first["ContinuationToken"]);
        for (list, query) in [
            ("birds", format!("limit=2&continuationToken={token}")),
            ("fish", format!("limit=3&continuationToken={token}")),
            (
                "birds",
                "limit=3&continuationToken=%2B3/0%23%3D%3D".to_owned(),
            ),
            ("birds", "continuationToken=nonsense".to_owned()),
        ] {
            assert_eq!(page(&pager, list, &query), Err(400), "{query}");
        }
    }
}
