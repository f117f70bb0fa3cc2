//! Machine catalogs made, changed and deleted, and the machines that come and go with them.

use serde_json::{Value, json};

use super::context::{Context, Handler};
use super::resource::{self, Fields};
use super::{identity, jobs, machine_writes};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::world::{Catalog, Kind, Machine, Site};

/// How long a machine's name may be without its domain.
const LONGEST_NAME: usize = 15;
/// The most machines that one call may add.
const MOST_MACHINES: usize = 10_000;

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "MachineCatalogsCreateMachineCatalog" => create,
        "MachineCatalogsUpdateMachineCatalog" => update,
        "MachineCatalogsDeleteMachineCatalog" => delete,
        "MachineCatalogsTestMachineCatalogExists" => test_name,
        "MachineCatalogsUpdateMachineCatalogProvisioningScheme" => update_scheme,
        "MachineCatalogsAddMachineCatalogMachine" => add_machine,
        "MachineCatalogsGetMachineCatalogMachineAccounts" => accounts,
        "MachineCatalogsGetMachineCatalogTags" => {
            |context| resource::tags(context, Kind::MachineCatalog)
        }
        "MachineCatalogsSetMachineCatalogTags" => {
            |context| resource::set_tags(context, Kind::MachineCatalog)
        }
        _ => return None,
    })
}

/// Makes a catalog of the machines that the body lists, or of as many new ones as its provisioning scheme wants.
fn create(context: &mut Context<'_>) -> Outcome {
    let mut body = context.body()?;
    let listed = body.shift_remove("Machines");
    let listed = listed
        .as_ref()
        .and_then(Value::as_array)
        .cloned()
        .unwrap_or_default();
    let listed = listed.iter().filter_map(|it| it["MachineName"].as_str());
    let listed: Vec<String> = listed.map(str::to_owned).collect();
    check_new_names(context.site, &listed)?;
    let kind = body.get("ProvisioningType").cloned().unwrap_or_default();
    let mut scheme = match body.shift_remove("ProvisioningScheme") {
        Some(Value::Object(scheme)) => Some(scheme),
        _ if kind == "MCS" => return Err(common::missing("ProvisioningScheme")),
        _ => None,
    };
    let mut wanted = 0;
    if let Some(scheme) = &mut scheme {
        wanted = count(scheme.shift_remove("NumTotalMachines").as_ref())?;
        complete_scheme(context.site, scheme, &mut body)?;
    }
    if let Some(scheme) = scheme {
        body.insert("ProvisioningScheme".to_owned(), Value::Object(scheme));
    }
    let made = resource::composed(context, Kind::MachineCatalog, body, Vec::new())?;
    let id = made.id().to_owned();
    let uids = context.site.catalogs.iter().map(Catalog::uid);
    let mut catalog = Catalog::new("", uids.max().unwrap_or(0) + 1).with_id(&id);
    catalog.take_over(made);
    context.site.catalogs.push(catalog);
    add(context.site, &id, listed);
    provision(context.site, &id, wanted);
    resource::answer(context, Kind::MachineCatalog, &id)
}

/// Reads what a scheme points to, and stores it as answers have it.
fn complete_scheme(site: &Site, scheme: &mut Fields, catalog: &mut Fields) -> Result<(), Reply> {
    if let Some(pool) = scheme.get("ResourcePool").and_then(Value::as_str) {
        let pool = resource::lookup(site, Kind::ResourcePool, pool)
            .ok_or_else(|| orchestration::no_such("ResourcePool", pool, "ResourcePool"))?;
        scheme.insert("ResourcePool".to_owned(), json!(pool.id()));
        let hypervisor = pool.parents.first().cloned().unwrap_or_default();
        catalog
            .entry("HypervisorConnection")
            .or_insert_with(|| json!(hypervisor));
    }
    if let Some(Value::Object(image)) =
        scheme.shift_remove("AssignImageVersionToProvisioningScheme")
    {
        let version = image_version(site, &image)?;
        catalog.insert("ImageVersion".to_owned(), json!(version));
    }
    let rules = scheme.get("MachineAccountCreationRules");
    let pattern = rules.and_then(|it| it.get("NamingScheme")?.as_str());
    if pattern.is_some_and(|it| it.is_empty() || it.len() > LONGEST_NAME) {
        return Err(common::invalid_string("NamingScheme"));
    }
    scheme
        .entry("Id")
        .or_insert_with(|| json!(uuid::Uuid::new_v4()));
    scheme
        .entry("IdentityType")
        .or_insert(json!("ActiveDirectory"));
    if let Some(name) = catalog.get("Name").cloned() {
        scheme.insert("Name".to_owned(), name);
    }
    Ok(())
}

fn image_version(site: &Site, image: &Fields) -> Result<String, Reply> {
    let text = |field: &str| image.get(field).and_then(Value::as_str).unwrap_or_default();
    let (definition, version) = (text("ImageDefinition"), text("ImageVersion"));
    let definition = resource::lookup(site, Kind::ImageDefinition, definition)
        .ok_or_else(|| orchestration::no_such("ImageDefinition", definition, "ImageDefinition"))?;
    let mut versions = site.resources(Kind::ImageVersion).group(definition.id());
    let found = versions.find(|it| it.id() == version || it.name == version);
    let found =
        found.ok_or_else(|| orchestration::no_such("ImageVersion", version, "ImageVersion"))?;
    Ok(found.id().to_owned())
}

fn update(context: &mut Context<'_>) -> Outcome {
    let id = resource::named(context, Kind::MachineCatalog)?
        .id()
        .to_owned();
    let mut body = context.body()?;
    let mut scheme = scheme_of(context.site, &id);
    for field in [
        "CpuCount",
        "MemoryMB",
        "WriteBackCacheDiskSizeGB",
        "WriteBackCacheMemorySizeMB",
    ] {
        if let Some(value) = body.shift_remove(field) {
            scheme.insert(field.to_owned(), value);
        }
    }
    if !scheme.is_empty() {
        body.insert("ProvisioningScheme".to_owned(), Value::Object(scheme));
    }
    resource::change(context, Kind::MachineCatalog, &id, body)?;
    resource::answer(context, Kind::MachineCatalog, &id)
}

fn delete(context: &mut Context<'_>) -> Outcome {
    let id = resource::named(context, Kind::MachineCatalog)?
        .id()
        .to_owned();
    context.call.query.flag("deleteVm")?;
    context.call.query.flag("purgeDBOnly")?;
    remove(context, &id)?;
    resource::empty()
}

/// Deletes a catalog and its machines, unless one of them is in a delivery group.
pub(super) fn remove(context: &mut Context<'_>, id: &str) -> Result<(), Reply> {
    let catalog = context.site.catalogs.get(id);
    let catalog = catalog
        .ok_or_else(|| orchestration::not_found("MachineCatalog", id))?
        .clone();
    let mut machines = context.site.machines.group(catalog.id());
    if let Some(group) = machines.find_map(|it| it.delivery_group_id.as_deref()) {
        let group = context.site.resources(Kind::DeliveryGroup).get(group);
        let user = format!(
            "delivery group '{}'",
            group.map_or("", |it| it.name.as_str())
        );
        return Err(orchestration::in_use(
            "MachineCatalog",
            catalog.name(),
            &user,
        ));
    }
    drop(machines);
    let id = catalog.id().to_owned();
    for machine in context.site.machines.remove_group(&id) {
        context.site.sessions.remove_group(machine.id());
    }
    context.site.catalogs.remove(&id);
    Ok(())
}

/// Says by 200 or 404 whether there is a catalog of this name.
fn test_name(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    let name = body
        .get("Name")
        .and_then(Value::as_str)
        .filter(|it| !it.is_empty());
    let name = name.ok_or_else(|| common::missing("Name"))?;
    resource::found(context.objects(), Kind::MachineCatalog, name)?;
    resource::empty()
}

/// Gives the scheme another image or other sizes, and adds machines until there are as many as wanted. The answer is
/// a job, with `async` and without.
fn update_scheme(context: &mut Context<'_>) -> Outcome {
    let id = resource::named(context, Kind::MachineCatalog)?
        .id()
        .to_owned();
    let mut body = context.body()?;
    let mut scheme = scheme_of(context.site, &id);
    if scheme.is_empty() {
        let catalog = context.site.catalogs.get(&id).map_or("", Catalog::name);
        let message = format!("Machine catalog '{catalog}' has no provisioning scheme.");
        return Err(orchestration::bad_request(&message));
    }
    let wanted = body
        .shift_remove("NumTotalMachines")
        .map(|it| count(Some(&it)))
        .transpose()?;
    body.shift_remove("RebootOptions");
    let mut catalog = Fields::new();
    scheme.extend(body);
    complete_scheme(context.site, &mut scheme, &mut catalog)?;
    catalog.shift_remove("HypervisorConnection");
    let image = catalog.shift_remove("ImageVersion");
    resource::edit(context.site, Kind::MachineCatalog, &id, |fields| {
        fields.insert("ProvisioningScheme".to_owned(), Value::Object(scheme));
        fields.extend(image.map(|it| ("ImageVersion".to_owned(), it)));
    });
    let have = context.site.machines.group_len(&id);
    provision(context.site, &id, wanted.unwrap_or(0).saturating_sub(have));
    jobs::answer_done(context)
}

/// Adds the machine that the body names, or makes one where the catalog has a provisioning scheme. The answer is a
/// job, with `async` and without.
fn add_machine(context: &mut Context<'_>) -> Outcome {
    let id = resource::named(context, Kind::MachineCatalog)?
        .id()
        .to_owned();
    let mut body = context.body()?;
    let name = body.shift_remove("MachineName");
    match name.as_ref().and_then(Value::as_str) {
        Some(name) => {
            let names = [name.to_owned()];
            check_new_names(context.site, &names)?;
            // What only says how the machine comes to be shows nowhere in it.
            for field in ["PvsAddress", "PvsDomain", "PvsCollectionIds"] {
                body.shift_remove(field);
            }
            for field in ["MachineAccountCreationRules", "AddAvailableMachineAccount"] {
                body.shift_remove(field);
            }
            // Refused before there is a machine.
            resource::take(context.objects(), Kind::Machine, body.clone())?;
            add(context.site, &id, names.into());
            machine_writes::set(context, name, body)?;
        }
        None if scheme_of(context.site, &id).is_empty() => {
            return Err(common::missing("MachineName"));
        }
        None => provision(context.site, &id, 1),
    }
    jobs::answer_done(context)
}

fn scheme_of(site: &Site, catalog: &str) -> Fields {
    let catalog = site.catalogs.get(catalog);
    let scheme = catalog.and_then(|it| it.fields.get("ProvisioningScheme")?.as_object());
    scheme.cloned().unwrap_or_default()
}

fn count(number: Option<&Value>) -> Result<usize, Reply> {
    let number = number.and_then(Value::as_i64).unwrap_or(0);
    let number = usize::try_from(number)
        .ok()
        .filter(|it| *it <= MOST_MACHINES);
    number.ok_or_else(|| common::out_of_range("NumTotalMachines", 0, 10_000))
}

fn check_new_names(site: &Site, names: &[String]) -> Result<(), Reply> {
    for name in names {
        if name.trim().is_empty() {
            return Err(common::invalid_string("MachineName"));
        }
        if site.machines.contains(name) {
            return Err(orchestration::name_taken("Machine", name));
        }
    }
    Ok(())
}

/// Adds machines by their names.
fn add(site: &mut Site, catalog: &str, names: Vec<String>) {
    let last = last_uid(site);
    for (uid, name) in (last.saturating_add(1)..).zip(names) {
        site.machines.push(Machine::new(name, uid, catalog));
    }
}

fn last_uid(site: &Site) -> u32 {
    let uids = site.machines.iter().map(Machine::uid);
    uids.max().unwrap_or(0)
}

/// Adds machines that are off, with names as the scheme's rules want them.
fn provision(site: &mut Site, catalog: &str, wanted: usize) {
    let scheme = scheme_of(site, catalog);
    let rules = scheme
        .get("MachineAccountCreationRules")
        .cloned()
        .unwrap_or_default();
    let domain = rules["Domain"].as_str().unwrap_or("DEMOLAB");
    let domain = domain.split('.').next().unwrap_or("DEMOLAB").to_uppercase();
    let name = site.catalogs.get(catalog).map_or("VM", Catalog::name);
    let pattern = rules["NamingScheme"].as_str().map_or_else(
        || format!("{}-###", name.split_whitespace().next().unwrap_or("VM")),
        str::to_owned,
    );
    let mut uid = last_uid(site);
    let mut number = 0;
    let mut added = 0;
    while added < wanted {
        number += 1;
        let name = format!("{domain}\\{}", numbered(&pattern, number));
        if site.machines.contains(&name) {
            continue;
        }
        uid += 1;
        added += 1;
        site.machines
            .push(Machine::new(name, uid, catalog).powered_off());
    }
}

/// Puts a number in place of the signs `#`; a pattern without any gets it at its end.
fn numbered(pattern: &str, number: usize) -> String {
    let width = pattern.matches('#').count();
    match pattern.find('#') {
        None => format!("{pattern}{number}"),
        Some(at) => {
            let (before, rest) = pattern.split_at(at);
            format!("{before}{number:0width$}{}", rest.trim_start_matches('#'))
        }
    }
}

fn accounts(context: &mut Context<'_>) -> Outcome {
    let id = resource::named(context, Kind::MachineCatalog)?
        .id()
        .to_owned();
    let state = context
        .call
        .query
        .get("accountState")
        .unwrap_or("InUse")
        .to_lowercase();
    let model = resource::model_of(context);
    let site = &*context.site;
    let machines = site.machines.group(&id).filter(|_| state == "inuse");
    resource::page(
        context,
        machines.map(|machine| identity::account_of(machine, model)),
    )
}
