//! Collects the handles of an area from the places of its operations.

use std::collections::BTreeMap;

use heck::ToPascalCase as _;

use super::rule::ones;
use super::{Method, Step};

/// One type: the path to it, and its methods.
pub(super) struct Handle<'a, 'm> {
    pub(super) way: Vec<Step>,
    pub(super) methods: Vec<&'m Method<'a>>,
    pub(super) below_a_site: bool,
}

impl Handle<'_, '_> {
    /// The objects on the way; the handle's own is last.
    pub(super) fn ones(&self) -> impl Iterator<Item = &str> {
        ones(&self.way)
    }

    pub(super) fn is_one(&self) -> bool {
        matches!(self.way.last(), Some(Step::One(_)))
    }
}

/// Returns the handles; those on the way to another one come first.
pub(super) fn handles<'a, 'm>(methods: &[&'m Method<'a>]) -> Vec<Handle<'a, 'm>> {
    let mut found: BTreeMap<(bool, Vec<Step>), Vec<&'m Method<'a>>> = BTreeMap::new();
    for method in methods {
        let way = &method.place.handle;
        for end in 0..=way.len() {
            let part = way.get(..end).unwrap_or_default().to_vec();
            found.entry((method.below_a_site, part)).or_default();
        }
        let key = (method.below_a_site, way.clone());
        found.entry(key).or_default().push(method);
    }
    let handles = found.into_iter();
    handles
        .map(|((below_a_site, way), methods)| Handle {
            way,
            methods,
            below_a_site,
        })
        .collect()
}

/// Returns the name of the type at the end of a path.
pub(super) fn type_name(way: &[Step]) -> String {
    let mut name = String::new();
    let last = way.len().saturating_sub(1);
    for (place, step) in way.iter().enumerate() {
        let (Step::Many(part) | Step::One(part)) = step;
        let part = part.to_pascal_case();
        name = match part.strip_prefix(&name) {
            Some(rest) if !rest.is_empty() => name + rest,
            _ => name + &part,
        };
        if place == last && matches!(step, Step::One(_)) {
            name.push_str("Handle");
        }
    }
    name
}
