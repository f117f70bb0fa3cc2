//! Sets, their columns, and the navigations between them.

use std::sync::LazyLock;

/// The type of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Type {
    Bool,
    Int,
    Double,
    Text,
    Guid,
    Time,
    List,
}

impl Type {
    /// Returns its name in the metadata.
    pub(crate) fn edm(self) -> &'static str {
        match self {
            Self::Bool => "Edm.Boolean",
            Self::Int => "Edm.Int64",
            Self::Double => "Edm.Double",
            Self::Text => "Edm.String",
            Self::Guid => "Edm.Guid",
            Self::Time => "Edm.DateTimeOffset",
            Self::List => "Collection(Edm.String)",
        }
    }

    pub(crate) fn is_number(self) -> bool {
        matches!(self, Self::Int | Self::Double)
    }
}

#[derive(Debug)]
pub(crate) struct Column {
    pub(crate) name: &'static str,
    pub(crate) of: Type,
}

/// The columns that join two sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Join {
    pub(crate) from: usize,
    pub(crate) to: usize,
    /// A set of pairs in between, with its columns for both sides.
    pub(crate) via: Option<(usize, usize, usize)>,
}

#[derive(Debug)]
pub(crate) struct Navigation {
    pub(crate) name: &'static str,
    /// The index of the set that it leads to.
    pub(crate) target: usize,
    pub(crate) many: bool,
    /// `None` where nothing documents how the sets are related; those sets are empty.
    pub(crate) join: Option<Join>,
}

#[derive(Debug)]
pub(crate) struct Set {
    pub(crate) number: usize,
    pub(crate) name: &'static str,
    /// The document's name for a query of it.
    pub(crate) operation: &'static str,
    /// The type of its rows.
    pub(crate) model: &'static str,
    pub(crate) key: Vec<usize>,
    /// Whether it can be queried; other types are reached only through navigations.
    pub(crate) is_listed: bool,
    pub(crate) columns: Vec<Column>,
    pub(crate) navigations: Vec<Navigation>,
}

impl Set {
    /// Returns a column by its case-insensitive name.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        let mut columns = self.columns.iter();
        columns.position(|it| it.name.eq_ignore_ascii_case(name))
    }

    pub(crate) fn navigation(&self, name: &str) -> Option<usize> {
        let mut navigations = self.navigations.iter();
        navigations.position(|it| it.name.eq_ignore_ascii_case(name))
    }
}

#[derive(Debug)]
pub(crate) struct Schema {
    pub(crate) sets: Vec<Set>,
}

static SCHEMA: LazyLock<Schema> = LazyLock::new(|| read(include_str!("schema.txt")));

impl Schema {
    pub(crate) fn get() -> &'static Self {
        &SCHEMA
    }

    /// Returns a set that can be queried.
    pub(crate) fn listed(&'static self, name: &str) -> Option<&'static Set> {
        let mut sets = self.sets.iter().filter(|it| it.is_listed);
        sets.find(|it| it.name.eq_ignore_ascii_case(name))
    }
}

/// A parsed line of the table.
enum Line {
    Set(&'static str, &'static str, &'static str, Vec<&'static str>),
    Column(&'static str, Type),
    Navigation(bool, &'static str, &'static str, Option<&'static str>),
}

fn line(text: &'static str) -> Option<Line> {
    let words: Vec<&'static str> = text.split_whitespace().collect();
    match words.as_slice() {
        [what @ ("set" | "type"), name, model, key @ ..] => {
            Some(Line::Set(what, name, model, key.to_vec()))
        }
        [mark @ (">" | ">>"), name, target, join @ ..] => {
            let join = join.first().copied();
            Some(Line::Navigation(*mark == ">>", name, target, join))
        }
        [name, of] => Some(Line::Column(name, type_of(of)?)),
        _ => None,
    }
}

/// Parses the table. Tests detect mistakes in it by counting what was parsed.
fn read(table: &'static str) -> Schema {
    let lines = table.lines().filter(|it| !it.starts_with('#'));
    let lines: Vec<Line> = lines.filter_map(line).collect();
    let mut sets: Vec<Set> = Vec::new();
    for line in &lines {
        match (line, sets.last_mut()) {
            (Line::Set(what, name, model, _), _) => sets.push(Set {
                number: sets.len(),
                name,
                // Leaked, because the table lives as long as the program.
                operation: format!("list{name}").leak(),
                model,
                key: Vec::new(),
                is_listed: *what == "set",
                columns: Vec::new(),
                navigations: Vec::new(),
            }),
            (Line::Column(name, of), Some(set)) => set.columns.push(Column { name, of: *of }),
            _ => {}
        }
    }
    // Navigations and keys may refer to any set, so they are added once all columns exist.
    let mut at = 0;
    for line in &lines {
        match line {
            Line::Set(_, name, _, key) => {
                at = sets.iter().position(|it| it.name == *name).unwrap_or(0);
                let key = key.iter().filter_map(|it| sets[at].column(it)).collect();
                sets[at].key = key;
            }
            Line::Column(..) => {}
            Line::Navigation(many, name, target, join) => {
                let target = sets.iter().position(|it| it.name == *target);
                let Some(target) = target else { continue };
                let join = join.and_then(|it| tie(&sets, at, target, it));
                sets[at].navigations.push(Navigation {
                    name,
                    target,
                    many: *many,
                    join,
                });
            }
        }
    }
    Schema { sets }
}

/// Parses `From=To`, or `From=First@Pairs.Second=To`.
fn tie(sets: &[Set], from: usize, to: usize, text: &str) -> Option<Join> {
    let (first, rest) = text.split_once('=')?;
    let from = sets[from].column(first)?;
    let Some((one, rest)) = rest.split_once('@') else {
        let to = sets[to].column(rest)?;
        let via = None;
        return Some(Join { from, to, via });
    };
    let (pairs, last) = rest.split_once('=')?;
    let (pairs, two) = pairs.split_once('.')?;
    let pairs = sets.iter().find(|it| it.name == pairs)?;
    let via = Some((pairs.number, pairs.column(one)?, pairs.column(two)?));
    let to = sets[to].column(last)?;
    Some(Join { from, to, via })
}

fn type_of(word: &str) -> Option<Type> {
    Some(match word {
        "bool" => Type::Bool,
        "int" => Type::Int,
        "double" => Type::Double,
        "text" => Type::Text,
        "guid" => Type::Guid,
        "time" => Type::Time,
        "list" => Type::List,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_read() {
        let table = include_str!("schema.txt");
        let lines = table.lines().filter(|it| !it.starts_with('#')).count();
        let schema = Schema::get();
        let sets = schema.sets.iter();
        let read = sets.map(|it| 1 + it.columns.len() + it.navigations.len());
        assert_eq!(read.sum::<usize>(), lines);
        assert_eq!(schema.sets.iter().filter(|it| it.is_listed).count(), 74);
        for set in &schema.sets {
            assert!(!set.key.is_empty(), "{} has no key", set.name);
        }
        let navigations = schema.sets.iter().flat_map(|it| &it.navigations);
        let loose: Vec<_> = navigations
            .filter(|it| it.join.is_none())
            .map(|it| it.name)
            .collect();
        let unknown = [
            "Action",
            "ServerConfiguration",
            "NotificationRules",
            "NotificationRuleActions",
        ];
        assert_eq!(loose, unknown);
    }
}
