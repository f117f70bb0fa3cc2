//! `/provisionedVirtualMachines` and `/provisioningSchemes`: how single machines differ from their provisioning scheme.

use serde_json::{Value, json};

use crate::daas::catalogs::provisioning::complete_parts;
use crate::daas::catalogs::writes::scheme_of;
use crate::daas::context::{Context, Handler};
use crate::daas::resource::{self, Fields};
use crate::daas::{identity, machines};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::schema::filled;
use crate::world::{Machine, Resource, Site};

/// The field of a machine with its own configuration.
const OWN: &str = "OwnConfiguration";
/// Settings that a single machine can have.
const SIZES: [&str; 5] = [
    "CpuCount",
    "CustomProperties",
    "MachineProfile",
    "MemoryMB",
    "ServiceOffering",
];

pub(in crate::daas) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "ProvisionedVirtualMachineUpdateProvisionedVirtualMachine" => update,
        "ProvisionedVirtualMachineResetProvisionedVirtualMachineOSDisk" => |context| {
            // Nothing can be lost, because an emulated disk is empty.
            named(context)?;
            resource::empty()
        },
        "ProvisionedVirtualMachineApplyProvisionedVirtualMachineConfigurationUpdate" => |context| {
            named(context)?;
            resource::empty()
        },
        "ProvisioningSchemesGetProvisioiningSchemeConfigurations" => configurations,
        "ProvisioningSchemesGetVMConfigurationResultantSet" => resultant,
        _ => return None,
    })
}

/// Finds a machine by the SID in the path, if its catalog has a provisioning scheme.
pub(in crate::daas) fn named<'t>(context: &'t Context<'_>) -> Result<&'t Machine, Reply> {
    by_sid(context, context.name())
}

fn by_sid<'t>(context: &'t Context<'_>, sid: &str) -> Result<&'t Machine, Reply> {
    if !sid.starts_with("S-1-") {
        return Err(common::invalid_string("vmSid"));
    }
    let mut machines = context.site.machines.iter();
    let machine = machines.find(|it| identity::machine_sid(it) == sid);
    let machine = machine.ok_or_else(|| orchestration::not_found("Machine", sid))?;
    let catalog = context.site.catalogs().get(&machine.catalog_id);
    if catalog.is_none_or(|it| !it.fields.contains_key("ProvisioningScheme")) {
        let message = format!(
            "Machine '{}' is not provisioned by the site.",
            machine.name()
        );
        return Err(orchestration::bad_request(&message));
    }
    Ok(machine)
}

/// Finds a catalog by the id of its scheme or by the scheme's name, which is also the catalog's.
pub(in crate::daas) fn by_scheme<'w>(site: &'w Site, wanted: &str) -> Option<&'w Resource> {
    let mut catalogs = site.catalogs().iter();
    catalogs.find(|it| {
        let scheme = it.fields.get("ProvisioningScheme");
        let id = scheme.and_then(|it| it.get("Id")?.as_str());
        let is_called = it.name.eq_ignore_ascii_case(wanted);
        id.is_some_and(|id| is_called || id.eq_ignore_ascii_case(wanted))
    })
}

/// Finds the catalog of the scheme in the path.
pub(in crate::daas) fn scheme_in_path<'t>(context: &'t Context<'_>) -> Result<&'t Resource, Reply> {
    let found = by_scheme(context.site, context.name());
    found.ok_or_else(|| orchestration::not_found("ProvisioningScheme", context.name()))
}

/// Sets a machine's own sizes, or makes it follow its scheme again.
fn update(context: &mut Context<'_>) -> Outcome {
    let machine = named(context)?;
    let (id, settings) = (machine.id().to_owned(), machine.settings.as_deref());
    let own = settings.and_then(|it| it.get(OWN)?.as_object());
    let mut own = own.cloned().unwrap_or_default();
    let mut body = context.body()?;
    if body.shift_remove("RevertToProvSchemeConfiguration") == Some(json!(true)) {
        own.clear();
    }
    complete_parts(&mut body);
    own.extend(body.into_iter().filter(|(_, value)| !value.is_null()));
    let own = Fields::from_iter([(OWN.to_owned(), Value::Object(own))]);
    machines::writes::put(context.site, &id, own);
    resource::empty()
}

fn view(
    context: &Context<'_>,
    catalog: &Resource,
    sizes: &Fields,
    machine: Option<&Machine>,
) -> Value {
    let scheme = scheme_of(context.site, catalog.id());
    filled(resource::model_of(context), |field| {
        Some(match field.name {
            "ProvisioningSchemeName" => json!(catalog.name),
            "ProvisioningSchemeId" => scheme.get("Id")?.clone(),
            "Version" => json!(1),
            "VMId" => json!(machine?.id()),
            "VMName" => json!(machine?.name().rsplit('\\').next()),
            "NetworkMappings" => scheme.get("NetworkMaps")?.clone(),
            name if SIZES.contains(&name) => sizes.get(name)?.clone(),
            _ => return None,
        })
    })
}

/// Lists the versions of a scheme; the emulator keeps only the current one.
fn configurations(context: &mut Context<'_>) -> Outcome {
    let catalog = scheme_in_path(context)?;
    let version = context.call.query.number("version", 0, 1_000_000)?;
    let scheme = scheme_of(context.site, catalog.id());
    let views = version.is_none_or(|it| it == 1);
    let views: Vec<Value> = views
        .then(|| view(context, catalog, &scheme, None))
        .into_iter()
        .collect();
    resource::page(context, views.into_iter())
}

/// Returns a machine's effective configuration: its own sizes override those of its scheme.
fn resultant(context: &mut Context<'_>) -> Outcome {
    let catalog = scheme_in_path(context)?;
    let machine = by_sid(context, context.part(1))?;
    if machine.catalog_id != catalog.id() {
        return Err(orchestration::not_found("Machine", context.part(1)));
    }
    let mut sizes = scheme_of(context.site, catalog.id());
    let own = machine.settings.as_deref();
    let own = own.and_then(|it| it.get(OWN)?.as_object().cloned());
    sizes.extend(own.unwrap_or_default());
    Ok(Reply::json(
        200,
        &view(context, catalog, &sizes, Some(machine)),
    ))
}
