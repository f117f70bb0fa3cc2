use proptest::prelude::*;

use super::*;

#[test]
fn queries_that_the_service_accepts_are_parsed() {
    for text in [
        "LifecycleState eq 0 and (Name ne null or not IsInMaintenanceMode eq true)",
        "Session/FailureDate ge 2026-01-05T00:00:00Z",
        "Machine/DesktopGroup/Id eq 11111111-2222-3333-4444-555555555555",
        "Id eq abcdefab-2222-3333-4444-555555555555",
        "User/UserName eq 'O''Brien'",
        "Sessions/any(s: s/LogOnDuration gt 600000)",
        "Sessions/any()",
        "contains(tolower(Name),'vda') and endswith(DnsName, '.example')",
        "StartDate gt cast(2026-01-05T02:56:57.996Z,Edm.DateTimeOffset)",
        "StartDate ge 2026-01-05",
        "not (A eq 1)",
        "((A eq -1)) or B eq 1.5e3",
    ] {
        assert!(filter(text).is_ok(), "{text}: {:?}", filter(text));
    }
    for text in [
        "Machine($select=Name;$expand=DesktopGroup($select=Name)),User($select=FullName)",
        "Sessions($select=SessionKey,ConnectionState;$filter=EndDate eq null)",
        "Sessions($select=StartDate;$orderby=StartDate desc;$top=1;$skip=0;$count=true)",
    ] {
        assert!(expand(text).is_ok(), "{text}: {:?}", expand(text));
    }
    for text in [
        "filter((CreatedDate gt 2026-01-01T00:00:00Z) and ((User/FullName) ne null))/groupby((User/FullName),aggregate(LogonDuration with average as A,CreatedDate with countdistinct as N))",
        "groupby((a,b))",
        "aggregate(TotalAmountSaved with sum as TotalAmountSavedSum)",
    ] {
        assert!(apply(text).is_ok(), "{text}: {:?}", apply(text));
    }
    assert_eq!(select("*, Name ,Id").unwrap(), ["*", "Name", "Id"]);
    assert!(order("StartDate desc, User/UserName asc,Id").is_ok());
}

#[test]
fn queries_that_odata_4_forbids_are_rejected() {
    for text in [
        "SummaryDate gt DateTime'2026-01-05T00:00:00'",
        "Id eq guid'11111111-2222-3333-4444-555555555555'",
        "Name eq \"x\"",
        "Name eq 'x",
        "A eq",
        "A eq 1 and",
        "A == 1",
        "A eq 1)",
        "A eq 2026-13-05",
        "Sessions/some(s: s/A eq 1)",
        "",
    ] {
        assert!(filter(text).is_err(), "{text}: {:?}", filter(text));
    }
    assert!(apply("topcount(3,A)").is_err());
    assert!(apply("aggregate(A with median as M)").is_err());
    assert!(expand("User($search=x)").is_err());
}

#[test]
fn literals_have_their_types_and_quotes_are_halved() {
    let literal = |text: &str| match filter(text).unwrap() {
        Expression::Literal(literal) => literal,
        other => panic!("{other:?}"),
    };
    assert_eq!(literal("'it''s'"), Literal::Text("it's".to_owned()));
    assert_eq!(literal("-7"), Literal::Int(-7));
    assert_eq!(literal("7.5"), Literal::Double(7.5));
    assert_eq!(literal("null"), Literal::Null);
    let day = "2026-01-05T00:00:00Z".parse().unwrap();
    assert_eq!(literal("2026-01-05"), Literal::Time(day));
    assert_eq!(literal("2026-01-05T01:00:00+01:00"), Literal::Time(day));
}

#[test]
fn deep_nesting_is_rejected_quickly() {
    let deep = format!("{}A eq 1{}", "(".repeat(100_000), ")".repeat(100_000));
    let error = filter(&deep).unwrap_err();
    assert_eq!(
        (error.at, error.why),
        (64, "parentheses are nested too deeply")
    );
    assert!(filter(&"not ".repeat(100_000)).is_err());
    let wide = vec!["A eq 1"; 20_000].join(" or ");
    assert!(filter(&wide).is_ok());
    let broken = format!("{}A eq 1", "User($expand=".repeat(60));
    assert!(expand(&broken).is_err());
}

proptest! {
    #[test]
    fn no_query_text_causes_a_panic(text in "[ -~é]{0,60}", more in "[a-z'()/,;$= 0-9-]{0,80}") {
        for text in [&text, &more] {
            let _ = (filter(text), expand(text), apply(text), select(text), order(text));
        }
    }
}
