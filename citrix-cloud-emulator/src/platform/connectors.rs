//! Cloud connectors: `/connectors`, and `EdgeServers` on the older host. Lists are bare arrays.

use serde_json::{Value, json};

use super::context::Context;
use crate::http::errors::common;
use crate::http::{Outcome, Reply};
use crate::world::{Resource, ResourceKind};

/// The version of a connector for which none was set.
const EXPECTED: &str = "6.115.0.57461";

/// Lists the connectors, filtered by location and type if the query names them.
#[expect(clippy::unnecessary_wraps, reason = "as every other handler")]
pub(super) fn list(context: &mut Context<'_>) -> Outcome {
    let query = &context.call.query;
    // These parameters are capitalized on one host and lowercase on the other.
    let wanted = |name: &str| {
        let given = query.get(name).or_else(|| query.get(&name.to_lowercase()));
        given.filter(|it| !it.is_empty())
    };
    let fits = |it: &&Resource, parameter: &str, field: &str| {
        let have = it.fields.get(field).and_then(Value::as_str);
        wanted(parameter).is_none_or(|it| have.is_some_and(|have| have.eq_ignore_ascii_case(it)))
    };
    let all = context
        .customer
        .platform
        .resources(ResourceKind::CloudConnector);
    let all = all.iter();
    let all = all.filter(|it| fits(it, "Location", "location"));
    let all = all.filter(|it| fits(it, "ConnectorType", "connectorType"));
    let views: Vec<Value> = all.map(view).collect();
    Ok(Reply::json(200, &views))
}

pub(super) fn get(context: &mut Context<'_>) -> Outcome {
    Ok(Reply::json(200, &view(named(context)?)))
}

pub(super) fn delete(context: &mut Context<'_>) -> Outcome {
    let id = named(context)?.id().to_owned();
    let all = context
        .customer
        .platform
        .resources_mut(ResourceKind::CloudConnector);
    all.remove(&id);
    Ok(Reply::json(200, &json!(true)))
}

fn named<'t>(context: &'t Context<'_>) -> Result<&'t Resource, Reply> {
    let id = context.parameters.first().map_or("", String::as_str);
    let all = context
        .customer
        .platform
        .resources(ResourceKind::CloudConnector);
    all.get(id)
        .ok_or_else(|| common::not_found("Connector", id))
}

fn view(connector: &Resource) -> Value {
    let field = |name: &str| connector.fields.get(name).cloned().unwrap_or_default();
    let current = |name: &str| {
        let kept = connector.fields.get(name).cloned();
        kept.unwrap_or_else(|| json!(EXPECTED))
    };
    let latest = current("currentVersion") == EXPECTED;
    json!({
        "id": connector.id(),
        "fqdn": connector.name,
        "role": "EdgeServer",
        "windowsSid": field("windowsSid"),
        "location": field("location"),
        "currentVersion": current("currentVersion"),
        "currentBootstrapperVersion": current("currentBootstrapperVersion"),
        "expectedVersion": EXPECTED,
        "expectedBootStrapperVersion": EXPECTED,
        "versionState": if latest { "Latest" } else { "Old" },
        "inMaintenance": false,
        "leaseEndDateTime": null,
        "upgradeDisabled": false,
        "connectorType": field("connectorType"),
        "status": "Connected",
        "lastContactDate": field("lastContactDate"),
    })
}
