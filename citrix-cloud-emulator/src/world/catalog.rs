//! Machine catalogs.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::collection::Member;

/// A machine catalog; machines point to it by its id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    id: String,
    uid: u32,
    name: String,
    /// What the administrator wrote about it.
    pub description: String,
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
