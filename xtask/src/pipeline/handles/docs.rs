//! What the documentation of handles says.

use super::tree::Handle;
use super::{Method, Step};
use crate::pipeline::operations::described::{Parameter, Place, Reads};

/// What the documents say of every operation of a kind, and requests and lists say for themselves.
const SAID_OTHERWISE: [&str; 2] = ["`async=true`", "`continuationToken`"];

/// A handle's type.
pub(super) fn handle(handle: &Handle<'_, '_>) -> String {
    match handle.way.last() {
        Some(Step::One(name)) => {
            format!(
                "{} `{}`, by {}.",
                article(name),
                words(name),
                spoken(&by(handle))
            )
        }
        Some(Step::Many(name)) => format!("What can be done with {}.", words(name)),
        None => String::new(),
    }
}

/// The method that leads to a handle.
pub(super) fn way(to: &Handle<'_, '_>) -> String {
    let text = match to.way.last() {
        Some(Step::One(name)) => {
            let name = words(name);
            format!("{} {name} by {}", article(&name), spoken(&by(to)))
        }
        Some(Step::Many(name)) => capital(&words(name)),
        None => String::new(),
    };
    format!("{text}; nothing is sent.")
}

/// The name of the parameter that a handle is made with.
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
    // Where some operations take a name alone and others an id too, it is the longer one.
    let usual = counts
        .into_iter()
        .max_by_key(|(name, count)| (*count, name.len()));
    usual.map_or("id", |(name, _)| name).to_owned()
}

/// A method that calls an operation.
pub(super) fn method(method: &Method<'_>) -> String {
    let operation = method.operation;
    let mut text = sentence(operation.summary.as_deref().unwrap_or(&operation.id));
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
        true => "Reads only, and is retried",
        false => "Changes something",
    };
    let job = operation
        .has(Place::Query, "async", "bool")
        .then_some("; can be a job ([`Request::as_job`](crate::Request::as_job))");
    let job = job
        .filter(|_| operation.envelope.is_none())
        .unwrap_or_default();
    let empty = matches!(operation.reads, Reads::Optional(_))
        .then_some("; `None` when the service answers with nothing")
        .unwrap_or_default();
    text.push_str(&format!("\n\n`{}`. {kind}{job}{empty}.", method.line()));
    text
}

/// A description without what is said otherwise.
pub(in crate::pipeline) fn further(description: &str) -> String {
    let sentences = description.lines().map(|line| {
        let kept = line.split_inclusive(". ");
        let kept = kept.filter(|it| !SAID_OTHERWISE.iter().any(|words| it.contains(words)));
        kept.collect::<String>()
    });
    let further = sentences.collect::<Vec<_>>().join("\n");
    further.trim().to_owned()
}

/// The setter of an optional parameter.
pub(super) fn setter(parameter: &Parameter) -> String {
    let description = parameter.description.as_deref().map(one_line);
    match description.filter(|text| !text.trim().is_empty()) {
        Some(text) => sentence(&text),
        None => format!("Sets `{}`.", parameter.wire),
    }
}

/// A text without line breaks.
pub(in crate::pipeline) fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A text on one line, with the mark at its end.
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

fn spoken(parameter: &str) -> String {
    let text = format!("_{parameter}_");
    let text = text.replace("_id_", "_ID_");
    words(text.trim_matches('_'))
}

fn article(name: &str) -> &'static str {
    match name.starts_with(['a', 'e', 'i', 'o', 'u']) {
        true => "An",
        false => "A",
    }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
