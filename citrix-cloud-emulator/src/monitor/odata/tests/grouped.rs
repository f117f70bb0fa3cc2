//! Random groups and totals of random rows, computed in the simplest way.

use std::collections::BTreeSet;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::naive::{Condition, Field, Plain, lower, path, read, truth};
use super::rows::Site;

/// The grouping: its keys, its totals, a condition on the groups, and their order.
#[derive(Debug, Clone)]
pub(super) struct Grouping {
    by: Vec<Field>,
    totals: Vec<(Field, &'static str)>,
    having: Option<(usize, &'static str, i64)>,
    order: Option<(usize, bool)>,
}

const NUMBERS: [Field; 3] = [Field::Logon, Field::State, Field::UserId];

pub(super) fn groupings() -> impl Strategy<Value = Grouping> {
    let fields = vec![
        Field::State,
        Field::Anonymous,
        Field::UserId,
        Field::UserName,
        Field::GroupName,
        Field::GroupId,
        Field::Logon,
    ];
    let number = proptest::sample::select(&NUMBERS[..]);
    let ordered = proptest::sample::select(vec![Field::Logon, Field::State, Field::Start]);
    let any_field = proptest::sample::select(fields.clone());
    let total = prop_oneof![
        (number, proptest::sample::select(vec!["sum", "average"])),
        (ordered, proptest::sample::select(vec!["min", "max"])),
        any_field.prop_map(|it| (it, "countdistinct")),
    ];
    let operator = proptest::sample::select(vec!["eq", "ne", "gt", "ge", "lt", "le"]);
    let literal = proptest::sample::select(vec![0_i64, 1, 2, 900, 5900]);
    (
        proptest::sample::subsequence(fields, 0..=3),
        proptest::collection::vec(total, 1..4),
        proptest::option::of((any::<proptest::sample::Index>(), operator, literal)),
        proptest::option::of((any::<proptest::sample::Index>(), any::<bool>())),
    )
        .prop_map(|(by, totals, having, order)| {
            let having = having.map(|(it, by, literal)| (it.index(totals.len()), by, literal));
            Grouping {
                // A time cannot be compared with a number.
                having: having.filter(|it| totals[it.0].0 != Field::Start),
                order: order.map(|(it, down)| (it.index(totals.len()), down)),
                by,
                totals,
            }
        })
}

impl Grouping {
    /// Returns the options of the query.
    pub(super) fn options(&self, condition: &Condition) -> Vec<(&'static str, String)> {
        let totals = self.totals.iter().enumerate();
        let totals = totals.map(|(it, (of, by))| format!("{} with {by} as T{it}", path(*of)));
        let totals = format!("aggregate({})", totals.collect::<Vec<_>>().join(","));
        let by: Vec<&str> = self.by.iter().map(|it| path(*it)).collect();
        let step = match by.is_empty() {
            true => totals,
            false => format!("groupby(({}),{totals})", by.join(",")),
        };
        let mut options = vec![
            ("$apply", format!("filter({})/{step}", condition.text())),
            ("$count", "true".to_owned()),
        ];
        let having = self
            .having
            .map(|(it, by, literal)| format!("T{it} {by} {literal}"));
        options.extend(having.map(|it| ("$filter", it)));
        let order = self.order.map(|(it, down)| match down {
            true => format!("T{it} desc"),
            false => format!("T{it}"),
        });
        options.extend(order.map(|it| ("$orderby", it)));
        options
    }

    /// Returns the expected rows.
    pub(super) fn rows(&self, site: &Site, condition: &Condition) -> Vec<Value> {
        type Key = Vec<Option<Plain>>;
        let mut groups: Vec<(Key, Vec<usize>)> = Vec::new();
        for session in 0..site.sessions.len() {
            if truth(site, condition, session) != Some(true) {
                continue;
            }
            let key: Key = self.by.iter().map(|it| read(site, *it, session)).collect();
            match groups.iter_mut().find(|it| folded(&it.0) == folded(&key)) {
                Some(group) => group.1.push(session),
                None => groups.push((key, vec![session])),
            }
        }
        if self.by.is_empty() && groups.is_empty() {
            groups.push((Vec::new(), Vec::new()));
        }
        groups.sort_by(|one, two| folded(&one.0).partial_cmp(&folded(&two.0)).unwrap());
        let mut rows: Vec<(Vec<Value>, Vec<Option<f64>>)> = Vec::new();
        for (key, members) in groups {
            let totals = self.totals.iter().map(|it| total(site, *it, &members));
            let totals: Vec<(Value, Option<f64>)> = totals.collect();
            let wanted = self.having.is_none_or(|(it, by, literal)| {
                let literal = literal as f64;
                match totals[it].1 {
                    None => by == "ne",
                    Some(it) => match by {
                        "eq" => it == literal,
                        "ne" => it != literal,
                        "gt" => it > literal,
                        "ge" => it >= literal,
                        "lt" => it < literal,
                        _ => it <= literal,
                    },
                }
            });
            if wanted {
                let mut cells: Vec<Value> = key.into_iter().map(shown).collect();
                let (shown, numbers): (Vec<_>, Vec<_>) = totals.into_iter().unzip();
                cells.extend(shown);
                rows.push((cells, numbers));
            }
        }
        if let Some((by, down)) = self.order {
            rows.sort_by(|one, two| {
                let order = one.1[by].partial_cmp(&two.1[by]).unwrap();
                if down { order.reverse() } else { order }
            });
        }
        rows.into_iter().map(|it| Value::Array(it.0)).collect()
    }
}

fn folded(key: &[Option<Plain>]) -> Vec<Option<Plain>> {
    key.iter().map(|it| it.clone().map(lower)).collect()
}

fn shown(plain: Option<Plain>) -> Value {
    match plain {
        None => Value::Null,
        Some(Plain::Number(it)) => json!(it),
        Some(Plain::Text(it)) => json!(it),
        Some(Plain::Flag(it)) => json!(it),
    }
}

/// Computes a total of a group's members, as shown and as compared.
fn total(site: &Site, (field, method): (Field, &str), members: &[usize]) -> (Value, Option<f64>) {
    let values = members.iter().filter_map(|it| read(site, field, *it));
    let values: Vec<Plain> = values.map(lower).collect();
    if method == "countdistinct" {
        let distinct: BTreeSet<String> = values.iter().map(|it| format!("{it:?}")).collect();
        return (json!(distinct.len()), Some(distinct.len() as f64));
    }
    let numbers: Vec<i64> = values
        .iter()
        .map(|it| match it {
            Plain::Number(it) => *it,
            other => panic!("{other:?} is no number"),
        })
        .collect();
    let sum: i64 = numbers.iter().sum();
    let found = match method {
        _ if numbers.is_empty() => return (Value::Null, None),
        "average" => {
            let mean = sum as f64 / numbers.len() as f64;
            return (json!(mean), Some(mean));
        }
        "sum" => sum,
        "min" => numbers.iter().copied().min().unwrap(),
        _ => numbers.iter().copied().max().unwrap(),
    };
    let shown = match field {
        Field::Start => json!(Timestamp::from_millisecond(found).unwrap().to_string()),
        _ => json!(found),
    };
    (shown, Some(found as f64))
}
