//! Resource locations: the places where a customer's machines and connectors are.
//!
//! Paths and fields as in Citrix's resource-locations reference and its Go SDK; the list also with
//! the walkthrough's path.

use citrix_cloud_gen::ops::platform::{
    CreateResourceLocation as Create, DeleteResourceLocation, GetResourceLocation,
    ListResourceLocations, UpdateResourceLocation as Update,
};
use citrix_cloud_gen::platform::types;

use crate::paging::List;
use crate::{Client, Error, Request};

/// The resource locations of the customer.
#[derive(Debug, Clone)]
pub struct ResourceLocations {
    client: Client,
}

/// Characters that the service refuses in a name.
const FORBIDDEN: &str = r"/\#?%|[]{}<>$^&+";

impl ResourceLocations {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Lists all resource locations; the service gives them in one page.
    pub fn list(&self) -> List<ListResourceLocations> {
        self.client.list(ListResourceLocations::new())
    }

    /// Gets one resource location.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) when there is none with that id;
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, when `id` is empty,
    /// `.` or `..`.
    pub fn get(&self, id: impl Into<String>) -> Request<GetResourceLocation> {
        self.client.send(GetResourceLocation::new(id))
    }

    /// Creates a resource location and returns it with the id that the service gave it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, when the name is
    /// empty or has one of the characters the service forbids.
    pub fn create(&self, new: CreateResourceLocation) -> Request<Create> {
        let refused = check_name(&new.name).err();
        let body = types::CreateResourceLocation {
            name: new.name,
            internal_only: new.internal_only,
            time_zone: new.time_zone,
            read_only: new.read_only,
        };
        self.client.send(Create::new(body)).refuse(refused)
    }

    /// Changes the fields of a resource location that `update` sets.
    ///
    /// # Errors
    ///
    /// As [`ResourceLocations::get`] and [`ResourceLocations::create`], and
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) when `update` sets nothing.
    pub fn update(&self, id: impl Into<String>, update: UpdateResourceLocation) -> Request<Update> {
        let refused = match &update.name {
            Some(name) => check_name(name).err(),
            None => (update == UpdateResourceLocation::default())
                .then(|| Error::input("an update of a resource location must change something")),
        };
        let body = types::UpdateResourceLocation {
            name: update.name,
            internal_only: update.internal_only,
            time_zone: update.time_zone,
            read_only: update.read_only,
        };
        self.client.send(Update::new(id, body)).refuse(refused)
    }

    /// Deletes a resource location.
    ///
    /// # Errors
    ///
    /// As [`ResourceLocations::get`].
    pub fn delete(&self, id: impl Into<String>) -> Request<DeleteResourceLocation> {
        self.client.send(DeleteResourceLocation::new(id))
    }
}

/// A resource location to create.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct CreateResourceLocation {
    name: String,
    internal_only: Option<bool>,
    time_zone: Option<String>,
    read_only: Option<bool>,
}

impl CreateResourceLocation {
    /// One with this name, and the service's defaults for the rest.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            internal_only: None,
            time_zone: None,
            read_only: None,
        }
    }

    /// Sets whether it is reachable from inside only.
    pub fn internal_only(mut self, internal_only: bool) -> Self {
        self.internal_only = Some(internal_only);
        self
    }

    /// Sets the time zone by its Windows name, as in `GMT Standard Time`.
    pub fn time_zone(mut self, time_zone: impl Into<String>) -> Self {
        self.time_zone = Some(time_zone.into());
        self
    }

    /// Sets whether it is read-only.
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = Some(read_only);
        self
    }
}

/// A change to a resource location; fields that are not set are not sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct UpdateResourceLocation {
    name: Option<String>,
    internal_only: Option<bool>,
    time_zone: Option<String>,
    read_only: Option<bool>,
}

impl UpdateResourceLocation {
    /// A change of nothing, to add to.
    pub fn new() -> Self {
        Self::default()
    }

    /// Changes the name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Changes whether it is reachable from inside only.
    pub fn internal_only(mut self, internal_only: bool) -> Self {
        self.internal_only = Some(internal_only);
        self
    }

    /// Changes the time zone, by its Windows name.
    pub fn time_zone(mut self, time_zone: impl Into<String>) -> Self {
        self.time_zone = Some(time_zone.into());
        self
    }

    /// Changes whether it is read-only.
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.read_only = Some(read_only);
        self
    }
}

fn check_name(name: &str) -> Result<(), Error> {
    if name.trim().is_empty() {
        return Err(Error::input(
            "the name of a resource location must not be empty",
        ));
    }
    match name
        .chars()
        .find(|character| FORBIDDEN.contains(*character))
    {
        Some(character) => Err(Error::input(format!(
            "name `{name}`: a resource location's name must not contain `{character}` (nor any of \
             {FORBIDDEN})"
        ))),
        None => Ok(()),
    }
}
