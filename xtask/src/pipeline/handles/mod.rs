//! Handles: every operation as a method of the object that it belongs to, for the SDK.
//!
//! [`rule`] names them, [`Exceptions`] corrects it, `emit` writes the code of an area, and [`page`]
//! the table in the guide.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};

use crate::pipeline::operations::described::{Operation, Parameter};
use crate::pipeline::operations::{Area, Described};

mod calls;
mod constructions;
pub(in crate::pipeline) mod docs;
mod emit;
pub mod exceptions;
mod keys;
mod models;
mod nouns;
pub mod page;
mod references;
pub mod rule;
mod tree;

pub use calls::calls;
pub use emit::{Names, area, index};
pub use exceptions::Exceptions;
pub use rule::{Place, Step};

/// An operation with its place among the handles.
pub struct Method<'a> {
    pub(in crate::pipeline) operation: &'a Operation,
    /// The name of the operation's type.
    pub value: &'a str,
    /// The module of that type.
    pub area: &'a Area,
    /// The handle that it belongs to.
    pub place: Place,
    /// Whether its method is hand-written.
    pub by_hand: bool,
    /// Whether it is below a root that is a site, rather than below the service.
    pub below_a_site: bool,
}

impl Method<'_> {
    /// Returns the call as users write it: `site.machine(name_or_id).reboot()`.
    #[must_use]
    pub fn call(&self, roots: [&str; 2]) -> String {
        let [site, service] = roots;
        let mut call = if self.below_a_site { site } else { service }.to_owned();
        let mut names = self.bound().skip(usize::from(self.place.folded));
        for step in &self.place.handle {
            match step {
                Step::Many(name) => call.push_str(&format!(".{name}()")),
                Step::One(name) => {
                    let by = names.next().map_or("", |parameter| &parameter.name);
                    call.push_str(&format!(".{name}({by})"));
                }
            }
        }
        let arguments: Vec<&str> = self.arguments().map(|it| it.name.as_str()).collect();
        format!("{call}.{}({})", self.place.name, arguments.join(", "))
    }

    /// The operationId.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.operation.id
    }

    /// Method and path.
    #[must_use]
    pub fn line(&self) -> String {
        format!(
            "{} {}",
            self.operation.method.to_uppercase(),
            self.operation.path
        )
    }

    /// Returns the parameters that the handle and the root provide, in the order of the path.
    fn bound(&self) -> impl Iterator<Item = &Parameter> {
        self.operation.parameters.iter().take(self.place.bound())
    }

    /// Returns the parameters that the operation requires and the handle does not provide, in the
    /// order of the operation.
    fn needed(&self) -> impl Iterator<Item = &Parameter> {
        let parameters = self.operation.parameters.iter().skip(self.place.bound());
        parameters.filter(|parameter| parameter.required)
    }

    /// Returns the same in the order in which callers pass them: a start comes before its end.
    fn arguments(&self) -> impl Iterator<Item = &Parameter> {
        let mut needed: Vec<&Parameter> = self.needed().collect();
        let place = |needed: &[&Parameter], start: &str| {
            needed.iter().position(|it| it.name.starts_with(start))
        };
        if let (Some(start), Some(end)) = (place(&needed, "start"), place(&needed, "end"))
            && end < start
        {
            needed.swap(start, end);
        }
        needed.into_iter()
    }
}

/// Finds the place of every operation of some areas.
///
/// # Errors
///
/// If the rule does not know an operation, if two operations would be the same method, or if an
/// exception refers to no operation or equals the rule; the error names them.
pub fn methods<'a>(areas: &'a [Described], exceptions: &'a Exceptions) -> Result<Vec<Method<'a>>> {
    let operations = || {
        areas
            .iter()
            .flat_map(|area| area.operations.iter().map(move |it| (&area.area, it)))
    };
    let paths = rule::Paths::new(exceptions, operations().map(|(_, it)| call(it)));
    let mut found = Vec::new();
    let mut wrong = Vec::new();
    let mut taken: BTreeMap<(bool, Vec<Step>, String), &str> = BTreeMap::new();
    for area in areas {
        for (operation, value) in area.operations.iter().zip(&area.area.names) {
            let place = match paths.place(&call(operation)) {
                Ok(place) => place,
                Err(error) => {
                    wrong.push(error.to_string());
                    continue;
                }
            };
            let below_a_site = operation.fact.below_a_site;
            let key = (below_a_site, place.handle.clone(), place.name.clone());
            if let Some(other) = taken.insert(key, &operation.id) {
                wrong.push(format!(
                    "`{other}` and `{}` would both be `{}`; give one of them another name",
                    operation.id, place.name
                ));
            }
            found.push(Method {
                operation,
                value,
                area: &area.area,
                by_hand: exceptions
                    .by_hand
                    .iter()
                    .any(|it| it.operation == operation.id),
                below_a_site,
                place,
            });
        }
    }
    for method in &found {
        let (root, way) = (method.below_a_site, &method.place.handle);
        let hidden = found.iter().find(|other| {
            let next = other.place.handle.get(way.len());
            other.below_a_site == root
                && other.place.handle.starts_with(way)
                && matches!(next, Some(Step::Many(name) | Step::One(name)) if *name == method.place.name)
        });
        if let Some(other) = hidden {
            wrong.push(format!(
                "`{}` is called `{}`, which leads to the handle of `{}`",
                method.operation.id, method.place.name, other.operation.id
            ));
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    let named = exceptions.methods.iter().map(|it| &it.operation);
    for id in named.chain(exceptions.by_hand.iter().map(|it| &it.operation)) {
        ensure!(
            operations().any(|(_, it)| it.id == *id),
            "there is no operation `{id}`"
        );
    }
    for exception in &exceptions.methods {
        let (_, operation) = operations()
            .find(|(_, it)| it.id == exception.operation)
            .with_context(|| exception.operation.clone())?;
        let method = found
            .iter()
            .find(|it| it.operation.id == exception.operation);
        let by_rule = paths.by_rule(&call(operation)).ok();
        ensure!(
            method.map(|it| &it.place) != by_rule.as_ref(),
            "`{}`: the rule says the same; the exception can go",
            exception.operation
        );
    }
    Ok(found)
}

fn call(operation: &Operation) -> rule::Call<'_> {
    rule::Call {
        id: &operation.id,
        tag: &operation.fact.tag,
        method: &operation.method,
        path: &operation.path,
    }
}
