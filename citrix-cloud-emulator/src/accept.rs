//! The `Accept` header.

use crate::http::errors::common;
use crate::http::{Call, Reply};
use crate::shared::Shared;

/// Rejects a call that does not accept JSON. According to the walkthrough, `Accept` must be JSON's media type and
/// nothing else. Working programs omit the header or send lists and wildcards.
pub(crate) fn check_accept(shared: &Shared, call: &Call) -> Result<(), Reply> {
    let mut values = call.headers.get_all("accept").iter();
    if !shared.settings.strict {
        let mut ranges = values.flat_map(|it| it.to_str().unwrap_or_default().split(','));
        let any = call.headers.contains_key("accept");
        return if !any || ranges.any(takes_json) {
            Ok(())
        } else {
            Err(common::not_acceptable())
        };
    }
    let only = values.next().filter(|_| values.next().is_none());
    if only.is_some_and(|value| value == "application/json") {
        Ok(())
    } else {
        Err(common::not_acceptable())
    }
}

/// Returns whether a media range, such as `application/*;q=0.5`, includes JSON.
fn takes_json(range: &str) -> bool {
    let mut parts = range.split(';').map(|it| it.trim().to_ascii_lowercase());
    let name = parts.next().unwrap_or_default();
    let refused = parts.any(|it| {
        let weight = it.strip_prefix("q=").and_then(|it| it.parse::<f32>().ok());
        weight.is_some_and(|it| it <= 0.0)
    });
    let fits = [
        "",
        "*",
        "*/*",
        "application/*",
        "application/json",
        "text/json",
    ];
    !refused && (fits.contains(&name.as_str()) || name.ends_with("+json"))
}
