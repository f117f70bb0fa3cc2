//! Service principals: the identities that automation signs in with.
//!
//! Citrix publishes no schema for them. Fields are those of the upstream document and those that
//! live clients were seen to read; managing them needs full access.

use citrix_cloud_gen::ops::platform::{
    CreateServicePrincipal, DeleteServicePrincipal, GetServicePrincipal, ListServicePrincipals,
};
use citrix_cloud_gen::platform::types;

use crate::key::{Key, exists};
use crate::paging::List;
use crate::{Client, Error, Request};

/// The service principals of the customer.
#[derive(Debug, Clone)]
pub struct ServicePrincipals {
    client: Client,
}

impl ServicePrincipals {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// A service principal by its id; nothing is sent.
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

    /// Lists the service principals; the service gives them in one page.
    pub fn list(&self) -> List<ListServicePrincipals> {
        self.client.list(ListServicePrincipals::new())
    }

    /// Creates a service principal.
    ///
    /// No document shows where the secret stands in the answer; [`Request::json`] returns all of it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, when the name is
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

/// A service principal, by its id.
#[derive(Debug, Clone)]
pub struct ServicePrincipalHandle {
    client: Client,
    id: String,
}

impl ServicePrincipalHandle {
    /// What the handle was made with.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Gets the service principal.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) when there is none with that id;
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, when the id is empty,
    /// `.` or `..`.
    pub fn get(&self) -> Request<GetServicePrincipal> {
        self.client.send(GetServicePrincipal::new(&self.id))
    }

    /// Deletes the service principal; it cannot sign in any more.
    ///
    /// # Errors
    ///
    /// As [`ServicePrincipalHandle::get`].
    pub fn delete(&self) -> Request<DeleteServicePrincipal> {
        self.client.send(DeleteServicePrincipal::new(&self.id))
    }

    /// Whether there is one: asks for it, and takes a 404 as the answer.
    ///
    /// # Errors
    ///
    /// Whatever `get` fails with other than [`ErrorKind::NotFound`](crate::ErrorKind::NotFound).
    pub async fn exists(&self) -> Result<bool, Error> {
        exists(self.get().await)
    }
}

impl From<&types::ServicePrincipal> for Key<ServicePrincipalHandle> {
    fn from(model: &types::ServicePrincipal) -> Self {
        model.id.clone().unwrap_or_default().into()
    }
}
