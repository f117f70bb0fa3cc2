//! Machine catalogs.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::collection::Member;
use super::resource::Resource;

/// A machine catalog; machines point to it by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    id: String,
    uid: u32,
    name: String,
    /// What the administrator wrote about it.
    pub description: String,
    /// Whatever else was set on it, by its name on the wire.
    #[serde(default)]
    pub fields: Map<String, Value>,
}

impl Catalog {
    /// Makes a catalog with an id of its own.
    #[must_use]
    pub fn new(name: impl Into<String>, uid: u32) -> Self {
        Self {
            id: Uuid::new_v4().to_string(),
            uid,
            name: name.into(),
            description: String::new(),
            fields: Map::new(),
        }
    }

    /// Gives it a certain id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// Describes it.
    #[must_use]
    pub fn describing(mut self, description: impl Into<String>) -> Self {
        self.description = description.into();
        self
    }

    /// Sets a field.
    #[must_use]
    pub fn with(mut self, field: impl Into<String>, value: impl Into<Value>) -> Self {
        self.fields.insert(field.into(), value.into());
        self
    }

    /// Returns what was set on it as a document, like that of any other object.
    #[must_use]
    pub fn document(&self) -> Resource {
        let mut document = Resource::new(self.name()).with_id(self.id());
        document.fields = self.fields.clone();
        document
            .with("Uid", self.uid)
            .with("Description", self.description.as_str())
    }

    /// Takes over what was set on such a document.
    pub fn take_over(&mut self, document: Resource) {
        self.name = document.name;
        self.fields = document.fields;
        self.fields.shift_remove("Uid");
        let description = self.fields.shift_remove("Description");
        let description = description.as_ref().and_then(Value::as_str);
        description
            .unwrap_or_default()
            .clone_into(&mut self.description);
    }

    /// Returns its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns its number in the site.
    #[must_use]
    pub fn uid(&self) -> u32 {
        self.uid
    }

    /// Returns its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Member for Catalog {
    fn id(&self) -> &str {
        &self.id
    }

    fn names(&self) -> Vec<String> {
        vec![self.id.clone(), self.name.clone(), self.uid.to_string()]
    }
}
