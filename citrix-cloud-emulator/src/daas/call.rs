//! A call to a site, independent of its HTTP request.

use std::fmt;

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::http::Query;
use crate::operations::Operation;

/// The customer and site of a call that the gateway has admitted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Scope {
    pub(crate) customer: String,
    /// Empty for `/me`, which belongs to no site.
    pub(crate) site: String,
    /// The start of a `Location`, up to but without `/Jobs`.
    pub(crate) base: String,
    pub(crate) token_expires: Timestamp,
    pub(crate) in_batch: bool,
    /// Whether the caller signed in at an on-premises delivery controller.
    #[serde(default)]
    pub(crate) on_premises: bool,
}

/// One operation with its arguments. A job keeps it until it runs.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct SiteCall {
    #[serde(with = "by_name")]
    pub(crate) operation: &'static Operation,
    pub(crate) parameters: Vec<String>,
    pub(crate) query: Query,
    #[serde(with = "crate::http::bytes_as_text")]
    pub(crate) body: Bytes,
    pub(crate) scope: Scope,
}

impl SiteCall {
    /// Returns the first parameter of the path.
    pub(crate) fn name(&self) -> &str {
        self.parameters.first().map_or("", String::as_str)
    }
}

/// The body is omitted, because batch items contain tokens.
impl fmt::Debug for SiteCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SiteCall")
            .field("operation", &self.operation.name)
            .field("parameters", &self.parameters)
            .finish_non_exhaustive()
    }
}

/// Serializes the operation of a saved job by its name.
mod by_name {
    use serde::{Deserialize, Deserializer, Serializer, de};

    use crate::operations::{self, Operation};

    pub(super) fn serialize<S: Serializer>(
        operation: &&'static Operation,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(operation.name)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<&'static Operation, D::Error> {
        let name = String::deserialize(deserializer)?;
        operations::daas(&name)
            .ok_or_else(|| de::Error::custom(format!("there is no operation '{name}'")))
    }
}
