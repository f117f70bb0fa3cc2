//! Rows as lines.

use std::collections::HashMap;

use serde_json::value::RawValue;

use crate::Error;

/// Returns the row as the service sent it, on one line.
pub(super) fn line(row: &RawValue) -> String {
    // JSON strings contain no raw line breaks, so all of them are layout.
    let mut line = row.get().replace(['\r', '\n'], "");
    line.push('\n');
    line
}

/// Returns the header of a CSV.
pub(super) fn head(columns: &[String]) -> String {
    joined(columns.iter().map(|it| quoted(it)))
}

/// Returns the columns of a row. Numbers keep every digit that the service sent.
pub(super) fn cells(row: &RawValue, columns: &[String]) -> Result<String, Error> {
    let fields = fields(row)?;
    let mut cells = Vec::with_capacity(columns.len());
    for column in columns {
        cells.push(cell(&fields, column)?);
    }
    Ok(joined(cells.into_iter()))
}

fn fields(row: &RawValue) -> Result<HashMap<String, &RawValue>, Error> {
    serde_json::from_str(row.get())
        .map_err(|error| Error::decode(format!("a row is not an object: {error}")))
}

fn cell(fields: &HashMap<String, &RawValue>, path: &str) -> Result<String, Error> {
    let (name, behind) = match path.split_once('/') {
        Some((name, behind)) => (name, Some(behind)),
        None => (path, None),
    };
    let Some(value) = fields.get(name).filter(|it| it.get() != "null") else {
        return Ok(String::new());
    };
    match behind {
        Some(behind) => cell(&self::fields(value)?, behind),
        None if value.get().starts_with('"') => {
            let text: String = serde_json::from_str(value.get())
                .map_err(|error| Error::decode(format!("`{name}`: {error}")))?;
            Ok(quoted(&text))
        }
        None => Ok(quoted(value.get())),
    }
}

/// Quotes a cell as in RFC 4180.
fn quoted(text: &str) -> String {
    match text.contains(['"', ',', '\r', '\n']) {
        true => format!("\"{}\"", text.replace('"', "\"\"")),
        false => text.to_owned(),
    }
}

fn joined(cells: impl Iterator<Item = String>) -> String {
    let mut line = cells.collect::<Vec<_>>().join(",");
    line.push_str("\r\n");
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        RawValue::from_string(text.to_owned()).unwrap()
    }

    #[test]
    fn a_line_is_a_line() {
        let row = raw("{\r\n \"a\": \"x\\n\",\n \"b\": 1.50}");
        assert_eq!(line(&row), "{ \"a\": \"x\\n\", \"b\": 1.50}\n");
    }

    #[test]
    fn cells_are_quoted_where_they_must_be_and_numbers_keep_their_digits() {
        let row = raw(
            r#"{"N":12345678901234567890.10,"T":"a,\"b\"\nc","Z":null,"B":true,"U":{"Name":"ü"},"L":[1,2],"E":""}"#,
        );
        let columns = ["N", "T", "Z", "B", "U/Name", "L", "E", "None", "Z/x"];
        let columns = columns.map(str::to_owned);
        assert_eq!(
            cells(&row, &columns).unwrap(),
            "12345678901234567890.10,\"a,\"\"b\"\"\nc\",,true,ü,\"[1,2]\",,,\r\n"
        );
        assert!(cells(&raw("[1]"), &columns).is_err());
        assert_eq!(head(&columns[..2]), "N,T\r\n");
    }
}
