//! Derives a handle and a method from a path; exceptions take precedence.
//!
//! A plural noun on the first level is a handle for many objects (`site.machines()`), and with a
//! parameter after it, a handle for a single object (`site.machine(name)`). Below a single object,
//! a noun is a method, or again a handle if it is followed by a parameter and that object can be
//! read by itself.

use std::collections::BTreeSet;

use anyhow::{Result, bail};

use super::exceptions::Exceptions;
use super::nouns::words;
use crate::pipeline::normalize::rust_names::snake;

/// One step on the path to a handle.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// A method that leads below a group, or to many objects.
    Many(String),
    /// A method that leads to one object, with its identifier.
    One(String),
}

/// What the rule considers about an operation.
#[derive(Debug, Clone, Copy)]
pub struct Call<'a> {
    /// The operationId.
    pub id: &'a str,
    /// The tag, with which the operationId begins.
    pub tag: &'a str,
    /// The method of the request, in lower case.
    pub method: &'a str,
    /// The path template.
    pub path: &'a str,
}

/// The place of an operation among the handles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The path to the handle; empty for the root.
    pub handle: Vec<Step>,
    /// The name of the method.
    pub name: String,
    /// Whether the first path parameter is the root's.
    pub folded: bool,
}

impl Place {
    /// The number of path parameters that the handle and the root provide.
    #[must_use]
    pub fn bound(&self) -> usize {
        ones(&self.handle).count() + usize::from(self.folded)
    }
}

/// Returns the single objects on the way.
pub(super) fn ones(way: &[Step]) -> impl Iterator<Item = &str> {
    way.iter().filter_map(|step| match step {
        Step::One(name) => Some(name.as_str()),
        Step::Many(_) => None,
    })
}

/// The paths of a service, for questions that a single path cannot answer.
pub struct Paths<'a> {
    exceptions: &'a Exceptions,
    /// Every path in lower case and with unnamed parameters, with its methods.
    known: BTreeSet<(String, String)>,
}

fn is_parameter(node: &str) -> bool {
    node.starts_with('{')
}

fn key(nodes: &[&str]) -> String {
    let nodes = nodes.iter().map(|node| match is_parameter(node) {
        true => "{}".to_owned(),
        false => node.to_ascii_lowercase(),
    });
    nodes.collect::<Vec<_>>().join("/")
}

fn nodes(path: &str) -> Vec<&str> {
    path.split('/').filter(|node| !node.is_empty()).collect()
}

impl<'a> Paths<'a> {
    /// Collects the paths of all operations.
    pub fn new<'c>(exceptions: &'a Exceptions, calls: impl IntoIterator<Item = Call<'c>>) -> Self {
        let known = calls
            .into_iter()
            .map(|call| (key(&nodes(call.path)), call.method.to_owned()))
            .collect();
        Self { exceptions, known }
    }

    /// Returns whether there is more than one operation on `nodes` and everything below.
    fn is_many(&self, nodes: &[&str]) -> bool {
        let (here, below) = (key(nodes), format!("{}/", key(nodes)));
        let is_root = |path: &str| self.is_root(&self::nodes(path));
        let found = self.known.iter();
        let found = found.filter(|(path, _)| *path == here || path.starts_with(&below));
        found.filter(|(path, _)| !is_root(path)).count() > 1
    }

    /// Returns whether `nodes`, which end with a parameter, are an object that can be read by
    /// itself.
    fn is_one(&self, nodes: &[&str]) -> bool {
        let (here, below) = (key(nodes), format!("{}/", key(nodes)));
        let mut found = self.known.iter();
        found.any(|(path, method)| (*path == here && method == "get") || path.starts_with(&below))
    }

    /// Returns the place of an operation.
    ///
    /// # Errors
    ///
    /// If the rule does not know the form of an operation's path; the error names the operation.
    pub fn place(&self, call: &Call<'_>) -> Result<Place> {
        let mut exceptions = self.exceptions.methods.iter();
        let exception = exceptions.find(|it| it.operation == call.id);
        let mut place = match (
            self.by_rule(call),
            exception.and_then(|it| it.name.as_ref()),
        ) {
            (Ok(place), None) => place,
            (Ok(place), Some(name)) => Place {
                name: name.clone(),
                ..place
            },
            // A path that the rule cannot name still leads to a handle.
            (Err(_), Some(name)) => Place {
                name: name.clone(),
                ..self.by_rule(&Call {
                    method: "get",
                    ..*call
                })?
            },
            (Err(error), None) => return Err(error),
        };
        if let Some(handle) = exception.and_then(|it| it.handle.as_ref()) {
            place.handle = steps(handle)?;
        }
        Ok(place)
    }

    /// Returns the place by the rule alone.
    pub(super) fn by_rule(&self, call: &Call<'_>) -> Result<Place> {
        let nodes = nodes(call.path);
        let mut handle = Vec::new();
        let folded = self.is_root(&nodes);
        let beginning = if folded { 2 } else { 0 };
        let mut at = beginning;
        while let Some(node) = nodes.get(at) {
            let below_one = ones(&handle).next().is_some();
            let before = nodes.get(..=at).unwrap_or_default();
            let with = nodes.get(..=at + 1).unwrap_or_default();
            let parameter = nodes.get(at + 1).is_some_and(|next| is_parameter(next));
            if is_parameter(node) || node.starts_with('$') {
                break;
            }
            if let Some(name) = self.exceptions.namespace(node).filter(|_| !below_one) {
                if !name.is_empty() {
                    handle.push(Step::Many(name.clone()));
                }
                at += 1;
            } else if parameter && !(folded && at == beginning) && (!below_one || self.is_one(with))
            {
                // `DeliveryGroups/AutoscalePlugin/{type}` is one plug-in, not one of many groups.
                handle.pop_if(|step| matches!(step, Step::Many(_)) && !self.is_namespace(step));
                handle.push(Step::One(self.exceptions.singular(node)));
                at += 2;
            } else if !below_one
                && handle.last().is_none_or(|step| self.is_namespace(step))
                && !parameter
                && !folded
                && self.exceptions.is_plural(node)
                && self.is_many(before)
            {
                handle.push(Step::Many(self.exceptions.plural(node)));
                at += 1;
            } else {
                break;
            }
        }
        let tail = nodes.get(at..).unwrap_or_default();
        let on_one = folded || matches!(handle.last(), Some(Step::One(_)));
        let name = match tail {
            [] => on_itself(call, on_one)?,
            tail => self.below(call, tail)?,
        };
        Ok(Place {
            handle,
            name,
            folded,
        })
    }

    /// Returns whether a path is below the root object: `/Sites/{id}` for a site.
    fn is_root(&self, nodes: &[&str]) -> bool {
        let root = self.exceptions.root.as_deref();
        match nodes {
            [node, parameter, ..] => {
                root.is_some_and(|root| root.eq_ignore_ascii_case(node)) && is_parameter(parameter)
            }
            _ => false,
        }
    }

    fn is_namespace(&self, step: &Step) -> bool {
        match step {
            Step::Many(name) => self.exceptions.namespaces.values().any(|it| it == name),
            Step::One(_) => false,
        }
    }

    /// Returns the name of a method for something below a handle.
    fn below(&self, call: &Call<'_>, tail: &[&str]) -> Result<String> {
        let membership = tail.last().is_some_and(|node| is_parameter(node));
        let literals: Vec<&str> = tail
            .iter()
            .filter(|node| !is_parameter(node) && !node.starts_with('$'))
            .copied()
            .collect();
        let (last, before) = match literals.split_last() {
            Some((last, before)) => (*last, before),
            None => ("", &[][..]),
        };
        let before: String = before.iter().map(|node| snake(node) + "_").collect();
        let many = format!("{before}{}", self.exceptions.plural(last));
        let one = format!("{before}{}", self.exceptions.singular(last));
        if let Some(verb) = tail.last().and_then(|node| node.strip_prefix('$')) {
            return Ok(match last {
                "" => snake(verb),
                _ => format!("{}_{many}", snake(verb)),
            });
        }
        let words = words(call.id, call.tag);
        let says = |verb: &str| words.iter().any(|word| word == verb);
        let thing = if membership { &one } else { &many };
        Ok(match call.method {
            "get" => thing.clone(),
            "head" => format!("{one}_exists"),
            "put" => format!("set_{thing}"),
            "patch" => format!("update_{thing}"),
            "delete" if says("remove") => format!("remove_{thing}"),
            "delete" => format!("delete_{thing}"),
            "post" if membership || says("add") => format!("add_{thing}"),
            "post" if says("create") => format!("create_{one}"),
            "post" => many,
            other => bail!("`{}`: the rule has no name for {other} here", call.id),
        })
    }
}

/// Returns the name of a method for a handle itself.
fn on_itself(call: &Call<'_>, on_one: bool) -> Result<String> {
    let name = match (call.method, on_one) {
        ("get", true) => "get",
        ("get", false) => "list",
        ("head", _) => "exists",
        ("put", _) => "replace",
        ("patch", true) => "update",
        ("patch", false) => "update_all",
        ("delete", true) => "delete",
        ("delete", false) => "delete_all",
        ("post", false) => "create",
        (other, _) => bail!("`{}`: the rule has no name for {other} here", call.id),
    };
    Ok(name.to_owned())
}

/// Parses a path to a handle as in `handles.toml`: `backups().backup(name)`.
fn steps(way: &str) -> Result<Vec<Step>> {
    let parts = way.split('.').filter(|part| !part.is_empty());
    parts
        .map(|part| match part.split_once('(') {
            Some((name, ")")) => Ok(Step::Many(name.to_owned())),
            Some((name, rest)) if rest.ends_with(')') => Ok(Step::One(name.to_owned())),
            _ => bail!(
                "`{way}` is not a way to a handle, such as `machine_catalogs()` or `tag(name)`"
            ),
        })
        .collect()
}
