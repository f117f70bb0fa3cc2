//! The table of Monitor's sets, columns and enumerations that the program carries, from the document.
//!
//! The program reads it at each start of a command, so it is lines of cells, not YAML.

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};

use crate::pipeline::template::BANNER;

/// Where the table is.
pub const TABLE: &str = "citrix-cloud-cli/src/commands/monitor/catalog/table.tsv";

/// The document that it is made from.
pub const DOCUMENT: &str = "patch/monitor.yml";

/// What the lines of the table are.
const LEGEND: &str = "\
# enum, name, description; then value, number, name, meaning
# set or type, name, model, description; then column, name, type, k for key and i for indexed, unit, enum, description
# and navigation, name, target, one or many";

/// Makes the table.
///
/// # Errors
///
/// Names the place in the document that the table has no line for.
pub fn table(document: &Value) -> Result<String> {
    let schemas = document["components"]["schemas"]
        .as_object()
        .context("no schemas")?;
    let mut lines = vec![format!("# {}", BANNER.trim_start_matches("// "))];
    lines.push(LEGEND.to_owned());
    for (name, schema) in schemas {
        if let Some(values) = schema["x-names"].as_array() {
            lines.push(line(&["enum", name, &text(&schema["description"])]));
            let value = |it: &Value| {
                let number = it["value"].to_string();
                line(&["value", &number, &text(&it["name"]), &text(&it["meaning"])])
            };
            lines.extend(values.iter().map(value));
        }
    }
    for (name, schema) in rows(schemas) {
        let set = schema["x-entity-set"].as_str();
        let (what, shown) = set.map_or(("type", name), |set| ("set", set));
        lines.push(line(&[what, shown, name, &text(&schema["description"])]));
        let properties = schema["properties"].as_object();
        for (property, described) in properties.into_iter().flatten() {
            let place = || format!("{name}.{property}");
            lines.push(of_property(schemas, schema, property, described).with_context(place)?);
        }
    }
    Ok(lines.join("\n") + "\n")
}

/// The models of rows: those of sets, then those that navigations alone lead to.
fn rows(schemas: &Map<String, Value>) -> Vec<(&str, &Value)> {
    let is_row = |it: &Value| {
        let properties = it["properties"].as_object().into_iter().flatten();
        it["x-entity-set"].is_string()
            || properties
                .clone()
                .any(|(_, it)| it["x-navigation"].is_string())
    };
    let targets: Vec<&str> = schemas
        .values()
        .flat_map(|it| it["properties"].as_object().into_iter().flatten())
        .filter(|(_, it)| it["x-navigation"].is_string())
        .filter_map(|(_, it)| reference(it))
        .collect();
    let mut found: Vec<(&str, &Value)> = schemas
        .iter()
        .filter(|(name, it)| is_row(it) || targets.contains(&name.as_str()))
        .map(|(name, it)| (name.as_str(), it))
        .collect();
    found.sort_by_key(|(name, it)| (it["x-entity-set"].is_null(), set_name(name, it)));
    found
}

fn set_name(name: &str, schema: &Value) -> String {
    schema["x-entity-set"].as_str().unwrap_or(name).to_owned()
}

fn of_property(
    schemas: &Map<String, Value>,
    schema: &Value,
    name: &str,
    property: &Value,
) -> Result<String> {
    if property["x-navigation"].is_string() {
        let target = reference(property).context("a navigation that leads nowhere")?;
        let to = schemas.get(target).context("a navigation to no model")?;
        let many = if property["type"] == "array" {
            "many"
        } else {
            "one"
        };
        return Ok(line(&["navigation", name, &set_name(target, to), many]));
    }
    let of_enum = reference(property).unwrap_or_default();
    let of = match (property["type"].as_str(), property["format"].as_str()) {
        _ if schemas
            .get(of_enum)
            .is_some_and(|it| it["x-names"].is_array()) =>
        {
            "int"
        }
        (Some("string"), None) => "text",
        (Some("string"), Some("uuid")) => "guid",
        (Some("string"), Some("date-time")) => "time",
        (Some("integer"), _) => "int",
        (Some("number"), _) => "double",
        (Some("boolean"), _) => "bool",
        (Some("array"), _) => "list",
        other => bail!("{other:?} is no type of a column"),
    };
    let lists = |list: &str| {
        let named = schema[list].as_array().into_iter().flatten();
        named.into_iter().any(|it| *it == *name)
    };
    let key = if lists("x-key") { "k" } else { "" };
    let indexed = if lists("x-indexed") { "i" } else { "" };
    let unit = property["x-unit"].as_str().unwrap_or_default();
    let flags = format!("{key}{indexed}");
    let description = text(&property["description"]);
    Ok(line(&[
        "column",
        name,
        of,
        &flags,
        unit,
        of_enum,
        &description,
    ]))
}

fn reference(property: &Value) -> Option<&str> {
    let reference = property["$ref"]
        .as_str()
        .or_else(|| property["allOf"][0]["$ref"].as_str())
        .or_else(|| property["items"]["$ref"].as_str());
    reference?.rsplit('/').next()
}

fn text(value: &Value) -> String {
    let text = value.as_str().unwrap_or_default();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn line(cells: &[&str]) -> String {
    cells.join("\t").trim_end().to_owned()
}
