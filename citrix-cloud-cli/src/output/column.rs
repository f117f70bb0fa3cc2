//! Columns: the values of a row that are shown, and their names.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Table;
use crate::exit::Failure;
use crate::near::near;

/// The maximum number of columns in a table without chosen columns.
const MOST: usize = 6;

/// Properties that name an object, in lower case.
const NAMES: [&str; 4] = ["name", "displayname", "fullname", "title"];

/// Properties that are ids, in lower case.
const IDS: [&str; 3] = ["id", "uuid", "uid"];

/// A column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Column {
    /// Its heading for people.
    pub(super) heading: String,
    /// Its name for programs: the path of the property, with dots.
    pub(super) name: String,
    /// Paths to its value; the first one that leads to a value counts.
    paths: Vec<Vec<String>>,
}

impl Column {
    /// Creates the column of a [`Table`] from its heading and JSON pointers.
    pub(super) fn of_table(heading: &str, pointers: &str) -> Self {
        let path = |pointer: &str| pointer.split('/').skip(1).map(str::to_owned).collect();
        let paths: Vec<Vec<String>> = pointers.split('|').map(path).collect();
        Self {
            heading: heading.to_owned(),
            name: paths.first().map(|path| path.join(".")).unwrap_or_default(),
            paths,
        }
    }

    fn of_path(path: Vec<String>) -> Self {
        let headings: Vec<String> = path.iter().map(|it| heading(it)).collect();
        Self {
            heading: headings.join(" "),
            name: path.join("."),
            paths: vec![path],
        }
    }

    /// Creates a column with the row itself.
    fn whole() -> Self {
        Self {
            heading: "VALUE".to_owned(),
            name: "Value".to_owned(),
            paths: vec![Vec::new()],
        }
    }

    /// Returns its value in a row.
    pub(super) fn find<'a>(&self, row: &'a Value) -> Option<&'a Value> {
        let mut found = self.paths.iter().filter_map(|path| {
            let mut steps = path.iter();
            steps.try_fold(row, |value, step| match value {
                Value::Array(items) => items.get(step.parse::<usize>().ok()?),
                value => value.get(step),
            })
        });
        found.find(|value| !value.is_null())
    }

    /// Returns the last part of its name.
    pub(super) fn leaf(&self) -> &str {
        self.name.rsplit('.').next().unwrap_or_default()
    }

    /// Returns the properties of a row that it needs.
    pub(super) fn properties(&self) -> impl Iterator<Item = &str> {
        self.paths
            .iter()
            .filter_map(|path| path.first())
            .map(String::as_str)
    }
}

/// Returns the column of a table with this heading.
pub(super) fn headed(table: &Table<'_>, wanted: &str) -> Option<Column> {
    let wanted = plain(wanted);
    let mut columns = table.headed();
    columns.find(|column| plain(&column.heading) == wanted)
}

/// Returns the column that the user named: by its heading, or by the path of a property in some of the rows.
///
/// A path below a property that is null in all of these rows cannot be checked, and is accepted as written.
pub(super) fn named(
    table: &Table<'_>,
    wanted: &str,
    option: &str,
    rows: &[Value],
) -> Result<Column, Failure> {
    if let Some(column) = headed(table, wanted) {
        return Ok(column);
    }
    let mut values: Vec<&Value> = rows.iter().collect();
    let mut path = Vec::new();
    for step in wanted.split('.') {
        let keys: BTreeSet<&str> = values
            .iter()
            .filter_map(|it| it.as_object())
            .flat_map(|it| it.keys().map(String::as_str))
            .collect();
        let nothing_known = values.iter().all(|it| it.is_null());
        let known = (keys.get(step).copied())
            .or_else(|| keys.iter().copied().find(|key| plain(key) == plain(step)))
            .or_else(|| nothing_known.then_some(step))
            .or_else(|| is_index(step, &values).then_some(step));
        let Some(known) = known else {
            return Err(unknown(table, option, &path, step, &keys));
        };
        values = values
            .iter()
            .filter_map(|it| match it {
                Value::Array(items) => items.get(known.parse::<usize>().ok()?),
                it => it.get(known),
            })
            .collect();
        path.push(known.to_owned());
    }
    Ok(Column::of_path(path))
}

fn is_index(step: &str, values: &[&Value]) -> bool {
    step.parse::<usize>().is_ok() && values.iter().any(|it| it.is_array())
}

fn unknown(
    table: &Table<'_>,
    option: &str,
    above: &[String],
    step: &str,
    keys: &BTreeSet<&str>,
) -> Failure {
    let mut known: Vec<String> = keys.iter().map(ToString::to_string).collect();
    if above.is_empty() {
        let headings = table.headed().map(|it| it.heading.to_lowercase());
        known.extend(headings.filter(|it| keys.iter().all(|key| !key.eq_ignore_ascii_case(it))));
    }
    let below = |name: &str| [above, &[name.to_owned()]].concat().join(".");
    let near = near(step, known.iter().map(String::as_str));
    let near: Vec<String> = near.iter().map(|name| below(name)).collect();
    let mut words = format!("{option}: {} have no `{}`", table.things, below(step));
    match (near.is_empty(), keys.is_empty()) {
        (false, _) => words += &format!("; did you mean {}?", near.join(" or ")),
        (true, false) => {
            let keys: Vec<String> = keys.iter().map(|key| below(key)).collect();
            words += &format!("; they have {}", keys.join(", "));
        }
        (true, true) => {}
    }
    Failure::Usage(words)
}

/// Derives columns from rows, besides a given first one: all of them, or the most informative ones.
pub(super) fn derived(rows: &[Value], all: bool, first: Option<&Column>) -> Vec<Column> {
    let mut keys: Vec<&String> = Vec::new();
    let mut seen: BTreeSet<&str> = first.into_iter().flat_map(Column::properties).collect();
    for row in rows.iter().filter_map(Value::as_object) {
        keys.extend(row.keys().filter(|key| seen.insert(key)));
    }
    if let Some(items) = rows.first().and_then(Value::as_array) {
        let places = (0..items.len()).map(|place| vec![place.to_string()]);
        return places.map(Column::of_path).collect();
    }
    if keys.is_empty() {
        return vec![Column::whole()];
    }
    let says = |key: &&&String| {
        let mut values = rows.iter().filter_map(|row| row.get(key.as_str()));
        values.any(|value| match value {
            Value::Null | Value::Array(_) => false,
            Value::String(text) => !text.is_empty(),
            Value::Object(inner) => super::cell::reference(inner).is_some(),
            Value::Bool(_) | Value::Number(_) => true,
        })
    };
    let mut chosen: Vec<&String> = keys
        .iter()
        .filter(|key| all || says(key))
        .copied()
        .collect();
    chosen.sort_by_key(|key| place(key, &keys));
    if !all {
        // The first of several ids is enough.
        let first_id = chosen
            .iter()
            .position(|key| place(key, &keys) > NAMES.len());
        if let Some(first) = first_id {
            chosen.truncate(first + 1);
        }
        while chosen.len() > MOST {
            chosen.remove(MOST - 1);
        }
    }
    if chosen.is_empty() {
        chosen = keys;
    }
    let paths = chosen.into_iter().map(|key| vec![key.clone()]);
    paths.map(Column::of_path).collect()
}

/// Orders names first and ids last; `policyName` is a name, but `productName` is not, because it names something else.
fn place(key: &str, keys: &[&String]) -> usize {
    let key = key.to_lowercase();
    let of_itself = |suffix: &str| {
        let noun = key.strip_suffix(suffix).filter(|noun| !noun.is_empty());
        noun.is_some_and(|noun| has_both(keys, noun))
    };
    let name = NAMES.iter().position(|it| *it == key);
    let name = name.or_else(|| of_itself("name").then_some(0));
    let id = IDS.iter().position(|it| *it == key);
    let id = id.or_else(|| of_itself("guid").then_some(0));
    match (name, id) {
        (Some(name), _) => name,
        (_, Some(id)) => NAMES.len() + 1 + id,
        _ => NAMES.len(),
    }
}

/// Returns whether there are both a GUID and a name for a noun, such as `policyGuid` and `policyName`.
fn has_both(keys: &[&String], noun: &str) -> bool {
    ["guid", "name"].iter().all(|suffix| {
        let property = format!("{noun}{suffix}");
        keys.iter().any(|it| it.eq_ignore_ascii_case(&property))
    })
}

/// Normalizes a name, without characters that people write differently.
fn plain(name: &str) -> String {
    let letters = name.chars().filter(|it| it.is_alphanumeric() || *it == '.');
    letters.flat_map(char::to_lowercase).collect()
}

/// Converts a property's name to a heading.
fn heading(name: &str) -> String {
    let mut words = String::with_capacity(name.len() + 4);
    let mut before: Option<char> = None;
    let mut letters = name.chars().peekable();
    while let Some(letter) = letters.next() {
        let starts = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_uppercase() && letters.peek().is_some_and(|it| it.is_lowercase())
            });
        if starts {
            words.push(' ');
        }
        words.extend(letter.to_uppercase());
        before = Some(letter);
    }
    words
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const BIRDS: Table<'_> = Table::new("birds", &[("HOME", "/Nest/Name|/Place")]);

    fn names(columns: &[Column]) -> Vec<&str> {
        columns.iter().map(|it| it.name.as_str()).collect()
    }

    #[test]
    fn a_column_is_found_by_heading_and_by_property_in_any_case() {
        let rows = [json!({"PowerState": "On", "Nest": {"Name": "Oak"}, "Mate": null})];
        for (wanted, name) in [
            ("home", "Nest.Name"),
            ("powerstate", "PowerState"),
            ("power_state", "PowerState"),
            ("nest.NAME", "Nest.Name"),
            ("Mate.Name", "Mate.Name"),
        ] {
            assert_eq!(
                named(&BIRDS, wanted, "--columns", &rows).unwrap().name,
                name
            );
        }
    }

    #[test]
    fn an_unknown_column_is_refused_with_near_ones() {
        let rows = [json!({"PowerState": "On", "Nest": {"Name": "Oak"}})];
        for (wanted, words) in [
            (
                "PowrState",
                "--columns: birds have no `PowrState`; did you mean PowerState?",
            ),
            (
                "hone",
                "--columns: birds have no `hone`; did you mean home?",
            ),
            (
                "Nest.Nam",
                "--columns: birds have no `Nest.Nam`; did you mean Nest.Name?",
            ),
            (
                "x",
                "--columns: birds have no `x`; they have Nest, PowerState",
            ),
        ] {
            let refused = named(&BIRDS, wanted, "--columns", &rows).unwrap_err();
            assert_eq!(refused.to_string(), words);
        }
    }

    #[test]
    fn columns_that_nobody_chose_begin_with_a_name_and_end_with_an_id() {
        let rows = [
            json!({"Id": "1", "Uid": 1, "A": 1, "B": null, "C": [], "D": {"x": 1}, "Name": "n", "Z": {"Id": "2", "Name": "m"}}),
            json!({"Id": "1", "B": true}),
        ];
        assert_eq!(
            names(&derived(&rows, false, None)),
            ["Name", "A", "B", "Z", "Id"]
        );
        assert_eq!(
            names(&derived(&rows, true, None)),
            ["Name", "A", "B", "C", "D", "Z", "Id", "Uid"]
        );
        let policy = json!({"setGuid": "1", "policyGuid": "2", "policyName": "n", "priority": 0, "brandName": "b"});
        assert_eq!(
            names(&derived(&[policy], false, None)),
            [
                "policyName",
                "setGuid",
                "priority",
                "brandName",
                "policyGuid"
            ]
        );
        assert_eq!(names(&derived(&[json!("a")], false, None)), ["Value"]);
        assert_eq!(names(&derived(&[json!(["a", 1])], false, None)), ["0", "1"]);
    }

    #[test]
    fn headings_are_the_words_of_a_name() {
        for (name, expected) in [
            ("PowerState", "POWER STATE"),
            ("DNSName", "DNS NAME"),
            ("displayName", "DISPLAY NAME"),
            ("Id", "ID"),
        ] {
            assert_eq!(heading(name), expected);
        }
    }
}
