//! Compares two surfaces, by rules for what breaks callers.
//!
//! Existing code must still compile, and the service must still accept its requests. So removing
//! anything breaks callers, and so does changing a type. Additions do not, unless they are required
//! in requests. The rules assume that callers build operations and models with `new`, setters and
//! `..Default::default()`, and that every field of a response may be missing and every enum may
//! have more values.

use super::change::{Change, Effect, Kind, Part, Subject};
use super::names::pair;
use super::surface::{Body, Model, Operation, Parameter, Surface, Words, kind};
use super::types::Type;
use super::values::Values;
use crate::pipeline::module::Required;
use crate::pipeline::normalize::rust_names::{pascal, snake};

/// What the comparison knows besides the documents.
#[derive(Debug, Default)]
pub struct Rules {
    /// Headers that the pipeline sets; as parameters, they are not part of a signature.
    pub injected_headers: Vec<String>,
    /// Response fields that are required, as exceptions to the rule that every field may be
    /// missing.
    pub required: Vec<Required>,
}

impl Rules {
    /// Returns whether `model.field` is required in a response.
    #[must_use]
    pub fn requires(&self, model: &str, field: &str) -> bool {
        self.required.iter().any(|entry| entry.covers(model, field))
    }
}

/// Returns the changes from one surface to another: operations first, then models, each by name.
#[must_use]
pub fn compare(old: &Surface, new: &Surface, rules: &Rules) -> Vec<Change> {
    let mut changes = Vec::new();
    operations(&old.operations, &new.operations, rules, &mut changes);
    models(&old.models, &new.models, rules, &mut changes);
    changes.sort_by(|a, b| (a.subject, &a.name).cmp(&(b.subject, &b.name)));
    changes
}

fn operations(old: &[Operation], new: &[Operation], rules: &Rules, changes: &mut Vec<Change>) {
    let pairs = pair(
        old,
        new,
        &[
            &|operation| operation.name.clone(),
            &|operation| snake(&operation.name),
            &|operation| format!("{} {}", operation.method, bare_path(&operation.path)),
        ],
    );
    let whole = |operation: &Operation, change, effect| Change {
        subject: Subject::Operation,
        name: operation.name.clone(),
        change,
        part: Part::Whole,
        member: None,
        effect,
        waived: None,
        text: format!("{} {}", operation.method, operation.path),
        callers: None,
    };
    for operation in pairs.gone {
        changes.push(whole(operation, Kind::Removed, Effect::Major));
    }
    for operation in pairs.new {
        changes.push(whole(operation, Kind::Added, Effect::Minor));
    }
    for (old, new) in pairs.both {
        let mut place = Place {
            subject: Subject::Operation,
            name: &new.name,
            changes,
        };
        if snake(&old.name) != snake(&new.name) {
            let text = format!("was called `{}`", old.name);
            place.changed(Part::Name, None, Effect::Major, text);
        }
        if (&old.method, &old.path) != (&new.method, &new.path) {
            let text = format!(
                "{} {}, was {} {}",
                new.method, new.path, old.method, old.path
            );
            place.changed(Part::Path, None, Effect::Patch, text);
        }
        parameters(old, new, &mut place);
        bodies(old.body.as_ref(), new.body.as_ref(), rules, &mut place);
        let sides = Sides::received(&new.name);
        Values::new(Part::Response, sides, rules, &mut place).types(
            &old.response,
            &new.response,
            "",
        );
        place.words(&old.words, &new.words);
    }
}

/// Returns a path without the names of its parameters, in lower case; two calls with the same
/// result are one.
pub(crate) fn bare_path(path: &str) -> String {
    let mut bare = String::new();
    let mut inside = false;
    for character in path.chars() {
        inside &= character != '}';
        if !inside {
            bare.extend(character.to_lowercase());
        }
        inside |= character == '{';
    }
    bare
}

fn parameters(old: &Operation, new: &Operation, place: &mut Place<'_>) {
    let pairs = pair(
        &old.parameters,
        &new.parameters,
        &[
            &|parameter: &Parameter| format!("{} {}", parameter.location, parameter.name),
            &|parameter| format!("{} {}", parameter.location, snake(&parameter.name)),
            &|parameter| snake(&parameter.name),
        ],
    );
    let described = |parameter: &Parameter| format!("{}, {}", parameter.location, parameter.ty);
    for parameter in pairs.gone {
        let text = format!("parameter `{}` ({})", parameter.name, described(parameter));
        place.add(
            Kind::Removed,
            Part::Parameter,
            Some(&parameter.name),
            Effect::Major,
            text,
        );
    }
    for parameter in pairs.new {
        let (word, effect) = if parameter.required {
            ("required parameter", Effect::Major)
        } else {
            ("parameter", Effect::Minor)
        };
        let text = format!("{word} `{}` ({})", parameter.name, described(parameter));
        place.add(
            Kind::Added,
            Part::Parameter,
            Some(&parameter.name),
            effect,
            text,
        );
    }
    for (old, new) in pairs.both {
        let mut report = |effect, text: String| {
            let text = format!("parameter `{}` {text}", new.name);
            place.changed(Part::Parameter, Some(&new.name), effect, text);
        };
        if old.name != new.name {
            report(Effect::Patch, format!("was sent as `{}`", old.name));
        }
        if old.location != new.location {
            let text = format!("is in the {}, was in the {}", new.location, old.location);
            report(Effect::Patch, text);
        }
        match (old.required, new.required) {
            (false, true) => report(Effect::Major, "is now required".to_owned()),
            // A builder accepts the same value for both.
            (true, false) => report(Effect::Minor, "is no longer required".to_owned()),
            _ => {}
        }
        if old.default != new.default {
            let shown = |default: &Option<String>| match default {
                Some(value) => format!("`{value}`"),
                None => "none".to_owned(),
            };
            let text = format!(
                "has the default {}, had {}",
                shown(&new.default),
                shown(&old.default)
            );
            report(Effect::Patch, text);
        }
        // Paths, queries and headers have no null.
        let bare = |ty: &Type| Type {
            nullable: false,
            ..ty.clone()
        };
        Values::new(Part::Parameter, Sides::sent(), &Rules::default(), place)
            .within(&new.name)
            .types(&bare(&old.ty), &bare(&new.ty), "");
    }
}

fn bodies(old: Option<&Body>, new: Option<&Body>, rules: &Rules, place: &mut Place<'_>) {
    let part = Part::RequestBody;
    match (old, new) {
        (None, None) => {}
        (Some(old), None) => {
            let text = format!("request body ({})", old.ty);
            place.add(Kind::Removed, part, None, Effect::Major, text);
        }
        (None, Some(new)) => {
            let (word, effect) = if new.required {
                ("required request body", Effect::Major)
            } else {
                ("request body", Effect::Minor)
            };
            place.add(
                Kind::Added,
                part,
                None,
                effect,
                format!("{word} ({})", new.ty),
            );
        }
        (Some(old), Some(new)) => {
            match (old.required, new.required) {
                (false, true) => {
                    place.changed(
                        part,
                        None,
                        Effect::Major,
                        "request body is now required".into(),
                    );
                }
                (true, false) => {
                    let text = "request body is no longer required".into();
                    place.changed(part, None, Effect::Minor, text);
                }
                _ => {}
            }
            if old.media != new.media {
                let effect = if kind(&old.media) == kind(&new.media) {
                    Effect::Patch
                } else {
                    Effect::Major
                };
                let text = format!("request body is `{}`, was `{}`", new.media, old.media);
                place.changed(part, None, effect, text);
            }
            Values::new(part, Sides::sent(), rules, place).types(&old.ty, &new.ty, "");
        }
    }
}

fn models(old: &[Model], new: &[Model], rules: &Rules, changes: &mut Vec<Change>) {
    let pairs = pair(
        old,
        new,
        &[&|model| model.name.clone(), &|model| pascal(&model.name)],
    );
    let whole = |model: &Model, change, effect| Change {
        subject: Subject::Model,
        name: model.name.clone(),
        change,
        part: Part::Whole,
        member: None,
        effect,
        waived: None,
        text: model.ty.in_short(),
        callers: None,
    };
    for model in pairs.gone {
        changes.push(whole(model, Kind::Removed, Effect::Major));
    }
    for model in pairs.new {
        changes.push(whole(model, Kind::Added, Effect::Minor));
    }
    for (old, new) in pairs.both {
        let mut place = Place {
            subject: Subject::Model,
            name: &new.name,
            changes,
        };
        // A direction that only one document has guarantees nothing about the other.
        let sides = Sides {
            sent: old.sent && new.sent,
            received: (old.received && new.received).then_some(new.name.as_str()),
        };
        Values::new(Part::Field, sides, rules, &mut place).types(&old.ty, &new.ty, "");
        place.words(&old.words, &new.words);
    }
}

/// The direction of a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sides<'a> {
    /// Callers send it.
    pub(super) sent: bool,
    /// Callers read it; contains the model by which `regen.toml` names its fields.
    pub(super) received: Option<&'a str>,
}

impl<'a> Sides<'a> {
    fn sent() -> Self {
        Self {
            sent: true,
            received: None,
        }
    }

    fn received(model: &'a str) -> Self {
        Self {
            sent: false,
            received: Some(model),
        }
    }
}

/// Where changes are found.
#[derive(Debug)]
pub(super) struct Place<'a> {
    pub(super) subject: Subject,
    pub(super) name: &'a str,
    pub(super) changes: &'a mut Vec<Change>,
}

impl Place<'_> {
    pub(super) fn add(
        &mut self,
        change: Kind,
        part: Part,
        member: Option<&str>,
        effect: Effect,
        text: String,
    ) {
        self.changes.push(Change {
            subject: self.subject,
            name: self.name.to_owned(),
            change,
            part,
            member: member.map(str::to_owned),
            effect,
            waived: None,
            text,
            callers: None,
        });
    }

    fn changed(&mut self, part: Part, member: Option<&str>, effect: Effect, text: String) {
        self.add(Kind::Changed, part, member, effect, text);
    }

    /// Reports once if the documentation of something that both documents have differs.
    fn words(&mut self, old: &Words, new: &Words) {
        let other = |(place, text)| new.get(place).is_some_and(|now| now != text);
        if old.iter().any(other) {
            let text = "documentation".to_owned();
            self.changed(Part::Documentation, None, Effect::Patch, text);
        }
    }
}
