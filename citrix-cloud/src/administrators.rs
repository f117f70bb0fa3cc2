//! Administrators of a customer: who they are, what they may do, and who is invited.
//!
//! Operations and models are those of Citrix's Go SDK and its administrators page.

use futures_util::Stream;

use crate::models::{
    Administrator, AdministratorAccess, CreateAdministrator, UpdateAdministratorAccess,
};
use crate::pages::{Page, flat, paginate};
use crate::{Client, Error, Request, Service};

/// The administrators of the customer.
#[derive(Debug, Clone)]
pub struct Administrators {
    client: Client,
}

impl Administrators {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Lists administrators, groups and open invitations, page by page.
    ///
    /// An error ends the stream.
    pub fn list(&self) -> impl Stream<Item = Result<Administrator, Error>> + Send + use<> {
        let client = self.client.clone();
        let timeout = client.shared.settings.list_timeout;
        flat(paginate(None, timeout, move |token| {
            Request::new(client.clone(), Service::Platform, |call| async move {
                let administrators = call.administrators();
                let mut operation = administrators.list_administrators();
                if let Some(token) = token {
                    operation = operation.request_continuation(token);
                }
                let answer = call.settle(operation.send().await).await?;
                Ok(Page::new(
                    answer.items.unwrap_or_default(),
                    answer.continuation_token,
                ))
            })
            .into_future()
        }))
    }

    /// Gets what an administrator may do.
    ///
    /// `id` is the `userId` of a user or the `ucOid` of a group.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) when there is none with that id.
    pub fn access(&self, id: impl Into<String>) -> Request<AdministratorAccess> {
        let id = id.into();
        Request::new(self.client.clone(), Service::Platform, |call| async move {
            let sent = call
                .administrators()
                .get_administrator_access()
                .id(id)
                .send()
                .await;
            call.settle(sent).await
        })
    }

    /// Invites an administrator by e-mail, or adds a group of an identity provider.
    ///
    /// # Errors
    ///
    /// What the service refuses, in its words; see [`Error`].
    pub fn create(&self, new: CreateAdministrator) -> Request<Administrator> {
        Request::new(self.client.clone(), Service::Platform, |call| async move {
            let sent = call
                .administrators()
                .create_administrator()
                .body(new)
                .send()
                .await;
            call.settle(sent).await
        })
    }

    /// Replaces what an administrator may do.
    ///
    /// # Errors
    ///
    /// As [`Administrators::access`].
    pub fn set_access(
        &self,
        id: impl Into<String>,
        access: UpdateAdministratorAccess,
    ) -> Request<()> {
        let id = id.into();
        Request::new(self.client.clone(), Service::Platform, |call| async move {
            let administrators = call.administrators();
            let operation = administrators
                .update_administrator_access()
                .id(id)
                .body(access);
            call.settle_empty(operation.send().await).await
        })
    }

    /// Removes an administrator.
    ///
    /// # Errors
    ///
    /// As [`Administrators::access`].
    pub fn delete(&self, id: impl Into<String>) -> Request<()> {
        let id = id.into();
        Request::new(self.client.clone(), Service::Platform, |call| async move {
            let sent = call
                .administrators()
                .delete_administrator()
                .id(id)
                .send()
                .await;
            call.settle_empty(sent).await
        })
    }

    /// Withdraws an invitation; the answer says whether there was one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, when `email` is
    /// empty.
    pub fn delete_invitation(&self, email: impl Into<String>) -> Request<bool> {
        let email = email.into();
        let refused = email
            .is_empty()
            .then(|| Error::input("the e-mail address is empty"));
        Request::new(self.client.clone(), Service::Platform, |call| async move {
            let administrators = call.administrators();
            let operation = administrators
                .delete_administrator_invitation()
                .email(email);
            call.settle(operation.send().await).await
        })
        .refuse(refused)
    }
}
