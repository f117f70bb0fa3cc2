//! Actions on a whole catalog: rolling its image back, managing its accounts, exporting its scheme.

use serde_json::{Value, json};

use crate::daas::catalogs::writes::scheme_of;
use crate::daas::context::{Context, Handler};
use crate::daas::resource::{self, Fields};
use crate::daas::{identity, jobs, machines};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::schema::filled;
use crate::world::{Machine, ResourceKind};

/// The field with the accounts that are not in use by a machine yet.
const ACCOUNTS: &str = "MachineAccounts";

pub(in crate::daas) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "MachineCatalogsRollbackMachineCatalogProvisioningScheme" => roll_back,
        "MachineCatalogsGetMachineCatalogLastMasterImage" => last_image,
        "MachineCatalogsExport" => export,
        "MachineCatalogsExportMachineProfile" => export_profile,
        "MachineCatalogsRepairMachineCatalogMachineAccounts" => repair,
        "MachineCatalogsGetMachineCatalogEnrollments" => enrollments,
        "MachineCatalogsRemoveMachineCatalogMachine" => remove_machine,
        "MachineCatalogsGetMachineCatalogMachineAccounts" => accounts,
        "MachineCatalogsAddMachineCatalogMachineAccount" => add_account,
        "MachineCatalogsUpdateMachineCatalogMachineAccount" => update_account,
        "MachineCatalogsRemoveMachineCatalogMachineAccount" => remove_account,
        _ => return None,
    })
}

fn id(context: &Context<'_>) -> Result<String, Reply> {
    Ok(resource::named(context, ResourceKind::MachineCatalog)?
        .id()
        .to_owned())
}

/// Returns the catalog's id and its scheme, if it has one.
fn scheme(context: &Context<'_>) -> Result<(String, Fields), Reply> {
    let id = id(context)?;
    let scheme = scheme_of(context.site, &id);
    if scheme.is_empty() {
        let message = format!(
            "Machine catalog '{}' has no provisioning scheme.",
            context.name()
        );
        return Err(orchestration::bad_request(&message));
    }
    Ok((id, scheme))
}

/// Restores the previous image. The response is a job.
fn roll_back(context: &mut Context<'_>) -> Outcome {
    let (id, mut scheme) = scheme(context)?;
    let old = scheme
        .get_mut("HistoricalDiskImages")
        .and_then(Value::as_array_mut);
    let Some(old) = old.filter(|it| !it.is_empty()) else {
        let refusal = orchestration::bad_request("There is no image to go back to.");
        return jobs::respond_failed(context, refusal);
    };
    let before = old.remove(0);
    if let Some(image) = before.get("Image").cloned() {
        scheme.insert("MasterImage".to_owned(), image);
    }
    scheme.insert("CurrentDiskImage".to_owned(), before);
    resource::edit(context.site, ResourceKind::MachineCatalog, &id, |fields| {
        fields.insert("ProvisioningScheme".to_owned(), Value::Object(scheme));
    });
    jobs::respond_done(context)
}

fn last_image(context: &mut Context<'_>) -> Outcome {
    let (_, scheme) = scheme(context)?;
    let image = scheme.get("CurrentDiskImage").cloned().unwrap_or_default();
    let view = filled(resource::model_of(context), |field| match field.name {
        "ImageStatus" => Some(json!("Current")),
        name => image.get(name).cloned(),
    });
    Ok(Reply::json(200, &view))
}

/// Returns the scheme and its machines as JSON strings.
fn export(context: &mut Context<'_>) -> Outcome {
    let (id, scheme) = scheme(context)?;
    let machines = context.site.machines.group(&id);
    let accounts: Vec<_> = machines.map(Machine::name).collect();
    let pool = json!({ "IdentityPoolName": context.name(), "Accounts": accounts });
    let view = filled(resource::model_of(context), |field| {
        Some(match field.name {
            "ProvisioningSchemeData" => json!(json!(scheme).to_string()),
            "IdentityPoolData" => json!(pool.to_string()),
            _ => return None,
        })
    });
    Ok(Reply::json(200, &view))
}

fn export_profile(context: &mut Context<'_>) -> Outcome {
    let (_, scheme) = scheme(context)?;
    let sizes = [
        "CpuCount",
        "MemoryMB",
        "ServiceOffering",
        "MachineProfile",
        "CustomProperties",
    ];
    let profile = sizes.into_iter().filter_map(|name| {
        let value = scheme.get(name)?;
        Some((name.to_owned(), value.clone()))
    });
    let profile = Value::Object(profile.collect());
    Ok(Reply::json(200, &json!({ "Content": profile.to_string() })))
}

/// The accounts of an emulated directory are always intact, so there is nothing to repair.
fn repair(context: &mut Context<'_>) -> Outcome {
    scheme(context)?;
    resource::empty()
}

/// The emulator issues no enrollment tokens.
fn enrollments(context: &mut Context<'_>) -> Outcome {
    id(context)?;
    resource::page(context, std::iter::empty())
}

/// Removes a machine from the catalog and from its delivery group.
fn remove_machine(context: &mut Context<'_>) -> Outcome {
    let catalog = id(context)?;
    let wanted = context.part(1);
    let machine = context.site.machines.get(wanted);
    let machine = machine.filter(|it| it.catalog_id == catalog);
    let machine = machine.ok_or_else(|| orchestration::not_found("Machine", wanted))?;
    let id = machine.id().to_owned();
    machines::writes::take_out(context, &id)
}

fn waiting(context: &Context<'_>, catalog: &str) -> Vec<String> {
    let catalog = context.site.catalogs().get(catalog);
    resource::strings(catalog.and_then(|it| it.fields.get(ACCOUNTS)))
}

/// Returns an unused account as responses show it.
fn shown(name: &str, model: &str) -> Value {
    let machine = Machine::new(name, identity::number_of(name), "");
    let mut view = identity::account_of(&machine, model);
    view["State"] = json!("Available");
    view
}

/// Lists the accounts in a state: those of the machines, or the unused ones.
fn accounts(context: &mut Context<'_>) -> Outcome {
    let id = id(context)?;
    let state = context.call.query.get("accountState").unwrap_or("InUse");
    let model = resource::model_of(context);
    let views: Vec<Value> = match state.to_lowercase().as_str() {
        "inuse" => {
            let machines = context.site.machines.group(&id);
            machines.map(|it| identity::account_of(it, model)).collect()
        }
        "available" => waiting(context, &id)
            .iter()
            .map(|it| shown(it, model))
            .collect(),
        _ => Vec::new(),
    };
    resource::page(context, views.into_iter())
}

fn store(context: &mut Context<'_>, catalog: &str, accounts: &[String]) {
    resource::edit(
        context.site,
        ResourceKind::MachineCatalog,
        catalog,
        |fields| {
            fields.insert(ACCOUNTS.to_owned(), json!(accounts));
        },
    );
}

fn add_account(context: &mut Context<'_>) -> Outcome {
    let (id, _) = scheme(context)?;
    let body = context.body()?;
    let name = body
        .get("ADAccountName")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let name = name.trim_end_matches('$');
    if !identity::may_be_somebody(name) {
        return Err(common::invalid_string("ADAccountName"));
    }
    let mut all = waiting(context, &id);
    let is_there = all.iter().any(|it| it.eq_ignore_ascii_case(name));
    if is_there || context.site.machines.contains(name) {
        return Err(orchestration::name_taken("MachineAccount", name));
    }
    all.push(name.to_owned());
    store(context, &id, &all);
    Ok(Reply::json(200, &shown(name, resource::model_of(context))))
}

/// Returns the account in the path: the catalog's id, and its position among the unused accounts unless a machine uses
/// it.
fn account(context: &Context<'_>) -> Result<(String, Option<usize>, String), Reply> {
    let id = id(context)?;
    let wanted = context.part(1).trim_end_matches('$').replace('|', "\\");
    let all = waiting(context, &id);
    let place = all.iter().position(|it| it.eq_ignore_ascii_case(&wanted));
    let machine = context.site.machines.get(&wanted);
    if place.is_none() && machine.is_none_or(|it| it.catalog_id != id) {
        return Err(orchestration::not_found("MachineAccount", &wanted));
    }
    Ok((id, place, wanted))
}

/// Accepts a new password, which is never shown.
fn update_account(context: &mut Context<'_>) -> Outcome {
    let (_, place, name) = account(context)?;
    context.body()?;
    let model = resource::model_of(context);
    let view = match context.site.machines.get(&name).filter(|_| place.is_none()) {
        Some(machine) => identity::account_of(machine, model),
        None => shown(&name, model),
    };
    Ok(Reply::json(200, &view))
}

/// Removes an unused account from the catalog; one that a machine uses stays.
fn remove_account(context: &mut Context<'_>) -> Outcome {
    let (id, place, name) = account(context)?;
    let Some(place) = place else {
        return Err(orchestration::in_use(
            "MachineAccount",
            &name,
            "its machine",
        ));
    };
    let mut all = waiting(context, &id);
    all.remove(place);
    store(context, &id, &all);
    resource::empty()
}
