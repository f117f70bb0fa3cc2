//! Settings of a single machine, which override the values that all machines have.

use serde_json::{Value, json};

use crate::daas::hypervisors;
use crate::daas::resource::{self, Fields, Objects};
use crate::world::ResourceKind;

const MODEL: &str = "MachineDetailResponseModel";

/// Writes settings into a machine's response, if it has such fields.
pub(in crate::daas) fn put_into(response: &mut Fields, objects: Objects<'_>, settings: &Fields) {
    let site = objects.site;
    let shown = resource::shown(objects, settings, MODEL);
    for name in settings.keys() {
        match name.as_str() {
            "Hosting" => put_hosting(response, objects, settings.get("Hosting")),
            "Tags" => {
                let tags = resource::strings(settings.get("Tags")).into_iter();
                let tags = tags.filter_map(|id| site.resources(ResourceKind::Tag).get(&id));
                response.insert("Tags".to_owned(), tags.map(|tag| json!(tag.name)).collect());
            }
            name if response.contains_key(name) => {
                response.insert(name.to_owned(), shown[name].clone());
            }
            _ => {}
        }
    }
    if settings.contains_key("AssignedUsers") {
        response.insert("IsAssigned".to_owned(), json!(true));
        response.insert("AssociatedUsers".to_owned(), shown["AssignedUsers"].clone());
    }
}

fn put_hosting(response: &mut Fields, objects: Objects<'_>, set: Option<&Value>) {
    let hosting = response.get_mut("Hosting").and_then(Value::as_object_mut);
    let (Some(hosting), Some(set)) = (hosting, set) else {
        return;
    };
    let hypervisor = set["HypervisorConnection"].as_str();
    let hypervisor =
        hypervisor.and_then(|id| objects.site.resources(ResourceKind::Hypervisor).get(id));
    if let Some(id) = set["HostedMachineId"].as_str() {
        hosting.insert("HostedMachineId".to_owned(), json!(id));
        let name = hypervisor.and_then(|it| hypervisors::resources::name_of_machine(it, id));
        if let Some(name) = name {
            hosting.insert("HostedMachineName".to_owned(), json!(name));
        }
    }
    if let Some(id) = set["HypervisorConnection"].as_str() {
        let connection =
            resource::reference(objects, ResourceKind::Hypervisor, id).unwrap_or_default();
        let connection = json!({
            "Id": connection["Id"],
            "Uid": connection["Uid"],
            "Name": connection["Name"],
        });
        hosting.insert("HypervisorConnection".to_owned(), connection);
    }
}
