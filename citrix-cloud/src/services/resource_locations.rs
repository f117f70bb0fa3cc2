//! Resource locations: the places where a customer's machines and connectors are.
//!
//! Paths and fields follow Citrix's resource-locations reference and its Go SDK; for the list, the
//! walkthrough's path is supported too.

use citrix_cloud_gen::ops::connectors::ListConnectors;
use citrix_cloud_gen::ops::platform::{
    CreateResourceLocation as Create, DeleteResourceLocation, GetResourceLocation,
    ListResourceLocations, UpdateResourceLocation as Update,
};
use citrix_cloud_gen::platform::types;

use crate::key::{Key, exists};
use crate::paging::List;
use crate::{Client, Error, Request};

/// A handle to the customer's resource locations.
#[derive(Debug, Clone)]
pub struct ResourceLocations {
    client: Client,
}

/// Characters that the service does not allow in a name.
const FORBIDDEN: &str = r"/\#?%|[]{}<>$^&+";

impl ResourceLocations {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Returns a handle to a resource location by its id; nothing is sent.
    #[must_use]
    pub fn resource_location(
        &self,
        id: impl Into<Key<ResourceLocationHandle>>,
    ) -> ResourceLocationHandle {
        ResourceLocationHandle {
            client: self.client.clone(),
            id: id.into().into_value(),
        }
    }

    /// Lists all resource locations; the service returns them in one page.
    pub fn list(&self) -> List<ListResourceLocations> {
        self.client.list(ListResourceLocations::new())
    }

    /// Creates a resource location and returns it with the id that the service assigned.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, if the name is empty
    /// or contains a character that the service does not allow.
    pub fn create(&self, body: impl Into<CreateResourceLocation>) -> Request<Create> {
        let new = body.into();
        let refused = check_name(&new.name).err();
        let body = types::CreateResourceLocation {
            name: new.name,
            internal_only: new.internal_only,
            time_zone: new.time_zone,
            read_only: new.read_only,
        };
        self.client.send(Create::new(body)).refuse(refused)
    }
}

/// A handle to a resource location.
#[derive(Debug, Clone)]
pub struct ResourceLocationHandle {
    client: Client,
    id: String,
}

impl ResourceLocationHandle {
    /// Returns the id that the handle was created with.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Gets the resource location.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if no resource location has that id;
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, if the id is empty,
    /// `.` or `..`.
    pub fn get(&self) -> Request<GetResourceLocation> {
        self.client.send(GetResourceLocation::new(&self.id))
    }

    /// Updates the fields of the resource location that are set in `body`.
    ///
    /// # Errors
    ///
    /// The same as [`ResourceLocationHandle::get`] and [`ResourceLocations::create`], and
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) if `body` sets nothing.
    pub fn update(&self, body: impl Into<UpdateResourceLocation>) -> Request<Update> {
        let update = body.into();
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
        self.client
            .send(Update::new(&self.id, body))
            .refuse(refused)
    }

    /// Deletes the resource location.
    ///
    /// # Errors
    ///
    /// The same as [`ResourceLocationHandle::get`].
    pub fn delete(&self) -> Request<DeleteResourceLocation> {
        self.client.send(DeleteResourceLocation::new(&self.id))
    }

    /// Lists the connectors that link this resource location to Citrix Cloud.
    pub fn connectors(&self) -> List<ListConnectors> {
        let refused = self.id.is_empty();
        let refused = refused.then(|| Error::input("the id of a resource location is empty"));
        self.client
            .list(ListConnectors::new().location(&self.id))
            .refuse(refused)
    }

    /// Returns whether the resource location exists, by trying to get it.
    ///
    /// # Errors
    ///
    /// The same as `get`, except [`ErrorKind::NotFound`](crate::ErrorKind::NotFound).
    pub async fn exists(&self) -> Result<bool, Error> {
        exists(self.get().await)
    }
}

impl From<&types::ResourceLocation> for Key<ResourceLocationHandle> {
    fn from(model: &types::ResourceLocation) -> Self {
        model.id.clone().unwrap_or_default().into()
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
    /// Creates the body with this name and the service's defaults for everything else.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            internal_only: None,
            time_zone: None,
            read_only: None,
        }
    }

    /// Sets whether it is for internal use only.
    pub fn internal_only(mut self, internal_only: bool) -> Self {
        self.internal_only = Some(internal_only);
        self
    }

    /// Sets the time zone by its Windows name, for example `GMT Standard Time`.
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

/// An update of a resource location; fields that are not set are not sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct UpdateResourceLocation {
    name: Option<String>,
    internal_only: Option<bool>,
    time_zone: Option<String>,
    read_only: Option<bool>,
}

impl UpdateResourceLocation {
    /// Creates an update that changes nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Changes the name.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Changes whether it is for internal use only.
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
