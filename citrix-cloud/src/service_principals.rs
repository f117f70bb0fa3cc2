//! Service principals: the identities that automation signs in with.
//!
//! Citrix publishes no schema for them. Fields are those of the upstream document and those that
//! live clients were seen to read; managing them needs full access.

use citrix_cloud_gen::platform::types;

use crate::models::ServicePrincipal;
use crate::{Client, Error, Request, Service};

/// The service principals of the customer.
#[derive(Debug, Clone)]
pub struct ServicePrincipals {
    client: Client,
}

impl ServicePrincipals {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Lists the service principals.
    ///
    /// # Errors
    ///
    /// What the service or the connection fails with; see [`Error`].
    pub fn list(&self) -> Request<Vec<ServicePrincipal>> {
        Request::new(self.client.clone(), Service::Platform, |call| async move {
            let sent = call.platform().list_service_principals().send().await;
            Ok(call.settle(sent).await?.items.unwrap_or_default())
        })
    }

    /// Gets one service principal.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) when there is none with that id;
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, when `id` is empty,
    /// `.` or `..`.
    pub fn get(&self, id: impl Into<String>) -> Request<ServicePrincipal> {
        let id = id.into();
        Request::new(self.client.clone(), Service::Platform, |call| async move {
            let sent = call
                .platform()
                .get_service_principal()
                .principal_id(id)
                .send()
                .await;
            call.settle(sent).await
        })
    }

    /// Creates a service principal.
    ///
    /// No document shows where the secret stands in the answer; [`Request::json`] returns all of it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, when the name is
    /// empty.
    pub fn create(&self, display_name: impl Into<String>) -> Request<ServicePrincipal> {
        let display_name = display_name.into();
        let refused = display_name
            .trim()
            .is_empty()
            .then(|| Error::input("the display name of a service principal is empty"));
        let body = types::CreateServicePrincipalRequest { display_name };
        Request::new(self.client.clone(), Service::Platform, |call| async move {
            let sent = call
                .platform()
                .create_service_principal()
                .body(body)
                .send()
                .await;
            call.settle(sent).await
        })
        .refuse(refused)
    }

    /// Deletes a service principal; it cannot sign in any more.
    ///
    /// # Errors
    ///
    /// As [`ServicePrincipals::get`].
    pub fn delete(&self, id: impl Into<String>) -> Request<()> {
        let id = id.into();
        Request::new(self.client.clone(), Service::Platform, |call| async move {
            let sent = call
                .platform()
                .delete_service_principal()
                .principal_id(id)
                .send()
                .await;
            call.settle_empty(sent).await
        })
    }
}
