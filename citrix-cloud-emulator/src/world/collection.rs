//! An ordered collection whose members have several names, belong to groups, and are tracked for changes.

use std::collections::BTreeSet;
use std::collections::btree_map::{self, BTreeMap};
use std::iter::Peekable;
use std::ops::{Bound, Deref, DerefMut};
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::index::{Index, Keys};

/// A member of a [`Collection`].
pub trait Member: Clone {
    /// The id, which never changes.
    fn id(&self) -> &str;

    /// Returns all names of the member, including its id. Comparison is case-insensitive, and treats `|` as `\`.
    fn names(&self) -> Vec<String> {
        vec![self.id().to_owned()]
    }

    /// Returns the groups that the member belongs to, such as the id of its catalog, for [`Collection::group`].
    fn groups(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Members in the order in which they were added.
///
/// Each has a unique serial number, which is never reused. Finding, changing or removing a member takes no longer in a
/// large collection, and neither does continuing from a serial number. A clone shares its members with the original
/// until one of the two changes them.
#[derive(Debug, Clone)]
pub struct Collection<T> {
    members: BTreeMap<u64, Arc<T>>,
    index: Index,
    next: u64,
}

impl<T> Default for Collection<T> {
    fn default() -> Self {
        Self {
            members: BTreeMap::new(),
            index: Index::default(),
            next: 1,
        }
    }
}

impl<T: Member> Collection<T> {
    /// Adds a member at the end. If two members share a name, the earlier one is found by it.
    pub fn push(&mut self, member: T) {
        self.append(member);
    }

    /// Returns a member by any of its names.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&T> {
        self.members.get(&self.index.find(name)?).map(Arc::as_ref)
    }

    /// Returns a member by any of its names, for changing it. Its names and groups may change too.
    pub fn get_mut(&mut self, name: &str) -> Option<MemberMut<'_, T>> {
        let serial = self.index.find(name)?;
        self.at_mut(serial)
    }

    /// Returns whether a member has this name.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.index.find(name).is_some()
    }

    /// Removes a member and returns it.
    pub fn remove(&mut self, name: &str) -> Option<T> {
        let serial = self.index.find(name)?;
        self.take(serial)
    }

    /// Keeps only the members that match the condition.
    pub fn retain(&mut self, mut condition: impl FnMut(&T) -> bool) {
        let out = self.members.iter().filter(|(_, member)| !condition(member));
        let out: Vec<u64> = out.map(|(serial, _)| *serial).collect();
        for serial in out {
            self.take(serial);
        }
    }

    /// Removes all members of a group and returns them.
    pub fn remove_group(&mut self, group: &str) -> Vec<T> {
        let out = self.serials(group);
        out.into_iter()
            .filter_map(|serial| self.take(serial))
            .collect()
    }

    /// Changes all members of a group.
    pub fn change_group(&mut self, group: &str, mut change: impl FnMut(&mut T)) {
        for serial in self.serials(group) {
            if let Some(mut member) = self.at_mut(serial) {
                change(&mut member);
            }
        }
    }

    /// Changes every member that matches the condition.
    pub fn change_where(
        &mut self,
        mut condition: impl FnMut(&T) -> bool,
        mut change: impl FnMut(&mut T),
    ) {
        let chosen = self.members.iter().filter(|(_, member)| condition(member));
        let chosen: Vec<u64> = chosen.map(|(serial, _)| *serial).collect();
        for serial in chosen {
            if let Some(mut member) = self.at_mut(serial) {
                change(&mut member);
            }
        }
    }

    /// Returns the members in order.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter(self.members.values())
    }

    /// Returns the members after a serial number in order, each with its own serial number.
    pub(crate) fn after(&self, serial: u64) -> impl Iterator<Item = (u64, &T)> {
        let behind = (Bound::Excluded(serial), Bound::Unbounded);
        let members = self.members.range(behind);
        members.map(|(serial, member)| (*serial, member.as_ref()))
    }

    /// Returns the serial number of the last member, or 0 if there is none.
    pub(crate) fn last_serial(&self) -> u64 {
        self.members
            .last_key_value()
            .map_or(0, |(serial, _)| *serial)
    }

    /// Returns all members of a group in order.
    pub fn group(&self, group: &str) -> impl Iterator<Item = &T> {
        self.group_after(group, 0).map(|(_, member)| member)
    }

    /// Returns the members of a group after a serial number, each with its own serial number.
    pub(crate) fn group_after(&self, group: &str, serial: u64) -> impl Iterator<Item = (u64, &T)> {
        let behind = (Bound::Excluded(serial), Bound::Unbounded);
        let serials = self.index.group(group);
        // If most members belong to the group, skipping the others is faster than looking up each one.
        let is_dense = serials.is_some_and(|it| it.len().saturating_mul(4) > self.members.len());
        let mut walk = is_dense.then(|| self.members.range(behind).peekable());
        let serials = serials.into_iter().flat_map(move |it| it.range(behind));
        serials.filter_map(move |serial| {
            let member = match &mut walk {
                Some(walk) => walk_to(walk, *serial),
                None => self.members.get(serial),
            };
            Some((*serial, member?.as_ref()))
        })
    }

    /// Returns the number of members of a group.
    #[must_use]
    pub fn group_len(&self, group: &str) -> usize {
        self.index.group(group).map_or(0, BTreeSet::len)
    }

    /// Returns the number of members.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Returns whether there are no members.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Returns the changes since [`settle`](Self::settle): new or changed members, and `None` for removed ones.
    pub fn changes(&self) -> impl Iterator<Item = (u64, Option<&T>)> {
        let changed = self.index.changed().iter();
        changed.map(|serial| (*serial, self.members.get(serial).map(Arc::as_ref)))
    }

    /// Marks the current content as unchanged.
    pub fn settle(&mut self) {
        self.index.settle();
    }

    /// Restores a member at its serial number, without tracking a change.
    pub fn restore(&mut self, serial: u64, member: Option<T>) {
        if let Some(old) = self.members.remove(&serial) {
            self.index.remove(serial, Keys::of(old.as_ref()));
        }
        if let Some(member) = member {
            self.insert(serial, member);
        }
        self.next = self.next.max(serial.saturating_add(1));
    }

    pub(super) fn append(&mut self, member: T) -> u64 {
        let serial = self.next;
        self.insert(serial, member);
        self.index.mark(serial);
        serial
    }

    pub(super) fn take(&mut self, serial: u64) -> Option<T> {
        let member = self.members.remove(&serial)?;
        self.index.remove(serial, Keys::of(member.as_ref()));
        self.index.mark(serial);
        Some(Arc::unwrap_or_clone(member))
    }

    fn at_mut(&mut self, serial: u64) -> Option<MemberMut<'_, T>> {
        Some(MemberMut {
            member: self.members.get_mut(&serial)?,
            index: &mut self.index,
            serial,
            before: None,
        })
    }

    fn insert(&mut self, serial: u64, member: T) {
        self.index.add(serial, Keys::of(&member));
        self.members.insert(serial, Arc::new(member));
        self.next = self.next.max(serial.saturating_add(1));
    }

    fn serials(&self, group: &str) -> Vec<u64> {
        let serials = self.index.group(group).into_iter().flatten();
        serials.copied().collect()
    }
}

/// Advances an iteration over members up to one of them.
fn walk_to<'a, T>(
    walk: &mut Peekable<btree_map::Range<'a, u64, Arc<T>>>,
    serial: u64,
) -> Option<&'a Arc<T>> {
    while walk.next_if(|(at, _)| **at < serial).is_some() {}
    let found = walk.next_if(|(at, _)| **at == serial)?;
    Some(found.1)
}

/// Members in order.
#[derive(Debug)]
pub struct Iter<'a, T>(btree_map::Values<'a, u64, Arc<T>>);

impl<T> Clone for Iter<'_, T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<'a, T> Iterator for Iter<'a, T> {
    type Item = &'a T;

    fn next(&mut self) -> Option<&'a T> {
        self.0.next().map(Arc::as_ref)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl<T> DoubleEndedIterator for Iter<'_, T> {
    fn next_back(&mut self) -> Option<Self::Item> {
        self.0.next_back().map(Arc::as_ref)
    }
}

impl<T> ExactSizeIterator for Iter<'_, T> {}

/// A member that may be changed. The index is updated when this is dropped.
#[derive(Debug)]
pub struct MemberMut<'a, T: Member> {
    member: &'a mut Arc<T>,
    index: &'a mut Index,
    serial: u64,
    /// The member's index keys before the first change.
    before: Option<Keys>,
}

impl<T: Member> Deref for MemberMut<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.member
    }
}

impl<T: Member> DerefMut for MemberMut<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        if self.before.is_none() {
            self.before = Some(Keys::of(self.member.as_ref()));
            self.index.mark(self.serial);
        }
        Arc::make_mut(self.member)
    }
}

impl<T: Member> Drop for MemberMut<'_, T> {
    fn drop(&mut self) {
        if let Some(before) = self.before.take() {
            let after = Keys::of(self.member.as_ref());
            if after != before {
                self.index.remove(self.serial, before);
                self.index.add(self.serial, after);
            }
        }
    }
}

impl<'a, T: Member> IntoIterator for &'a Collection<T> {
    type Item = &'a T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: Member> Extend<T> for Collection<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, members: I) {
        for member in members {
            self.push(member);
        }
    }
}

impl<T: Member> FromIterator<T> for Collection<T> {
    fn from_iter<I: IntoIterator<Item = T>>(members: I) -> Self {
        let mut collection = Self::default();
        collection.extend(members);
        collection
    }
}

impl<T: Member + Serialize> Serialize for Collection<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self)
    }
}

impl<'de, T: Member + Deserialize<'de>> Deserialize<'de> for Collection<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Vec::deserialize(deserializer)?.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Clone, PartialEq)]
    struct Bird(&'static str, &'static str);

    impl Member for Bird {
        fn id(&self) -> &str {
            self.0
        }

        fn groups(&self) -> Vec<String> {
            vec![self.1.to_owned()]
        }
    }

    fn birds() -> Collection<Bird> {
        let birds = [Bird("Osprey", "sea"), Bird("Eagle", "land")];
        let mut birds: Collection<_> = birds.into_iter().collect();
        birds.push(Bird("Kite", "land"));
        birds.settle();
        birds
    }

    fn changes(birds: &Collection<Bird>) -> Vec<(u64, Option<&str>)> {
        let changes = birds.changes();
        changes.map(|(at, bird)| (at, bird.map(Bird::id))).collect()
    }

    #[test]
    fn members_are_found_without_regard_to_case_after_others_left() {
        let mut birds = birds();
        assert_eq!(birds.remove("EAGLE").unwrap().0, "Eagle");
        assert_eq!(birds.get("kite").unwrap().0, "Kite");
        assert_eq!(birds.get("eagle"), None);
        assert_eq!(changes(&birds), [(2, None)]);
    }

    #[test]
    fn a_change_moves_a_member_to_other_names_and_groups() {
        let mut birds = birds();
        *birds.get_mut("eagle").unwrap() = Bird(r"Sea\Eagle", "sea");
        assert_eq!(birds.get("eagle"), None);
        assert_eq!(birds.get("sea|EAGLE").unwrap().1, "sea");
        assert_eq!(birds.group("SEA").count(), 2);
        assert_eq!((birds.group_len("land"), birds.group_len("air")), (1, 0));
        assert_eq!(changes(&birds), [(2, Some(r"Sea\Eagle"))]);
    }

    #[test]
    fn reading_changes_nothing() {
        let mut birds = birds();
        assert_eq!(birds.get_mut("kite").unwrap().1, "land");
        birds.change_where(|_| false, |_| unreachable!());
        assert_eq!(changes(&birds), []);
    }

    #[test]
    fn the_earlier_of_two_with_one_name_has_it_and_the_later_takes_over() {
        let mut birds = birds();
        birds.push(Bird("OSPREY", "lake"));
        assert_eq!(birds.get("osprey").unwrap().1, "sea");
        birds.remove("osprey");
        assert_eq!(birds.get("osprey").unwrap().1, "lake");
    }

    #[test]
    fn a_restored_member_keeps_its_position_and_numbers_are_never_reused() {
        let mut birds = birds();
        let eagle = birds.remove("eagle");
        birds.remove("kite");
        birds.settle();
        birds.restore(2, eagle);
        birds.push(Bird("Robin", "garden"));
        let order: Vec<_> = birds.after(1).map(|(at, bird)| (at, bird.0)).collect();
        assert_eq!(order, [(2, "Eagle"), (4, "Robin")]);
        assert_eq!(changes(&birds), [(4, Some("Robin"))]);
    }
}
