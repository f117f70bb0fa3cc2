//! Operations by name, with their parameters as JSON.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Request;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{InvalidRequest, Meta, Operation, Reason};

/// Where a parameter is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// In the path.
    Path,
    /// In the query.
    Query,
    /// In a header.
    Header,
    /// As the body, under the name `body`.
    Body,
}

/// Parameters by place and wire name.
#[derive(Clone, Debug, Default)]
pub struct Arguments(BTreeMap<(Place, String), Value>);

impl Arguments {
    /// Sets one parameter.
    pub fn set(&mut self, place: Place, name: impl Into<String>, value: impl Into<Value>) {
        self.0.insert((place, name.into()), value.into());
    }

    /// Returns the value of one parameter.
    #[must_use]
    pub fn get(&self, place: Place, name: &str) -> Option<&Value> {
        self.0.get(&(place, name.to_owned()))
    }

    /// Removes one parameter; returns false if it was not set.
    pub fn remove(&mut self, place: Place, name: &str) -> bool {
        self.0.remove(&(place, name.to_owned())).is_some()
    }

    /// Returns a required parameter.
    ///
    /// # Errors
    ///
    /// If the parameter is missing or has another type.
    pub fn required<O: Operation, T: DeserializeOwned>(
        &self,
        place: Place,
        parameter: &'static str,
    ) -> Result<T, InvalidRequest> {
        self.optional::<O, T>(place, parameter)?
            .ok_or(InvalidRequest {
                operation: O::META.id,
                parameter,
                reason: Reason::Missing,
            })
    }

    /// Returns an optional parameter.
    ///
    /// # Errors
    ///
    /// If the parameter has another type.
    pub fn optional<O: Operation, T: DeserializeOwned>(
        &self,
        place: Place,
        parameter: &'static str,
    ) -> Result<Option<T>, InvalidRequest> {
        let value = self.get(place, parameter);
        value
            .cloned()
            .map(serde_json::from_value)
            .transpose()
            .map_err(|error| InvalidRequest {
                operation: O::META.id,
                parameter,
                reason: Reason::NotOfItsType(error),
            })
    }
}

/// An operation that can be created from [`Arguments`].
pub trait FromArguments: Operation + Sized {
    /// Creates the operation.
    ///
    /// # Errors
    ///
    /// If a parameter is missing or has another type; the error names it.
    fn from_arguments(arguments: &Arguments) -> Result<Self, InvalidRequest>;
}

/// One entry in the table of all operations.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What is known about the operation.
    pub meta: Meta,
    /// Builds its request.
    pub request: fn(&Arguments) -> Result<Request<Bytes>, InvalidRequest>,
}

impl Entry {
    /// Creates the entry of an operation.
    #[must_use]
    pub const fn of<O: FromArguments>() -> Self {
        Self {
            meta: O::META,
            request: |arguments| O::from_arguments(arguments)?.into_request(),
        }
    }
}
