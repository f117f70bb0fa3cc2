//! Sorts rows.

use std::cmp::Ordering;

use serde_json::Value;

use super::column::Column;

/// A column to sort by.
#[derive(Debug, Clone)]
pub(crate) struct SortKey {
    pub(super) name: String,
    descending: bool,
}

impl SortKey {
    /// Parses the name of a column; a leading `-` means descending order.
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let (name, descending) = match text.trim().strip_prefix('-') {
            Some(name) => (name, true),
            None => (text.trim(), false),
        };
        match name {
            "" => Err("a column, such as Name, or -Name for descending order".to_owned()),
            name => Ok(Self {
                name: name.to_owned(),
                descending,
            }),
        }
    }
}

/// Sorts rows by columns, most important first. Rows without a value come last in either order.
pub(super) fn sort(rows: &mut [Value], keys: &[(Column, &SortKey)]) {
    rows.sort_by(|a, b| {
        let mut orders = keys.iter().map(|(column, key)| {
            let (a, b) = (column.find(a), column.find(b));
            match (a, b) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Greater,
                (Some(_), None) => Ordering::Less,
                (Some(a), Some(b)) if key.descending => compare(b, a),
                (Some(a), Some(b)) => compare(a, b),
            }
        });
        let decided = orders.find(|order| order.is_ne());
        decided.unwrap_or(Ordering::Equal)
    });
}

/// Compares numbers by size, texts case-insensitively, and values of different types by type.
fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64(), b.as_f64());
            a.unwrap_or_default().total_cmp(&b.unwrap_or_default())
        }
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::String(a), Value::String(b)) => {
            a.to_lowercase().cmp(&b.to_lowercase()).then(a.cmp(b))
        }
        (a, b) => kind(a)
            .cmp(&kind(b))
            .then_with(|| a.to_string().cmp(&b.to_string())),
    }
}

fn kind(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Number(_) => 2,
        Value::String(_) => 3,
        Value::Array(_) => 4,
        Value::Object(_) => 5,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn rows_without_a_value_are_last_in_either_direction() {
        let rows = [
            json!({"N": "b", "A": 10}),
            json!({"N": "a", "A": null}),
            json!({"N": "C", "A": 9}),
            json!({"N": "d", "A": 10}),
        ];
        for (keys, expected) in [
            (&["A"][..], "Cbda"),
            (&["-A"], "bdCa"),
            (&["-A", "-N"], "dbCa"),
            (&["N"], "abCd"),
            (&["-N"], "dCba"),
        ] {
            let keys: Vec<SortKey> = keys.iter().map(|it| SortKey::read(it).unwrap()).collect();
            let keys: Vec<_> = keys
                .iter()
                .map(|key| (Column::of_table("", &format!("/{}", key.name)), key))
                .collect();
            let mut rows = rows.clone();
            sort(&mut rows, &keys);
            let order: String = rows.iter().filter_map(|row| row["N"].as_str()).collect();
            assert_eq!(order, expected);
        }
    }
}
