//! `ErrorData`: the `DaaS` service itself, once the gateway has let a call through.

use serde_json::json;

use crate::http::Reply;

/// The walkthrough's script prints this message for a machine without power management.
pub(crate) fn power_action_not_supported() -> Reply {
    error_data(
        400,
        "Citrix.Broker.Admin.SDK.PowerActionNotSupported",
        "PowerActionNotSupported",
        "Machine does not support specified power action.",
    )
}

pub(crate) fn not_found(entity: &str, name: &str) -> Reply {
    error_data(
        404,
        &format!("Citrix.Broker.Admin.SDK.{entity}NotFound"),
        "ObjectNotFound",
        &format!("{entity} '{name}' was not found."),
    )
}

pub(crate) fn bad_request(message: &str) -> Reply {
    error_data(
        400,
        "Citrix.Orchestration.InvalidRequest",
        "InvalidRequest",
        message,
    )
}

/// What a job or an item says that was made to fail.
pub(crate) fn unexpected(status: u16, message: &str) -> Reply {
    error_data(
        status,
        "Citrix.Orchestration.UnexpectedError",
        "UnexpectedError",
        message,
    )
}

/// What a body names and the site does not have.
pub(crate) fn no_such(entity: &str, name: &str, field: &str) -> Reply {
    error_data(
        400,
        &format!("Citrix.Broker.Admin.SDK.{entity}NotFound"),
        "InvalidRequest",
        &format!("{entity} '{name}', which {field} names, was not found."),
    )
}

pub(crate) fn name_taken(entity: &str, name: &str) -> Reply {
    error_data(
        409,
        &format!("Citrix.Broker.Admin.SDK.{entity}AlreadyExists"),
        "ObjectAlreadyExists",
        &format!("{entity} '{name}' already exists."),
    )
}

pub(crate) fn in_use(entity: &str, name: &str, user: &str) -> Reply {
    error_data(
        409,
        &format!("Citrix.Broker.Admin.SDK.{entity}InUse"),
        "ObjectInUse",
        &format!("{entity} '{name}' is in use by {user}."),
    )
}

/// What came with the site and is not for administrators to change.
pub(crate) fn built_in(entity: &str, name: &str) -> Reply {
    error_data(
        403,
        &format!("Citrix.Broker.Admin.SDK.{entity}IsBuiltIn"),
        "PermissionDenied",
        &format!("{entity} '{name}' is built in and cannot be changed."),
    )
}

fn error_data(status: u16, sdk_error_id: &str, error_type: &str, message: &str) -> Reply {
    Reply::json(
        status,
        &json!({
            "ErrorMessage": message,
            "SdkErrorId": sdk_error_id,
            "ErrorType": error_type,
            "ErrorDetails": null,
            "SupportLink": null,
            "ErrorReportXml": null,
            "ErrorReport": {
                "CitrixErrorId": format!("XDDS:{status}"),
                "ComponentName": "Orchestration",
                "ComponentVersion": "1.0",
                "ErrorData": {},
            },
        }),
    )
}
