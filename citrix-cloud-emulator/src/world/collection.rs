//! An ordered collection whose members answer to several names.

use std::collections::HashMap;

/// Something that callers can ask for by id, name or number.
pub trait Named {
    /// Lists everything the thing answers to; comparison ignores the case.
    fn names(&self) -> Vec<String>;
}

/// Members in order of arrival, found by any of their names without regard to case.
#[derive(Debug, Clone)]
pub struct Collection<T> {
    members: Vec<T>,
    index: HashMap<String, usize>,
}

impl<T> Default for Collection<T> {
    fn default() -> Self {
        Self {
            members: Vec::new(),
            index: HashMap::new(),
        }
    }
}

impl<T: Named> Collection<T> {
    /// Adds a member at the end; where two share a name, the earlier one keeps it.
    pub fn push(&mut self, member: T) {
        let position = self.members.len();
        for name in member.names() {
            self.index.entry(name.to_lowercase()).or_insert(position);
        }
        self.members.push(member);
    }

    /// Finds a member by any of its names.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&T> {
        self.position(name).map(|at| &self.members[at])
    }

    /// Finds a member by any of its names, to change it.
    pub fn get_mut(&mut self, name: &str) -> Option<&mut T> {
        let at = self.position(name)?;
        Some(&mut self.members[at])
    }

    /// Takes a member out.
    pub fn remove(&mut self, name: &str) -> Option<T> {
        let at = self.position(name)?;
        let member = self.members.remove(at);
        self.reindex();
        Some(member)
    }

    /// Keeps only the members that the condition holds for.
    pub fn retain(&mut self, condition: impl FnMut(&T) -> bool) {
        let before = self.members.len();
        self.members.retain(condition);
        if self.members.len() != before {
            self.reindex();
        }
    }

    /// Visits the members in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        self.members.iter()
    }

    /// Visits the members in order, to change them.
    pub fn iter_mut(&mut self) -> std::slice::IterMut<'_, T> {
        self.members.iter_mut()
    }

    /// Counts the members.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Says whether there is no member at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    fn position(&self, name: &str) -> Option<usize> {
        self.index.get(&name.to_lowercase()).copied()
    }

    fn reindex(&mut self) {
        for member in std::mem::take(self).members {
            self.push(member);
        }
    }
}

impl<'a, T: Named> IntoIterator for &'a Collection<T> {
    type Item = &'a T;
    type IntoIter = std::slice::Iter<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<'a, T: Named> IntoIterator for &'a mut Collection<T> {
    type Item = &'a mut T;
    type IntoIter = std::slice::IterMut<'a, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter_mut()
    }
}

impl<T: Named> Extend<T> for Collection<T> {
    fn extend<I: IntoIterator<Item = T>>(&mut self, members: I) {
        for member in members {
            self.push(member);
        }
    }
}

impl<T: Named> FromIterator<T> for Collection<T> {
    fn from_iter<I: IntoIterator<Item = T>>(members: I) -> Self {
        let mut collection = Self::default();
        collection.extend(members);
        collection
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Named for &str {
        fn names(&self) -> Vec<String> {
            vec![(*self).to_owned()]
        }
    }

    #[test]
    fn members_are_found_without_regard_to_case_after_others_left() {
        let mut birds: Collection<&str> = ["Osprey", "Eagle", "Kite"].into_iter().collect();
        assert_eq!(birds.remove("EAGLE"), Some("Eagle"));
        assert_eq!(birds.get("kite"), Some(&"Kite"));
        assert_eq!(birds.get("eagle"), None);
    }
}
