//! Gives texts of some formats a hand-written type: a secret, which `Debug` does not show, and a
//! time, which keeps text that cannot be parsed.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::pipeline::module::Module;
use crate::pipeline::normalize::schemas::each_schema;
use crate::pipeline::normalize::{Context, Report};

/// A type of `citrix-cloud-gen` for texts of one format.
#[derive(Debug, Clone, Copy)]
pub struct OwnType {
    /// The format in documents.
    pub format: &'static str,
    /// The component that [`crate::pipeline::generate`] maps to the type.
    pub component: &'static str,
    /// The path of the type.
    pub rust: &'static str,
}

const SECRET: OwnType = OwnType {
    format: "password",
    component: "Secret",
    rust: "crate::Secret",
};

const TIME: OwnType = OwnType {
    format: "date-time",
    component: "DateTime",
    rust: "crate::DateTime",
};

/// Returns the types of a module; a stand-alone crate has none for times.
pub fn of(module: &Module) -> impl Iterator<Item = OwnType> {
    let time = module.times.then_some(TIME);
    std::iter::once(SECRET).chain(time)
}

/// Gives secrets their type.
///
/// # Errors
///
/// If the document already has a schema with that name.
pub fn secrets(document: &mut Value, _: Context<'_>) -> Result<Report> {
    SECRET.apply(document)
}

/// Gives times their type, if the module has one for them.
///
/// # Errors
///
/// If the document already has a schema with that name, or if an entry of the module does not refer
/// to a text.
pub fn times(document: &mut Value, context: Context<'_>) -> Result<Report> {
    match context.module.times {
        true => {
            mark(document, context.module)?;
            TIME.apply(document)
        }
        false => Ok(Report::default()),
    }
}

/// Adds the format to the fields that a module lists as times.
fn mark(document: &mut Value, module: &Module) -> Result<()> {
    let mut used = vec![false; module.time_fields.len()];
    let models = document["components"]["schemas"].as_object_mut();
    for (model, schema) in models.into_iter().flatten() {
        let fields = schema["properties"].as_object_mut();
        for (field, schema) in fields.into_iter().flatten() {
            let mut entries = module.time_fields.iter().zip(&mut used);
            let Some((_, used)) = entries.find(|(entry, _)| entry.covers(model, field)) else {
                continue;
            };
            if schema["type"] == "string" && schema.get("format").is_none() {
                schema["format"] = json!(TIME.format);
                *used = true;
            }
        }
    }
    let unused = module.time_fields.iter().zip(used).find(|(_, used)| !used);
    ensure!(
        unused.is_none(),
        "module.{}.time-fields: `{}` is not a text field",
        module.name,
        unused.map_or("", |(entry, _)| &entry.field),
    );
    Ok(())
}

impl OwnType {
    /// Replaces each text of the format by a reference to the component, and keeps its description
    /// next to it.
    fn apply(&self, document: &mut Value) -> Result<Report> {
        let mut report = Report::default();
        each_schema(document, &mut |schema, _| {
            if schema.get("format") == Some(&json!(self.format)) {
                schema.retain(|key, _| key == "description" || key == "nullable");
                schema.insert(
                    "allOf".into(),
                    json!([{ "$ref": format!("#/components/schemas/{}", self.component) }]),
                );
                report.count();
            }
        });
        if report.applied > 0 {
            ensure!(
                document["components"]["schemas"][self.component].is_null(),
                "at `components.schemas.{}`: the name is taken by the type of texts with `format: \
                 {}`; rename the schema",
                self.component,
                self.format
            );
            document["components"]["schemas"][self.component] = json!({ "type": "string" });
        }
        Ok(report)
    }
}
