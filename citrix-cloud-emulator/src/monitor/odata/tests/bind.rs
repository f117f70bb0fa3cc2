use super::super::super::schema::Schema;
use super::super::grammar;
use super::*;

fn refused(set: &str, text: &str) -> String {
    let set = Schema::get().listed(set).unwrap();
    let expression = grammar::filter(text).unwrap();
    condition(Names::Of(set), &expression).unwrap_err().0
}

#[test]
fn names_match_in_any_case_and_unknown_ones_are_named() {
    let set = Schema::get().listed("sessions").unwrap();
    let expression = grammar::filter("logonduration gt 1 and user/USERNAME ne null").unwrap();
    assert!(condition(Names::Of(set), &expression).is_ok());
    let why = refused("Sessions", "Hidden eq true");
    assert!(why.contains("'Hidden' on type 'Session'"), "{why}");
    // There is no such column, although programs use it.
    assert!(refused("MachineMetric", "ModifiedDate gt 2026-01-05").contains("ModifiedDate"));
}

#[test]
fn types_that_do_not_fit_are_refused() {
    for (set, text) in [
        ("Sessions", "ConnectionState eq 'Active'"),
        ("Machines", "Id eq '11111111-2222-3333-4444-555555555555'"),
        ("Sessions", "StartDate gt 5"),
        ("Sessions", "contains(LogOnDuration,'1')"),
        ("Sessions", "LogOnDuration"),
        ("Machines", "Tags eq null and Tags eq Tags"),
        ("Machines", "Sessions/LogOnDuration gt 5"),
        ("Machines", "DesktopGroup gt null"),
        ("Machines", "DesktopGroup eq 5"),
        ("Machines", "Name/any(n: n eq 'x')"),
        ("Machines", "substringof('x',Name)"),
        ("Machines", "contains(Name)"),
        ("Machines", "Sessions/all()"),
    ] {
        let why = refused(set, text);
        assert!(!why.is_empty(), "{text}");
    }
}

#[test]
fn an_inner_condition_can_speak_of_the_outer_row() {
    let set = Schema::get().listed("Users").unwrap();
    let text =
        "Sessions/any(s: s/UserId eq Id and s/Connections/any(c: c/SessionKey eq s/SessionKey))";
    let expression = grammar::filter(text).unwrap();
    assert!(condition(Names::Of(set), &expression).is_ok());
}

#[test]
fn sums_want_numbers_and_aliases_differ() {
    let set = Schema::get().listed("Sessions").unwrap();
    for text in [
        "aggregate(StartDate with sum as S)",
        "aggregate(UserId with min as A,UserId with max as A)",
        "groupby((User))",
        "groupby((ConnectionState),aggregate(UserId with max as ConnectionState))",
        "aggregate(UserId with max as A)/filter(UserId eq 1)",
    ] {
        let steps = grammar::apply(text).unwrap();
        assert!(stages(set, &steps).is_err(), "{text}");
    }
    let text = "filter(UserId ne null)/groupby((User/FullName),aggregate(UserId with max as A))/filter(A gt 1)";
    let (before, stages) = stages(set, &grammar::apply(text).unwrap()).unwrap();
    assert_eq!((before.len(), stages.len()), (1, 2));
}
