//! The file of a batch: one call per line.

use http::{Method, Request, Uri};
use serde_json::{Map, Value};

use crate::exit::Failure;
use crate::source::Source;

/// Parses the calls of a source; an error names the first invalid line.
pub(super) fn calls(source: &Source) -> Result<Vec<Line>, Failure> {
    let text = source
        .read()
        .map_err(|words| Failure::Usage(format!("{source}: {words}; nothing was sent")))?;
    parse(source, &text)
}

/// Returns the usage error for a line.
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

/// One call and its line.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) request: Request<String>,
}

impl Line {
    fn read(line: &str, number: usize) -> Result<Self, String> {
        let call: Map<String, Value> = serde_json::from_str(line)
            .map_err(|error| format!("not a JSON object on one line: {error}"))?;
        let (mut method, mut path, mut body) = ("GET".to_owned(), String::new(), String::new());
        for (key, value) in call {
            match (key.as_str(), value) {
                ("method", Value::String(text)) => method = text.to_ascii_uppercase(),
                ("path", Value::String(text)) => path = text,
                ("body", Value::Null) => {}
                ("body", value) => body = value.to_string(),
                ("method" | "path", other) => {
                    return Err(format!("`{key}` must be text, got {other}"));
                }
                _ => {
                    return Err(format!(
                        "`{key}` is not a known key (expected `method`, `path` or `body`)"
                    ));
                }
            }
        }
        if path.is_empty() {
            return Err("`path` is missing".to_owned());
        }
        // A fragment is not part of the URL that is sent.
        let uri = path.parse::<Uri>().ok().filter(|_| !path.contains('#'));
        let uri = uri.ok_or_else(|| {
            format!(
                "path `{path}` cannot be sent; it must start with `/`, and special \
                 characters must be percent-encoded"
            )
        })?;
        let method = Method::from_bytes(method.as_bytes())
            .map_err(|_| format!("`{method}` is not a valid HTTP method"))?;
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        Ok(Self { number, request })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_call() {
        let text = "{\"path\":\"/Machines\"}\r\n\n  \n{\"method\":\"PATCH\",\"path\":\"/Machines/7\",\"body\":{\"InMaintenanceMode\":true}}";
        let calls = parse(&Source::Stdin, text).unwrap();
        let read: Vec<_> = calls
            .iter()
            .map(|call| {
                let (method, uri) = (call.request.method().as_str(), call.request.uri());
                let body = call.request.body().as_str();
                (call.number, method, uri.to_string(), body)
            })
            .collect();
        assert_eq!(
            read,
            [
                (1, "GET", "/Machines".to_owned(), ""),
                (
                    4,
                    "PATCH",
                    "/Machines/7".to_owned(),
                    r#"{"InMaintenanceMode":true}"#
                ),
            ]
        );
    }

    #[test]
    fn a_line_that_is_not_a_call_is_named() {
        for (line, words) in [
            ("{", "not a JSON object"),
            ("[]", "not a JSON object"),
            ("{}", "`path` is missing"),
            (r#"{"path":7}"#, "`path` must be text, got 7"),
            (r#"{"path":"/Machines/a b"}"#, "cannot be sent"),
            (r#"{"path":"/Machines#7"}"#, "cannot be sent"),
            (
                r#"{"path":"/Machines","Body":{}}"#,
                "`Body` is not a known key",
            ),
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
