//! The service's metadata: the list of its sets, and their columns in CSDL.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::schema::{Schema, Set};

/// Returns the service document.
pub(crate) fn service(base: &str) -> Value {
    let sets = Schema::get().sets.iter().filter(|it| it.is_listed);
    let sets = sets.map(|it| json!({ "name": it.name, "kind": "EntitySet", "url": it.name }));
    json!({
        "@odata.context": format!("{base}/$metadata"),
        "value": sets.collect::<Vec<_>>(),
    })
}

/// Returns the metadata of all sets. No copy of the service's own metadata is public; this has the names and types of
/// its OpenAPI document.
pub(crate) fn document() -> String {
    let schema = Schema::get();
    // The service has no type for the pairs that join sets.
    let sets = schema.sets.iter().filter(|it| it.model != PAIRS);
    let mut types = String::new();
    for set in sets.clone() {
        entity(&mut types, set);
    }
    let mut container = String::new();
    for set in sets.filter(|it| it.is_listed) {
        let (name, model) = (set.name, set.model);
        let head = format!("<EntitySet Name=\"{name}\" EntityType=\"{NAMESPACE}.{model}\">");
        container.push_str(&head);
        for navigation in &set.navigations {
            let target = &schema.sets[navigation.target];
            if target.is_listed {
                let (path, to) = (navigation.name, target.name);
                // Writing to a `String` cannot fail.
                let _ = write!(
                    container,
                    "<NavigationPropertyBinding Path=\"{path}\" Target=\"{to}\"/>"
                );
            }
        }
        container.push_str("</EntitySet>");
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><edmx:Edmx Version=\"4.0\" \
         xmlns:edmx=\"http://docs.oasis-open.org/odata/ns/edmx\"><edmx:DataServices>\
         <Schema Namespace=\"{NAMESPACE}\" xmlns=\"http://docs.oasis-open.org/odata/ns/edm\">{types}\
         <EntityContainer Name=\"Container\">{container}</EntityContainer></Schema>\
         </edmx:DataServices></edmx:Edmx>"
    )
}

const NAMESPACE: &str = "Citrix.Monitor.Model";
const PAIRS: &str = "DesktopGroupApplications";

fn entity(types: &mut String, set: &Set) {
    // Writing to a `String` cannot fail.
    let _ = write!(types, "<EntityType Name=\"{}\"><Key>", set.model);
    for key in &set.key {
        let _ = write!(types, "<PropertyRef Name=\"{}\"/>", set.columns[*key].name);
    }
    types.push_str("</Key>");
    for (number, column) in set.columns.iter().enumerate() {
        let (name, of) = (column.name, column.of.edm());
        let required = match set.key.contains(&number) {
            true => " Nullable=\"false\"",
            false => "",
        };
        let _ = write!(types, "<Property Name=\"{name}\" Type=\"{of}\"{required}/>");
    }
    for navigation in &set.navigations {
        let (name, model) = (navigation.name, Schema::get().sets[navigation.target].model);
        let of = match navigation.many {
            true => format!("Collection({NAMESPACE}.{model})"),
            false => format!("{NAMESPACE}.{model}"),
        };
        let _ = write!(types, "<NavigationProperty Name=\"{name}\" Type=\"{of}\"/>");
    }
    types.push_str("</EntityType>");
}
