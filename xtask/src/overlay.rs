//! OpenAPI Overlay 1.0 with one rule of our own: an action that matches nothing is an error.
//!
//! Upstream changed where a target no longer matches, and a person must look.

use anyhow::{Context as _, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;
use serde_json_path::JsonPath;

/// An overlay document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Overlay {
    /// Version of the overlay format; `1.0.0`.
    pub overlay: String,
    /// Title and version.
    pub info: Info,
    /// The corrections, applied in order.
    pub actions: Vec<Action>,
}

/// What an overlay says of itself.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Info {
    /// What it is for.
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
    /// Why.
    pub description: String,
    /// Merged into each place; arrays append.
    pub update: Option<Value>,
    /// Takes each place out.
    #[serde(default)]
    pub remove: bool,
}

impl Overlay {
    /// Reads an overlay from its parsed document.
    ///
    /// # Errors
    ///
    /// Names the path of an unknown or missing key.
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

    /// Applies every action in order and returns how many places each one touched.
    ///
    /// # Errors
    ///
    /// Names the action by number and target when the target is no JSONPath or matches nothing,
    /// or when it neither updates nor removes.
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
        let path = JsonPath::parse(&self.target).context("not a JSONPath (RFC 9535)")?;
        let mut places: Vec<String> = path
            .query_located(document)
            .locations()
            .map(serde_json_path::NormalizedPath::to_json_pointer)
            .collect();
        ensure!(
            !places.is_empty(),
            "the target matches nothing: upstream has changed, or an earlier action removed it"
        );
        // Removing from the end keeps the indices of earlier array elements true.
        places.reverse();
        for place in &places {
            match (&self.update, self.remove) {
                (None, true) => remove(document, place)?,
                (Some(update), false) => {
                    let target = document.pointer_mut(place).context("the target moved")?;
                    merge(target, update);
                }
                _ => bail!("an action has either `update` or `remove: true`"),
            }
        }
        Ok(places.len())
    }
}

fn merge(target: &mut Value, update: &Value) {
    match (target, update) {
        (Value::Object(target), Value::Object(update)) => {
            for (key, value) in update {
                merge(target.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (Value::Array(target), Value::Array(update)) => target.extend(update.iter().cloned()),
        (Value::Array(target), update) => target.push(update.clone()),
        (target, update) => *target = update.clone(),
    }
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
