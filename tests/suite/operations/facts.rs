//! Compares all 537 operations with the tables.

use std::collections::BTreeSet;

use citrix_cloud_gen::operation::Reads;
use serde_json::Value;

use super::models::Models;
use super::{Row, daas, table};

/// Returns `name=value` pairs of a query value, one for each value of a list.
fn pairs(name: &str, kind: &str) -> Vec<String> {
    let text = |kind: &str| match Models::read().sample(kind) {
        Value::String(text) => text.replace(':', "%3A"),
        other => other.to_string(),
    };
    match kind.strip_prefix("[]") {
        Some(items) => vec![format!("{name}={}", text(items)); 2],
        None if kind == "string" => vec![format!("{name}=text%20%26%2B{name}")],
        None => vec![format!("{name}={}", text(kind))],
    }
}

pub(super) fn target(row: &Row, all: bool) -> String {
    let mut target = row.path.clone();
    for name in row.path_parameters() {
        target = target.replace(&format!("{{{name}}}"), &format!("p%20{name}%7C%C3%BC%2F"));
    }
    let query = row.query.iter().filter(|it| all || it.required);
    let query: Vec<String> = query.flat_map(|it| pairs(&it.name, &it.kind)).collect();
    match query.as_slice() {
        [] => target,
        pairs => format!("{target}?{}", pairs.join("&")),
    }
}

fn check(all: bool) {
    let operations = daas();
    let rows = Row::all();
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, operations.keys().copied().collect());
    assert_eq!(rows.len(), 537);
    for row in rows {
        let id = &row.id;
        let entry = operations[id.as_str()];
        let request = (entry.request)(&row.arguments(all)).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(request.method().as_str(), row.method, "{id}");
        assert_eq!(request.uri().to_string(), target(&row, all), "{id}");

        let mut headers: BTreeSet<(String, String)> = BTreeSet::new();
        for listed in row.headers.iter().filter(|it| all || it.required) {
            headers.insert((listed.name.to_lowercase(), format!("h {}", listed.name)));
        }
        if !row.body.is_empty() {
            headers.insert(("content-type".to_owned(), "application/json".to_owned()));
        }
        let sent = request.headers().iter();
        let sent: BTreeSet<(String, String)> = sent
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        assert_eq!(sent, headers, "{id}");

        if row.body.is_empty() {
            assert!(request.body().is_empty(), "{id}");
        } else {
            let body: Value = serde_json::from_slice(request.body()).unwrap();
            assert_eq!(body, Models::read().sample(&row.body), "{id}");
        }
    }
}

#[test]
fn every_operation_sends_all_that_the_table_lists() {
    check(true);
}

#[test]
fn every_operation_sends_what_it_needs_and_no_more() {
    check(false);
}

#[test]
fn every_operation_has_the_facts_in_the_table() {
    let operations = daas();
    let mut counts = [0; 4];
    for row in Row::all() {
        let (id, meta) = (&row.id, &operations[row.id.as_str()].meta);
        assert_eq!(meta.method.as_str(), row.method, "{id}");
        assert_eq!(meta.path, row.path, "{id}");
        let has = |name: &str| row.query.iter().any(|listed| listed.name == name);
        assert_eq!(meta.asynchronous, has("async"), "{id}");
        match meta.reads {
            Reads::Exists => assert_eq!(row.method, "HEAD", "{id}"),
            Reads::Empty => assert_eq!(row.response, "", "{id}"),
            Reads::Json | Reads::Optional => assert_ne!(row.response, "", "{id}"),
            Reads::Bytes => panic!("{id} reads bytes"),
        }
        if let Some(envelope) = meta.envelope {
            let fields = Models::read().fields(&row.response);
            let field = |name: &str| fields.iter().find(|field| field.name == name);
            let items = field(envelope.items).unwrap_or_else(|| panic!("{id}"));
            assert!(items.kind.starts_with("[]"), "{id}");
            assert!(
                envelope.token.is_none_or(|token| field(token).is_some()),
                "{id}"
            );
            let token = has("continuationToken").then_some("continuationToken");
            assert_eq!(envelope.token_parameter, token, "{id}");
            assert_eq!(envelope.limit_parameter.is_some(), has("limit"), "{id}");
            counts[0] += usize::from(token.is_some());
        }
        counts[1] += usize::from(meta.asynchronous);
        counts[2] += usize::from(meta.reads == Reads::Exists);
        counts[3] += usize::from(has("fields"));
    }
    assert_eq!(counts, [88, 297, 14, 48]);
}

/// Every response with a list of items is a list, unless the operation is a write.
#[test]
fn every_collection_that_is_read_is_a_list() {
    let operations = daas();
    for row in Row::all() {
        let meta = &operations[row.id.as_str()].meta;
        let fields = Models::read().fields(&row.response);
        let collection = fields
            .iter()
            .any(|it| it.name.eq_ignore_ascii_case("items"));
        assert_eq!(
            meta.envelope.is_some(),
            collection && meta.safe,
            "{}",
            row.id
        );
    }
}

#[test]
fn operations_outside_a_site_need_no_site() {
    use citrix_cloud_gen::operation::Scope;
    let of = |scope| {
        let operations = daas();
        let found = operations.values().filter(|it| it.meta.scope == scope);
        found.map(|it| it.meta.id).collect::<Vec<_>>()
    };
    let outside = [
        "HealthCheckHealthCheck",
        "MeGetMe",
        "TrustExchangeToken",
        "TrustGetBearerTokenWithWindowsAuthentication",
        "TrustRefreshToken",
    ];
    assert_eq!(of(Scope::Service), outside);
    assert_eq!(of(Scope::Site).len(), 532);
}

/// POSTs that only read, in addition to every `$search`.
const READS_BY_POST: [&str; 30] = [
    "AdminPreviewAdministratorReport",
    "ApplicationGroupsTestApplicationGroupExists",
    "ApplicationsSearchStartMenuApplications",
    "BackupRestoreGetComponentMembers",
    "BackupRestoreGetResultLog",
    "ConfigLogExportReportData",
    "ConfigLogFetchExistingOperationLabels",
    "DeliveryGroupsGetDeliveryGroupFtas",
    "DeliveryGroupsTestDeliveryGroupExists",
    "GpoComparePolicies",
    "GpoRunSimulation",
    "HypervisorsGetHypervisorAllResourcesWithoutConnection",
    "HypervisorsGetHypervisorResourcePoolPatchPreview",
    "HypervisorsGetHypervisorResourcePrices",
    "HypervisorsGetHypervisorWithoutConnection",
    "HypervisorsValidateHypervisorResourcePoolResource",
    "HypervisorsValidateVmPath",
    "IconsGetAppVServerPackageApplicationIcon",
    "IdentityGetServiceAccountCapabilityPatchPreview",
    "IdentityTestServiceAccount",
    "IdentityValidateUser",
    "MachineCatalogsExport",
    "MachineCatalogsExportMachineProfile",
    "MachineCatalogsTestMachineCatalogExists",
    "MachineCatalogsTestRemotePCEnrollmentScopeExists",
    "MachineCatalogsValidateMachineCatalogVDAComponentsAndFeaturesSelection",
    "MachinesGroupMachine",
    "MachinesValidateVDAComponentsAndFeaturesSelection",
    "PvsStreamingTestDeviceCollectionExists",
    "SitesCheckObjectNameExists",
];

#[test]
fn operations_that_are_safe_despite_their_method_are_listed_here() {
    let operations = daas();
    let safe = |method: &str, safe: bool| {
        let found = operations.values().filter(|it| it.meta.method == method);
        let found = found.filter(|it| it.meta.safe == safe);
        found.map(|it| it.meta.id).collect::<BTreeSet<_>>()
    };
    let rows = Row::all();
    let mut reads: BTreeSet<&str> = READS_BY_POST.into();
    let searches = rows.iter().filter(|row| row.path.ends_with("/$search"));
    let searches: Vec<&str> = searches.map(|row| row.id.as_str()).collect();
    assert_eq!(searches.len(), 18);
    reads.extend(searches);
    assert_eq!(safe("POST", true), reads);
    assert_eq!(safe("POST", false).len(), 156 - 48);
    assert_eq!(
        safe("GET", false),
        ["ApplicationsRefreshAppVApplications"].into()
    );
    assert_eq!(safe("HEAD", false), BTreeSet::new());
    for method in ["PUT", "PATCH", "DELETE"] {
        assert_eq!(safe(method, true), BTreeSet::new());
    }
}

/// A test that leaves a report behind is a write, and its document says so.
#[test]
fn every_test_operation_is_decided_in_its_document() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../openapi/patch/daas");
    let mut decided = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let document = xtask::pipeline::document::read(&entry.unwrap().path()).unwrap();
        for (path, item) in document["paths"].as_object().unwrap() {
            if path.ends_with("/$test") {
                assert!(item["post"]["x-safe"].is_boolean(), "{path}");
                decided += 1;
            }
        }
    }
    assert_eq!(decided, 7);
    assert!(table("daas-operations.tsv").contains("$test"));
}

#[test]
fn a_write_may_return_nothing_but_for_three() {
    let operations = daas();
    let must: Vec<&str> = operations
        .values()
        .filter(|it| !it.meta.safe && it.meta.reads == Reads::Json)
        .map(|it| it.meta.id)
        .collect();
    assert_eq!(
        must,
        [
            "BatchDoBatchRequest",
            "TrustExchangeToken",
            "TrustRefreshToken"
        ]
    );
    let reads = operations.values().filter(|it| it.meta.safe);
    let optional: Vec<&str> = reads
        .filter(|it| it.meta.reads == Reads::Optional)
        .map(|it| it.meta.id)
        .collect();
    assert_eq!(optional, [""; 0]);
}
