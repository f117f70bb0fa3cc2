//! `ErrorData`: errors of the `DaaS` service itself, behind the gateway.

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

/// The error of a job or a batch item that a fault rule made fail.
pub(crate) fn unexpected(status: u16, message: &str) -> Reply {
    error_data(
        status,
        "Citrix.Orchestration.UnexpectedError",
        "UnexpectedError",
        message,
    )
}

/// The error for an object that a body names but the site does not have.
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

/// The error for an object that came with the site and that administrators cannot change.
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
