//! A field of an update is kept, cleared or set, and the three differ on the wire.

use std::collections::BTreeSet;

use citrix_cloud::models::{NameValueStringPair, PriorityRefInput, Update, UpdateApplication};
use citrix_cloud::operations::Operation;
use citrix_cloud::operations::applications::PatchApplication;
use citrix_cloud_gen::operation::Place;
use serde_json::{Map, Value, json};

use super::models::{Field, Models};
use super::{Row, daas};

/// Returns the body with only the required fields.
fn least(model: &str) -> Map<String, Value> {
    let fields = Models::read().fields(model).iter();
    let needed = fields.filter(|field| field.required);
    needed
        .map(|field| (field.name.clone(), Models::read().sample(&field.kind)))
        .collect()
}

/// The states of a field, as they appear in the body.
fn states(field: &Field) -> Vec<Value> {
    let cleared = field.nullable.then_some(Value::Null);
    let emptied = field.kind.starts_with("[]").then(|| json!([]));
    let set = Some(Models::read().sample(&field.kind));
    [cleared, emptied, set].into_iter().flatten().collect()
}

#[test]
fn every_field_of_every_update_is_kept_cleared_emptied_or_set() {
    let operations = daas();
    let mut bodies = BTreeSet::new();
    let mut counts = [0; 3];
    let rows = Row::all();
    let updates = rows
        .iter()
        .filter(|row| ["PATCH", "PUT"].contains(&row.method.as_str()) && !row.body.is_empty());
    for row in updates {
        let id = row.id.as_str();
        let sent = |body: &Value| -> Value {
            let mut arguments = row.arguments(false);
            arguments.set(Place::Body, "body", body.clone());
            let request = (operations[id].request)(&arguments).unwrap_or_else(|e| panic!("{e}"));
            serde_json::from_slice(request.body()).unwrap()
        };
        let fields = Models::read().fields(&row.body);
        if fields.is_empty() {
            continue;
        }
        bodies.insert(row.body.as_str());
        let kept = Value::Object(least(&row.body));
        assert_eq!(sent(&kept), kept, "{id}");
        for field in fields.iter().filter(|field| !field.required) {
            for state in states(field) {
                let mut body = kept.clone();
                body[&field.name] = state;
                assert_eq!(sent(&body), body, "{id}: {}", field.name);
                counts[0] += 1;
            }
            counts[1] += usize::from(field.nullable);
            counts[2] += usize::from(field.kind.starts_with("[]"));
        }
    }
    assert_eq!((bodies.len(), counts), (47, [777, 262, 95]));
}

/// Returns the models that a body of these operations, or their response, contains at any depth.
fn reached<'a>(roots: impl Iterator<Item = &'a str>) -> BTreeSet<&'a str> {
    let mut found = BTreeSet::new();
    let mut left: Vec<&str> = roots.collect();
    while let Some(kind) = left.pop() {
        let name = kind.trim_start_matches("[]").trim_start_matches("map<");
        let name = name.trim_end_matches('>');
        let fields = Models::read().fields(name);
        if !fields.is_empty() && found.insert(name) {
            left.extend(fields.iter().map(|field| field.kind.as_str()));
        }
    }
    found
}

/// A model that is also returned has an `Option` for a nullable field, and `None` is not sent. In
/// these models, no document distinguishes null from a missing field: what the service's notes on
/// `Metadata` say about null also applies to an empty value.
#[test]
fn five_models_that_are_sent_and_returned_have_no_null_to_send() {
    let rows = Row::all();
    let sent = reached(rows.iter().map(|row| row.body.as_str()));
    let returned = reached(rows.iter().map(|row| row.response.as_str()));
    let nullable = sent.intersection(&returned).map(|model| {
        let fields = Models::read().fields(model).iter();
        (*model, fields.filter(|field| field.nullable).count())
    });
    let found: Vec<_> = nullable.filter(|(_, count)| *count > 0).collect();
    let expected = [
        ("BackupRestoreRestoreSingleMemberModel", 6),
        ("BackupStorageInfo", 5),
        ("MultiSiteModel", 1),
        ("MultiTenantServicesAccessModel", 4),
        ("NameValueStringPairModel", 2),
    ];
    assert_eq!(found, expected);
    let removed = NameValueStringPair::new().name("Owner").value("");
    let body = serde_json::to_value(&removed).unwrap();
    assert_eq!(body, json!({ "Name": "Owner", "Value": "" }));
}

#[test]
fn setters_express_keep_clear_and_set() {
    let body = |update: UpdateApplication| {
        let request = PatchApplication::new("Word", update)
            .into_request()
            .unwrap();
        String::from_utf8(request.body().to_vec()).unwrap()
    };
    assert_eq!(body(UpdateApplication::new()), "{}");
    let update = UpdateApplication::new()
        .description("Text & tables")
        .delivery_groups([PriorityRefInput::new().item("Sales")])
        .clear_browser_name();
    assert_eq!(update.browser_name, Update::Clear);
    assert_eq!(
        body(update.clone()),
        r#"{"BrowserName":null,"DeliveryGroups":[{"Item":"Sales"}],"Description":"Text & tables"}"#
    );
    assert_eq!(
        body(
            update
                .clone()
                .delivery_groups(Vec::<PriorityRefInput>::new())
        ),
        r#"{"BrowserName":null,"DeliveryGroups":[],"Description":"Text & tables"}"#
    );
    assert_eq!(
        body(update.clear_delivery_groups()),
        r#"{"BrowserName":null,"DeliveryGroups":[],"Description":"Text & tables"}"#
    );
}
