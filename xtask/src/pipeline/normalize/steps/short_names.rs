//! Gives models the names that people use: `MachineResponseModel` becomes `Machine`.
//!
//! Models that are returned get a noun; models that are sent are named `CreateX`, `UpdateX` or
//! `XInput`. Documents and tables keep the service's names. [`Module::short_names`] turns this on.

use std::collections::BTreeMap;

use anyhow::{Result, ensure};
use serde_json::Value;

use super::model_names::rename;
use crate::pipeline::facts::Facts;
use crate::pipeline::module::Module;
use crate::pipeline::normalize::rust_names::pascal;
use crate::pipeline::normalize::{Context, Report};

/// Renames components, and every reference to them.
///
/// # Errors
///
/// If two models would have the same name, or if an exception refers to no model or equals the
/// rule; the error names them.
pub fn apply(document: &mut Value, facts: &mut Facts, context: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    if !context.module.short_names {
        return Ok(report);
    }
    let Some(schemas) = document["components"]["schemas"].as_object() else {
        return Ok(report);
    };
    let names = names(schemas.keys().map(String::as_str), context.module)?;
    let renamed: BTreeMap<String, String> = names
        .into_iter()
        .filter(|(wire, short)| wire != short)
        .collect();
    report.applied = renamed.len();
    rename(document, &renamed);
    facts.models_renamed(&renamed);
    Ok(report)
}

/// Returns the name of one model in Rust, by the rule and its exceptions.
#[must_use]
pub fn name_of(model: &str, module: &Module) -> String {
    let mut exceptions = module.model_names.iter();
    let exception = exceptions.find(|it| it.model == model);
    match exception {
        Some(exception) => exception.name.clone(),
        None if module.short_names => short(model),
        None => model.to_owned(),
    }
}

/// Returns the short name of each model.
fn names<'a>(
    models: impl Iterator<Item = &'a str>,
    module: &Module,
) -> Result<BTreeMap<String, String>> {
    let mut names = BTreeMap::new();
    let mut wrong = Vec::new();
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    for model in models {
        let name = name_of(model, module);
        let excepted = module.model_names.iter().any(|it| it.model == model);
        ensure!(
            !excepted || name != short(model),
            "model-names: the rule calls `{model}` `{name}` too; the exception can go"
        );
        if let Some(other) = taken.insert(pascal(&name).to_lowercase(), model) {
            wrong.push(format!(
                "model-names: `{other}` and `{model}` would both be `{name}`; give one of them \
                 another name"
            ));
        }
        names.insert(model.to_owned(), name);
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    for exception in &module.model_names {
        ensure!(
            names.contains_key(&exception.model),
            "model-names: there is no model `{}`",
            exception.model
        );
    }
    Ok(names)
}

/// Verbs with which the name of a request is clear enough.
const VERBS: [&str; 9] = [
    "Add",
    "Assign",
    "Copy",
    "Create",
    "Duplicate",
    "Import",
    "Restart",
    "Send",
    "Update",
];

/// Parts of requests that are only sent and have nouns as names.
const ONLY_SENT: [&str; 6] = [
    "Filter",
    "FilterGroup",
    "FilterGroups",
    "NameCheck",
    "Search",
    "SortCriteria",
];

fn short(model: &str) -> String {
    let collection = ["CollectionModelOf", "CollectionEnvelopeOf"];
    if let Some(of) = collection.iter().find_map(|it| model.strip_prefix(it)) {
        return format!("{}Collection", short(of));
    }
    if let Some(of) = model.strip_suffix("ModelCollection") {
        return format!("{}Collection", of.strip_suffix("Response").unwrap_or(of));
    }
    let sent = ["RequestModel", "ModelRequest", "RequestContract", "Request"];
    if let Some(name) = sent.iter().find_map(|it| model.strip_suffix(it)) {
        if let Some(of) = name.strip_prefix("Edit") {
            return format!("Update{of}");
        }
        let enough = VERBS.iter().any(|verb| name.starts_with(verb))
            || ONLY_SENT
                .iter()
                .any(|noun| name != *noun && name.ends_with(noun));
        return if enough {
            name.to_owned()
        } else {
            format!("{name}Input")
        };
    }
    let returned = [
        "ResponseModel",
        "ResponseContract",
        "Contract",
        "Response",
        "Model",
    ];
    let name = returned.iter().find_map(|it| model.strip_suffix(it));
    name.filter(|name| !name.is_empty())
        .unwrap_or(model)
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn returned_models_are_nouns_and_sent_models_say_so() {
        for (wire, name) in [
            ("MachineResponseModel", "Machine"),
            ("MachineResponseModelCollection", "MachineCollection"),
            (
                "CollectionModelOfCatalogSearchResponseModel",
                "CatalogSearchCollection",
            ),
            ("CollectionEnvelopeOfPolicyResponse", "PolicyCollection"),
            ("CreateApplicationRequestModel", "CreateApplication"),
            ("EditSiteSettingsRequestModel", "UpdateSiteSettings"),
            ("RebootScheduleRequestModel", "RebootScheduleInput"),
            ("SendMessageRequestModel", "SendMessage"),
            (
                "MachineAndSessionSearchRequestModel",
                "MachineAndSessionSearch",
            ),
            ("AboutModel", "About"),
            ("SimulationRequestContract", "SimulationInput"),
            ("SessionState", "SessionState"),
            ("Model", "Model"),
        ] {
            assert_eq!(short(wire), name);
        }
    }
}
