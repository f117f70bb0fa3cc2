//! Creates, changes and deletes machine catalogs, and adds and removes their machines.

use serde_json::{Value, json};

use crate::daas::context::{Context, Handler};
use crate::daas::resource::{self, Fields};
use crate::daas::{catalogs, jobs, machines};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::schema::filled;
use crate::world::{Machine, ResourceKind, Site};

/// The maximum number of machines that one call may add.
const MOST_MACHINES: usize = 10_000;

pub(in crate::daas) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "MachineCatalogsCreateMachineCatalog" => create,
        "MachineCatalogsUpdateMachineCatalog" => update,
        "MachineCatalogsDeleteMachineCatalog" => delete,
        "MachineCatalogsUpdateMachineCatalogProvisioningScheme" => update_scheme,
        "MachineCatalogsAddMachineCatalogMachine" => add_machine,
        "MachineCatalogsGetMachineCatalogTags" => {
            |context| resource::tags(context, ResourceKind::MachineCatalog)
        }
        "MachineCatalogsAddMachineCatalogTags" => {
            |context| resource::add_tag(context, ResourceKind::MachineCatalog)
        }
        "MachineCatalogsRemoveMachineCatalogTags" => {
            |context| resource::remove_tag(context, ResourceKind::MachineCatalog)
        }
        "MachineCatalogsGetMachineCatalogMasterImageHistory" => image_history,
        "MachineCatalogsSetMachineCatalogTags" => {
            |context| resource::set_tags(context, ResourceKind::MachineCatalog)
        }
        _ => return None,
    })
}

/// Creates a catalog with the machines in the body, or with as many new ones as its provisioning scheme requests.
fn create(context: &mut Context<'_>) -> Outcome {
    let mut body = context.body()?;
    let listed = body.shift_remove("Machines");
    let listed = match listed {
        Some(Value::Array(machines)) => machines,
        _ => Vec::new(),
    };
    let listed = listed_machines(context, listed)?;
    let names: Vec<String> = listed.iter().map(|(name, _)| name.clone()).collect();
    check_new_names(context.site, &names)?;
    let kind = body.get("ProvisioningType").cloned().unwrap_or_default();
    let mut scheme = match body.shift_remove("ProvisioningScheme") {
        Some(Value::Object(scheme)) => Some(scheme),
        _ if kind == "MCS" => return Err(common::missing("ProvisioningScheme")),
        _ => None,
    };
    let mut wanted = 0;
    if let Some(scheme) = &mut scheme {
        wanted = count(scheme.shift_remove("NumTotalMachines").as_ref())?;
        catalogs::provisioning::complete(context, scheme, &mut body)?;
    }
    if let Some(scheme) = scheme {
        body.insert("ProvisioningScheme".to_owned(), Value::Object(scheme));
    }
    // A machine that is not on a hypervisor cannot be powered on.
    let hypervisor = body.get("HypervisorConnection").and_then(Value::as_str);
    let is_held = hypervisor.is_some_and(|it| !it.is_empty())
        || listed
            .iter()
            .any(|(_, fields)| fields.contains_key("HypervisorConnection"));
    let managed = is_held && body.get("MachineType") != Some(&json!("Physical"));
    body.insert("IsPowerManaged".to_owned(), json!(managed));
    let of_scopes = machines_of_scopes(&mut body);
    check_new_names(context.site, &of_scopes)?;
    let made = resource::composed(context, ResourceKind::MachineCatalog, body, Vec::new())?;
    let id = made.id().to_owned();
    context
        .site
        .resources_mut(ResourceKind::MachineCatalog)
        .push(made);
    add(context.site, &id, names);
    for (name, fields) in listed {
        machines::writes::set(context, &name, fields)?;
    }
    add(context.site, &id, of_scopes);
    provision(context.site, &id, wanted);
    resource::respond(context, ResourceKind::MachineCatalog, &id)
}

fn update(context: &mut Context<'_>) -> Outcome {
    let id = resource::named(context, ResourceKind::MachineCatalog)?
        .id()
        .to_owned();
    let mut body = context.body()?;
    let mut scheme = scheme_of(context.site, &id);
    let has_scheme = !scheme.is_empty();
    for field in catalogs::provisioning::OF_THE_SCHEME {
        if let Some(value) = body.shift_remove(field).filter(|_| has_scheme) {
            take_over(&mut scheme, field, value);
        }
    }
    if has_scheme {
        catalogs::provisioning::complete(context, &mut scheme, &mut Fields::new())?;
        body.insert("ProvisioningScheme".to_owned(), Value::Object(scheme));
    }
    resource::change(context, ResourceKind::MachineCatalog, &id, body)?;
    resource::respond(context, ResourceKind::MachineCatalog, &id)
}

/// Sets a field of a scheme. For custom properties, a body contains only those that change.
fn take_over(scheme: &mut Fields, field: &str, value: Value) {
    let (Some(Value::Array(all)), "CustomProperties", Value::Array(new)) =
        (scheme.get_mut(field), field, &value)
    else {
        scheme.insert(field.to_owned(), value);
        return;
    };
    for property in new {
        match all.iter_mut().find(|it| it["Name"] == property["Name"]) {
            Some(old) => *old = property.clone(),
            None => all.push(property.clone()),
        }
    }
}

/// Lists the images that the machines were created from, newest first.
fn image_history(context: &mut Context<'_>) -> Outcome {
    let id = resource::named(context, ResourceKind::MachineCatalog)?
        .id()
        .to_owned();
    let scheme = scheme_of(context.site, &id);
    let model = resource::model_of(context);
    let old = scheme.get("HistoricalDiskImages").and_then(Value::as_array);
    let all = scheme.get("CurrentDiskImage").into_iter();
    let all = all.chain(old.into_iter().flatten());
    let views = all.map(|image| filled(model, |field| image.get(field.name).cloned()));
    resource::page(context, views)
}

fn delete(context: &mut Context<'_>) -> Outcome {
    let id = resource::named(context, ResourceKind::MachineCatalog)?
        .id()
        .to_owned();
    context.call.query.flag("deleteVm")?;
    context.call.query.flag("purgeDBOnly")?;
    remove(context, &id)?;
    resource::empty()
}

/// Deletes a catalog and its machines, unless one of them is in a delivery group.
pub(in crate::daas) fn remove(context: &mut Context<'_>, id: &str) -> Result<(), Reply> {
    let catalog = context.site.catalogs().get(id);
    let catalog = catalog
        .ok_or_else(|| orchestration::not_found("MachineCatalog", id))?
        .clone();
    let mut machines = context.site.machines.group(catalog.id());
    if let Some(group) = machines.find_map(|it| it.delivery_group_id.as_deref()) {
        let group = context
            .site
            .resources(ResourceKind::DeliveryGroup)
            .get(group);
        let user = format!(
            "delivery group '{}'",
            group.map_or("", |it| it.name.as_str())
        );
        return Err(orchestration::in_use(
            "MachineCatalog",
            &catalog.name,
            &user,
        ));
    }
    drop(machines);
    let id = catalog.id().to_owned();
    for machine in context.site.machines.remove_group(&id) {
        context.site.sessions.remove_group(machine.id());
    }
    context
        .site
        .resources_mut(ResourceKind::MachineCatalog)
        .remove(&id);
    Ok(())
}

/// Sets the scheme's image or sizes, and adds machines up to the requested number. The response is a job, even without
/// `async`.
fn update_scheme(context: &mut Context<'_>) -> Outcome {
    let id = resource::named(context, ResourceKind::MachineCatalog)?
        .id()
        .to_owned();
    let mut body = context.body()?;
    let mut scheme = scheme_of(context.site, &id);
    if scheme.is_empty() {
        let catalog = context.site.catalogs().get(&id);
        let catalog = catalog.map_or("", |it| it.name.as_str());
        let message = format!("Machine catalog '{catalog}' has no provisioning scheme.");
        return Err(orchestration::bad_request(&message));
    }
    let wanted = body
        .shift_remove("NumTotalMachines")
        .map(|it| count(Some(&it)))
        .transpose()?;
    body.shift_remove("RebootOptions");
    let mut catalog = Fields::new();
    for (field, value) in body {
        take_over(&mut scheme, &field, value);
    }
    if let Err(refusal) = catalogs::provisioning::complete(context, &mut scheme, &mut catalog) {
        return jobs::respond_failed(context, refusal);
    }
    catalog.shift_remove("HypervisorConnection");
    let image = catalog.shift_remove("ImageVersion");
    resource::edit(context.site, ResourceKind::MachineCatalog, &id, |fields| {
        fields.insert("ProvisioningScheme".to_owned(), Value::Object(scheme));
        fields.extend(image.map(|it| ("ImageVersion".to_owned(), it)));
    });
    let have = context.site.machines.group_len(&id);
    provision(context.site, &id, wanted.unwrap_or(0).saturating_sub(have));
    jobs::respond_done(context)
}

/// Adds the machine in the body, or creates one if the catalog has a provisioning scheme. The response is a job, even
/// without `async`.
fn add_machine(context: &mut Context<'_>) -> Outcome {
    let id = resource::named(context, ResourceKind::MachineCatalog)?
        .id()
        .to_owned();
    let mut body = context.body()?;
    let name = body.shift_remove("MachineName");
    match name.as_ref().and_then(Value::as_str) {
        Some(name) => {
            let names = [name.to_owned()];
            check_new_names(context.site, &names)?;
            // These fields only say how to create the machine, and are not shown.
            for field in ["PvsAddress", "PvsDomain", "PvsCollectionIds"] {
                body.shift_remove(field);
            }
            for field in ["MachineAccountCreationRules", "AddAvailableMachineAccount"] {
                body.shift_remove(field);
            }
            // Validated before the machine exists.
            resource::take(context.objects(), ResourceKind::Machine, body.clone())?;
            add(context.site, &id, names.into());
            machines::writes::set(context, name, body)?;
        }
        None if scheme_of(context.site, &id).is_empty() => {
            return Err(common::missing("MachineName"));
        }
        None => provision(context.site, &id, 1),
    }
    jobs::respond_done(context)
}

pub(in crate::daas) fn scheme_of(site: &Site, catalog: &str) -> Fields {
    let catalog = site.catalogs().get(catalog);
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

/// Removes the machines from the scopes of a Remote PC catalog; the other scopes are organizational units, and stay.
fn machines_of_scopes(body: &mut Fields) -> Vec<String> {
    let scopes = body.get_mut("RemotePCEnrollmentScopes");
    let Some(scopes) = scopes.and_then(Value::as_array_mut) else {
        return Vec::new();
    };
    let machines = scopes.extract_if(.., |it| it["IsOrganizationalUnit"] == false);
    machines
        .filter_map(|it| Some(it["OU"].as_str()?.to_owned()))
        .collect()
}

/// Parses the machines in a body: their names and other fields.
fn listed_machines(
    context: &Context<'_>,
    listed: Vec<Value>,
) -> Result<Vec<(String, Fields)>, Reply> {
    let mut machines = Vec::new();
    for machine in listed {
        let Value::Object(mut fields) = machine else {
            continue;
        };
        let name = fields.shift_remove("MachineName");
        if let Some(name) = name.as_ref().and_then(Value::as_str) {
            // Validated before the machine exists.
            resource::take(context.objects(), ResourceKind::Machine, fields.clone())?;
            machines.push((name.to_owned(), fields));
        }
    }
    Ok(machines)
}

/// Adds machines by name.
fn add(site: &mut Site, catalog: &str, names: Vec<String>) {
    let last = last_uid(site);
    let fields = site.catalogs().get(catalog).map(|it| &it.fields);
    let managed = fields.and_then(|it| it.get("IsPowerManaged")) != Some(&json!(false));
    for (uid, name) in (last.saturating_add(1)..).zip(names) {
        let machine = Machine::new(name, uid, catalog);
        site.machines.push(if managed {
            machine
        } else {
            machine.unmanaged()
        });
    }
}

fn last_uid(site: &Site) -> u32 {
    let uids = site.machines.iter().map(Machine::uid);
    uids.max().unwrap_or(0)
}

/// Creates machines that are powered off, with names that follow the scheme's rules.
fn provision(site: &mut Site, catalog: &str, wanted: usize) {
    let scheme = scheme_of(site, catalog);
    let rules = scheme
        .get("MachineAccountCreationRules")
        .cloned()
        .unwrap_or_default();
    let domain = rules["Domain"].as_str().unwrap_or("DEMOLAB");
    let domain = domain.split('.').next().unwrap_or("DEMOLAB").to_uppercase();
    let name = site
        .catalogs()
        .get(catalog)
        .map_or("VM", |it| it.name.as_str());
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

/// Replaces the `#` characters by a number; a pattern without any gets the number at its end.
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
