//! Parses names from a text: one per line, a column of a CSV file, or JSON.

use serde_json::Value;

/// Cell separators, in the order in which they are tried.
const SEPARATORS: [char; 3] = ['\t', ';', ','];

/// Headers of columns with an id or name, in lower case, best first.
const HEADS: [&str; 6] = [
    "id",
    "machineid",
    "sessionid",
    "name",
    "machinename",
    "dnsname",
];

/// Returns the names, each with its position: `line 3`, or `item 3` for JSON.
///
/// In a table with a header, the id column is used, or the name column for rows without an id; without a header, the
/// first column. JSON is the output of lists: an array or consecutive objects, with the same properties.
///
/// # Errors
///
/// A message about the first non-empty row without an id or name.
pub(super) fn of(text: &str) -> Result<Vec<(String, String)>, String> {
    match text.trim_start().starts_with(['[', '{']) {
        true => of_json(text),
        false => of_lines(text),
    }
}

fn of_lines(text: &str) -> Result<Vec<(String, String)>, String> {
    let lines = text.lines().zip(1..);
    // PowerShell starts its exports with a line that names their type.
    let filled = lines.filter(|(line, _)| !line.trim().is_empty() && !line.starts_with("#TYPE"));
    let mut rows = filled
        .map(|(line, number): (_, usize)| (cells(line), number))
        .peekable();
    let heads = rows.peek().map(|(first, _)| {
        let at = |head: &&str| first.iter().position(|cell| normal(cell) == *head);
        HEADS.iter().filter_map(at).collect::<Vec<_>>()
    });
    let (columns, has_head) = match heads {
        Some(columns) if !columns.is_empty() => (columns, true),
        _ => (vec![0], false),
    };
    let mut names = Vec::new();
    for (cells, number) in rows.skip(usize::from(has_head)) {
        let mut named = columns.iter().filter_map(|at| cells.get(*at));
        match named.find(|it| !it.is_empty()) {
            Some(name) => names.push((name.clone(), format!("line {number}"))),
            // Spreadsheets leave empty rows at the end of a table.
            None if cells.iter().all(String::is_empty) => {}
            None => return Err(format!("line {number} has no id or name")),
        }
    }
    Ok(names)
}

fn of_json(text: &str) -> Result<Vec<(String, String)>, String> {
    let mut names = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter() {
        let value = value.map_err(|error| format!("not valid JSON: {error}"))?;
        let items = match value {
            Value::Array(items) => items,
            item => vec![item],
        };
        for item in items {
            let place = format!("item {}", names.len() + 1);
            match named(&item) {
                Some(name) => names.push((name.to_owned(), place)),
                None => return Err(format!("{place} has no id or name")),
            }
        }
    }
    Ok(names)
}

/// Returns the id or name of a JSON item.
fn named(item: &Value) -> Option<&str> {
    let property = |head: &&str| {
        let mut properties = item.as_object()?.iter();
        let found = properties.find(|(name, _)| normal(name) == *head);
        found.and_then(|(_, value)| value.as_str())
    };
    let mut texts = item
        .as_str()
        .into_iter()
        .chain(HEADS.iter().filter_map(property));
    texts.find(|it| !it.is_empty())
}

fn normal(head: &str) -> String {
    let letters = head.chars().filter(|it| it.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

/// Splits a line into cells; quotes keep a separator in a cell, and two quotes stand for one.
fn cells(line: &str) -> Vec<String> {
    let separator = SEPARATORS.into_iter().find(|it| line.contains(*it));
    let mut cells = vec![String::new()];
    let mut quoted = false;
    let mut characters = line.trim().chars().peekable();
    while let Some(character) = characters.next() {
        let Some(cell) = cells.last_mut() else { break };
        match character {
            '"' if quoted && characters.peek() == Some(&'"') => {
                characters.next();
                cell.push('"');
            }
            '"' if quoted || cell.trim().is_empty() => quoted = !quoted,
            it if !quoted && Some(it) == separator => cells.push(String::new()),
            it => cell.push(it),
        }
    }
    let trimmed = cells.iter().map(|cell| cell.trim().to_owned());
    trimmed.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_from_lines_and_from_tables() {
        for (text, expected) in [
            (
                "D\\A\r\n\r\n  D\\B \r\n",
                &[("D\\A", "line 1"), ("D\\B", "line 3")][..],
            ),
            (
                "\"D\\A\"\n\"D\\B\"\n",
                &[("D\\A", "line 1"), ("D\\B", "line 2")],
            ),
            (
                "#TYPE Machine\n\"Name\",\"Id\"\n\"D\\A\",\"1\"\n\"D\\B\",\"2\"\n",
                &[("1", "line 3"), ("2", "line 4")],
            ),
            (
                "Machine Name;State\nD\\A;On\n\"D\\\"\"B\";Off\n;\n",
                &[("D\\A", "line 2"), ("D\\\"B", "line 3")],
            ),
            ("State\tName\nOn\tA\n", &[("A", "line 2")]),
            (
                "A,On\nB,\"Off, really\"\n",
                &[("A", "line 1"), ("B", "line 2")],
            ),
            ("Name;Id\nA;1\nB;\n", &[("1", "line 2"), ("B", "line 3")]),
            ("Name\n", &[]),
        ] {
            assert_eq!(read(text), Ok(expected.to_vec()), "{text}");
        }
    }

    #[test]
    fn names_are_read_from_json_that_lists_print() {
        for (text, expected) in [
            (
                r#"[{"Name":"A","Id":"1"},{"Name":"B","Id":null}]"#,
                &[("1", "item 1"), ("B", "item 2")][..],
            ),
            (
                "{\"Id\":\"1\"}\n{\"Id\":\"2\"}\n",
                &[("1", "item 1"), ("2", "item 2")],
            ),
            (" [\"A\"]", &[("A", "item 1")]),
            ("[]", &[]),
        ] {
            assert_eq!(read(text), Ok(expected.to_vec()), "{text}");
        }
    }

    #[test]
    fn a_row_that_names_nothing_is_refused() {
        for (text, words) in [
            ("Name,State\nA,On\n,Off\n", "line 3 has no id or name"),
            (r#"[{"State":"On"}]"#, "item 1 has no id or name"),
            ("[7]", "item 1 has no id or name"),
            ("{\"Id\":\"1\"", "not valid JSON: "),
        ] {
            let refused = of(text).unwrap_err();
            assert!(refused.starts_with(words), "{refused}");
        }
    }

    fn read(text: &str) -> Result<Vec<(&'static str, &'static str)>, String> {
        let names = of(text)?;
        let leaked = |text: String| -> &'static str { text.leak() };
        Ok(names
            .into_iter()
            .map(|(name, place)| (leaked(name), leaked(place)))
            .collect())
    }
}
