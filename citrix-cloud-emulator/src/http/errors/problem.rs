//! `{type, title, status, detail, instance}`: errors of the administrators service.

use serde_json::{Value, json};

use crate::http::Reply;

pub(crate) fn missing(field: &str) -> Reply {
    problem(400, "Bad Request", &format!("{field} is required."))
}

pub(crate) fn invalid(field: &str) -> Reply {
    problem(400, "Bad Request", &format!("{field} is not valid."))
}

pub(crate) fn not_found(id: &str) -> Reply {
    problem(
        404,
        "Not Found",
        &format!("There is no administrator '{id}'."),
    )
}

pub(crate) fn conflict(name: &str) -> Reply {
    problem(409, "Conflict", &format!("'{name}' stands in the way."))
}

/// Converts a reply of the common form about a field into this form.
pub(crate) fn of(reply: &Reply) -> Reply {
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let field = body["parameters"][0]["value"].as_str().unwrap_or("body");
    match body["type"].as_str() {
        Some(kind) if kind.ends_with("missing") => missing(field),
        _ => invalid(field),
    }
}

fn problem(status: u16, title: &str, detail: &str) -> Reply {
    Reply::json(
        status,
        &json!({
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": detail,
            "instance": null,
        }),
    )
}
