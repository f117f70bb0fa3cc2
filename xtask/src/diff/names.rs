//! Pairing what two documents call alike, as the generated code would.

/// The name that generated code gives a field, parameter or operation: words in lower case.
///
/// Words end where the generator ends them: at what is no letter or digit, before a capital after
/// a small letter, and before the last capital of several (`VDAMachine` is `vda_machine`).
#[must_use]
pub fn rust_name(name: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for chunk in name.split(|character: char| !character.is_alphanumeric()) {
        let characters: Vec<char> = chunk.chars().collect();
        let mut after_small = false;
        for (index, character) in characters.iter().enumerate() {
            let before_small = characters
                .get(index + 1)
                .is_some_and(|next| next.is_lowercase());
            let begins = character.is_uppercase() && (after_small || before_small);
            if index == 0 || begins {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(character.to_lowercase());
            }
            if character.is_alphabetic() {
                after_small = character.is_lowercase();
            }
        }
    }
    words.join("_")
}

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

#[cfg(test)]
mod tests {
    use super::rust_name;

    #[test]
    fn words_end_as_in_generated_code() {
        for (name, expected) in [
            ("MachinesGetMachinesV2", "machines_get_machines_v2"),
            ("VDAMachine", "vda_machine"),
            ("X-AdminCredential", "x_admin_credential"),
            ("recordId", "record_id"),
            ("RecordID", "record_id"),
            ("recordid", "recordid"),
            ("$expand", "expand"),
            ("IPv4Address", "i_pv4_address"),
        ] {
            assert_eq!(rust_name(name), expected, "{name}");
        }
    }
}
