//! What is special about a kind of object. Areas define it; the code below does not know them.

use std::ops::Deref;

use serde_json::{Map, Value};

use crate::daas::context::Context;
use crate::http::Reply;
use crate::world::{Resource, ResourceKind, Site};

/// Returns the specification of a kind.
pub(in crate::daas) type SpecOf = fn(ResourceKind) -> &'static ResourceSpec;

/// The objects of a site, with the specification of each kind.
#[derive(Clone, Copy)]
pub(in crate::daas) struct Objects<'a> {
    pub(in crate::daas) site: &'a Site,
    spec: SpecOf,
}

impl<'a> Objects<'a> {
    pub(in crate::daas) fn new(site: &'a Site, spec: SpecOf) -> Self {
        Self { site, spec }
    }

    pub(super) fn spec(self, kind: ResourceKind) -> &'static ResourceSpec {
        (self.spec)(kind)
    }
}

impl Deref for Objects<'_> {
    type Target = Site;

    fn deref(&self) -> &Site {
        self.site
    }
}

/// The specification of one kind.
pub(in crate::daas) struct ResourceSpec {
    /// The name of the kind in errors.
    pub(in crate::daas) entity: &'static str,
    /// The fields of its responses with its id and its name.
    pub(in crate::daas) keys: (&'static str, &'static str),
    /// Whether two of them may have the same name.
    pub(in crate::daas) shares_names: bool,
    /// The defaults of its fields, as JSON.
    pub(in crate::daas) defaults: &'static str,
    /// Fields whose names differ between bodies and responses.
    pub(in crate::daas) renamed: &'static [(&'static str, &'static str)],
    /// Computes fields that follow from others or from other objects.
    pub(in crate::daas) computed: fn(Objects<'_>, &Resource) -> Map<String, Value>,
    /// Completes or rejects an object that is about to be created or changed.
    pub(in crate::daas) validate: fn(&Context<'_>, &mut Resource) -> Result<(), Reply>,
    /// Returns why it cannot be deleted, if anything prevents it.
    pub(in crate::daas) blocks_delete: fn(&Site, &Resource) -> Option<String>,
    /// Removes all references to it.
    pub(in crate::daas) on_delete: fn(&mut Site, &Resource),
}

/// A kind without special behavior.
pub(in crate::daas) const PLAIN: ResourceSpec = ResourceSpec {
    entity: "Object",
    keys: ("Id", "Name"),
    shares_names: false,
    defaults: "{}",
    renamed: &[],
    computed: |_, _| Map::new(),
    validate: |_, _| Ok(()),
    blocks_delete: |_, _| None,
    on_delete: |_, _| (),
};
