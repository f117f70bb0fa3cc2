//! The file of a batch: one call per line.

use citrix_cloud::Request;
use citrix_cloud::daas::Site;
use serde_json::{Map, Value};

use crate::exit::Failure;
use crate::source::Source;

/// The calls of a source; the first line that is none is named.
pub(super) fn calls(source: &Source) -> Result<Vec<Line>, Failure> {
    let text = source
        .read()
        .map_err(|words| Failure::Usage(format!("{source}: {words}; nothing was sent")))?;
    parse(source, &text)
}

/// The usage error of a line.
pub(super) fn refusal(source: &Source, number: usize, words: &str) -> Failure {
    Failure::Usage(format!(
        "{source}, line {number}: {words}; nothing was sent"
    ))
}

fn parse(source: &Source, text: &str) -> Result<Vec<Line>, Failure> {
    let lines = text.lines().zip(1..);
    let lines = lines.filter(|(line, _)| !line.trim().is_empty());
    lines
        .map(|(line, number)| {
            Line::read(line, number).map_err(|words| refusal(source, number, &words))
        })
        .collect()
}

/// One call and where it stands.
#[derive(Debug, PartialEq)]
pub(super) struct Line {
    pub(super) number: usize,
    method: String,
    path: String,
    body: Option<Value>,
}

impl Line {
    fn read(line: &str, number: usize) -> Result<Self, String> {
        let call: Map<String, Value> = serde_json::from_str(line)
            .map_err(|error| format!("no JSON object on one line: {error}"))?;
        let mut read = Self {
            number,
            method: "GET".to_owned(),
            path: String::new(),
            body: None,
        };
        for (key, value) in call {
            match (key.as_str(), value) {
                ("method", Value::String(method)) => read.method = method,
                ("path", Value::String(path)) => read.path = path,
                ("body", Value::Null) => {}
                ("body", body) => read.body = Some(body),
                ("method" | "path", other) => {
                    return Err(format!("`{key}` is {other}, and no text"));
                }
                _ => return Err(format!("`{key}` is not one of `method`, `path` and `body`")),
            }
        }
        match read.path.is_empty() {
            true => Err("it has no `path`".to_owned()),
            false => Ok(read),
        }
    }

    /// The call, to be sent to a site.
    pub(super) fn request(&self, site: &Site) -> Request<Value> {
        site.operation(&self.method, &self.path, self.body.clone())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_line_is_one_call() {
        let text = "{\"path\":\"/Machines\"}\r\n\n  \n{\"method\":\"PATCH\",\"path\":\"/Machines/7\",\"body\":{\"InMaintenanceMode\":true}}";
        let calls = parse(&Source::Stdin, text).unwrap();
        let call = |number, method: &str, path: &str, body| Line {
            number,
            method: method.to_owned(),
            path: path.to_owned(),
            body,
        };
        let body = json!({ "InMaintenanceMode": true });
        assert_eq!(
            calls,
            [
                call(1, "GET", "/Machines", None),
                call(4, "PATCH", "/Machines/7", Some(body)),
            ]
        );
    }

    #[test]
    fn a_line_that_is_no_call_is_named() {
        for (line, words) in [
            ("{", "no JSON object"),
            ("[]", "no JSON object"),
            ("{}", "no `path`"),
            (r#"{"path":7}"#, "`path` is 7"),
            (r#"{"path":"/Machines","Body":{}}"#, "`Body` is not one of"),
        ] {
            let text = format!("{{\"path\":\"/Machines\"}}\n{line}");
            let failure = parse(&Source::from("calls.jsonl"), &text).unwrap_err();
            let shown = failure.to_string();
            assert!(shown.starts_with("calls.jsonl, line 2: "), "{shown}");
            assert!(shown.contains(words), "{shown}");
            assert!(shown.ends_with("nothing was sent"), "{shown}");
        }
    }
}
