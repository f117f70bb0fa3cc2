//! The nouns for path nodes, and the words in operationIds.

use super::exceptions::Exceptions;
use crate::pipeline::normalize::rust_names::snake;

impl Exceptions {
    /// Returns the singular of `node`.
    pub(in crate::pipeline) fn singular(&self, node: &str) -> String {
        match find(&self.singulars, node) {
            Some(noun) => noun.clone(),
            None => singular(&self.plural(node)),
        }
    }

    /// Returns the plural of `node`, or the node itself if it is not a plural.
    pub(in crate::pipeline) fn plural(&self, node: &str) -> String {
        match find(&self.plurals, node) {
            Some(noun) => noun.clone(),
            None => snake(node),
        }
    }

    /// Returns whether a node is a plural noun.
    pub(super) fn is_plural(&self, node: &str) -> bool {
        self.singular(node) != self.plural(node)
    }

    /// Returns the method that leads below a node that only groups others.
    pub(super) fn namespace(&self, node: &str) -> Option<&String> {
        find(&self.namespaces, node)
    }
}

/// Nodes are compared ignoring case, because documents are inconsistent.
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

/// Returns the words of an operationId after its tag, in lower case.
pub(super) fn words(id: &str, tag: &str) -> Vec<String> {
    let short = match id.get(..tag.len()) {
        Some(start) if start.eq_ignore_ascii_case(tag) => &id[tag.len()..],
        _ => id,
    };
    snake(short).split('_').map(str::to_owned).collect()
}
