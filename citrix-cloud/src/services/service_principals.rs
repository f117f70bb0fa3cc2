//! Service principals, the identities that automation signs in with.
//!
//! Citrix publishes no schema for them. The fields come from the upstream document and from what
//! existing clients read. Managing service principals requires full access.

use citrix_cloud_gen::ops::platform::{
    CreateServicePrincipal, DeleteServicePrincipal, GetServicePrincipal, ListServicePrincipals,
};
use citrix_cloud_gen::platform::types;

use crate::key::{Key, exists};
use crate::paging::List;
use crate::{Client, Error, Request};

/// A handle to the customer's service principals.
#[derive(Debug, Clone)]
pub struct ServicePrincipals {
    client: Client,
}

impl ServicePrincipals {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Returns a handle to a service principal by its id; nothing is sent.
    #[must_use]
    pub fn service_principal(
        &self,
        id: impl Into<Key<ServicePrincipalHandle>>,
    ) -> ServicePrincipalHandle {
        ServicePrincipalHandle {
            client: self.client.clone(),
            id: id.into().into_value(),
        }
    }

    /// Lists the service principals; the service returns them in one page.
    pub fn list(&self) -> List<ListServicePrincipals> {
        self.client.list(ListServicePrincipals::new())
    }

    /// Creates a service principal.
    ///
    /// No document shows where in the response the secret is; [`Request::json`] returns the whole
    /// response.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, if the name is
    /// empty.
    pub fn create(&self, display_name: impl Into<String>) -> Request<CreateServicePrincipal> {
        let display_name = display_name.into();
        let refused = display_name
            .trim()
            .is_empty()
            .then(|| Error::input("the display name of a service principal is empty"));
        let body = types::CreateServicePrincipalRequest { display_name };
        self.client
            .send(CreateServicePrincipal::new(body))
            .refuse(refused)
    }
}

/// A handle to a service principal.
#[derive(Debug, Clone)]
pub struct ServicePrincipalHandle {
    client: Client,
    id: String,
}

impl ServicePrincipalHandle {
    /// Returns the id that the handle was created with.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Gets the service principal.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if no service principal has that id;
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, if the id is empty,
    /// `.` or `..`.
    pub fn get(&self) -> Request<GetServicePrincipal> {
        self.client.send(GetServicePrincipal::new(&self.id))
    }

    /// Deletes the service principal; it can no longer sign in.
    ///
    /// # Errors
    ///
    /// The same as [`ServicePrincipalHandle::get`].
    pub fn delete(&self) -> Request<DeleteServicePrincipal> {
        self.client.send(DeleteServicePrincipal::new(&self.id))
    }

    /// Returns whether the service principal exists, by trying to get it.
    ///
    /// # Errors
    ///
    /// The same as `get`, except [`ErrorKind::NotFound`](crate::ErrorKind::NotFound).
    pub async fn exists(&self) -> Result<bool, Error> {
        exists(self.get().await)
    }
}

impl From<&types::ServicePrincipal> for Key<ServicePrincipalHandle> {
    fn from(model: &types::ServicePrincipal) -> Self {
        model.id.clone().unwrap_or_default().into()
    }
}
