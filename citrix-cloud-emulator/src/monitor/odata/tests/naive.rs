//! Conditions and totals, evaluated in the simplest way.

use jiff::Timestamp;
use proptest::prelude::*;

use super::rows::{NAMES, Site, group_id};

/// The fields that a condition can use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    Logon,
    State,
    Anonymous,
    Start,
    UserId,
    UserName,
    MachineName,
    GroupName,
    GroupId,
}

#[derive(Debug, Clone, PartialEq, PartialOrd)]
pub(super) enum Plain {
    Number(i64),
    Text(String),
    Flag(bool),
}

#[derive(Debug, Clone)]
pub(super) enum Condition {
    /// Field, operator, the literal as written, and its value.
    Compare(Field, &'static str, String, Option<Plain>),
    Flipped(Field, &'static str, String, Option<Plain>),
    Words(&'static str, Field, String),
    Lower(Field, String),
    HasMachine(bool),
    HasGroup(bool),
    Flag,
    Both(Box<Condition>, Box<Condition>),
    Either(Box<Condition>, Box<Condition>),
    Not(Box<Condition>),
}

pub(super) fn path(field: Field) -> &'static str {
    match field {
        Field::Logon => "LogOnDuration",
        Field::State => "connectionstate",
        Field::Anonymous => "IsAnonymous",
        Field::Start => "StartDate",
        Field::UserId => "User/Id",
        Field::UserName => "User/UserName",
        Field::MachineName => "Machine/Name",
        Field::GroupName => "Machine/DesktopGroup/Name",
        Field::GroupId => "Machine/DesktopGroupId",
    }
}

fn leaf() -> impl Strategy<Value = Condition> {
    let operator = proptest::sample::select(vec!["eq", "ne", "gt", "ge", "lt", "le"]);
    let numbers = proptest::sample::select(vec![0_i64, 1, 2, 900, 5000, 60_001]);
    let fields = proptest::sample::select(vec![Field::Logon, Field::State, Field::UserId]);
    let number =
        (fields, numbers).prop_map(|(field, it)| (field, it.to_string(), Some(Plain::Number(it))));
    let day = (0_i64..4).prop_map(|it| {
        let at = 1_767_571_200_000 + it * 86_400_000;
        let written = Timestamp::from_millisecond(at).unwrap().to_string();
        (Field::Start, written, Some(Plain::Number(at)))
    });
    let texts = vec![Field::UserName, Field::MachineName, Field::GroupName];
    let names = || proptest::sample::select(&NAMES[..]);
    let text = (proptest::sample::select(texts.clone()), names()).prop_map(|(field, it)| {
        let written = format!("'{}'", it.replace('\'', "''").to_uppercase());
        (field, written, Some(Plain::Text(it.to_owned())))
    });
    let every = vec![Field::Logon, Field::UserName, Field::GroupId, Field::Start];
    let null = proptest::sample::select(every).prop_map(|field| (field, "null".to_owned(), None));
    let flag =
        any::<bool>().prop_map(|it| (Field::Anonymous, it.to_string(), Some(Plain::Flag(it))));
    let group = (0_usize..3).prop_map(|it| {
        let id = group_id(it).to_string();
        (Field::GroupId, id.clone(), Some(Plain::Text(id)))
    });
    let compared = prop_oneof![number, day, text, null, flag, group];
    let compare =
        (compared, operator, any::<bool>()).prop_map(|((field, written, plain), by, flipped)| {
            if flipped {
                Condition::Flipped(field, by, written, plain)
            } else {
                Condition::Compare(field, by, written, plain)
            }
        });
    let tests = proptest::sample::select(vec!["contains", "startswith", "endswith"]);
    let parts = proptest::sample::select(vec!["b", "OB", "'", "n", ""]);
    let words = (tests, proptest::sample::select(texts), parts)
        .prop_map(|(test, field, part)| Condition::Words(test, field, part.to_owned()));
    prop_oneof![
        6 => compare,
        2 => words,
        1 => names().prop_map(|it| Condition::Lower(Field::UserName, it.to_lowercase())),
        1 => any::<bool>().prop_map(Condition::HasMachine),
        1 => any::<bool>().prop_map(Condition::HasGroup),
        1 => Just(Condition::Flag),
    ]
}

pub(super) fn conditions() -> impl Strategy<Value = Condition> {
    leaf().prop_recursive(4, 12, 2, |inner| {
        let two = || {
            (
                inner.clone().prop_map(Box::new),
                inner.clone().prop_map(Box::new),
            )
        };
        prop_oneof![
            two().prop_map(|(one, two)| Condition::Both(one, two)),
            two().prop_map(|(one, two)| Condition::Either(one, two)),
            inner.clone().prop_map(|it| Condition::Not(Box::new(it))),
        ]
    })
}

impl Condition {
    pub(super) fn text(&self) -> String {
        self.text_of("")
    }

    /// Formats the condition with a prefix before each path.
    pub(super) fn text_of(&self, before: &str) -> String {
        let at = |field: &Field| format!("{before}{}", path(*field));
        match self {
            Self::Compare(field, by, literal, _) => format!("{} {by} {literal}", at(field)),
            Self::Flipped(field, by, literal, _) => format!("{literal} {by} {}", at(field)),
            Self::Words(test, field, part) => {
                format!("{test}({},'{}')", at(field), part.replace('\'', "''"))
            }
            Self::Lower(field, it) => {
                format!("tolower({}) eq '{}'", at(field), it.replace('\'', "''"))
            }
            Self::HasMachine(has) => {
                format!("{before}Machine {} null", if *has { "ne" } else { "eq" })
            }
            Self::HasGroup(has) => {
                format!(
                    "{before}Machine/DesktopGroup {} null",
                    if *has { "ne" } else { "eq" }
                )
            }
            Self::Flag => format!("{before}IsAnonymous"),
            Self::Both(one, two) => {
                format!("({}) and ({})", one.text_of(before), two.text_of(before))
            }
            Self::Either(one, two) => {
                format!("({} or {})", one.text_of(before), two.text_of(before))
            }
            Self::Not(inner) => format!("not ({})", inner.text_of(before)),
        }
    }
}

/// Returns the value of a field in a session.
pub(super) fn read(site: &Site, field: Field, number: usize) -> Option<Plain> {
    let session = &site.sessions[number];
    let user = session
        .user
        .and_then(|id| site.users.iter().find(|it| it.0 == id));
    let machine = session.machine.and_then(|it| site.machines.get(it));
    let text = |it: &String| Plain::Text(it.clone());
    match field {
        Field::Logon => session.logon.map(Plain::Number),
        Field::State => Some(Plain::Number(session.state)),
        Field::Anonymous => Some(Plain::Flag(session.anonymous)),
        Field::Start => Some(Plain::Number(session.start)),
        Field::UserId => user.map(|it| Plain::Number(it.0)),
        Field::UserName => user?.1.as_ref().map(text),
        Field::MachineName => machine?.0.as_ref().map(text),
        Field::GroupName => site.groups.get(machine?.1?).map(text),
        Field::GroupId => machine?.1.map(|it| Plain::Text(group_id(it).to_string())),
    }
}

pub(super) fn lower(plain: Plain) -> Plain {
    match plain {
        Plain::Text(it) => Plain::Text(it.to_lowercase()),
        other => other,
    }
}

fn compared(left: Option<Plain>, by: &str, right: Option<Plain>) -> bool {
    match (left.map(lower), right.map(lower)) {
        (None, None) => by == "eq",
        (None, Some(_)) | (Some(_), None) => by == "ne",
        (Some(left), Some(right)) => match by {
            "eq" => left == right,
            "ne" => left != right,
            "gt" => left > right,
            "ge" => left >= right,
            "lt" => left < right,
            _ => left <= right,
        },
    }
}

/// Returns whether a condition holds for a session.
pub(super) fn truth(site: &Site, condition: &Condition, number: usize) -> Option<bool> {
    let field = |it: &Field| read(site, *it, number);
    match condition {
        Condition::Compare(it, by, _, literal) => Some(compared(field(it), by, literal.clone())),
        Condition::Flipped(it, by, _, literal) => Some(compared(literal.clone(), by, field(it))),
        Condition::Words(test, it, part) => match field(it)? {
            Plain::Text(it) => {
                let (it, part) = (it.to_lowercase(), part.to_lowercase());
                Some(match *test {
                    "contains" => it.find(&part).is_some(),
                    "startswith" => it.get(..part.len()) == Some(&part),
                    _ => it.strip_suffix(part.as_str()).is_some(),
                })
            }
            _ => None,
        },
        Condition::Lower(it, text) => {
            Some(compared(field(it), "eq", Some(Plain::Text(text.clone()))))
        }
        Condition::HasMachine(has) => {
            let machine = site.sessions[number].machine;
            Some(machine.is_some_and(|it| it < site.machines.len()) == *has)
        }
        Condition::HasGroup(has) => Some(read(site, Field::GroupName, number).is_some() == *has),
        Condition::Flag => Some(site.sessions[number].anonymous),
        Condition::Not(inner) => Some(!truth(site, inner, number)?),
        Condition::Both(one, two) => {
            let (one, two) = (truth(site, one, number), truth(site, two, number));
            match one == Some(false) || two == Some(false) {
                true => Some(false),
                false => Some(one? && two?),
            }
        }
        Condition::Either(one, two) => {
            let (one, two) = (truth(site, one, number), truth(site, two, number));
            match one == Some(true) || two == Some(true) {
                true => Some(true),
                false => Some(one? || two?),
            }
        }
    }
}
