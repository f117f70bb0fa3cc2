//! The address of the service in a document.

use serde_json::Value;

/// Returns the first server's URL, with the default values of its variables; empty if there is
/// none.
#[must_use]
pub(super) fn base_url(document: &Value) -> String {
    let server = &document["servers"][0];
    let mut url = server["url"].as_str().unwrap_or_default().to_owned();
    let variables = server["variables"].as_object().into_iter().flatten();
    for (name, variable) in variables {
        let value = variable["default"].as_str().unwrap_or_default();
        url = url.replace(&format!("{{{name}}}"), value);
    }
    url.trim_end_matches('/').to_owned()
}
