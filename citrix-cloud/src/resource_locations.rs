//! Resource locations: the places where a customer's machines and connectors are.
//!
//! Paths and fields as in Citrix's resource-locations reference and its Go SDK; the list also with
//! the walkthrough's path.

use citrix_cloud_gen::platform::types;

use crate::models::ResourceLocation;
use crate::{ApiVersion, Client, Error, Request, Service};

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

    /// Lists all resource locations; there is no paging.
    ///
    /// # Errors
    ///
    /// What the service or the connection fails with; see [`Error`].
    pub fn list(&self) -> Request<Vec<ResourceLocation>> {
        if self.client.api_version() == ApiVersion::Preview {
            let customer = self.client.customer().to_owned();
            return Request::new(self.client.clone(), Service::Registry, |call| async move {
                let registry = call.registry();
                let sent = registry
                    .list_customer_resource_locations()
                    .customer_id(customer)
                    .send()
                    .await;
                Ok(call.settle(sent).await?.items.unwrap_or_default())
            });
        }
        Request::new(self.client.clone(), Service::Platform, |call| async move {
            let sent = call.platform().list_resource_locations().send().await;
            Ok(call.settle(sent).await?.items.unwrap_or_default())
        })
    }

    /// Gets one resource location.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) when there is none with that id;
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, when `id` is empty,
    /// `.` or `..`.
    pub fn get(&self, id: impl Into<String>) -> Request<ResourceLocation> {
        let id = id.into();
        Request::new(self.client.clone(), Service::Platform, |call| async move {
            let sent = call
                .platform()
                .get_resource_location()
                .location_id(id)
                .send()
                .await;
            call.settle(sent).await
        })
    }

    /// Creates a resource location and returns it with the id that the service gave it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, when the name is
    /// empty or has one of the characters the service forbids.
    pub fn create(&self, new: CreateResourceLocation) -> Request<ResourceLocation> {
        let refused = check_name(&new.name).err();
        let body = types::CreateResourceLocation {
            name: new.name,
            internal_only: new.internal_only,
            time_zone: new.time_zone,
            read_only: new.read_only,
        };
        Request::new(self.client.clone(), Service::Platform, |call| async move {
            let sent = call
                .platform()
                .create_resource_location()
                .body(body)
                .send()
                .await;
            call.settle(sent).await
        })
        .refuse(refused)
    }

    /// Changes the fields of a resource location that `update` sets.
    ///
    /// # Errors
    ///
    /// As [`ResourceLocations::get`] and [`ResourceLocations::create`], and
    /// [`ErrorKind::Input`](crate::ErrorKind::Input) when `update` sets nothing.
    pub fn update(
        &self,
        id: impl Into<String>,
        update: UpdateResourceLocation,
    ) -> Request<ResourceLocation> {
        let id = id.into();
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
        Request::new(self.client.clone(), Service::Platform, |call| async move {
            let platform = call.platform();
            let sent = platform
                .update_resource_location()
                .location_id(id)
                .body(body)
                .send()
                .await;
            call.settle(sent).await
        })
        .refuse(refused)
    }

    /// Deletes a resource location.
    ///
    /// # Errors
    ///
    /// As [`ResourceLocations::get`].
    pub fn delete(&self, id: impl Into<String>) -> Request<()> {
        let id = id.into();
        Request::new(self.client.clone(), Service::Platform, |call| async move {
            let sent = call
                .platform()
                .delete_resource_location()
                .location_id(id)
                .send()
                .await;
            call.settle_empty(sent).await
        })
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
