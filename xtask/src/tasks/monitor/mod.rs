//! Reads the sets of the Monitor service from its document.

use anyhow::{Context as _, Result, bail};
use serde_json::{Map, Value};

pub mod sets;
pub mod table;

/// The document, below `openapi/`.
pub const DOCUMENT: &str = "patch/monitor.yml";

/// The service as described by its document.
#[derive(Debug)]
pub struct Described {
    /// Enumerations in the document's order.
    pub enumerations: Vec<Enumeration>,
    /// Models of rows: those of sets, sorted by the name of the set, then those that only
    /// navigations lead to.
    pub entities: Vec<Entity>,
}

/// An enumeration: numbers with names.
#[derive(Debug)]
pub struct Enumeration {
    /// The name of its model.
    pub name: String,
    /// Its description.
    pub description: String,
    /// The number, name and meaning of each value.
    pub values: Vec<(i64, String, String)>,
}

/// A model of rows.
#[derive(Debug)]
pub struct Entity {
    /// The name of the model.
    pub model: String,
    /// The name of its set, if it can be queried.
    pub set: Option<String>,
    /// The description of a row.
    pub description: String,
    /// Its columns.
    pub columns: Vec<Column>,
    /// Its navigations.
    pub navigations: Vec<Navigation>,
}

/// A column of a set.
#[derive(Debug)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// The kind of its values.
    pub kind: Kind,
    /// The enumeration of its numbers.
    pub enumeration: Option<String>,
    /// Whether it is part of the key.
    pub is_key: bool,
    /// Whether it is indexed.
    pub is_indexed: bool,
    /// Whether Citrix's own document lists it.
    pub is_documented: bool,
    /// Its unit.
    pub unit: String,
    /// Its description.
    pub description: String,
}

/// The kind of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Text,
    Guid,
    Time,
    Int,
    Double,
    Bool,
    List,
}

/// A navigation.
#[derive(Debug)]
pub struct Navigation {
    /// Its name.
    pub name: String,
    /// The model that it leads to.
    pub target: String,
    /// Whether it leads to many rows.
    pub many: bool,
    /// Its description.
    pub description: String,
}

impl Entity {
    /// Returns the name of its set, or of its model if it has none.
    #[must_use]
    pub fn shown(&self) -> &str {
        self.set.as_deref().unwrap_or(&self.model)
    }
}

/// Reads the document.
///
/// # Errors
///
/// If a part of the document is not understood; the error names the place.
pub fn read(document: &Value) -> Result<Described> {
    let schemas = document["components"]["schemas"]
        .as_object()
        .context("no schemas")?;
    let enumerations = schemas.iter().filter_map(enumeration).collect();
    let mut entities = rows(schemas)
        .into_iter()
        .map(|(name, schema)| entity(schemas, name, schema))
        .collect::<Result<Vec<_>>>()?;
    entities.sort_by_key(|it| (it.set.is_none(), it.shown().to_owned()));
    Ok(Described {
        enumerations,
        entities,
    })
}

fn enumeration((name, schema): (&String, &Value)) -> Option<Enumeration> {
    let values = schema["x-names"].as_array()?.iter().map(|it| {
        let number = it["value"].as_i64().unwrap_or_default();
        (number, text(&it["name"]), text(&it["meaning"]))
    });
    Some(Enumeration {
        name: name.clone(),
        description: text(&schema["description"]),
        values: values.collect(),
    })
}

/// Returns the models of rows.
fn rows(schemas: &Map<String, Value>) -> Vec<(&str, &Value)> {
    let is_row = |it: &Value| {
        it["x-entity-set"].is_string() || properties(it).any(|(_, it)| is_navigation(it))
    };
    let navigations = schemas.values().flat_map(properties);
    let targets: Vec<&str> = navigations
        .filter(|(_, it)| is_navigation(it))
        .filter_map(|(_, it)| reference(it))
        .collect();
    schemas
        .iter()
        .filter(|(name, it)| is_row(it) || targets.contains(&name.as_str()))
        .map(|(name, it)| (name.as_str(), it))
        .collect()
}

fn properties(schema: &Value) -> impl Iterator<Item = (&String, &Value)> {
    schema["properties"].as_object().into_iter().flatten()
}

fn is_navigation(property: &Value) -> bool {
    property["x-navigation"].is_string()
}

fn entity(schemas: &Map<String, Value>, model: &str, schema: &Value) -> Result<Entity> {
    let mut entity = Entity {
        model: model.to_owned(),
        set: schema["x-entity-set"].as_str().map(str::to_owned),
        description: text(&schema["description"]),
        columns: Vec::new(),
        navigations: Vec::new(),
    };
    for (name, property) in properties(schema) {
        let place = || format!("{model}.{name}");
        if is_navigation(property) {
            let found = navigation(schemas, name, property).with_context(place)?;
            entity.navigations.push(found);
        } else {
            let found = column(schemas, schema, name, property).with_context(place)?;
            entity.columns.push(found);
        }
    }
    Ok(entity)
}

fn navigation(schemas: &Map<String, Value>, name: &str, property: &Value) -> Result<Navigation> {
    let target = reference(property).context("a navigation that leads nowhere")?;
    schemas.get(target).context("a navigation to no model")?;
    Ok(Navigation {
        name: name.to_owned(),
        target: target.to_owned(),
        many: property["type"] == "array",
        description: text(&property["description"]),
    })
}

fn column(
    schemas: &Map<String, Value>,
    schema: &Value,
    name: &str,
    property: &Value,
) -> Result<Column> {
    let enumeration = reference(property);
    let is_enumeration = |name| schemas.get(name).is_some_and(|it| it["x-names"].is_array());
    let kind = match (property["type"].as_str(), property["format"].as_str()) {
        _ if enumeration.is_some_and(is_enumeration) => Kind::Int,
        (Some("string"), None) => Kind::Text,
        (Some("string"), Some("uuid")) => Kind::Guid,
        (Some("string"), Some("date-time")) => Kind::Time,
        (Some("integer"), _) => Kind::Int,
        (Some("number"), _) => Kind::Double,
        (Some("boolean"), _) => Kind::Bool,
        (Some("array"), _) => Kind::List,
        other => bail!("{other:?} is not a column type"),
    };
    let lists = |list: &str| {
        let mut named = schema[list].as_array().into_iter().flatten();
        named.any(|it| *it == *name)
    };
    Ok(Column {
        name: name.to_owned(),
        kind,
        enumeration: enumeration.map(str::to_owned),
        is_key: lists("x-key"),
        is_indexed: lists("x-indexed"),
        is_documented: property["x-undocumented"] != true,
        unit: property["x-unit"].as_str().unwrap_or_default().to_owned(),
        description: text(&property["description"]),
    })
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
