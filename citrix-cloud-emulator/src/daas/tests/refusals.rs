//! Requests that every operation rejects.

use serde_json::{Value, json};

use super::site::{Site, daily};
use crate::operations::Operation;
use crate::schema::{Model, Type, model};
use crate::world::ResourceKind;

/// A value for every query parameter that any operation requires.
const REQUIRED: &str = "policyGuid=nothing&policySetGuid=nothing&toPolicySet=nothing&allow=true\
                        &startDate=2026-01-01&endDate=2026-01-02&intervalLength=60";

/// Builds a valid body with only the required fields.
fn least(kind: &Type) -> Value {
    match kind {
        Type::Text => json!("S-1-5-99"),
        Type::Moment => json!("2026-01-05T08:30:00Z"),
        Type::Flag => json!(true),
        Type::Whole | Type::Number => json!(1),
        Type::List(_) => json!([]),
        Type::Map(_) => json!({}),
        Type::Named(name) => match model(name).unwrap() {
            Model::Enumeration(values) => json!(values.last()),
            Model::Object(fields) => {
                let required = fields.iter().filter(|it| it.required);
                required
                    .map(|it| (it.name.to_owned(), least(&it.kind)))
                    .collect()
            }
        },
    }
}

fn bodies() -> impl Iterator<Item = (&'static Operation, &'static Type)> {
    let operations = daily().filter(|it| it.name != "BatchDoBatchRequest");
    operations.filter_map(|it| Some((it, it.body.as_ref()?)))
}

fn fields(kind: &Type) -> &'static [crate::schema::Field] {
    match kind {
        Type::Named(name) => model(name).map(Model::fields).unwrap_or_default(),
        _ => &[],
    }
}

#[tokio::test]
async fn missing_objects_are_404() {
    let site = Site::new().await;
    let mut count = 0;
    for operation in daily().filter(|it| it.path.iter().any(|part| part.starts_with('{'))) {
        let body = operation.body.as_ref().map_or(Value::Null, least);
        let sid = operation.name.starts_with("ProvisionedVirtualMachine");
        let name = if sid { "S-1-5-99" } else { "nothing" };
        let path = match operation.name {
            it if it.contains("AutoscalePluginTemplate") => ["Holiday", name],
            _ => [name, name],
        };
        // A template may be created in a kind that has none yet.
        if operation.name == "DeliveryGroupsCreateAutoscalePluginTemplate" {
            continue;
        }
        let response = site.call(operation.name, &path, REQUIRED, &body).await;
        assert_eq!(
            response.status, 404,
            "{}: {}",
            operation.name, response.body
        );
        if operation.method != "HEAD" {
            let message = response.body["ErrorMessage"].as_str().unwrap();
            assert!(message.contains(name), "{}: {message}", operation.name);
        }
        count += 1;
    }
    assert_eq!(count, 142);
}

#[tokio::test]
async fn bodies_are_refused_by_the_name_of_the_field() {
    let site = Site::new().await;
    let mut count = 0;
    for (operation, kind) in bodies() {
        for field in fields(kind) {
            let mut cases = Vec::new();
            if field.required {
                cases.push((Value::Null, "missing"));
            }
            cases.push(match &field.kind {
                Type::Named(name) => match model(name).unwrap() {
                    Model::Enumeration(_) => (json!("Unheard of"), "invalidEnum"),
                    Model::Object(_) => (json!(7), "invalidString"),
                },
                Type::Text | Type::Moment => (json!([]), "invalidString"),
                _ => (json!("text"), "invalidString"),
            });
            for (value, error) in cases {
                let mut body = least(kind);
                body[field.name] = value;
                let response = site.call(operation.name, &[], REQUIRED, &body).await;
                let at = format!("{} {body}: {}", operation.name, response.body);
                assert_eq!(response.status, 400, "{at}");
                let kind = format!("https://errors-api.cloud.com/common/{error}");
                assert_eq!(response.body["type"], kind, "{at}");
                assert_eq!(response.body["parameters"][0]["value"], field.name, "{at}");
                count += 1;
            }
        }
    }
    assert!(count > 500, "{count} bodies were refused");
}

#[tokio::test]
async fn queries_are_refused_by_the_name_of_the_parameter() {
    let site = Site::new().await;
    for operation in daily() {
        let body = operation.body.as_ref().map_or(Value::Null, least);
        for parameter in &operation.query {
            let text = match &parameter.kind {
                Type::Flag | Type::Whole => "text",
                Type::Named(_) => "Unheard",
                _ if parameter.required => "",
                _ => continue,
            };
            let query = format!("{}={text}&{REQUIRED}", parameter.name);
            let response = site.call(operation.name, &[], &query, &body).await;
            let at = format!("{} {query}: {}", operation.name, response.body);
            assert_eq!(response.status, 400, "{at}");
            if operation.method != "HEAD" {
                assert_eq!(
                    response.body["parameters"][0]["value"], parameter.name,
                    "{at}"
                );
            }
        }
    }
}

fn everything(site: &Site) -> Vec<String> {
    site.emulator.read_site(|site| {
        let objects = ResourceKind::ALL
            .into_iter()
            .flat_map(|kind| site.resources(kind));
        objects.map(|it| format!("{it:?}")).collect()
    })
}

#[tokio::test]
async fn names_are_unique() {
    let site = Site::new().await;
    let named = |name: &str| json!({ "Name": name });
    let admin = json!({ "User": r"DEMOLAB\pat", "Rights": [{ "Role": "Full Administrator", "Scope": "All" }] });
    let folder = json!({ "Name": "office", "ObjectIdentifiers": [] });
    let application =
        json!({ "NewApplications": [{ "Name": "Notepad", "ApplicationFolder": "Office" }] });
    let backup = json!({
        "Name": "Nightly", "StartDate": "2026-09-01", "FrequencyFactor": 1, "Enabled": true, "Frequency": "Daily",
        "StartTime": "03:00", "TimeZoneId": "UTC",
    });
    let connection = json!({ "ConnectionDetails": { "Name": "Demo hypervisor", "ConnectionType": "XenServer" } });
    let image =
        json!({ "Name": "Windows 2022", "OsType": "Windows", "VDASessionSupport": "MultiSession" });
    let catalog = json!({ "Name": "demo catalog", "ProvisioningType": "Manual", "SessionSupport": "MultiSession" });
    let server = json!({ "Name": "storefront", "Url": "https://x.example" });
    let cases: [(&str, &[&str], Value); 16] = [
        ("AdminCreateAdminAdministrator", &[], admin),
        ("AdminCreateAdminRole", &[], named("full administrator")),
        ("AdminCreateAdminScope", &[], named("ALL")),
        ("AdminFoldersCreateAdminFolder", &[], folder),
        (
            "ApplicationGroupsCreateApplicationGroup",
            &[],
            named("Office Tools"),
        ),
        ("ApplicationsAddApplications", &[], application),
        ("BackupRestoreCreateBackupSchedule", &[], backup),
        (
            "DeliveryGroupsCreateDeliveryGroup",
            &[],
            named("Demo Desktops"),
        ),
        (
            "DeliveryGroupsCreateAutoscalePluginTemplate",
            &["Holiday"],
            named("Winter"),
        ),
        (
            "GpoCreateGpoPolicySet",
            &[],
            json!({ "name": "defaultsitepolicies" }),
        ),
        ("HypervisorsCreateHypervisor", &[], connection),
        ("ImageDefinitionsCreateImageDefinition", &[], image),
        ("MachineCatalogsCreateMachineCatalog", &[], catalog),
        ("StoreFrontServersCreateStoreFrontServer", &[], server),
        ("TagsCreateTag", &[], named("PILOT")),
        ("ZonesCreateZone", &[], named("My Resource Location")),
    ];
    let before = everything(&site);
    for (operation, path, body) in cases {
        let response = site.call(operation, path, "", &body).await;
        assert_eq!(response.status, 409, "{operation}: {}", response.body);
        assert_eq!(
            response.body["ErrorType"], "ObjectAlreadyExists",
            "{operation}"
        );
    }
    assert!(everything(&site) == before, "something is left half made");
}

#[tokio::test]
async fn built_in_objects_cannot_be_deleted() {
    let site = Site::new().await;
    for (operation, name) in [
        ("AdminDeleteAdminRole", "Full Administrator"),
        ("AdminUpdateAdminRole", "Full Administrator"),
        ("AdminDeleteAdminScope", "All"),
        ("AdminUpdateAdminScope", "All"),
        ("IconsRemoveIcon", "1"),
        ("ZonesDeleteZone", "My Resource Location"),
    ] {
        let body = json!({ "Name": "Other" });
        let response = site.call(operation, &[name], "force=true", &body).await;
        assert_eq!(response.status, 403, "{operation}: {}", response.body);
    }
}
