//! The file of a batch: one call per line.

use std::path::{Path, PathBuf};

use citrix_cloud::Request;
use citrix_cloud::daas::Site;
use serde_json::{Map, Value};

use crate::exit::Failure;
use crate::output::escaped;

/// A file, or standard input for `-`.
#[derive(Debug, Clone)]
pub(super) enum Source {
    Stdin,
    File(PathBuf),
}

impl From<&str> for Source {
    fn from(argument: &str) -> Self {
        match argument {
            "-" => Self::Stdin,
            path => Self::File(path.into()),
        }
    }
}

impl Source {
    /// All of the text.
    pub(super) fn read(&self) -> Result<String, Failure> {
        let read = match self {
            Self::Stdin => std::io::read_to_string(std::io::stdin()),
            Self::File(path) => std::fs::read_to_string(path),
        };
        read.map_err(|error| Failure::Usage(format!("{}: {error}; nothing was sent", self.name())))
    }

    fn name(&self) -> String {
        match self {
            Self::Stdin => "standard input".to_owned(),
            Self::File(path) => escaped(&Path::display(path).to_string()),
        }
    }

    /// The calls of a text; the first line that is none is named.
    pub(super) fn calls(&self, text: &str) -> Result<Vec<Line>, Failure> {
        let lines = text.lines().zip(1..);
        let lines = lines.filter(|(line, _)| !line.trim().is_empty());
        lines
            .map(|(line, number)| {
                Line::read(line, number).map_err(|words| self.refusal(number, &words))
            })
            .collect()
    }

    /// The usage error of a line.
    pub(super) fn refusal(&self, number: usize, words: &str) -> Failure {
        let name = self.name();
        Failure::Usage(format!("{name}, line {number}: {words}; nothing was sent"))
    }
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
        let calls = Source::Stdin.calls(text).unwrap();
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
            let failure = Source::from("calls.jsonl").calls(&text).unwrap_err();
            let shown = failure.to_string();
            assert!(shown.starts_with("calls.jsonl, line 2: "), "{shown}");
            assert!(shown.contains(words), "{shown}");
            assert!(shown.ends_with("nothing was sent"), "{shown}");
        }
    }
}
