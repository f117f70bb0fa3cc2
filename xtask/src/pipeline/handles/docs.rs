//! The documentation of handles.

use super::tree::Handle;
use super::{Method, Step};
use crate::pipeline::operations::described::{Parameter, Place, Reads};

/// Parameters that the descriptions of all operations of a kind mention, but that are documented on
/// requests and lists.
const SAID_OTHERWISE: [&str; 2] = ["`async=true`", "`continuationToken`"];

/// The documentation of a handle's type.
pub(super) fn handle(handle: &Handle<'_, '_>) -> String {
    match handle.way.last() {
        Some(Step::One(name)) => {
            let name = words(name);
            let by = words(&by(handle));
            format!("A handle to {} {name}, by {by}.", article(&name))
        }
        Some(Step::Many(name)) => format!("A handle to {}.", words(name)),
        None => String::new(),
    }
}

/// The documentation of the method that returns a handle.
pub(super) fn way(to: &Handle<'_, '_>) -> String {
    let text = match to.way.last() {
        Some(Step::One(name)) => {
            let name = words(name);
            format!("{} {name} by {}", article(&name), words(&by(to)))
        }
        Some(Step::Many(name)) => words(name),
        None => String::new(),
    };
    format!("Returns a handle to {text}; nothing is sent.")
}

/// Returns the name of the parameter that a handle is created with.
pub(super) fn by(handle: &Handle<'_, '_>) -> String {
    let place = handle.ones().count();
    let names = handle.methods.iter().filter_map(|method| {
        let bound = method
            .bound()
            .nth(place + usize::from(method.place.folded) - 1);
        bound.map(|parameter| parameter.name.as_str())
    });
    let mut counts = std::collections::BTreeMap::<&str, usize>::new();
    for name in names {
        *counts.entry(name).or_default() += 1;
    }
    // If some operations take only a name and others an id too, it is the longer one.
    let usual = counts
        .into_iter()
        .max_by_key(|(name, count)| (*count, name.len()));
    usual.map_or("id", |(name, _)| name).to_owned()
}

/// The documentation of a method that sends an operation.
pub(super) fn method(method: &Method<'_>) -> String {
    let operation = method.operation;
    let summary = operation.summary.as_deref().map(third_person);
    let mut text = sentence(summary.as_deref().unwrap_or(&operation.id));
    let further = further(operation.description.as_deref().unwrap_or_default());
    if !further.is_empty() {
        text.push_str("\n\n");
        text.push_str(&further);
    }
    let arguments: Vec<&Parameter> = method.arguments().collect();
    let listed = arguments.iter().filter_map(|parameter| {
        let description = parameter.description.as_deref().map(one_line)?;
        let description = description.trim().to_owned();
        (!description.is_empty()).then(|| format!("- `{}`: {description}", parameter.name))
    });
    let listed: Vec<String> = listed.collect();
    if !listed.is_empty() {
        text.push_str("\n\n");
        text.push_str(&listed.join("\n"));
    }
    let kind = match operation.is_safe() {
        true => "Read-only, so it is retried",
        false => "A write",
    };
    let job = operation
        .has(Place::Query, "async", "bool")
        .then_some("; can run as a job ([`Request::as_job`](crate::Request::as_job))");
    let job = job
        .filter(|_| operation.envelope.is_none())
        .unwrap_or_default();
    let empty = matches!(operation.reads, Reads::Optional(_))
        .then_some("; `None` if the response is empty")
        .unwrap_or_default();
    text.push_str(&format!("\n\n`{}`. {kind}{job}{empty}.", method.line()));
    text
}

/// Rewrites a summary as the documentation of a function: "Rename or move a folder" becomes
/// "Renames or moves a folder".
fn third_person(summary: &str) -> String {
    let mut words: Vec<String> = summary.split_whitespace().map(str::to_owned).collect();
    let has_two_verbs = words.get(1).is_some_and(|word| word == "or");
    let verbs = if has_two_verbs { vec![0, 2] } else { vec![0] };
    for at in verbs {
        if let Some(verb) = words.get_mut(at) {
            *verb = inflected(verb);
        }
    }
    words.join(" ")
}

fn inflected(verb: &str) -> String {
    let before_y = verb.strip_suffix('y');
    match before_y.filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
        Some(stem) => format!("{stem}ies"),
        None if verb.ends_with(['s', 'x', 'z', 'o']) => format!("{verb}es"),
        None if verb.ends_with("ch") || verb.ends_with("sh") => format!("{verb}es"),
        None => format!("{verb}s"),
    }
}

/// Removes parts of a description that are documented elsewhere.
pub(in crate::pipeline) fn further(description: &str) -> String {
    let sentences = description.lines().map(|line| {
        let kept = line.split_inclusive(". ");
        let kept = kept.filter(|it| !SAID_OTHERWISE.iter().any(|words| it.contains(words)));
        kept.collect::<String>()
    });
    let further = sentences.collect::<Vec<_>>().join("\n");
    further.trim().to_owned()
}

/// The documentation of the setter of an optional parameter.
pub(super) fn setter(parameter: &Parameter) -> String {
    let description = parameter.description.as_deref().map(one_line);
    match description.filter(|text| !text.trim().is_empty()) {
        Some(text) => sentence(&text),
        None => format!("Sets `{}`.", parameter.wire),
    }
}

/// Removes line breaks from a text.
pub(in crate::pipeline) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns a text on one line, with a period at its end.
pub(in crate::pipeline) fn sentence(text: &str) -> String {
    let text = one_line(text);
    match text.ends_with(['.', '!', '?', ':']) {
        true => text,
        false => text + ".",
    }
}

fn words(name: &str) -> String {
    name.replace('_', " ")
}

fn article(name: &str) -> &'static str {
    match name.starts_with(['a', 'e', 'i', 'o', 'u']) {
        true => "an",
        false => "a",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_become_third_person() {
        for (summary, expected) in [
            ("Get a machine", "Gets a machine"),
            ("Search the machines", "Searches the machines"),
            ("Copy an application", "Copies an application"),
            ("Deploy it", "Deploys it"),
            ("Go back to the image", "Goes back to the image"),
            ("Rename or move a folder", "Renames or moves a folder"),
        ] {
            assert_eq!(third_person(summary), expected);
        }
    }
}
