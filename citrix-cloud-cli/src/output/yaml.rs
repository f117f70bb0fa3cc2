//! YAML output.

use std::io;

use serde::Serialize;
use serde_json::Value;

use super::escape::is_unsafe;
use super::json;

/// Formats a value as a document.
pub(super) fn document(value: &Value) -> io::Result<String> {
    written(value).map(|text| {
        text.unwrap_or_else(|| json::on_one_line(&value.to_string()).into_owned() + "\n")
    })
}

/// Formats a value as a list item; consecutive items form the list.
pub(super) fn item(value: &Value) -> io::Result<String> {
    let text = written(&[value])?;
    Ok(text.unwrap_or_else(|| format!("- {}\n", json::on_one_line(&value.to_string()))))
}

/// Formats the value in lines. If it contains anything that could control a terminal, it is written as JSON, which is
/// also YAML and has escapes.
fn written(value: &impl Serialize) -> io::Result<Option<String>> {
    let text = serde_saphyr::to_string(value).map_err(io::Error::other)?;
    let is_safe = !text.contains(|it: char| it != '\n' && is_unsafe(it));
    Ok(is_safe.then_some(text))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn items_one_after_the_other_are_a_list() {
        let items = [
            json!({"Name": "OSPREY", "Tags": ["a", "b"], "None": null, "In": {"x": 1}}),
            json!({"Name": "yes", "Text": "a: b # c\nd", "Nothing": [], "Empty": {}}),
        ];
        let text: String = items.iter().map(|it| item(it).unwrap()).collect();
        let read: Value = serde_saphyr::from_str(&text).unwrap();
        assert_eq!(read, json!(items));
    }

    #[test]
    fn a_name_cannot_drive_the_terminal() {
        let text = item(&json!({"N": "\u{1b}[2J\u{9b}\u{202e}\u{7f}"})).unwrap();
        let drives = |it: char| it != '\n' && is_unsafe(it);
        assert!(!text.contains(drives), "{text:?}");
        let read: Value = serde_saphyr::from_str(&text).unwrap();
        assert_eq!(
            read,
            json!([{"N": "\u{1b}[2J\u{9b}\u{202e}\u{7f}"}]),
            "{text}"
        );
    }
}
