//! Formats a request as a curl command, without its secrets.

use citrix_cloud::http::{HeaderMap, Request};
use serde_json::Value;

use crate::masking::{HIDDEN, hide};
use crate::output::{escaped, harmless};

/// The headers that curl sets itself.
const CURLS_OWN: [&str; 2] = ["accept-encoding", "content-length"];

/// Returns the command that sends a request; it reads the token from a shell variable.
pub(crate) fn command(request: &Request<impl AsRef<[u8]>>) -> String {
    let mut lines = vec![format!(
        "curl --request {} {}",
        request.method(),
        quoted(&request.uri().to_string())
    )];
    lines.push("--header \"Authorization: CwsAuth Bearer=$TOKEN\"".to_owned());
    lines.extend(headers(request.headers()));
    let body = request.body().as_ref();
    if !body.is_empty() {
        let text = match serde_json::from_slice::<Value>(body) {
            Ok(mut json) => {
                hide(&mut json);
                harmless(&json.to_string()).into_owned()
            }
            Err(_) => String::from_utf8_lossy(body).into_owned(),
        };
        lines.push(format!("--data {}", quoted(&text)));
    }
    lines.join(" \\\n  ")
}

fn headers(headers: &HeaderMap) -> impl Iterator<Item = String> {
    let shown = headers
        .iter()
        .filter(|(name, _)| !CURLS_OWN.contains(&name.as_str()));
    shown.map(|(name, value)| {
        let value = match value.is_sensitive() {
            true => HIDDEN.into(),
            false => String::from_utf8_lossy(value.as_bytes()),
        };
        format!("--header {}", quoted(&format!("{name}: {value}")))
    })
}

/// Quotes a word for a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", escaped(text).replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_arguments_are_hidden_and_quotes_escaped() {
        let mut request = Request::post("https://api.cloud.com/x?a=b")
            .header("X-Name", "it's")
            .body(r#"{"Name":"O'Neill","Password":"hush","Nested":[{"ClientSecret":"hush"}]}"#)
            .unwrap();
        let mut secret = citrix_cloud::http::HeaderValue::from_static("hush");
        secret.set_sensitive(true);
        request.headers_mut().insert("X-AdminCredential", secret);
        let command = command(&request);
        assert!(!command.contains("hush"), "{command}");
        assert!(command.contains(r"'x-name: it'\''s'"), "{command}");
        assert!(command.contains(r#""Name":"O'\''Neill""#), "{command}");
    }
}
