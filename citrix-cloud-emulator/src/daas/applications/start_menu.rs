//! The start menu of a machine: the same few programs on all of them.

use serde_json::{Value, json};

use crate::daas::context::{Context, Handler};
use crate::daas::machines;
use crate::daas::resource::{self, Fields};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Reply};
use crate::schema::filled;
use crate::world::{Machine, ResourceKind, Site};

/// Name, program and description.
const PROGRAMS: [(&str, &str, &str); 4] = [
    ("Calculator", r"C:\Windows\System32\calc.exe", "Calculates"),
    ("Notepad", r"C:\Windows\notepad.exe", "Edits plain text"),
    ("Paint", r"C:\Windows\mspaint.exe", "Edits pictures"),
    (
        "WordPad",
        r"C:\Program Files\Windows NT\Accessories\wordpad.exe",
        "Edits formatted text",
    ),
];

pub(in crate::daas) fn handler(operation: &str) -> Option<Handler> {
    Some(match operation {
        "MachinesGetMachineStartMenuShortcuts" => |context| {
            let id = machines::named(context)?.id().to_owned();
            programs(context, &[id])
        },
        "MachinesGetMachineStartMenuShortcutIcon" => icon,
        "MachineCatalogsGetMachineCatalogStartMenuApplications" => of_catalog,
        "DeliveryGroupsGetDeliveryGroupStartMenuApplications" => of_group,
        "ApplicationsSearchStartMenuApplications" => search,
        _ => return None,
    })
}

fn shortcut(name: &str) -> String {
    format!(r"%ProgramData%\Microsoft\Windows\Start Menu\Programs\{name}.lnk")
}

/// Returns the programs of machines, each once, with the first machine that has it.
fn programs(context: &Context<'_>, machines: &[String]) -> Outcome {
    let model = resource::model_of(context);
    let machine = machines.first();
    let machine = machine.and_then(|id| context.site.machines.get(id));
    let views = PROGRAMS.iter().filter(|_| machine.is_some());
    let views = views.map(|(name, path, description)| {
        filled(model, |field| {
            Some(match field.name {
                "DisplayName" => json!(name),
                "Description" => json!(description),
                "CommandLineExecutable" => json!(path),
                "ShortcutPath" => json!(shortcut(name)),
                "WorkingDirectory" => json!(path.rsplit_once('\\').map(|(folder, _)| folder)),
                "Machine" => {
                    let machine = machine?;
                    json!({ "Id": machine.id(), "Uid": machine.uid(), "Name": machine.name() })
                }
                _ => return None,
            })
        })
    });
    let views: Vec<Value> = views.collect();
    resource::page(context, views.into_iter())
}

/// Returns the icon of a program, which is the same for all.
fn icon(context: &mut Context<'_>) -> Outcome {
    machines::named(context)?;
    let path = context.call.query.get("shortcutPath").unwrap_or_default();
    if path.is_empty() {
        return Err(common::missing("shortcutPath"));
    }
    let mut names = PROGRAMS.iter().map(|it| it.0);
    if !names.any(|name| shortcut(name).eq_ignore_ascii_case(path)) {
        return Err(orchestration::not_found("Shortcut", path));
    }
    resource::respond(context, ResourceKind::Icon, "1")
}

fn of_catalog(context: &mut Context<'_>) -> Outcome {
    let catalog = resource::named(context, ResourceKind::MachineCatalog)?
        .id()
        .to_owned();
    let query = &context.call.query;
    let wanted: Vec<&str> = query.all("machines").flat_map(|it| it.split(',')).collect();
    let machines = context.site.machines.group(&catalog).filter(|it| {
        let is = |name: &&str| {
            [it.id(), it.name()]
                .iter()
                .any(|own| own.eq_ignore_ascii_case(name))
        };
        wanted.is_empty() || wanted.iter().any(is)
    });
    let machines: Vec<String> = machines.map(|it| it.id().to_owned()).collect();
    programs(context, &machines)
}

fn of_group(context: &mut Context<'_>) -> Outcome {
    let group = resource::named(context, ResourceKind::DeliveryGroup)?
        .id()
        .to_owned();
    let tag = context.call.query.get("tagRestriction").unwrap_or_default();
    let machines = members(context, &group, &[tag.to_owned()])?;
    programs(context, &machines)
}

/// Returns the machines of a group that have one of the tags, or all of them if no tag is given.
fn members(context: &Context<'_>, group: &str, tags: &[String]) -> Result<Vec<String>, Reply> {
    let mut ids = Vec::new();
    for tag in tags.iter().filter(|it| !it.is_empty()) {
        let tag = resource::found(context.objects(), ResourceKind::Tag, tag)?;
        ids.push(tag.id().to_owned());
    }
    let members = context.site.machines.group(group);
    let members = members.filter(|it| ids.is_empty() || has_one(it, &ids));
    Ok(members.map(|it| it.id().to_owned()).collect())
}

fn has_one(machine: &Machine, tags: &[String]) -> bool {
    let settings = machine.settings.as_deref();
    settings.is_some_and(|it| tags.iter().any(|tag| resource::lists(it, "Tags", tag)))
}

/// Lists the programs of all machines in the groups that the body describes.
fn search(context: &mut Context<'_>) -> Outcome {
    let body = context.body()?;
    let mut groups = Vec::new();
    for name in resource::strings(body.get("DeliveryGroups")) {
        let group = resource::found(context.objects(), ResourceKind::DeliveryGroup, &name)?;
        groups.push(group.id().to_owned());
    }
    for name in resource::strings(body.get("ApplicationGroups")) {
        let group = resource::found(context.objects(), ResourceKind::ApplicationGroup, &name)?;
        groups.extend(delivery_groups_of(context.site, &group.fields));
    }
    let tags = resource::strings(body.get("TagRestrictions"));
    let mut machines = Vec::new();
    for group in groups {
        machines.extend(members(context, &group, &tags)?);
    }
    programs(context, &machines)
}

fn delivery_groups_of(site: &Site, group: &Fields) -> Vec<String> {
    let all = site.resources(ResourceKind::DeliveryGroup).iter();
    let own = all.filter(|it| resource::lists(group, "DeliveryGroups", it.id()));
    own.map(|it| it.id().to_owned()).collect()
}
