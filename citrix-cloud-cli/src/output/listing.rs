//! Prints a list while it arrives.

use serde_json::Value;
use serde_json::value::RawValue;

use super::column::{self, Column};
use super::form::{Form, ROWS};
use super::{Format, Output, Table, View, sort};
use crate::exit::Failure;

/// A list that is being printed.
///
/// If it is abandoned, its JSON stays unterminated, so that no program mistakes a part for the whole.
pub(crate) struct Listing<'a> {
    out: &'a Output,
    view: View,
    table: Table<'a>,
    /// Rows that are not printed yet: all of them for sorting or a query, or the first ones until the
    /// columns are known.
    held: Vec<Value>,
    form: Option<Form<'a>>,
    /// Whether rows are printed from their JSON text, without parsing them.
    raw: bool,
    printed: usize,
    /// Formatted text that is not written yet, to write many rows at once.
    unwritten: String,
}

/// How much text is collected before it is written, in bytes.
const ENOUGH: usize = 64 * 1024;

impl<'a> Listing<'a> {
    pub(super) fn new(out: &'a Output, view: View, table: Table<'a>) -> Self {
        let raw = view.output.is_whole() && view.columns.is_empty() && !view.needs_all();
        Self {
            out,
            table,
            held: Vec::new(),
            form: raw.then(|| Form::new(view.output, &out.screen, None)),
            raw,
            printed: 0,
            unwritten: String::new(),
            view,
        }
    }

    /// Prints the next row, or holds it until it can be printed.
    pub(crate) fn push(&mut self, row: &RawValue) -> Result<(), Failure> {
        match (&mut self.form, self.raw) {
            (Some(form), true) => {
                form.raw(row.get(), &mut self.unwritten)?;
                self.printed += 1;
                self.write_enough()
            }
            _ => self.push_value(serde_json::from_str(row.get()).map_err(std::io::Error::other)?),
        }
    }

    /// Prints a row that is parsed already.
    pub(crate) fn push_value(&mut self, row: Value) -> Result<(), Failure> {
        if self.form.is_some() {
            return self.print(&row);
        }
        self.held.push(row);
        if self.view.needs_all() {
            return Ok(());
        }
        match self.columns(&self.held, self.held.len() >= ROWS)? {
            Some(columns) => self.start(columns),
            None => Ok(()),
        }
    }

    /// Returns whether the limit is reached.
    pub(crate) fn is_full(&self) -> bool {
        let limit = self.view.limit();
        limit.is_some_and(|limit| self.printed + self.held.len() >= limit)
    }

    /// Prints the remaining rows and the end.
    pub(crate) fn end(mut self) -> Result<(), Failure> {
        if self.form.is_none() {
            self.sort()?;
            if let Some(query) = &self.view.query {
                let rows = Value::Array(std::mem::take(&mut self.held));
                match query.apply(rows)? {
                    Value::Array(rows) => self.held = rows,
                    other => return self.out.print_value(&self.view, &self.table, &other),
                }
            }
            if let Some(limit) = self.view.limit {
                self.held.truncate(limit.get());
            }
            let columns = match self.view.output.is_whole() && self.view.columns.is_empty() {
                true => None,
                false => self.columns(&self.held, true)?,
            };
            self.start(columns.unwrap_or_default())?;
        }
        if self.printed == 0 && self.view.output.is_grid() {
            self.out.note(&format!("no {}", self.table.things));
        }
        let Some(form) = &mut self.form else {
            return Ok(());
        };
        form.end(&mut self.unwritten);
        self.flush()
    }

    /// Writes all formatted text.
    pub(super) fn flush(&mut self) -> Result<(), Failure> {
        self.write(self.unwritten.len())
    }

    /// Writes whole lines once there are enough. Standard output would write an incomplete line separately.
    fn write_enough(&mut self) -> Result<(), Failure> {
        if self.unwritten.len() < ENOUGH {
            return Ok(());
        }
        let lines = self.unwritten.rfind('\n').map(|end| end + 1);
        self.write(lines.unwrap_or(self.unwritten.len()))
    }

    fn write(&mut self, length: usize) -> Result<(), Failure> {
        let text = self.unwritten.get(..length).unwrap_or_default();
        if !text.is_empty() {
            self.out.text(text)?;
            self.unwritten.drain(..length);
        }
        Ok(())
    }

    fn sort(&mut self) -> Result<(), Failure> {
        let keys = &self.view.sort;
        if keys.is_empty() || self.held.is_empty() {
            return Ok(());
        }
        let mut columns = Vec::new();
        for key in keys {
            columns.push((
                column::named(&self.table, &key.name, "--sort", &self.held)?,
                key,
            ));
        }
        sort::sort(&mut self.held, &columns);
        Ok(())
    }

    /// Starts printing with these columns.
    fn start(&mut self, columns: Vec<Column>) -> Result<(), Failure> {
        let columns = (!columns.is_empty()).then_some(columns);
        self.form = Some(Form::new(self.view.output, &self.out.screen, columns));
        for row in std::mem::take(&mut self.held) {
            self.print(&row)?;
        }
        Ok(())
    }

    fn print(&mut self, row: &Value) -> Result<(), Failure> {
        let Some(form) = &mut self.form else {
            return Ok(());
        };
        form.row(row, &mut self.unwritten)?;
        self.printed += 1;
        self.write_enough()
    }

    /// Returns the columns, or `None` if more rows are needed to know them; `last` means that there are no more.
    fn columns(&self, rows: &[Value], last: bool) -> Result<Option<Vec<Column>>, Failure> {
        let view = &self.view;
        if rows.is_empty() {
            return Ok(None);
        }
        if !view.columns.is_empty() {
            let named = |name: &String| column::named(&self.table, name, "--columns", rows);
            let columns: Result<Vec<_>, _> = view.columns.iter().map(named).collect();
            return match columns {
                Ok(columns) if self.view.output == Format::Name => {
                    Ok(Some(columns.into_iter().take(1).collect()))
                }
                Ok(columns) => Ok(Some(columns)),
                Err(refused) if last => Err(refused),
                // The service omits some fields of some objects.
                Err(_) => Ok(None),
            };
        }
        let wide = self.view.output == Format::Wide;
        let chosen = match self.view.output {
            Format::Name => self.table.naming().take(1).collect(),
            _ => self.table.columns(wide),
        };
        let fits = view.query.is_none() || {
            let has = |column: &Column| {
                let mut properties = column.properties();
                properties.any(|it| rows.iter().any(|row| row.get(it).is_some()))
            };
            chosen.iter().all(has)
        };
        if !chosen.is_empty() && fits {
            return Ok(Some(chosen));
        }
        // A query may have removed it.
        let there = |column: &Column| rows.iter().any(|row| column.find(row).is_some());
        let first = self.table.first().filter(there);
        let mut derived = column::derived(rows, wide || view.query.is_some(), first.as_ref());
        if view.output != Format::Name {
            derived.splice(0..0, first);
        }
        Ok(
            (last || rows.len() >= ROWS).then(|| match self.view.output {
                Format::Name => derived.into_iter().take(1).collect(),
                _ => derived,
            }),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{captured, no_screen, view};
    use super::super::{Screen, json};
    use super::*;

    const BIRDS: Table<'_> = Table::new(
        "birds",
        &[("NAME", "/Name"), ("NEST", "/Nest/Name"), ("ID", "/Id")],
    )
    .wide(&[("AGE", "/Age")]);

    const OSPREY: &str =
        r#"{"Id":"1","Name":"OSPREY","Nest":{"Id":"7","Name":"Oak, old"},"Age":1.50}"#;
    const EAGLE: &str = r#"{"Id":"2","Name":"EAGLE","Nest":null,"Age":12}"#;

    fn listed(screen: Screen, options: &[&str], rows: &[&str]) -> Result<String, Failure> {
        captured(view(options), screen, |out| {
            let mut listing = out.listing(&BIRDS);
            for row in rows {
                listing.push(&RawValue::from_string((*row).to_owned()).unwrap())?;
                if listing.is_full() {
                    break;
                }
            }
            listing.end()
        })
    }

    fn printed(options: &[&str], rows: &[&str]) -> String {
        listed(no_screen(), options, rows).unwrap()
    }

    #[test]
    fn rows_are_printed_in_every_format() {
        for (format, expected) in [
            (
                "table",
                "NAME    NEST      ID\nOSPREY  Oak, old  1\nEAGLE   -         2\n",
            ),
            (
                "wide",
                "NAME    NEST      AGE  ID\nOSPREY  Oak, old  1.5  1\nEAGLE   -         12   2\n",
            ),
            (
                "csv",
                "Name,Nest.Name,Id\nOSPREY,\"Oak, old\",1\nEAGLE,,2\n",
            ),
            ("tsv", "OSPREY\tOak, old\t1\nEAGLE\t\t2\n"),
            ("name", "OSPREY\nEAGLE\n"),
            ("jsonl", &format!("{OSPREY}\n{EAGLE}\n")),
            (
                "yaml",
                "- Id: \"1\"\n  Name: OSPREY\n  Nest:\n    Id: \"7\"\n    Name: Oak, old\n  Age: 1.5\n\
                 - Id: \"2\"\n  Name: EAGLE\n  Nest: null\n  Age: 12\n",
            ),
        ] {
            assert_eq!(printed(&["--output", format], &[OSPREY, EAGLE]), expected);
        }
    }

    #[test]
    fn a_streamed_array_is_formatted_like_a_complete_one() {
        let whole = json::laid_out(&format!("[{OSPREY},{EAGLE}]"));
        let json = ["--output", "json"];
        assert_eq!(printed(&json, &[OSPREY, EAGLE]), format!("{whole}\n"));
        assert_eq!(printed(&json, &[]), "[]\n");
        assert_eq!(printed(&["--output", "yaml"], &[]), "[]\n");
        for format in ["table", "wide", "csv", "tsv", "name", "jsonl"] {
            assert_eq!(printed(&["--output", format], &[]), "");
        }
    }

    #[test]
    fn columns_are_chosen_in_every_format() {
        for (format, expected) in [
            ("table", "AGE  NEST\n1.5  Oak, old\n12   -\n"),
            ("csv", "Age,Nest.Name\n1.5,\"Oak, old\"\n12,\n"),
            ("name", "1.5\n12\n"),
            (
                "jsonl",
                "{\"Age\":1.5,\"Nest.Name\":\"Oak, old\"}\n{\"Age\":12,\"Nest.Name\":null}\n",
            ),
        ] {
            let options = ["--output", format, "--columns", "age,NEST"];
            assert_eq!(printed(&options, &[OSPREY, EAGLE]), expected);
        }
        let refused = listed(no_screen(), &["--columns", "Agee"], &[OSPREY]).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "--columns: birds have no `Agee`; did you mean Age?"
        );
    }

    #[test]
    fn a_column_that_the_first_row_lacks_may_be_in_a_later_one() {
        let options = ["--output", "tsv", "--columns", "Name,Ring"];
        let ringed = r#"{"Name":"HARRIER","Ring":3}"#;
        assert_eq!(
            printed(&options, &[OSPREY, ringed]),
            "OSPREY\t\nHARRIER\t3\n"
        );
    }

    #[test]
    fn rows_are_sorted_queried_and_then_limited() {
        let rows = [OSPREY, EAGLE];
        for (options, expected) in [
            (&["--sort", "-age", "--limit", "1"][..], "EAGLE\n"),
            (&["--sort", "name"], "EAGLE\nOSPREY\n"),
            (&["--query", "[?Age > `5`]"], "EAGLE\n"),
            (&["--query", "[].Age"], "1.5\n12\n"),
            (&["--query", "length(@)"], "2\n"),
            (&["--limit", "1"], "OSPREY\n"),
        ] {
            let options = [&["--output", "name"], options].concat();
            assert_eq!(printed(&options, &rows), expected, "{options:?}");
        }
        let shaped = printed(&["--query", "[].{a: Age, n: Name}"], &rows);
        assert_eq!(shaped, "A    N\n1.5  OSPREY\n12   EAGLE\n");
        let chosen = printed(&["--query", "[?Age > `5`]"], &rows);
        assert_eq!(chosen, "NAME   NEST  ID\nEAGLE  -     2\n");
    }

    #[test]
    fn a_table_is_as_wide_as_its_terminal() {
        let long = r#"{"Id":"12345678-1234-1234-1234-123456789012","Name":"OSPREY","Nest":null}"#;
        let screen = |width| Screen {
            width: Some(width),
            ..no_screen()
        };
        assert_eq!(
            listed(screen(30), &[], &[long]).unwrap(),
            "NAME    NEST  ID\nOSPREY  -     12345678-1234-1…\n"
        );
        let whole = listed(screen(30), &["--output", "wide"], &[long]).unwrap();
        assert!(whole.contains("123456789012\n"), "{whole}");
        let piped = printed(&[], &[long]);
        assert!(piped.contains("123456789012\n"), "{piped}");
    }

    #[test]
    fn a_long_table_has_one_heading_and_columns_that_line_up() {
        let rows: Vec<String> = (0..ROWS + 2)
            .map(|at| format!(r#"{{"Name":"BIRD-{at:04}","Id":{at}}}"#))
            .collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        let shown = printed(&[], &rows);
        let lines: Vec<&str> = shown.lines().collect();
        assert_eq!(lines.len(), ROWS + 3);
        assert_eq!(lines[0], "NAME       NEST  ID");
        assert_eq!(lines[1], "BIRD-0000  -     0");
        assert_eq!(
            lines[ROWS + 2],
            format!("BIRD-{:04}  -     {}", ROWS + 1, ROWS + 1)
        );
    }
}
