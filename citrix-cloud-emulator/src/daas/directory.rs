//! `/Identity`: the structure of the directory, single accounts, and computer accounts created in it.

use serde_json::{Map, Value, json};

use super::context::{Context, Handler};
use super::identity::{self, DOMAIN, SearchCriteria, UNITS, guid_of};
use super::resource::{self, Fields, PLAIN, ResourceSpec};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::schema::filled;
use crate::world::{Machine, Resource, ResourceKind};

pub(super) const COMPUTER: ResourceSpec = ResourceSpec {
    entity: "Machine",
    defaults: r#"{ "Enabled": true }"#,
    ..PLAIN
};

const DOMAIN_SID: &str = "S-1-5-21-1004336348-1177238915-682003330";
const CONTROLLER: &str = "dc01.demolab.example";
/// The directory's only Active Directory site.
const PLACE: &str = "Default-First-Site-Name";

pub(super) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "IdentityGetContainers" => containers,
        "IdentityGetDirectories" => |context| list(context, &directory()),
        "IdentityGetDomains" => |context| {
            SearchCriteria::read(&context.call.query, "user")?;
            list(context, &domain())
        },
        "IdentityGetDomain" => |context| single(context, "Domain", &[DOMAIN, "DEMOLAB"], &domain()),
        "IdentityGetForests" => |context| list(context, &forest()),
        "IdentityGetForest" => |context| single(context, "Forest", &[DOMAIN], &forest()),
        "IdentityGetSites" => |context| list(context, &place()),
        "IdentityGetSite" => |context| single(context, "Site", &[PLACE], &place()),
        "IdentityGetPrinters" => |context| list(context, &printer()),
        "IdentityGetUser" => user,
        "IdentityUpdateUser" => change_password,
        "IdentityCreateMachine" => create,
        "IdentityGetMachine" => get,
        "IdentityUpdateMachine" => update,
        "IdentityDeleteMachine" => delete,
        "IdentityGetServiceAccountCapabilityPatchPreview" => preview,
        _ => return None,
    })
}

fn directory() -> Value {
    json!({ "Forest": DOMAIN, "Domain": DOMAIN, "IdentityProvider": "AD" })
}

fn domain() -> Value {
    json!({
        "Forest": DOMAIN, "Name": DOMAIN, "NetBiosName": "DEMOLAB", "Sid": DOMAIN_SID, "Guid": guid_of(DOMAIN),
        "DistinguishedName": "DC=demolab,DC=example", "Controllers": [CONTROLLER], "DefaultController": CONTROLLER,
        "UpnSuffixes": [DOMAIN],
    })
}

fn forest() -> Value {
    json!({ "Name": DOMAIN, "RootDomain": DOMAIN, "Domains": [DOMAIN], "Sites": [PLACE] })
}

fn place() -> Value {
    let subnet = "10.0.1.0/24";
    json!({
        "Name": PLACE, "Guid": guid_of(PLACE), "Subnets": [{ "Name": subnet, "Guid": guid_of(subnet) }],
    })
}

fn printer() -> Value {
    json!({
        "PrintShareName": "Floor 1", "ServerName": "print01", "UncName": r"\\print01\Floor 1",
        "DriverName": "Generic / Text Only", "Location": "Office",
    })
}

fn shown(context: &Context<'_>, it: &Value) -> Value {
    filled(resource::model_of(context), |field| {
        it.get(field.name).cloned()
    })
}

/// Returns a list with the directory's only object of a kind.
fn list(context: &mut Context<'_>, it: &Value) -> Outcome {
    let view = shown(context, it);
    resource::page(context, [view].into_iter())
}

fn single(context: &mut Context<'_>, entity: &str, names: &[&str], it: &Value) -> Outcome {
    let wanted = context.name();
    if !names.iter().any(|name| name.eq_ignore_ascii_case(wanted)) {
        return Err(orchestration::not_found(entity, wanted));
    }
    Ok(Reply::json(200, &shown(context, it)))
}

/// Lists the organizational units that match the query.
fn containers(context: &mut Context<'_>) -> Outcome {
    let sought = SearchCriteria::read(&context.call.query, "container")?;
    let model = resource::model_of(context);
    let views = UNITS.iter().filter(|path| {
        let name = identity::name_of_unit(path);
        sought.fits(name, path)
    });
    let views: Vec<Value> = views.map(|path| identity::unit(path, model)).collect();
    resource::page(context, views.into_iter())
}

/// Returns the user or group in the path.
fn account(context: &Context<'_>) -> Result<Resource, Reply> {
    let name = context.name().replace('|', "\\");
    let name = name.as_str();
    if let Some(user) = resource::lookup(context.site, ResourceKind::User, name) {
        return Ok(user.into_owned());
    }
    if identity::may_be_somebody(name) {
        return Ok(Resource::new(name).with_id(guid_of(name).to_string()));
    }
    // The domain may be given separately from the name.
    let full = format!(r"DEMOLAB\{name}");
    let user = resource::lookup(context.site, ResourceKind::User, &full);
    user.map(std::borrow::Cow::into_owned)
        .ok_or_else(|| orchestration::not_found("User", name))
}

fn user(context: &mut Context<'_>) -> Outcome {
    let user = account(context)?;
    let model = resource::model_of(context);
    let view = resource::view(context.objects(), ResourceKind::User, &user, model);
    Ok(Reply::json(200, &view))
}

/// Any old password is accepted, and no password is stored.
fn change_password(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    let new = body.get("NewPassword").and_then(Value::as_str);
    if new.is_none_or(str::is_empty) {
        return Err(common::missing("NewPassword"));
    }
    user(context)
}

/// Returns the name of a computer with its domain and without the `$` at the end.
fn full_name(name: &str) -> String {
    let name = name.trim_end_matches('$').replace('|', "\\");
    if name.contains('\\') {
        name
    } else {
        format!(r"DEMOLAB\{}", name.split('.').next().unwrap_or_default())
    }
}

/// Creates an account for a computer that is not in a catalog yet.
fn create(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    let text = |field: &str| {
        body.get(field)
            .and_then(Value::as_str)
            .filter(|it| !it.is_empty())
    };
    let name = full_name(text("Name").ok_or_else(|| common::missing("Name"))?);
    let unit = text("ParentOU").map(str::to_owned);
    if let Some(unit) = unit.as_ref().filter(|it| !identity::is_unit(it)) {
        return Err(orchestration::no_such("Container", unit, "ParentOU"));
    }
    if context.site.machines.contains(&name) {
        return Err(orchestration::name_taken(COMPUTER.entity, &name));
    }
    let mut fields = Fields::from_iter([("Name".to_owned(), json!(name))]);
    fields.extend(unit.map(|it| ("ParentOU".to_owned(), json!(it))));
    let id = resource::make(context, ResourceKind::ComputerAccount, fields, Vec::new())?;
    let account = context
        .site
        .resources(ResourceKind::ComputerAccount)
        .get(&id)
        .cloned();
    Ok(respond(context, &name, account.as_ref()))
}

/// Returns an account: of a machine of the site, or of a computer created in the directory.
fn get(context: &mut Context<'_>) -> Outcome {
    let name = full_name(context.name());
    let made = context
        .site
        .resources(ResourceKind::ComputerAccount)
        .get(&name)
        .cloned();
    if made.is_none() && !context.site.machines.contains(&name) {
        return Err(orchestration::not_found(COMPUTER.entity, &name));
    }
    Ok(respond(context, &name, made.as_ref()))
}

fn respond(context: &Context<'_>, name: &str, made: Option<&Resource>) -> Reply {
    let model = resource::model_of(context);
    let mut view = match context.site.machines.get(name) {
        Some(machine) => identity::account_of(machine, model),
        None => identity::account_of(&Machine::new(name, identity::number_of(name), ""), model),
    };
    let fields = made.map(|it| &it.fields);
    if let Some(enabled) = fields.and_then(|it| it.get("Enabled")) {
        view["Enabled"] = enabled.clone();
    }
    if let Some(unit) = fields.and_then(|it| it.get("ParentOU")?.as_str()) {
        let account = name.rsplit('\\').next().unwrap_or(name);
        view["DistinguishedName"] = json!(format!("CN={account},{unit}"));
        let place = identity::name_of_unit(unit);
        view["CanonicalName"] = json!(format!("{DOMAIN}/{place}/{account}"));
    }
    Reply::json(200, &view)
}

/// Enables or disables an account. For a machine of the site, only the password can be changed, which is not shown.
fn update(context: &mut Context<'_>) -> Outcome {
    let name = full_name(context.name());
    let enabled = context.body()?.shift_remove("Enabled");
    let of_site = context.site.machines.contains(&name);
    let id = match context
        .site
        .resources(ResourceKind::ComputerAccount)
        .get(&name)
    {
        Some(made) => Some(made.id().to_owned()),
        None if of_site => None,
        None => return Err(orchestration::not_found(COMPUTER.entity, &name)),
    };
    if let Some(enabled) = enabled.filter(|it| !it.is_null()) {
        let id = match id {
            Some(id) => id,
            None => {
                let fields = Fields::from_iter([("Name".to_owned(), json!(name))]);
                resource::make(context, ResourceKind::ComputerAccount, fields, Vec::new())?
            }
        };
        resource::edit(context.site, ResourceKind::ComputerAccount, &id, |fields| {
            fields.insert("Enabled".to_owned(), enabled);
        });
    }
    get(context)
}

fn delete(context: &mut Context<'_>) -> Outcome {
    let name = full_name(context.name());
    if let Some(machine) = context.site.machines.get(&name) {
        let catalog = context.site.catalogs().get(&machine.catalog_id);
        let catalog = catalog.map_or("", |it| it.name.as_str());
        let user = format!("machine catalog '{catalog}'");
        return Err(orchestration::in_use(COMPUTER.entity, &name, &user));
    }
    let made = context
        .site
        .resources_mut(ResourceKind::ComputerAccount)
        .remove(&name);
    made.ok_or_else(|| orchestration::not_found(COMPUTER.entity, &name))?;
    resource::empty()
}

/// Counts the machines of each catalog that uses an account which is about to lose capabilities.
fn preview(context: &mut Context<'_>) -> Outcome {
    let account = resource::named(context, ResourceKind::ServiceAccount)?.into_owned();
    let kept = resource::strings(context.body()?.get("Capabilities"));
    let old = resource::strings(account.fields.get("Capabilities"));
    let loses = old.iter().any(|it| !kept.contains(it));
    let site = &*context.site;
    let uses = site.catalogs().iter().filter(|it| {
        let scheme = it.fields.get("ProvisioningScheme");
        let used = scheme.and_then(|it| it.get("ServiceAccountUid")?.as_str());
        loses && used == Some(account.id())
    });
    let impacted: Map<String, Value> = uses
        .map(|it| (it.name.clone(), json!(site.machines.group_len(it.id()))))
        .collect();
    let preview = json!({ "ImpactedCatalogs": impacted });
    Ok(Reply::json(200, &shown(context, &preview)))
}
