//! The nouns of path nodes, and the words of operation ids.

use super::exceptions::Exceptions;
use crate::pipeline::normalize::rust_names::snake;

impl Exceptions {
    /// What one of `node` is called.
    pub(in crate::pipeline) fn singular(&self, node: &str) -> String {
        match find(&self.singulars, node) {
            Some(noun) => noun.clone(),
            None => singular(&self.plural(node)),
        }
    }

    /// What several of `node` are called; the node as it is, when it is no plural.
    pub(in crate::pipeline) fn plural(&self, node: &str) -> String {
        match find(&self.plurals, node) {
            Some(noun) => noun.clone(),
            None => snake(node),
        }
    }

    /// Whether a node is the noun for several things.
    pub(super) fn is_plural(&self, node: &str) -> bool {
        self.singular(node) != self.plural(node)
    }

    /// The method that leads below a node that only groups others.
    pub(super) fn namespace(&self, node: &str) -> Option<&String> {
        find(&self.namespaces, node)
    }
}

/// Nodes compare without case: the documents have several casings of one.
fn find<'a>(
    table: &'a std::collections::BTreeMap<String, String>,
    node: &str,
) -> Option<&'a String> {
    let mut entries = table.iter();
    entries.find_map(|(key, value)| key.eq_ignore_ascii_case(node).then_some(value))
}

fn singular(plural: &str) -> String {
    if let Some(stem) = plural.strip_suffix("ies") {
        return format!("{stem}y");
    }
    match plural.strip_suffix('s') {
        Some(stem) if !stem.ends_with(['s', 'u']) => stem.to_owned(),
        _ => plural.to_owned(),
    }
}

/// The words of an operationId behind its tag, in lower case.
pub(super) fn words(id: &str, tag: &str) -> Vec<String> {
    let short = match id.get(..tag.len()) {
        Some(start) if start.eq_ignore_ascii_case(tag) => &id[tag.len()..],
        _ => id,
    };
    snake(short).split('_').map(str::to_owned).collect()
}
