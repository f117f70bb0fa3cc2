//! Compares types, down to fields and enum values.

use super::change::{Effect, Kind, Part};
use super::compare::{Place, Rules, Sides};
use super::names::pair;
use super::types::{Field, Shape, Type};
use crate::pipeline::normalize::rust_names::{pascal, snake};

/// A comparison of two values with the same direction.
pub(super) struct Values<'a, 'p> {
    /// The part of the subject that contains the values.
    part: Part,
    sides: Sides<'a>,
    rules: &'a Rules,
    place: &'a mut Place<'p>,
    /// The parameter that has the values.
    parameter: Option<&'a str>,
}

impl<'a, 'p> Values<'a, 'p> {
    pub(super) fn new(
        part: Part,
        sides: Sides<'a>,
        rules: &'a Rules,
        place: &'a mut Place<'p>,
    ) -> Self {
        Self {
            part,
            sides,
            rules,
            place,
            parameter: None,
        }
    }

    /// Sets the parameter that has the values.
    pub(super) fn within(mut self, parameter: &'a str) -> Self {
        self.parameter = Some(parameter);
        self
    }

    /// Compares two types; `at` is the path to them, for example `Items[].Name`.
    pub(super) fn types(&mut self, old: &Type, new: &Type, at: &str) {
        let same = match (&old.shape, &new.shape) {
            (Shape::Record(old), Shape::Record(new)) => {
                self.fields(old, new, at);
                true
            }
            (Shape::Values(old), Shape::Values(new)) => {
                self.values(old, new, at);
                true
            }
            (Shape::List(old), Shape::List(new)) => {
                self.types(old, new, &format!("{at}[]"));
                true
            }
            (Shape::Map(old), Shape::Map(new)) => {
                self.types(old, new, &format!("{at}{{}}"));
                true
            }
            (Shape::Named(old), Shape::Named(new)) => pascal(old) == pascal(new),
            (old, new) => old == new,
        };
        // Null in a field is compared with the field.
        let inner = at.is_empty() || at.ends_with("[]") || at.ends_with("{}");
        if !same || (inner && old.nullable != new.nullable) {
            let what = self.what(at);
            let text = format!("{what} is {new}, was {old}");
            self.add(Kind::Changed, self.part_at(at), at, Effect::Major, text);
        }
    }

    fn fields(&mut self, old: &[Field], new: &[Field], at: &str) {
        let pairs = pair(
            old,
            new,
            &[&|field| field.name.clone(), &|field| snake(&field.name)],
        );
        let below = |field: &Field| match at {
            "" => field.name.clone(),
            at => format!("{at}.{}", field.name),
        };
        for field in pairs.gone {
            let (at, what) = (below(field), self.what(&below(field)));
            let text = format!("{what} ({})", field.ty);
            self.add(Kind::Removed, self.part, &at, Effect::Major, text);
        }
        for field in pairs.new {
            let at = below(field);
            // A required field of a response breaks no callers, because the service sends it.
            let (word, effect) = if self.sides.sent && field.required {
                ("required ", Effect::Major)
            } else {
                ("", Effect::Minor)
            };
            let text = format!("{word}{} ({})", self.what(&at), field.ty);
            self.add(Kind::Added, self.part, &at, effect, text);
        }
        for (old, new) in pairs.both {
            let at = below(new);
            if old.name != new.name {
                let text = format!("{} was `{}` on the wire", self.what(&at), old.name);
                self.add(Kind::Changed, self.part, &at, Effect::Patch, text);
            }
            self.presence(old, new, &at);
            self.types(&old.ty, &new.ty, &at);
        }
    }

    /// Returns whether a field may be missing or null.
    ///
    /// Any field of a response may be, whatever the document says. Only requests, and the fields
    /// that `regen.toml` lists, are as strict as the document.
    fn presence(&mut self, old: &Field, new: &Field, at: &str) {
        let listed = |model| self.rules.requires(model, &new.name);
        let strict = self.sides.sent || self.sides.received.is_some_and(listed);
        if !strict {
            return;
        }
        let other_type = is_option(old) != is_option(new);
        let demanded = self.sides.sent && new.required && !old.required;
        let effect = if other_type || demanded {
            Effect::Major
        } else {
            Effect::Minor
        };
        let now = match (old.required, new.required) {
            (false, true) => "is now required",
            (true, false) => "is no longer required",
            _ if !old.ty.nullable && new.ty.nullable => "may now be null",
            _ if old.ty.nullable && !new.ty.nullable => "may no longer be null",
            _ => return,
        };
        let text = format!("{} {now}", self.what(at));
        self.add(Kind::Changed, self.part, at, effect, text);
    }

    /// Enums are open, so an additional value can be read. After a value is removed, callers can no
    /// longer write its name, and the service may reject it.
    fn values(&mut self, old: &[String], new: &[String], at: &str) {
        let of = match at {
            "" if self.parameter.is_none() && self.part == Part::Field => String::new(),
            at => format!(" of {}", self.what(at)),
        };
        let pairs = pair(old, new, &[&|value: &String| value.clone()]);
        for value in pairs.gone {
            let text = format!("value `{value}`{of}");
            self.add(Kind::Removed, Part::Value, value, Effect::Major, text);
        }
        for value in pairs.new {
            let text = format!("value `{value}`{of}");
            self.add(Kind::Added, Part::Value, value, Effect::Minor, text);
        }
    }

    /// A model without fields changes as a whole.
    fn part_at(&self, at: &str) -> Part {
        match self.part {
            Part::Field if at.is_empty() || at.starts_with(['[', '{']) => Part::Type,
            part => part,
        }
    }

    /// Describes the place.
    fn what(&self, at: &str) -> String {
        let whole = match self.part {
            Part::Parameter => {
                format!("parameter `{}{at}`", self.parameter.unwrap_or_default())
            }
            Part::RequestBody => "request body".to_owned(),
            Part::Response => "response".to_owned(),
            _ => "type".to_owned(),
        };
        match (self.part, at) {
            (Part::Parameter, _) | (_, "") => whole,
            (Part::Field, at) => format!("field `{at}`"),
            (_, at) => format!("field `{at}` of the {whole}"),
        }
    }

    fn add(&mut self, change: Kind, part: Part, at: &str, effect: Effect, text: String) {
        let member = match self.parameter {
            Some(name) if part == Part::Parameter => Some(name),
            _ => Some(at).filter(|at| !at.is_empty()),
        };
        self.place.add(change, part, member, effect, text);
    }
}

/// Returns whether generated code wraps a strict field in an `Option`.
fn is_option(field: &Field) -> bool {
    field.ty.nullable || (!field.required && !field.ty.is_collection())
}
