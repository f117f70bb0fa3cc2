use super::super::super::schema::Schema;
use super::*;

fn ask(pairs: &[(&str, &str)]) -> Result<Query, QueryError> {
    let set = Schema::get().listed("Sessions").unwrap();
    read(set, |name| {
        let mut pairs = pairs.iter();
        pairs.find(|it| it.0 == name).map(|it| it.1)
    })
}

#[test]
fn malformed_options_are_rejected_and_unknown_ones_ignored() {
    for pair in [
        ("$top", "-1"),
        ("$top", "all"),
        ("$skip", "1.5"),
        ("$count", "yes"),
        ("$skiptoken", "1-2-3"),
        ("$skiptoken", "1-99999999999-0-0"),
        ("$select", "Nothing"),
        ("$expand", "Nothing"),
        ("$orderby", "User"),
    ] {
        assert!(
            matches!(ask(&[pair]), Err(QueryError::Query(_))),
            "{pair:?}"
        );
    }
    assert!(ask(&[("null", "null"), ("orderby", "x"), ("%$top", "5")]).is_ok());
    assert!(matches!(
        ask(&[("$search", "x")]),
        Err(QueryError::Unknown("$search"))
    ));
}

#[test]
fn a_continuation_token_says_where_the_next_page_starts() {
    let resume = Resume {
        taken: 1000,
        chunk: Chunk {
            day: i32::MAX,
            place: 7,
        },
        offset: 3,
    };
    let token = token(&resume, 1_767_600_000_250);
    assert_eq!(self::resume(&token), Ok((resume, 1_767_600_000_250)));
    for other in ["1-2-3-4", "1-2-3-4-x", "1-2-3-4-9223372036854775807"] {
        assert!(self::resume(other).is_err(), "{other}");
    }
}

#[test]
fn groupby_allows_neither_expand_nor_other_columns() {
    let apply = (
        "$apply",
        "groupby((ConnectionState),aggregate(UserId with countdistinct as N))",
    );
    assert!(
        ask(&[
            apply,
            ("$orderby", "n desc"),
            ("$filter", "N gt 1"),
            ("$select", "N")
        ])
        .is_ok()
    );
    for pair in [
        ("$expand", "User"),
        ("$orderby", "StartDate"),
        ("$filter", "StartDate ne null"),
        ("$select", "StartDate"),
    ] {
        assert!(ask(&[apply, pair]).is_err(), "{pair:?}");
    }
    let only = ("$apply", "filter(ConnectionState eq 5)");
    assert!(ask(&[only, ("$expand", "User"), ("$filter", "EndDate eq null")]).is_ok());
}
