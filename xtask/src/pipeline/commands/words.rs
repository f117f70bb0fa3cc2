//! Derives command words from a handle and its method: `site.machine(name).tags()` is `machines
//! tags NAME`.

use std::collections::BTreeMap;

use super::exceptions::Exceptions;
use crate::pipeline::handles::{self, Place, Step};
use crate::pipeline::operations::described::Operation;

/// Verbs that end something that runs, remove something or cannot be undone, wherever they occur in
/// a name.
const GRAVE: [&str; 19] = [
    "cancel",
    "clear",
    "delete",
    "disable",
    "disconnect",
    "logoff",
    "purge",
    "reboot",
    "remove",
    "replace",
    "reset",
    "restore",
    "rollback",
    "send",
    "shutdown",
    "stop",
    "suspend",
    "unpublish",
    "wipe",
];

/// Verbs that apply to many objects without changing any existing one.
const HARMLESS: [&str; 9] = [
    "add", "check", "create", "export", "import", "preview", "test", "validate", "refresh",
];

/// An operation with its place among the handles.
#[derive(Debug, Clone, Copy)]
pub struct Placed<'a> {
    /// The operationId.
    pub id: &'a str,
    /// The path template.
    pub path: &'a str,
    /// The handle that it belongs to.
    pub place: &'a Place,
}

/// Returns the words of every method. A verb that is also a group becomes the `list` of that group,
/// and `create-tag` becomes `tags create` if there are other words below `tags`.
#[must_use]
pub fn of_methods(
    methods: &[Placed<'_>],
    handles: &handles::Exceptions,
) -> BTreeMap<String, Vec<String>> {
    let plurals = plurals(methods, handles);
    let words = methods.iter().map(|method| {
        let nouns = method.place.handle.iter().map(|step| match step {
            Step::Many(name) => name.clone(),
            Step::One(name) => match plurals.get(name) {
                Some(plural) => plural.clone(),
                None => plural(name),
            },
        });
        let mut words: Vec<String> = nouns.map(|it| it.replace('_', "-")).collect();
        if words.is_empty() {
            words.push("sites".to_owned());
        }
        words.push(method.place.name.trim_end_matches('_').replace('_', "-"));
        (method.id.to_owned(), words)
    });
    let mut words: BTreeMap<String, Vec<String>> = words.collect();
    let ways: Vec<Vec<String>> = words
        .values()
        .filter_map(|words| words.split_last().map(|(_, way)| way.to_vec()))
        .collect();
    for words in words.values_mut() {
        if ways.contains(words) {
            words.push("list".to_owned());
        } else if let Some(verb) = words.last()
            && let Some(one) = verb.strip_prefix("create-")
        {
            let mut way = words.clone();
            way.pop();
            way.push(plural(one));
            if ways.contains(&way) {
                way.push("create".to_owned());
                *words = way;
            }
        }
    }
    words
}

/// Returns plural nouns by their singular, taken from the paths.
fn plurals(methods: &[Placed<'_>], handles: &handles::Exceptions) -> BTreeMap<String, String> {
    let nodes = methods.iter().flat_map(|method| method.path.split('/'));
    let nodes = nodes.filter(|node| !node.is_empty() && !node.starts_with(['{', '$']));
    nodes
        .map(|node| (handles.singular(node), handles.plural(node)))
        .filter(|(one, many)| one != many)
        .collect()
}

fn plural(noun: &str) -> String {
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o', 'u']) => format!("{stem}ies"),
        _ if noun.ends_with('s') => noun.to_owned(),
        _ => format!("{noun}s"),
    }
}

/// Returns whether a method is for many objects, or for none in particular.
pub(super) fn is_on_many(place: &Place) -> bool {
    !place.folded && !matches!(place.handle.last(), Some(Step::One(_)))
}

/// Returns whether a write asks for confirmation: if it deletes, ends something, or changes several
/// objects.
pub(super) fn asks(operation: &Operation, words: &[String], on_many: bool) -> bool {
    let verb = words.last().map_or("", String::as_str);
    let says = |list: &[&str]| verb.split('-').any(|word| list.contains(&word));
    operation.method == "delete" || says(&GRAVE) || (on_many && !says(&HARMLESS))
}

impl Exceptions {
    /// Returns the words of an operation: those in `commands.toml`, or else those of the rule.
    ///
    /// # Errors
    ///
    /// If the exception equals the rule, or if neither has words.
    pub fn words(&self, id: &str, by_rule: Vec<String>) -> anyhow::Result<Vec<String>> {
        if self
            .by_hand
            .iter()
            .any(|it| it.operation == id && it.no_command)
        {
            return Ok(Vec::new());
        }
        let commands = self.commands.iter().map(|it| (&it.operation, &it.words));
        let by_hand = self.by_hand.iter().map(|it| (&it.operation, &it.words));
        let mut named = commands.chain(by_hand);
        if let Some((_, words)) = named.find(|(it, words)| *it == id && !words.is_empty()) {
            let words: Vec<String> = words.split(' ').map(str::to_owned).collect();
            anyhow::ensure!(
                words != by_rule,
                "`{id}`: the rule says the same; the exception can go"
            );
            return Ok(words);
        }
        anyhow::ensure!(
            !by_rule.is_empty(),
            "`{id}` has no handle, so it needs words, or a `[[hand]]` with `no-command`"
        );
        Ok(by_rule)
    }
}
