//! Service principals: the identities that automation signs in with.
//!
//! Citrix publishes no schema for them. Fields are those of the upstream document and those that
//! live clients were seen to read; managing them needs full access.

use citrix_cloud_gen::ops::platform::{
    CreateServicePrincipal, DeleteServicePrincipal, GetServicePrincipal, ListServicePrincipals,
};
use citrix_cloud_gen::platform::types;

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

    /// Lists the service principals; the service gives them in one page.
    pub fn list(&self) -> List<ListServicePrincipals> {
        self.client.list(ListServicePrincipals::new())
    }

    /// Gets one service principal.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) when there is none with that id;
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, when `id` is empty,
    /// `.` or `..`.
    pub fn get(&self, id: impl Into<String>) -> Request<GetServicePrincipal> {
        self.client.send(GetServicePrincipal::new(id))
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

    /// Deletes a service principal; it cannot sign in any more.
    ///
    /// # Errors
    ///
    /// As [`ServicePrincipals::get`].
    pub fn delete(&self, id: impl Into<String>) -> Request<DeleteServicePrincipal> {
        self.client.send(DeleteServicePrincipal::new(id))
    }
}
