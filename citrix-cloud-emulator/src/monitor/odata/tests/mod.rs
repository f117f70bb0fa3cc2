//! Random queries on random rows, compared with an independent evaluator.

mod grouped;
mod naive;
mod rows;

use proptest::prelude::*;

use super::super::schema::Schema;
use super::super::value::Value;
use super::{Query, Reader, Row, RowLimitExceeded, go_on, read, run};
use grouped::groupings;
use naive::{conditions, truth};
use rows::{Site, sites};

fn query(set: &str, pairs: &[(&str, &str)]) -> Query {
    let set = Schema::get().listed(set).unwrap();
    let query = read(set, |name| {
        let mut pairs = pairs.iter();
        pairs.find(|it| it.0 == name).map(|it| it.1)
    });
    query.unwrap_or_else(|wrong| panic!("{pairs:?}: {wrong:?}"))
}

/// Returns all pages of a query.
fn all(site: &Site, query: &Query, page: usize) -> (Vec<Row>, Option<u64>) {
    let reader = Reader::new(site, u64::MAX);
    let mut query = query.clone();
    let (mut rows, mut count) = (Vec::new(), None);
    loop {
        let found = run(&query, &reader, page).unwrap();
        assert!(found.rows.len() <= page);
        rows.extend(found.rows);
        count = count.or(found.count);
        assert_eq!(
            count,
            found.count.or(count),
            "the count changes between pages"
        );
        if found.next.is_none() {
            return (rows, count);
        }
        assert_ne!(query.resume, found.next);
        query.resume = found.next;
        // The rows left over equal those that would be computed again.
        if !found.rest.is_empty() {
            let kept = go_on(&query, found.rest, found.count, page);
            let anew = run(&query, &reader, page).unwrap();
            assert_eq!(kept.rows, anew.rows);
            assert_eq!((kept.next, kept.rest), (anew.next, anew.rest));
        }
    }
}

fn keys(rows: &[Row]) -> Vec<Value> {
    rows.iter().map(|row| row[0].clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_filter_matches_the_same_rows_as_a_naive_evaluation(
        site in sites(),
        condition in conditions(),
        page in 1_usize..7,
    ) {
        let text = condition.text();
        let query = query("Sessions", &[("$filter", &text), ("$count", "true")]);
        let (found, count) = all(&site, &query, page);
        let sessions = (0..site.sessions.len()).filter(|it| truth(&site, &condition, *it) == Some(true));
        let wanted: Vec<Value> = sessions.map(|it| site.sessions[it].key.into()).collect();
        prop_assert_eq!(keys(&found), wanted.clone(), "{}", text);
        prop_assert_eq!(count, Some(wanted.len() as u64));
    }

    #[test]
    fn users_are_found_by_a_condition_on_their_sessions(site in sites(), condition in conditions()) {
        let inner = condition.text_of("s/");
        for all_of in [false, true] {
            let word = if all_of { "all" } else { "any" };
            let text = format!("Sessions/{word}(s: {inner})");
            let (found, _) = all(&site, &query("Users", &[("$filter", &text)]), 1000);
            let users = site.users.iter().filter(|user| {
                let mut own = (0..site.sessions.len()).filter(|it| site.sessions[*it].user == Some(user.0));
                let is_so = |it: usize| truth(&site, &condition, it) == Some(true);
                if all_of { own.all(is_so) } else { own.any(is_so) }
            });
            let wanted: Vec<Value> = users.map(|it| it.0.into()).collect();
            prop_assert_eq!(keys(&found), wanted, "{}", text);
        }
    }

    #[test]
    fn orderby_top_and_skip_select_from_the_matches(
        site in sites(),
        condition in conditions(),
        (top, skip, page) in (0_usize..12, 0_usize..5, 1_usize..5),
        down in any::<bool>(),
    ) {
        let filter = condition.text();
        let order = if down { "LogOnDuration desc,SessionKey" } else { "LogOnDuration,SessionKey desc" };
        let (top_text, skip_text) = (top.to_string(), skip.to_string());
        let pairs = [("$filter", filter.as_str()), ("$top", &top_text), ("$skip", &skip_text)];
        let (found, _) = all(&site, &query("Sessions", &pairs), page);
        let sessions = (0..site.sessions.len()).filter(|it| truth(&site, &condition, *it) == Some(true));
        let mut sessions: Vec<_> = sessions.map(|it| &site.sessions[it]).collect();
        let cut: Vec<Value> = sessions.iter().skip(skip).take(top).map(|it| it.key.into()).collect();
        prop_assert_eq!(keys(&found), cut);
        let pairs = [pairs[0], pairs[1], pairs[2], ("$orderby", order)];
        let (found, _) = all(&site, &query("Sessions", &pairs), page);
        // Nulls sort first.
        sessions.sort_by(|one, two| {
            let (logon, key) = (one.logon.cmp(&two.logon), one.key.cmp(&two.key));
            if down { logon.reverse().then(key) } else { logon.then(key.reverse()) }
        });
        let cut: Vec<Value> = sessions.iter().skip(skip).take(top).map(|it| it.key.into()).collect();
        prop_assert_eq!(keys(&found), cut);
    }

    #[test]
    fn grouped_sums_match_sums_by_hand(
        site in sites(),
        condition in conditions(),
        grouping in groupings(),
        page in 1_usize..4,
    ) {
        let options = grouping.options(&condition);
        let pairs: Vec<(&str, &str)> = options.iter().map(|it| (it.0, it.1.as_str())).collect();
        let (found, count) = all(&site, &query("Sessions", &pairs), page);
        let wanted = grouping.rows(&site, &condition);
        prop_assert_eq!(count, Some(wanted.len() as u64));
        let found: Vec<serde_json::Value> = found.iter().map(|it| serde_json::to_value(it).unwrap()).collect();
        prop_assert_eq!(found, wanted, "{:?}", options);
    }
}

#[test]
fn a_query_over_too_many_rows_fails() {
    let site = rows::plain(40);
    let query = query("Sessions", &[("$filter", "ConnectionState eq 99")]);
    assert!(run(&query, &Reader::new(&site, 1000), 10).is_ok());
    let few = run(&query, &Reader::new(&site, 10), 10);
    assert_eq!(few.unwrap_err(), RowLimitExceeded);
}

#[test]
fn double_negation_cancels_out_and_unknown_stays_unknown() {
    let site = rows::plain(3);
    let of = |text: &str| {
        all(&site, &query("Sessions", &[("$filter", text)]), 10)
            .0
            .len()
    };
    assert_eq!(
        of("not not (ConnectionState eq 5)"),
        of("ConnectionState eq 5")
    );
    let nobody = of("UserId eq null");
    assert_eq!(
        of("not contains(User/UserName,'x')") + of("contains(User/UserName,'x')"),
        3 - nobody
    );
}
