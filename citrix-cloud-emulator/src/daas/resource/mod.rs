//! Everything that the objects of a site have in common, so that an operation without special behavior is one line of a
//! table.
//!
//! An object is a [`Resource`](crate::world::Resource) of some [`ResourceKind`](crate::world::ResourceKind): its fields
//! have the names used in responses, and contain ids where they refer to other objects. [`kinds`] defines what is
//! special about a kind, [`view`] builds responses, [`write`] reads bodies, and [`verbs`] are the operations.

mod find;
mod page;
mod spec;
mod tagging;
mod verbs;
mod view;
mod write;

pub(super) use find::{edit, folder_of, found, goes_by, lookup, named};
pub(super) use page::page;
pub(super) use spec::{Objects, PLAIN, ResourceSpec, SpecOf};
pub(super) use tagging::{add_tag, remove_tag, set_tags, tags};
pub(super) use verbs::{
    change, composed, create, delete, empty, exists, get, is_built_in, list, list_where, make,
    remove, respond, update,
};
pub(super) use view::{model_of, places, reference, shown, view, views};
pub(super) use write::{Fields, drop_from, lists, next_uid, strings, take};
