//! Pairs the items that two documents have in common.

/// Two lists, compared.
#[derive(Debug)]
pub struct Pairs<'a, T> {
    /// Items in both, in the order of the new list.
    pub both: Vec<(&'a T, &'a T)>,
    /// Items only in the old list.
    pub gone: Vec<&'a T>,
    /// Items only in the new list.
    pub new: Vec<&'a T>,
}

/// Pairs two lists by the first key that matches; later keys are tried on the remaining items.
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
