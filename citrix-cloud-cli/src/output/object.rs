//! Prints one object, or the result of a query.

use serde_json::Value;

use super::collect::RowKind;
use super::{Format, Output, Table, View, cell, column, escaped, form, yaml};
use crate::exit::Failure;

impl Output {
    /// Prints one object: one property per line, or in the chosen format.
    pub(crate) fn object(&self, table: &Table<'_>, object: &Value) -> Result<(), Failure> {
        self.query_result(&self.view, table, object, RowKind::Object)
    }

    /// Prints a value of unknown structure: as JSON, unless another format is chosen.
    pub(crate) fn any(&self, table: &Table<'_>, value: &Value) -> Result<(), Failure> {
        self.query_result(&self.view.of_anything(), table, value, RowKind::Anything)
    }

    fn query_result(
        &self,
        view: &View,
        table: &Table<'_>,
        value: &Value,
        kind: RowKind,
    ) -> Result<(), Failure> {
        if let Some(mut collected) = self.collect() {
            collected.begin(table, kind);
            match value {
                Value::Array(rows) => rows.iter().cloned().for_each(|row| collected.push(row)),
                row => collected.push(row.clone()),
            }
            return Ok(());
        }
        let page = self.page();
        match &view.query {
            Some(query) => self.print_value(view, table, &query.apply(value.clone())?)?,
            None => self.print_value(view, table, value)?,
        }
        page.end()
    }

    /// Prints the result of a query, or the value if there is no query.
    pub(super) fn print_value(
        &self,
        view: &View,
        table: &Table<'_>,
        value: &Value,
    ) -> Result<(), Failure> {
        let format = view.output;
        let rows = match value {
            Value::Array(rows) => rows.as_slice(),
            Value::Object(_) if format.is_grid() || format.is_whole() => {
                return self.one(view, table, value);
            }
            Value::Object(_) => std::slice::from_ref(value),
            value if format.is_whole() => return self.document(format, value),
            value => return self.line(&escaped(&cell::plain(Some(value)))),
        };
        self.list_as(view.of_result(), table, rows)
    }

    fn one(&self, view: &View, table: &Table<'_>, object: &Value) -> Result<(), Failure> {
        let named =
            |name: &String| column::named(table, name, "--columns", std::slice::from_ref(object));
        let columns: Vec<column::Column> =
            view.columns.iter().map(named).collect::<Result<_, _>>()?;
        let columns = (!columns.is_empty()).then_some(columns);
        if view.output.is_grid() {
            let wide = view.output == Format::Wide;
            return self.text(&form::record(
                object,
                columns.as_deref(),
                wide,
                &self.screen,
            ));
        }
        let Some(columns) = columns else {
            return self.document(view.output, object);
        };
        let pairs = columns.iter().map(|it| {
            let value = it.find(object).cloned();
            (it.name.clone(), value.unwrap_or_default())
        });
        self.document(view.output, &Value::Object(pairs.collect()))
    }

    /// Prints a value as a document, in one of the formats that show whole objects.
    fn document(&self, format: Format, value: &Value) -> Result<(), Failure> {
        match format {
            Format::Jsonl => self.json_line(value),
            Format::Yaml => self.text(&yaml::document(value)?),
            _ => self.json(value),
        }
    }

    /// Prints that an object was deleted; formats for programs print nothing.
    pub(crate) fn deleted(&self, thing: &str, id: &str) -> Result<(), Failure> {
        match self.view.output.is_grid() {
            true => self.line(&format!("Deleted {thing} {}", escaped(id))),
            false => Ok(()),
        }
    }
}
