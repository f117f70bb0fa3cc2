//! OpenAPI Overlay 1.0, stricter in two ways: every action must have a reason, and an action that
//! matches nothing is an error. It means that upstream has changed, and a person must look.

use std::cmp::Ordering;

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;
use serde_json_path::{JsonPath, NormalizedPath};

/// How deeply filters may be nested: each one visits again everything that the outer one visits.
const MOST_FILTERS: usize = 3;

/// How many `..` a path may contain: each one visits everything below every place reached so far.
const MOST_DESCENTS: usize = 3;

/// An overlay document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overlay {
    /// The version of the overlay format: `1.0.0`.
    pub overlay: String,
    /// Title and version.
    pub info: Info,
    /// The corrections, applied in order.
    pub actions: Vec<Action>,
}

/// Information about an overlay.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Info {
    /// Its purpose.
    pub title: String,
    /// Its version.
    pub version: String,
}

/// One correction.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// RFC 9535 JSONPath of the places to correct.
    pub target: String,
    /// The reason.
    pub description: String,
    /// Merged into each matching object, or appended as one element to each matching array.
    pub update: Option<Value>,
    /// Removes each match.
    #[serde(default)]
    pub remove: bool,
}

impl Overlay {
    /// Reads an overlay from its parsed document.
    ///
    /// # Errors
    ///
    /// If a key is unknown or missing; the error names its path.
    pub fn from_value(value: Value) -> Result<Self> {
        let overlay: Self = serde_path_to_error::deserialize(value)
            .map_err(|error| anyhow::anyhow!("at `{}`: {}", error.path(), error.inner()))?;
        ensure!(
            overlay.overlay.starts_with("1.0."),
            "at `overlay`: version `{}` is not 1.0",
            overlay.overlay
        );
        Ok(overlay)
    }

    /// Applies every action that matches, and returns why the others do not, with number and
    /// target.
    pub fn apply_where_it_fits(&self, document: &mut Value) -> Vec<anyhow::Error> {
        let actions = self.actions.iter().enumerate();
        let failed = actions.filter_map(|(index, action)| {
            let place = || format!("at `actions[{index}]`, target `{}`", action.target);
            action.apply(document).with_context(place).err()
        });
        failed.collect()
    }

    /// Applies every action in order, and returns the number of matches of each.
    ///
    /// # Errors
    ///
    /// If a target is not a valid JSONPath or matches nothing, if an action does not do exactly one
    /// of updating and removing, or if an update does not fit; the error names the action's number
    /// and target.
    pub fn apply(&self, document: &mut Value) -> Result<Vec<usize>> {
        self.actions
            .iter()
            .enumerate()
            .map(|(index, action)| {
                action
                    .apply(document)
                    .with_context(|| format!("at `actions[{index}]`, target `{}`", action.target))
            })
            .collect()
    }
}

impl Action {
    fn apply(&self, document: &mut Value) -> Result<usize> {
        ensure!(
            self.update.is_some() != self.remove,
            "an action has either `update` or `remove: true`"
        );
        let (filters, descents) = work(&self.target);
        ensure!(
            filters <= MOST_FILTERS && descents <= MOST_DESCENTS,
            "more than {MOST_FILTERS} nested filters, or more than {MOST_DESCENTS} times `..`; split \
             the target into several actions"
        );
        let path = JsonPath::parse(&self.target).context("not a JSONPath (RFC 9535)")?;
        let located = path.query_located(document).dedup();
        let mut places: Vec<&NormalizedPath<'_>> = located.locations().collect();
        ensure!(
            !places.is_empty(),
            "the target matches nothing: upstream has changed, or an earlier action removed it"
        );
        // From the end, because a removal shifts the following elements; `[2, 0]` selects in its
        // own order.
        places.sort_by(|a, b| b.partial_cmp(a).unwrap_or(Ordering::Equal));
        let places: Vec<String> = places.iter().map(|place| place.to_json_pointer()).collect();
        for place in &places {
            match &self.update {
                None => remove(document, place)?,
                Some(update) => {
                    let target = document.pointer_mut(place).context("the target moved")?;
                    update_place(target, update)?;
                }
            }
        }
        Ok(places.len())
    }
}

/// Returns how deeply filters are nested, and how many `..` the path contains.
fn work(target: &str) -> (usize, usize) {
    let (mut brackets, mut filters, mut descents) = (Vec::new(), 0, 0);
    let (mut quoted, mut before) = (None, ' ');
    let mut rest = target.chars();
    while let Some(c) = rest.next() {
        match (quoted, c) {
            (Some(_), '\\') => drop(rest.next()),
            (Some(quote), c) if c == quote => quoted = None,
            (Some(_), _) => {}
            (None, '"' | '\'') => quoted = Some(c),
            (None, '[') => brackets.push(false),
            (None, ']') => drop(brackets.pop()),
            (None, '?') => {
                brackets.last_mut().into_iter().for_each(|it| *it = true);
                filters = filters.max(brackets.iter().filter(|filter| **filter).count());
            }
            (None, '.') if before == '.' => descents += 1,
            _ => {}
        }
        before = c;
    }
    (filters, descents)
}

fn update_place(target: &mut Value, update: &Value) -> Result<()> {
    match (&mut *target, update) {
        (Value::Array(items), entry) => items.push(entry.clone()),
        (Value::Object(_), Value::Object(_)) => merge(target, update, "update")?,
        (Value::Object(_), _) => bail!("the update of an object must be an object"),
        _ => bail!(
            "the target is neither an object nor an array; select what it stands in and update that"
        ),
    }
    Ok(())
}

/// Objects are merged, arrays appended to, and other values replaced.
fn merge(target: &mut Value, update: &Value, path: &str) -> Result<()> {
    match (target, update) {
        (Value::Object(target), Value::Object(update)) => {
            for (key, value) in update {
                match target.get_mut(key) {
                    Some(place) => merge(place, value, &format!("{path}.{key}"))?,
                    None => {
                        target.insert(key.clone(), value.clone());
                    }
                }
            }
        }
        (Value::Array(target), Value::Array(update)) => target.extend(update.iter().cloned()),
        (target, update) => {
            let nested = |value: &Value| value.is_object() || value.is_array();
            ensure!(
                target.is_null() || !(nested(target) || nested(update)),
                "`{path}` has another shape than what is there; remove that first"
            );
            *target = update.clone();
        }
    }
    Ok(())
}

fn remove(document: &mut Value, pointer: &str) -> Result<()> {
    let (parent, key) = pointer
        .rsplit_once('/')
        .context("the whole document cannot be removed")?;
    match document.pointer_mut(parent) {
        Some(Value::Object(map)) => {
            map.shift_remove(&key.replace("~1", "/").replace("~0", "~"));
        }
        Some(Value::Array(items)) => {
            items.remove(key.parse::<usize>().context("not an index")?);
        }
        _ => bail!("nothing to remove at `{pointer}`"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn applied(target: &str) -> String {
        let overlay = json!({
            "overlay": "1.0.0",
            "info": { "title": "t", "version": "1" },
            "actions": [{ "target": target, "description": "d", "remove": true }],
        });
        let overlay = Overlay::from_value(overlay).expect("an overlay");
        let mut document = json!({ "a": [[[{ "b": "? ?" }]]] });
        match overlay.apply(&mut document) {
            Ok(_) => document.to_string(),
            Err(error) => format!("{error:#}"),
        }
    }

    #[test]
    fn a_target_with_nested_filters_or_repeated_descents_is_rejected_before_it_is_evaluated() {
        let within = |filters: usize| {
            let within = (0..filters).fold("@.b".to_owned(), |within, _| format!("@[?{within}]"));
            applied(&format!("$.a[?{within}]"))
        };
        assert_eq!(within(2), r#"{"a":[]}"#);
        let refused = "more than 3 nested filters, or more than 3 times `..`; split the target into \
                       several actions";
        assert!(within(3).ends_with(refused), "{}", within(3));
        let steps = applied("$..*..*..*..*");
        assert!(steps.ends_with(refused), "{steps}");
    }

    #[test]
    fn a_quoted_string_is_not_a_filter() {
        let target = r#"$..[?@.b == '[?[?[?[?..\'[?'|| @.b == "? ?"]"#;
        assert_eq!(applied(target), r#"{"a":[[[]]]}"#);
        assert_eq!(work(target), (1, 1));
        assert_eq!(work("$.a[?@.b, ?@[?@.c]][?@.d]"), (2, 0));
    }
}
