//! Pairing what two documents have in common.

/// Two lists put beside each other.
#[derive(Debug)]
pub struct Pairs<'a, T> {
    /// What both have, in the order of the new list.
    pub both: Vec<(&'a T, &'a T)>,
    /// What only the old one has.
    pub gone: Vec<&'a T>,
    /// What only the new one has.
    pub new: Vec<&'a T>,
}

/// Pairs two lists by the first key that fits; later keys are tried on what is left.
#[must_use]
pub fn pair<'a, T>(old: &'a [T], new: &'a [T], keys: &[&dyn Fn(&T) -> String]) -> Pairs<'a, T> {
    let mut partners: Vec<Option<&'a T>> = vec![None; new.len()];
    let mut gone: Vec<&'a T> = old.iter().collect();
    for key in keys {
        gone.retain(|item| {
            let wanted = key(item);
            let place =
                (0..new.len()).find(|&at| partners[at].is_none() && key(&new[at]) == wanted);
            if let Some(at) = place {
                partners[at] = Some(item);
            }
            place.is_none()
        });
    }
    let beside = || new.iter().zip(&partners);
    Pairs {
        both: beside()
            .filter_map(|(new, old)| old.map(|old| (old, new)))
            .collect(),
        gone,
        new: beside()
            .filter(|(_, old)| old.is_none())
            .map(|(new, _)| new)
            .collect(),
    }
}
