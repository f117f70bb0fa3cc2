//! What a kind of object adds to what all have in common. Areas say it; nothing below here knows them.

use std::ops::Deref;

use serde_json::{Map, Value};

use crate::daas::context::Context;
use crate::http::Reply;
use crate::world::{Resource, ResourceKind, Site};

/// Says what is particular to a kind.
pub(in crate::daas) type SpecOf = fn(ResourceKind) -> &'static ResourceSpec;

/// The objects of a site, and what is particular to each kind of them.
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

/// What is particular to one kind.
pub(in crate::daas) struct ResourceSpec {
    /// What errors call it.
    pub(in crate::daas) entity: &'static str,
    /// The fields of its responses that hold its id and its name.
    pub(in crate::daas) keys: (&'static str, &'static str),
    /// Whether two of them may have one name.
    pub(in crate::daas) shares_names: bool,
    /// What its fields hold while nobody has set them, as JSON.
    pub(in crate::daas) defaults: &'static str,
    /// Fields with different names in bodies and responses.
    pub(in crate::daas) renamed: &'static [(&'static str, &'static str)],
    /// Fields that follow from others or from other objects.
    pub(in crate::daas) computed: fn(Objects<'_>, &Resource) -> Map<String, Value>,
    /// Completes or refuses an object that is about to be created or changed.
    pub(in crate::daas) validate: fn(&Context<'_>, &mut Resource) -> Result<(), Reply>,
    /// Says why it cannot be deleted.
    pub(in crate::daas) blocks_delete: fn(&Site, &Resource) -> Option<String>,
    /// Takes it out of whatever points to it.
    pub(in crate::daas) on_delete: fn(&mut Site, &Resource),
}

/// A kind with nothing particular.
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
