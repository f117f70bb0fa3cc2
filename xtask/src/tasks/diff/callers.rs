//! The Rust code and the commands that callers write for a changed operation or model.
//!
//! A document of this workspace belongs to a module, whose other documents affect names too,
//! because the rules for handles and commands consider all paths. The operations of the old
//! document, and then those of the new one, replace the ones in the workspace. If an operation
//! keeps its operationId but gets another name, that is a separate change.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::Difference;
use super::change::{Callers, Change, Effect, Kind, Part, Subject};
use super::compare::bare_path;
use crate::pipeline::commands::{self, Placed, of_methods};
use crate::pipeline::facts::Facts;
use crate::pipeline::handles::rule::{Call, Paths};
use crate::pipeline::handles::{self, Place, Step};
use crate::pipeline::module::Module;
use crate::pipeline::normalize::lower;
use crate::pipeline::normalize::pointers::follow;
use crate::pipeline::normalize::schemas::each_operation;
use crate::pipeline::normalize::steps::short_names::name_of;
use crate::pipeline::operations::{area_name, struct_names};
use crate::tasks::config::Config;
use crate::tasks::regen::merged;

/// The exceptions for commands, below `openapi/`.
const COMMANDS: &str = "commands.toml";

/// An operation, with everything that its names depend on.
#[derive(Debug, Clone)]
struct Operation {
    id: String,
    tag: String,
    method: String,
    path: String,
    below_a_site: bool,
    /// The number of required values outside the path, including the body.
    required: usize,
}

/// A module of the workspace.
struct Known<'a> {
    module: &'a Module,
    operations: Vec<Operation>,
    features: BTreeMap<String, String>,
}

/// Adds to each change what callers write, if a module of the workspace has operations of the
/// document, and adds a change for each name that is different.
///
/// # Errors
///
/// If a document of the workspace cannot be read; the error names it.
pub(super) fn name(
    difference: &mut Difference,
    [old, new]: [&Value; 2],
    openapi: &Path,
    config: &Config,
) -> Result<()> {
    if difference.changes.is_empty() {
        return Ok(());
    }
    let site_header = config.site_header.as_deref();
    let read = |document: &Value| {
        let mut document = document.clone();
        lower::apply(&mut document)?;
        operations(&mut document, site_header)
    };
    let [old, new] = [read(old)?, read(new)?];
    let Some(known) = known(&old, openapi, config)? else {
        return Ok(());
    };
    let ids: BTreeSet<&str> = old.iter().chain(&new).map(|it| it.id.as_str()).collect();
    let mut rest = known.operations.clone();
    rest.retain(|it| !ids.contains(it.id.as_str()));
    let names = |document: &[Operation]| {
        let mut all: Vec<Operation> = document.iter().chain(&rest).cloned().collect();
        all.iter_mut().for_each(|it| known.complete(it));
        known.names(&all, openapi)
    };
    let [before, now] = [names(&old)?, names(&new)?];
    for change in &mut difference.changes {
        change.callers = match change.subject {
            Subject::Operation => now.get(&change.name).or(before.get(&change.name)).cloned(),
            Subject::Model => Some(Callers {
                rust: format!(
                    "{}::types::{}",
                    known.module.name,
                    name_of(&change.name, known.module)
                ),
                ..Callers::default()
            }),
        };
    }
    for operation in &new {
        let same_id = |it: &&Operation| it.id == operation.id;
        let call = |it: &Operation| (it.method.clone(), bare_path(&it.path));
        let same_call = |it: &&Operation| call(it) == call(operation);
        let partner = old.iter().find(same_id).or(old.iter().find(same_call));
        let was = partner.and_then(|partner| before.get(&partner.id));
        if let (Some(was), Some(is)) = (was, now.get(&operation.id)) {
            difference.changes.extend(renamed(&operation.id, was, is));
        }
    }
    let key = |change: &Change| (change.subject, change.name.clone());
    difference.changes.sort_by_key(key);
    Ok(())
}

/// Returns a change for each name that is different.
fn renamed<'a>(id: &'a str, was: &'a Callers, is: &'a Callers) -> impl Iterator<Item = Change> {
    let rust = |it: &Callers| Some(format!("ops::{}", it.rust));
    let rust = (Part::Call, rust(was), rust(is));
    let call = (Part::Call, was.call.clone(), is.call.clone());
    let command = (Part::Command, was.command.clone(), is.command.clone());
    let (id, is) = (id.to_owned(), is.clone());
    let all = [rust, call, command].into_iter();
    all.filter_map(move |(part, was, now)| {
        let was = was.filter(|was| now.as_ref() != Some(was))?;
        let text = match now {
            Some(now) => format!("`{now}`, was `{was}`"),
            None => format!("no longer `{was}`"),
        };
        Some(Change {
            subject: Subject::Operation,
            name: id.clone(),
            change: Kind::Changed,
            part,
            member: None,
            effect: Effect::Major,
            waived: None,
            text,
            callers: Some(is.clone()),
        })
    })
}

/// Returns the module that has the most operations of a document; `None` if no module has any.
fn known<'a>(
    operations_of_document: &[Operation],
    openapi: &Path,
    config: &'a Config,
) -> Result<Option<Known<'a>>> {
    let ids: BTreeSet<&str> = operations_of_document
        .iter()
        .map(|it| it.id.as_str())
        .collect();
    let mut best: Option<(usize, Known<'a>)> = None;
    for module in &config.modules {
        let mut read = merged(openapi, config, module)?;
        let operations = operations(&mut read.document, config.site_header.as_deref())?;
        let shared = operations.iter().filter(|it| ids.contains(it.id.as_str()));
        let shared = shared.count();
        if shared > best.as_ref().map_or(0, |(most, _)| *most) {
            let features = read.features;
            let known = Known {
                module,
                operations,
                features,
            };
            best = Some((shared, known));
        }
    }
    Ok(best.map(|(_, known)| known))
}

fn operations(document: &mut Value, site_header: Option<&str>) -> Result<Vec<Operation>> {
    let facts = Facts::take(document, site_header)?;
    let whole = document.clone();
    let mut found = Vec::new();
    each_operation(document, &mut |operation, at| {
        let Some(id) = operation.get("operationId").and_then(Value::as_str) else {
            return;
        };
        let fact = facts.get(at.path, at.method);
        let parameters = operation.get("parameters").and_then(Value::as_array);
        let parameters = parameters.into_iter().flatten();
        let needed = parameters
            .filter_map(|it| follow(&whole, it))
            .filter(|it| it["in"] == "query" && it["required"] == true);
        let body = operation.get("requestBody");
        let has_body = body.is_some_and(|body| body["required"] == true);
        found.push(Operation {
            id: id.to_owned(),
            tag: fact.tag,
            method: at.method.to_owned(),
            path: at.path.to_owned(),
            below_a_site: fact.below_a_site,
            required: needed.count() + usize::from(has_body),
        });
    });
    Ok(found)
}

impl Known<'_> {
    /// Returns the operation of the workspace that is most similar to one of a document.
    fn like(&self, operation: &Operation) -> Option<&Operation> {
        let mut known = self.operations.iter();
        let same = known.find(|it| it.id == operation.id);
        same.or_else(|| self.operations.iter().find(|it| it.tag == operation.tag))
    }

    /// Adds the security, which only the first document of a module contains.
    fn complete(&self, operation: &mut Operation) {
        let like = self.like(operation);
        operation.below_a_site |= like.is_some_and(|it| it.below_a_site);
    }

    /// Returns what callers write for each operation, by operationId.
    fn names(&self, operations: &[Operation], openapi: &Path) -> Result<BTreeMap<String, Callers>> {
        let exceptions = commands::Exceptions::read(&openapi.join(COMMANDS))
            .with_context(|| format!("openapi/{COMMANDS}"))?;
        let places = self.places(operations, openapi)?;
        let words = match &places {
            Some((handles, places)) => {
                let placed = operations.iter().filter_map(|it| {
                    let (id, path, place) = (&it.id, &it.path, places.get(&it.id)?);
                    Some(Placed { id, path, place })
                });
                of_methods(&placed.collect::<Vec<_>>(), handles)
            }
            None => BTreeMap::new(),
        };
        let mut names = BTreeMap::new();
        for (area, operations) in self.areas(operations) {
            let ids = operations
                .iter()
                .map(|it| (it.id.as_str(), it.tag.as_str()));
            for (operation, name) in operations.iter().zip(struct_names(ids)) {
                let place = places.as_ref().and_then(|(_, it)| it.get(&operation.id));
                let by_rule = words.get(&operation.id).cloned().unwrap_or_default();
                // Reporting operations without words is up to `regen`.
                let words = exceptions.words(&operation.id, by_rule).unwrap_or_default();
                let below = exceptions.below.get(&self.module.name).into_iter();
                let words: Vec<&str> = below.chain(&words).map(String::as_str).collect();
                let callers = Callers {
                    rust: format!("{area}::{name}"),
                    call: place.map(|place| operation.call(place)),
                    command: (words.len() > 1).then(|| words.join(" ")),
                };
                names.insert(operation.id.clone(), callers);
            }
        }
        Ok(names)
    }

    /// Returns the operations of each area. An operation that the workspace does not have is in the
    /// area of others with its tag.
    fn areas<'o>(&self, operations: &'o [Operation]) -> BTreeMap<String, Vec<&'o Operation>> {
        let mut areas: BTreeMap<String, Vec<&Operation>> = BTreeMap::new();
        for operation in operations {
            let like = self.like(operation);
            let feature = like.and_then(|it| self.features.get(&it.id));
            let area = area_name(&self.module.name, feature.map(String::as_str));
            areas.entry(area).or_default().push(operation);
        }
        areas
    }

    /// Returns the place of each operation for which the rule finds a handle, if the module has
    /// handles.
    #[allow(clippy::type_complexity)]
    fn places(
        &self,
        operations: &[Operation],
        openapi: &Path,
    ) -> Result<Option<(handles::Exceptions, BTreeMap<String, Place>)>> {
        let Some(file) = &self.module.handles else {
            return Ok(None);
        };
        let exceptions = handles::Exceptions::read(&openapi.join(file))
            .with_context(|| format!("openapi/{file}"))?;
        let calls = || operations.iter().map(Operation::as_call);
        let paths = Paths::new(&exceptions, calls());
        let placed = calls().filter_map(|call| {
            let place = paths.place(&call).ok()?;
            Some((call.id.to_owned(), place))
        });
        let placed = placed.collect();
        Ok(Some((exceptions, placed)))
    }
}

impl Operation {
    fn as_call(&self) -> Call<'_> {
        Call {
            id: &self.id,
            tag: &self.tag,
            method: &self.method,
            path: &self.path,
        }
    }

    /// Returns the call, with `..` for its arguments.
    fn call(&self, place: &Place) -> String {
        let mut call = if self.below_a_site { "site" } else { "daas" }.to_owned();
        for step in &place.handle {
            call.push_str(&match step {
                Step::Many(name) => format!(".{name}()"),
                Step::One(name) => format!(".{name}(..)"),
            });
        }
        let in_path = self.path.matches('{').count();
        let passed = in_path.saturating_sub(place.bound()) + self.required;
        let arguments = if passed == 0 { "" } else { ".." };
        format!("{call}.{}({arguments})", place.name)
    }
}
