//! `{type, detail, parameters}`: errors of the platform services, and of the gateway for `DaaS`.
//!
//! Names and statuses are those of Citrix's page of common error codes. On that page, `parameters` is a list of names
//! and values; in the walkthrough's samples of 401 and 406 it is a map. Both are reproduced.

use serde_json::{Value, json};

use crate::http::Reply;

pub(crate) fn missing(field: &str) -> Reply {
    named(
        400,
        "missing",
        "A required value is missing",
        &[("name", field)],
    )
}

pub(crate) fn invalid_string(field: &str) -> Reply {
    named(
        400,
        "invalidString",
        "A value is not valid",
        &[("name", field)],
    )
}

pub(crate) fn invalid_characters(field: &str, forbidden: &str) -> Reply {
    let parameters = [("name", field), ("invalidCharacters", forbidden)];
    named(
        400,
        "invalidString",
        "A value contains characters that are not allowed",
        &parameters,
    )
}

pub(crate) fn invalid_enum(field: &str, allowed: &[&str]) -> Reply {
    let parameters = [("name", field), ("values", &allowed.join(","))];
    named(
        400,
        "invalidEnum",
        "A value is not one of those allowed",
        &parameters,
    )
}

/// The system log's error about a parameter; its `parameters` is a bare object.
pub(crate) fn of_system_log(error: &str, name: &str, value: &str) -> Reply {
    Reply::json(
        400,
        &json!({
            "type": format!("https://errors-api.cloud.com/systemlog/{error}"),
            "detail": "A value is not valid",
            "parameters": { "name": name, "value": value },
        }),
    )
}

pub(crate) fn out_of_range(field: &str, min: u32, max: u32) -> Reply {
    let parameters = [
        ("name", field),
        ("min", &min.to_string()),
        ("max", &max.to_string()),
    ];
    named(400, "outOfRange", "A value is out of range", &parameters)
}

pub(crate) fn invalid_json(why: &serde_json::Error) -> Reply {
    named(
        400,
        "invalidJson",
        "The body is not valid JSON",
        &[("error", &why.to_string())],
    )
}

/// Why a call is not authenticated, as given in the `reason` parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unauthenticated {
    Missing,
    Invalid,
}

pub(crate) fn authentication(reason: Unauthenticated) -> Reply {
    let reason = match reason {
        Unauthenticated::Missing => "missing",
        Unauthenticated::Invalid => "invalid",
    };
    let detail = "Missing or invalid authentication details";
    problem(
        401,
        "authentication",
        detail,
        Some(json!({ "reason": reason })),
    )
}

pub(crate) fn authorization() -> Reply {
    problem(
        403,
        "authorization",
        "Not authorized for this customer",
        None,
    )
}

pub(crate) fn not_found(entity: &str, id: &str) -> Reply {
    let detail = format!("{entity} not found");
    named(
        404,
        "notFound",
        &detail,
        &[("entityType", entity), ("id", id)],
    )
}

pub(crate) fn method_not_allowed(allowed: &[&str]) -> Reply {
    problem(
        405,
        "methodNotAllowed",
        "The path does not take this method",
        None,
    )
    .with("Allow", allowed.join(", "))
}

pub(crate) fn not_acceptable() -> Reply {
    let detail = "Must accept application/json media type";
    let parameters = json!({ "contentType": "application/json" });
    problem(406, "notAcceptable", detail, Some(parameters))
}

pub(crate) fn too_large(limit: usize) -> Reply {
    named(
        413,
        "tooLong",
        "The body is too long",
        &[("max", &limit.to_string())],
    )
}

pub(crate) fn unsupported_media_type(given: &str) -> Reply {
    named(
        415,
        "unsupportedMediaType",
        "Unsupported media type",
        &[("mediaType", given)],
    )
}

pub(crate) fn not_implemented(operation: &str) -> Reply {
    let detail = format!("{operation} is not emulated");
    named(501, "notImplemented", &detail, &[("operation", operation)])
}

/// The response that asks a caller to retry later. The seconds are in the detail and, as text, in the parameters.
pub(crate) fn too_many_requests(seconds: u32) -> Reply {
    let detail = format!("Too many requests, try again in {seconds} seconds");
    let seconds = seconds.to_string();
    named(
        429,
        "rateLimitExceeded",
        &detail,
        &[("retryDelay", &seconds)],
    )
}

/// The response when the emulator cannot write its state file.
pub(crate) fn not_kept(why: &str) -> Reply {
    let detail = "The emulator cannot write its state file, so that this may be forgotten";
    named(500, "internalServerError", detail, &[("reason", why)])
}

fn named(status: u16, name: &str, detail: &str, parameters: &[(&str, &str)]) -> Reply {
    let list = parameters
        .iter()
        .map(|(name, value)| json!({ "name": name, "value": value }));
    problem(status, name, detail, Some(Value::Array(list.collect())))
}

/// Builds the body that the other functions here fill in.
pub(crate) fn problem(status: u16, name: &str, detail: &str, parameters: Option<Value>) -> Reply {
    let mut body = json!({
        "type": format!("https://errors-api.cloud.com/common/{name}"),
        "detail": detail,
    });
    if let Some(parameters) = parameters {
        body["parameters"] = parameters;
    }
    Reply::json(status, &body)
}
