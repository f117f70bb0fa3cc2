//! Finds unknown names in a query after the service has rejected it.
//!
//! The service decides what exists, so unknown names never prevent a query.

use super::catalog::{Catalog, Set};
use crate::exit::Failure;
use crate::near::near;

/// The number of suggestions for a name.
const SUGGESTED: usize = 3;

/// OData keywords, which are not names.
const WORDS: &str = "add and as asc average countdistinct desc div eq false ge gt has in inf le lt max \
                     min mod mul nan ne not null or sub sum true with";

/// Adds suggestions to a rejected query, if the service's error is about an unknown name.
pub(super) fn explained(failure: Failure, set: &str, texts: &[&str]) -> Failure {
    let Failure::Service(error) = &failure else {
        return failure;
    };
    let catalog = Catalog::get();
    match (error.status(), catalog.set(set)) {
        (Some(404), None) => Failure::Missing(catalog.no_set(set)),
        (Some(400), Some(set)) => {
            let hints: Vec<String> = unknown(set, texts).iter().map(Unknown::hint).collect();
            match hints.is_empty() {
                true => failure,
                false => failure.advised(hints.join("; ")),
            }
        }
        _ => failure,
    }
}

/// A name that a set does not have.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Unknown {
    name: String,
    set: &'static str,
}

impl Unknown {
    fn hint(&self) -> String {
        let Self { name, set } = self;
        let near = self.near();
        match near.is_empty() {
            true => format!("`{name}` is not a known name in {set}: see `monitor describe {set}`"),
            false => format!(
                "`{name}` is not a known name in {set}: did you mean {}?",
                near.join(" or ")
            ),
        }
    }

    /// Returns the columns and navigations of the set, and the columns of rows that to-one navigations lead to.
    fn near(&self) -> Vec<String> {
        let catalog = Catalog::get();
        let Some(set) = catalog.set(self.set) else {
            return Vec::new();
        };
        let one = set.navigations.iter().filter(|it| !it.is_many);
        let behind: Vec<(&str, &str)> = one
            .filter_map(|it| Some((it.name, catalog.set(it.target)?)))
            .flat_map(|(name, target)| target.columns.iter().map(move |it| (name, it.name)))
            .collect();
        let path = |(navigation, column): &(&str, &str)| format!("{navigation}/{column}");
        let same = behind
            .iter()
            .filter(|(_, column)| column.eq_ignore_ascii_case(&self.name));
        let same: Vec<String> = same.map(path).take(SUGGESTED).collect();
        if !same.is_empty() {
            return same;
        }
        // `MachineName` is compared with `Machine/Name` first, and then with every column of `Machine`.
        let joined: Vec<String> = behind.iter().map(|(a, b)| format!("{a}{b}")).collect();
        let own = set.columns.iter().map(|it| it.name);
        let own = own.chain(set.navigations.iter().map(|it| it.name));
        let near = near(&self.name, own.chain(joined.iter().map(String::as_str)));
        let near = near.into_iter().enumerate().filter_map(|(place, name)| {
            let at = joined.iter().position(|it| *it == name);
            match at.and_then(|at| behind.get(at)) {
                Some(behind) => (place == 0).then(|| path(behind)),
                None => Some(name),
            }
        });
        near.collect()
    }
}

/// Returns the names in OData texts that belong neither to the set nor to related rows. A name that one text defines
/// with `as` is valid in the following texts.
fn unknown(set: &'static Set, texts: &[&str]) -> Vec<Unknown> {
    let mut names = Names::default();
    for text in texts {
        names.read(text, set);
    }
    names.unknown
}

/// The meaning of names within a pair of parentheses.
#[derive(Clone)]
struct Scope {
    /// `None` after an unknown name.
    set: Option<&'static Set>,
    /// The rows of `any` and `all`, by their names.
    rows: Vec<(String, Option<&'static Set>)>,
    /// The set of the next row.
    next: Option<&'static Set>,
}

#[derive(Default)]
struct Names {
    given: Vec<String>,
    unknown: Vec<Unknown>,
}

impl Names {
    fn read(&mut self, text: &str, set: &'static Set) {
        let mut scopes = vec![Scope {
            set: Some(set),
            rows: Vec::new(),
            next: None,
        }];
        let (mut rest, mut before) = (text, "");
        while let Some(first) = rest.chars().next() {
            let depth = scopes.len();
            let Some(scope) = scopes.last_mut() else {
                return;
            };
            let length = match first {
                '\'' => 2 + rest[1..].find('\'').unwrap_or(rest.len()),
                it if it.is_ascii_digit() => run(rest, |it| is_word(it) || ":+".contains(it)),
                it if is_word(it) => run(rest, is_word),
                other => other.len_utf8(),
            };
            let (token, after) = rest.split_at(length.min(rest.len()));
            rest = after;
            match first {
                it if it.is_whitespace() => continue,
                '(' => {
                    let inner = scope.clone();
                    scopes.push(inner);
                }
                ')' if depth > 1 => drop(scopes.pop()),
                it if is_word(it) && !it.is_ascii_digit() => {
                    if let Some(inner) = self.word(scope, before, token, after) {
                        rest = &after[1..];
                        scopes.push(inner);
                        before = "(";
                        continue;
                    }
                }
                _ => {}
            }
            before = token;
        }
    }

    /// Processes a word, and returns the scope of the parentheses after it if that differs.
    fn word(&mut self, scope: &mut Scope, before: &str, word: &str, after: &str) -> Option<Scope> {
        let is_literal = word.contains(['-', '.']) || after.starts_with('\'');
        let is_option = word.starts_with(['$', '@']);
        let is_operator = |word: &str| WORDS.split(' ').any(|it| it.eq_ignore_ascii_case(word));
        // An operator follows a value, whether or not it is known.
        let is_value = before.starts_with(|it: char| is_word(it) || ")'".contains(it));
        let is_behind = is_value && !is_operator(before);
        if before.eq_ignore_ascii_case("as") {
            self.given.push(word.to_owned());
        } else if after.starts_with(':') {
            scope.rows.push((word.to_owned(), scope.next));
        } else if after.starts_with('(') {
            let mut inner = scope.clone();
            if let Some((path, last)) = word.rsplit_once('/')
                && matches!(last, "any" | "all")
            {
                inner.next = self.path(scope, path);
            } else if after.starts_with("($") {
                inner.set = self.path(scope, word);
            }
            return Some(inner);
        } else if !(is_literal || is_option || is_behind || is_operator(word)) {
            self.path(scope, word);
        }
        None
    }

    /// Follows a path, and returns the set it leads to, if any.
    fn path(&mut self, scope: &Scope, path: &str) -> Option<&'static Set> {
        if self.given.iter().any(|it| it.eq_ignore_ascii_case(path)) {
            return None;
        }
        let mut set = scope.set;
        for (place, name) in path.split('/').enumerate() {
            let row = scope.rows.iter().rev().find(|it| it.0 == name);
            if let Some((_, of)) = row.filter(|_| place == 0) {
                set = *of;
                continue;
            }
            let within = set?;
            set = match within.navigation(name) {
                Some(navigation) => Catalog::get().set(navigation.target),
                None if within.column(name).is_some() || name.starts_with('$') => None,
                None => {
                    let unknown = Unknown {
                        name: name.to_owned(),
                        set: within.name,
                    };
                    if !self.unknown.contains(&unknown) {
                        self.unknown.push(unknown);
                    }
                    None
                }
            };
        }
        set
    }
}

fn is_word(it: char) -> bool {
    it.is_alphanumeric() || "_/-.$@".contains(it)
}

/// Returns the length of the prefix with matching characters.
fn run(text: &str, of: impl Fn(char) -> bool) -> usize {
    text.find(|it| !of(it)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(set: &str, texts: &[&str]) -> Vec<String> {
        let set = Catalog::get().set(set).unwrap();
        let unknown = unknown(set, texts).into_iter();
        unknown
            .map(|it| format!("{} of {}", it.name, it.set))
            .collect()
    }

    #[test]
    fn documented_columns_are_known() {
        for text in [
            "User/UserName,Machine/DesktopGroup/Name",
            "EndDate eq null and logonduration gt 60000 or not (ConnectionState eq 5)",
            "StartDate ge 2026-01-05T08:30:00.5Z and UserId in (1,2)",
            "MachineId eq a1b2c3d4-0000-0000-0000-000000000001",
            "contains(User/UserName,'Nam eq ''Foo''') and year(StartDate) eq 2026",
            "StartDate gt cast(2026-01-05T00:00:00Z,Edm.DateTimeOffset)",
            "Connections/any(c: c/IsReconnect eq false and c/Session/EndDate eq null)",
            "Connections/$count gt 1",
            "Machine($select=Name;$expand=DesktopGroup($select=Name)),User",
            "Connections($filter=IsReconnect eq false;$orderby=LogOnStartDate desc;$top=1)",
            "filter(EndDate eq null)/groupby((User/UserName),aggregate(LogOnDuration with average as Mean))",
            "StartDate desc",
            "SessionKey like 'x' or (UserId eq 1) nor UserId eq 'a' xor UserId eq 2 foo",
            "*",
            "'",
            ")(((",
            "",
        ] {
            assert_eq!(found("Sessions", &[text]), [""; 0], "{text}");
        }
        let apply = "groupby((UserId),aggregate(SessionKey with countdistinct as N))";
        assert_eq!(found("Sessions", &[apply, "N desc"]), [""; 0]);
    }

    #[test]
    fn unknown_names_are_reported_with_their_set() {
        for (text, expected) in [
            ("Nam eq 'x' and Nam ne 'y'", &["Nam of Sessions"][..]),
            ("User/Usrname", &["Usrname of Users"]),
            ("Usr/UserName", &["Usr of Sessions"]),
            (
                "Machine($select=Nam;$expand=Group)",
                &["Nam of Machines", "Group of Machines"],
            ),
            ("Machin($select=Name)", &["Machin of Sessions"]),
            (
                "Connections/any(c: c/IsReconect eq true) and Foo eq 1",
                &["IsReconect of Connections", "Foo of Sessions"],
            ),
            (
                "groupby((Bar),aggregate(Baz with sum as Sum))",
                &["Bar of Sessions", "Baz of Sessions"],
            ),
            ("Größe eq 'ä'", &["Größe of Sessions"]),
        ] {
            assert_eq!(found("Sessions", &[text]), expected, "{text}");
        }
    }

    #[test]
    fn near_columns_and_navigations_are_suggested() {
        for (set, name, expected) in [
            (
                "Machines",
                "Nam",
                "`Nam` is not a known name in Machines: did you mean Name?",
            ),
            (
                "Sessions",
                "username",
                "`username` is not a known name in Sessions: did you mean User/UserName?",
            ),
            (
                "Sessions",
                "MachineNam",
                "`MachineNam` is not a known name in Sessions: did you mean Machine/Name?",
            ),
            (
                "Sessions",
                "Machin",
                "`Machin` is not a known name in Sessions: did you mean Machine?",
            ),
            (
                "Sessions",
                "Usr",
                "`Usr` is not a known name in Sessions: did you mean User?",
            ),
            (
                "Sessions",
                "Xyzzy",
                "`Xyzzy` is not a known name in Sessions: see `monitor describe Sessions`",
            ),
        ] {
            let unknown = Unknown {
                name: name.to_owned(),
                set,
            };
            assert_eq!(unknown.hint(), expected);
        }
    }
}
