//! Objects as rows.

use std::collections::BTreeSet;

use comfy_table::{ColumnConstraint, ContentArrangement, Table as Grid, Width, presets};
use serde_json::Value;

use super::escaped;

/// The space between two columns.
const PADDING: u16 = 2;

/// What stands for a value that is not there.
const ABSENT: &str = "-";

/// How objects of one kind are shown: a heading per column and the JSON pointer to its value, or
/// several with `|` between them, of which the first that leads to a value counts.
#[derive(Debug)]
pub(crate) struct Table<'t> {
    /// The kind of object, in the plural.
    pub(crate) things: &'t str,
    /// Headings and pointers.
    pub(crate) columns: &'t [(&'t str, &'t str)],
}

impl<'t> Table<'t> {
    /// Objects of this kind with these columns.
    pub(crate) const fn new(things: &'t str, columns: &'t [(&'t str, &'t str)]) -> Self {
        Self { things, columns }
    }

    /// The properties that the columns need, by their names on the wire.
    pub(crate) fn fields(&self) -> BTreeSet<&'t str> {
        let pointers = self
            .columns
            .iter()
            .flat_map(|(_, pointers)| pointers.split('|'));
        pointers
            .filter_map(|pointer| pointer.split('/').nth(1))
            .collect()
    }

    fn rows<'a>(&'a self, objects: &'a [Value]) -> impl Iterator<Item = Vec<String>> + 'a {
        objects.iter().map(|object| {
            let columns = self.columns.iter();
            columns
                .map(|(_, pointers)| cell(first(object, pointers)))
                .collect()
        })
    }

    /// The table, one row per object. Long rows are not wrapped, so that an id can be copied.
    pub(crate) fn render(&self, objects: &[Value]) -> String {
        let rows = self.rows(objects);
        grid(Some(self.columns.iter().map(|(heading, _)| *heading)), rows)
    }

    /// A part of a table: the first one with its headings and without widths, the others with the
    /// widths of the first.
    pub(super) fn render_part(
        &self,
        objects: &[Value],
        widths: Option<&[u16]>,
    ) -> (String, Vec<u16>) {
        let headings = widths.is_none().then(|| self.columns.iter().map(|it| it.0));
        let mut grid = filled(headings, self.rows(objects));
        for (column, width) in grid.column_iter_mut().zip(widths.unwrap_or_default()) {
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(
                *width + PADDING,
            )));
        }
        (grid.trim_fmt(), grid.column_max_content_widths())
    }
}

fn first<'a>(object: &'a Value, pointers: &str) -> Option<&'a Value> {
    let mut found = pointers
        .split('|')
        .filter_map(|pointer| object.pointer(pointer));
    found.find(|value| !value.is_null())
}

/// All fields of one object, a row each.
pub(crate) fn record(object: &Value) -> String {
    let fields = object.as_object().into_iter().flatten();
    let rows = fields.map(|(name, value)| vec![escaped(name), cell(Some(value))]);
    grid(None::<[&str; 0]>, rows)
}

fn grid<H>(headings: Option<H>, rows: impl Iterator<Item = Vec<String>>) -> String
where
    H: IntoIterator<Item: Into<comfy_table::Cell>>,
{
    filled(headings, rows).trim_fmt()
}

fn filled<H>(headings: Option<H>, rows: impl Iterator<Item = Vec<String>>) -> Grid
where
    H: IntoIterator<Item: Into<comfy_table::Cell>>,
{
    let mut grid = Grid::new();
    grid.load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    if let Some(headings) = headings {
        grid.set_header(headings);
    }
    grid.add_rows(rows);
    for column in grid.column_iter_mut() {
        column.set_padding((0, PADDING));
    }
    grid
}

fn cell(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => ABSENT.to_owned(),
        Some(Value::String(text)) if text.is_empty() => ABSENT.to_owned(),
        Some(Value::String(text)) => escaped(text),
        Some(other) => escaped(&other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const BIRDS: Table<'_> = Table {
        things: "birds",
        columns: &[
            ("NAME", "/Name"),
            ("CATALOG", "/Catalog/Name"),
            ("IDLE", "/Idle|/Resting"),
        ],
    };

    #[test]
    fn columns_line_up_and_absent_values_show() {
        let birds = [
            json!({"Name": "OSPREY", "Catalog": {"Name": "Demo"}, "Idle": false}),
            json!({"Name": "\u{1b}[2J", "Catalog": null, "Idle": 3}),
            json!({"Idle": null, "Resting": true}),
        ];
        assert_eq!(
            BIRDS.render(&birds),
            "NAME       CATALOG  IDLE\n\
             OSPREY     Demo     false\n\
             \\u{1b}[2J  -        3\n\
             -          -        true"
        );
    }

    #[test]
    fn only_the_fields_of_the_columns_are_asked_for() {
        assert_eq!(
            BIRDS.fields(),
            ["Catalog", "Idle", "Name", "Resting"].into()
        );
    }

    #[test]
    fn a_record_shows_every_field() {
        assert_eq!(
            record(&json!({"id": "1", "tags": ["a"], "secret": null})),
            "id      1\ntags    [\"a\"]\nsecret  -"
        );
    }
}
