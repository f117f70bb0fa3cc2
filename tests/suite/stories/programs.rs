//! The examples for common tasks do to the emulator what they claim to do.

use citrix_cloud::models::{
    CreateDeliveryGroup, CreateMachineCatalog, CreateMachineCatalogProvisioningScheme,
    MachineAccountCreationRulesInput, MachineAccountCreationRulesInputRequired, ProvisioningType,
    SessionSupport,
};
use citrix_cloud::{ApiVersion, Client};
use citrix_cloud_emulator::{Emulator, Resource, ResourceKind, Server, Session, ids};
use serde_json::{Value, json};

use super::{asked, start};

/// The examples; code that only their `main` needs is not used here.
macro_rules! examples {
    ($($name:ident = $path:literal,)*) => {
        $(
            #[allow(dead_code)]
            #[path = $path]
            mod $name;
        )*

        const EXAMPLES: &[&str] = &[$(stringify!($name)),*];
    };
}

examples! {
    autoscale = "../../../citrix-cloud/examples/autoscale.rs",
    create_delivery_group = "../../../citrix-cloud/examples/create_delivery_group.rs",
    delegate_administration = "../../../citrix-cloud/examples/delegate_administration.rs",
    export_policies = "../../../citrix-cloud/examples/export_policies.rs",
    log_off_user = "../../../citrix-cloud/examples/log_off_user.rs",
    move_machines = "../../../citrix-cloud/examples/move_machines.rs",
    outdated_connectors = "../../../citrix-cloud/examples/outdated_connectors.rs",
    publish_application = "../../../citrix-cloud/examples/publish_application.rs",
    update_image = "../../../citrix-cloud/examples/update_image.rs",
}

async fn emulator() -> (Emulator, Server, Client) {
    let emulator = Emulator::builder().strict().build();
    let (server, client) = start(&emulator, ApiVersion::Current).await;
    (emulator, server, client)
}

/// A field of something in the site.
fn field(emulator: &Emulator, kind: ResourceKind, name: &str, field: &str) -> Value {
    emulator.read_site(|site| {
        let it = site.resources(kind).get(name);
        let it = it.unwrap_or_else(|| panic!("there is no {kind:?} '{name}'"));
        it.fields.get(field).cloned().unwrap_or_default()
    })
}

fn id(emulator: &Emulator, kind: ResourceKind, name: &str) -> String {
    emulator.read_site(|site| site.resources(kind).get(name).unwrap().id().to_owned())
}

/// Returns the machines of a delivery group by name, sorted.
fn machines_of(emulator: &Emulator, group: &str) -> Vec<String> {
    let group = id(emulator, ResourceKind::DeliveryGroup, group);
    emulator.read_site(|site| {
        let machines = site.machines.iter();
        let machines = machines.filter(|it| it.delivery_group_id.as_ref() == Some(&group));
        let mut names: Vec<String> = machines.map(|it| it.name().to_owned()).collect();
        names.sort();
        names
    })
}

#[tokio::test]
async fn a_delivery_group_has_its_machines_and_its_desktop() {
    let (emulator, _server, client) = emulator().await;
    create_delivery_group::run(&client).await.unwrap();
    let machines = machines_of(&emulator, "Sales");
    assert_eq!(machines, [r"DEMOLAB\CROW", r"DEMOLAB\SWIFT"]);
    let desktops = field(&emulator, ResourceKind::DeliveryGroup, "Sales", "Desktops");
    assert_eq!(desktops.as_array().map(Vec::len), Some(1));
    assert_eq!(desktops[0]["PublishedName"], "Sales desktop");
    assert_eq!(desktops[0]["Enabled"], true);
}

#[tokio::test]
async fn an_application_is_published_and_removed() {
    let (emulator, _server, client) = emulator().await;
    publish_application::run(&client).await.unwrap();
    let name = field(
        &emulator,
        ResourceKind::Application,
        "Ledger",
        "PublishedName",
    );
    assert_eq!(name, "Ledger 2026");
    let site = client.daas().site(ids::SITE_ID);
    let groups = site.application("Ledger").delivery_groups();
    assert!(groups.all().await.unwrap().is_empty());
    let journal = emulator.journal().entries();
    let of = |operation: &str| {
        let found = journal
            .iter()
            .find(|it| it.operation.as_deref() == Some(operation));
        serde_json::from_slice::<Value>(&found.unwrap().body).unwrap()
    };
    let published = of("ApplicationsAddApplications");
    assert_eq!(
        published["DeliveryGroups"],
        json!([{ "Item": "Demo Desktops" }])
    );
    let cleared = json!({ "ApplicationGroups": [], "DeliveryGroups": [] });
    assert_eq!(of("ApplicationsPatchApplication"), cleared);
}

#[tokio::test]
async fn a_catalog_gets_its_image_and_the_job_is_waited_for() {
    let (emulator, _server, client) = emulator().await;
    let site = client.daas().site(ids::SITE_ID);
    let names = MachineAccountCreationRulesInputRequired {
        domain: "demolab.example".into(),
        naming_scheme: "W22-##".into(),
    };
    let scheme = CreateMachineCatalogProvisioningScheme::new()
        .resource_pool("Demo Pool")
        .master_image_path(r"XDHyp:\HostingUnits\Demo Pool\Windows 2022.vm\Base.snapshot")
        .machine_account_creation_rules(MachineAccountCreationRulesInput::new(names))
        .num_total_machines(1);
    let (kind, support) = (ProvisioningType::Mcs, SessionSupport::SingleSession);
    let pooled = CreateMachineCatalog::new("Pooled", kind, support).provisioning_scheme(scheme);
    site.machine_catalogs().create(pooled).await.unwrap();

    let image = r"XDHyp:\HostingUnits\Demo Pool\Windows 11.vm\Base.snapshot";
    let clock = emulator.clock();
    let ahead = tokio::spawn(async move {
        loop {
            clock.advance(std::time::Duration::from_secs(60));
            tokio::task::yield_now().await;
        }
    });
    let ran = update_image::run(&client, "Pooled", image).await;
    ahead.abort();
    ran.unwrap();
    let catalog = site.machine_catalog("Pooled").get().await.unwrap();
    let scheme = catalog.provisioning_scheme.unwrap();
    let now = scheme.current_disk_image.unwrap();
    assert_eq!(now.master_image_note.as_deref(), Some("November updates"));
    let path = now.image.unwrap().xd_path.unwrap();
    assert!(path.contains("Windows 11.vm"), "{path}");
}

#[tokio::test]
async fn a_new_administrator_gets_a_custom_role_and_scope() {
    let (emulator, _server, client) = emulator().await;
    delegate_administration::run(&client).await.unwrap();
    let site = client.daas().site(ids::SITE_ID);
    let robin = site.administrator(r"DEMOLAB\robin").get().await.unwrap();
    let rights = robin.scopes_and_roles.unwrap();
    let names = rights.into_iter().map(|right| {
        let role = right.role.and_then(|it| it.name);
        (role, right.scope.and_then(|it| it.name))
    });
    let names: Vec<_> = names.collect();
    let expected = (
        Some("Power operator".to_owned()),
        Some("Demo only".to_owned()),
    );
    assert_eq!(names, [expected]);
    let role = site.role("Power operator").get().await.unwrap();
    let permissions = role.permissions.unwrap();
    assert!(!permissions.is_empty());
    let scoped = site
        .scope("Demo only")
        .scoped_objects()
        .all()
        .await
        .unwrap();
    assert_eq!(scoped.len(), 1);
    id(&emulator, ResourceKind::Scope, "Demo only");
}

#[tokio::test]
async fn a_group_scales_and_restarts() {
    let (emulator, _server, client) = emulator().await;
    autoscale::run(&client).await.unwrap();
    let of_group = |name: &str| {
        field(
            &emulator,
            ResourceKind::DeliveryGroup,
            "Demo Desktops",
            name,
        )
    };
    assert_eq!(of_group("AutoScaleEnabled"), true);
    assert_eq!(of_group("PeakBufferSizePercent"), 20);
    let named = |list: &str, key: &str, name: &str| {
        let list = of_group(list);
        let list = list.as_array().cloned().unwrap_or_default();
        list.into_iter().find(|it| it[key] == name).unwrap()
    };
    let saturdays = named("PowerTimeSchemes", "DisplayName", "Saturdays");
    assert_eq!(saturdays["DaysOfWeek"], json!(["Saturday"]));
    let sundays = named("RebootSchedules", "Name", "Sunday nights");
    assert_eq!(sundays["StartTime"], "02:00");
    assert_eq!(sundays["Enabled"], true);
}

#[tokio::test]
async fn the_sessions_of_one_user_end_and_were_found_in_one_request() {
    let (emulator, _server, client) = emulator().await;
    emulator.update_site(|site| {
        site.start_session(Session::new(r"DEMOLAB\robin", 9, ids::KESTREL_ID));
    });
    log_off_user::run(&client, r"DEMOLAB\robin").await.unwrap();
    let left: Vec<String> = emulator.read_site(|site| {
        let sessions = site.sessions.iter();
        sessions.map(|it| it.user.clone()).collect()
    });
    assert_eq!(left, [r"DEMOLAB\jay"]);
    let asked = asked(&emulator);
    let of = |end: &str| asked.iter().filter(|(line, _)| line.contains(end)).count();
    assert_eq!((of("Sessions/$search"), of("$logoff")), (1, 2));
    assert!(!asked.iter().any(|(line, _)| line.ends_with("/Sessions")));
}

#[tokio::test]
async fn machines_move_and_those_in_use_stay() {
    let (emulator, _server, client) = emulator().await;
    let site = client.daas().site(ids::SITE_ID);
    let sales = CreateDeliveryGroup::new("Sales");
    site.delivery_groups().create(sales).await.unwrap();
    let before = machines_of(&emulator, "Demo Desktops");
    move_machines::run(&client, "Demo Desktops", "Sales")
        .await
        .unwrap();
    let moved = machines_of(&emulator, "Sales");
    assert_eq!(machines_of(&emulator, "Demo Desktops"), [r"DEMOLAB\OSPREY"]);
    assert_eq!(moved.len(), before.len() - 1);
    assert!(moved.contains(&r"DEMOLAB\KESTREL".to_owned()));

    // If a group does not exist, no machine leaves its own group.
    let error = move_machines::run(&client, "Sales", "Nowhere")
        .await
        .unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(machines_of(&emulator, "Sales"), moved);
}

#[tokio::test]
async fn every_policy_is_exported_with_its_settings_and_filters() {
    let (emulator, _server, client) = emulator().await;
    let exported = export_policies::run(&client).await.unwrap();
    let sets: Vec<&Value> = exported.as_array().unwrap().iter().collect();
    let policies = sets
        .iter()
        .flat_map(|set| set["policies"].as_array().unwrap());
    let policies: Vec<&Value> = policies.collect();
    let count = |kind| emulator.read_site(|site| site.resources(kind).len());
    assert_eq!(sets.len(), count(ResourceKind::PolicySet));
    assert_eq!(policies.len(), count(ResourceKind::Policy));
    let parts = |list: &str| -> usize {
        let lists = policies.iter().map(|it| it[list].as_array().unwrap().len());
        lists.sum()
    };
    assert_eq!(parts("settings"), count(ResourceKind::PolicySetting));
    assert_eq!(parts("filters"), count(ResourceKind::PolicyFilter));
    assert!(parts("settings") > 0 && parts("filters") > 0);
}

#[tokio::test]
async fn policies_are_found_by_their_guid_alone() {
    let (_emulator, _server, client) = emulator().await;
    let site = client.daas().site(ids::SITE_ID);
    let sets = site.policy_sets().list().all().await.unwrap();
    let set = &sets[0];
    let policies = site.policies().list(set).all().await.unwrap();
    let settings = site.policy_settings().list(&policies[0]);
    let setting = &settings.all().await.unwrap()[0];
    let filters = site.policy_filters().list(&policies[0]);
    let filter = &filters.all().await.unwrap()[0];
    assert!(site.policy_set(set).exists().await.unwrap());
    assert!(site.policy(&policies[0]).exists().await.unwrap());
    assert!(site.policy_setting(setting).exists().await.unwrap());
    assert!(site.policy_filter(filter).exists().await.unwrap());

    let (set, policy) = (set.name.as_deref(), policies[0].policy_name.as_deref());
    assert!(!site.policy_set(set.unwrap()).exists().await.unwrap());
    assert!(!site.policy(policy.unwrap()).exists().await.unwrap());
    let error = site.policies().list(set.unwrap()).all().await.unwrap_err();
    assert!(error.is_not_found());
}

#[tokio::test]
async fn only_the_outdated_connector_is_reported() {
    let (emulator, _server, client) = emulator().await;
    assert!(outdated_connectors::run(&client).await.unwrap().is_empty());
    emulator.update(|world| {
        let customer = world.customer_mut(ids::CUSTOMER_ID).unwrap();
        let old = Resource::new("OLD.demolab.example")
            .with("location", ids::RESOURCE_LOCATION_ID)
            .with("connectorType", "Windows")
            .with("currentVersion", "6.99.0.1");
        let connectors = customer
            .platform
            .resources_mut(ResourceKind::CloudConnector);
        connectors.push(old);
    });
    let told = outdated_connectors::run(&client).await.unwrap();
    let told: Vec<_> = told.iter().map(|it| it.fqdn.as_deref()).collect();
    assert_eq!(told, [Some("OLD.demolab.example")]);
}

#[test]
fn the_guide_has_every_one_of_them() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let guide = std::fs::read_to_string(root.join("docs/src/programs.md")).unwrap();
    for name in EXAMPLES {
        let shown = format!("{{{{#include ../../citrix-cloud/examples/{name}.rs}}}}");
        let linked = format!("(../../citrix-cloud/examples/{name}.rs)");
        assert!(guide.contains(&shown), "the guide does not show {name}");
        assert!(guide.contains(&linked), "the guide does not link {name}");
    }
}
