//! The operations of the platform services, each with every parameter set.

use citrix_cloud_gen::operation::{Arguments, Place};
use citrix_cloud_gen::ops::{AREAS, Service};
use serde_json::json;

/// Every parameter of any of these operations, as JSON.
fn arguments() -> Arguments {
    let mut arguments = Arguments::default();
    for name in ["customerId", "principalId", "locationId", "id"] {
        arguments.set(Place::Path, name, format!("{name} 1"));
    }
    for name in [
        "type",
        "providerType",
        "requestContinuation",
        "id",
        "email",
        "StartDateTime",
        "EndDateTime",
        "ContinuationToken",
        "Location",
        "ConnectorType",
    ] {
        arguments.set(Place::Query, name, format!("{name}+1"));
    }
    arguments.set(Place::Query, "maxItemCount", "5");
    arguments.set(Place::Query, "Limit", 7);
    for name in ["ExtendedData", "RetrieveExpectedVersion"] {
        arguments.set(Place::Query, name, true);
    }
    arguments
}

/// Returns a body that the operation's model accepts.
fn body(id: &str) -> serde_json::Value {
    match id {
        "getAccessToken" => json!({
            "grant_type": "client_credentials", "client_id": "c d", "client_secret": "e&f"
        }),
        "createServicePrincipal" => json!({ "displayName": "ci" }),
        "createResourceLocation" | "updateResourceLocation" => json!({ "name": "Basel" }),
        "sendNotification" | "sendCustomerNotification" => json!({
            "destinationAdmin": "*", "component": "ci", "createdDate": "2026-11-25T10:00:00Z",
            "eventId": "1", "severity": "Information", "priority": "Normal",
            "content": [{ "languageTag": "en-US", "title": "t", "description": "d" }]
        }),
        "createAdministrator" => json!({
            "accessType": "Full", "providerType": "CitrixSts", "type": "AdministratorUser"
        }),
        "updateAdministratorAccess" => json!({ "accessType": "Full" }),
        "createWebhookSubscription" => json!({
            "customerId": "c", "url": "https://example.com", "changeType": "Created",
            "eventType": "Any"
        }),
        _ => json!({}),
    }
}

#[test]
fn the_operations_of_the_platform() {
    let mut lines = Vec::new();
    for entry in AREAS.iter().flat_map(|area| area.iter()) {
        let meta = &entry.meta;
        if meta.service == Service::Daas {
            continue;
        }
        let mut arguments = arguments();
        arguments.set(Place::Body, "body", body(meta.id));
        let shown = match (entry.request)(&arguments) {
            Ok(request) => {
                let media = request.headers().get("content-type");
                let media = media.map_or("", |media| media.to_str().unwrap());
                let body = std::str::from_utf8(request.body()).unwrap();
                let (method, uri) = (request.method(), request.uri());
                format!("{method} {uri} {media} {body}")
            }
            Err(error) => error.to_string(),
        };
        let open = if meta.authenticated {
            ""
        } else {
            " without a token"
        };
        let safe = if meta.safe { " safe" } else { "" };
        let (service, id, reads) = (meta.service, meta.id, meta.reads);
        lines.push(format!(
            "{service:?} {id}{open}{safe} {reads:?} {:?}\n  {}",
            meta.envelope
                .map(|it| (it.items, it.token, it.token_parameter, it.limit_parameter)),
            shown.trim_end()
        ));
    }
    assert_eq!(lines.len(), 26);
    insta::assert_snapshot!(lines.join("\n"));
}
