//! The index of a collection: names, groups and changes.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::collection::Member;

/// Finds members, and tracks which of them have changed.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    /// Ordered, so that a name shared by several members finds the earliest.
    names: BTreeSet<(Arc<str>, u64)>,
    groups: HashMap<Box<str>, BTreeSet<u64>>,
    changed: BTreeSet<u64>,
}

/// The indexed names and groups of one member.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Keys {
    names: Vec<Arc<str>>,
    groups: Vec<Box<str>>,
}

impl Keys {
    pub(super) fn of(member: &impl Member) -> Self {
        Self {
            names: member.names().iter().map(|name| key(name)).collect(),
            groups: member.groups().iter().map(|group| key(group)).collect(),
        }
    }
}

impl Index {
    pub(super) fn find(&self, name: &str) -> Option<u64> {
        let name: Arc<str> = key(name);
        let (found, serial) = self.names.range((name.clone(), 0)..).next()?;
        (*found == name).then_some(*serial)
    }

    pub(super) fn group(&self, group: &str) -> Option<&BTreeSet<u64>> {
        self.groups.get(key::<Box<str>>(group).as_ref())
    }

    pub(super) fn add(&mut self, serial: u64, keys: Keys) {
        for name in keys.names {
            self.names.insert((name, serial));
        }
        for group in keys.groups {
            self.groups.entry(group).or_default().insert(serial);
        }
    }

    pub(super) fn remove(&mut self, serial: u64, keys: Keys) {
        for name in keys.names {
            self.names.remove(&(name, serial));
        }
        for group in keys.groups {
            if let Some(members) = self.groups.get_mut(&group) {
                members.remove(&serial);
                if members.is_empty() {
                    self.groups.remove(&group);
                }
            }
        }
    }

    pub(super) fn mark(&mut self, serial: u64) {
        self.changed.insert(serial);
    }

    pub(super) fn changed(&self) -> &BTreeSet<u64> {
        &self.changed
    }

    pub(super) fn settle(&mut self) {
        self.changed.clear();
    }
}

/// A path segment cannot contain a backslash; the service accepts a bar instead.
fn key<T: From<String>>(name: &str) -> T {
    name.to_lowercase().replace('|', "\\").into()
}
