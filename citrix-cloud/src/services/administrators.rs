//! Administrators of a customer: who they are, what they may do, and who is invited.
//!
//! Operations and models are those of Citrix's Go SDK and its administrators page.

use citrix_cloud_gen::ops::administrators::{
    CreateAdministrator as Create, DeleteAdministrator, DeleteAdministratorInvitation,
    GetAdministratorAccess, ListAdministrators, UpdateAdministratorAccess as UpdateAccess,
};

use crate::models::administrators::{CreateAdministrator, UpdateAdministratorAccess};
use crate::paging::List;
use crate::{Client, Error, Request};

/// The administrators of the customer.
#[derive(Debug, Clone)]
pub struct Administrators {
    client: Client,
}

impl Administrators {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Lists administrators, groups and open invitations.
    pub fn list(&self) -> List<ListAdministrators> {
        self.client
            .list(ListAdministrators::new())
            .size_by_service()
    }

    /// Gets what an administrator may do.
    ///
    /// `id` is the `userId` of a user or the `ucOid` of a group.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) when there is none with that id.
    pub fn access(&self, id: impl Into<String>) -> Request<GetAdministratorAccess> {
        self.client.send(GetAdministratorAccess::new(id))
    }

    /// Invites an administrator by e-mail, or adds a group of an identity provider.
    ///
    /// # Errors
    ///
    /// What the service refuses, in its words; see [`Error`].
    pub fn create(&self, new: CreateAdministrator) -> Request<Create> {
        self.client.send(Create::new(new))
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
    ) -> Request<UpdateAccess> {
        self.client.send(UpdateAccess::new(id, access))
    }

    /// Removes an administrator.
    ///
    /// # Errors
    ///
    /// As [`Administrators::access`].
    pub fn delete(&self, id: impl Into<String>) -> Request<DeleteAdministrator> {
        self.client.send(DeleteAdministrator::new(id))
    }

    /// Withdraws an invitation; the answer says whether there was one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, when `email` is
    /// empty.
    pub fn delete_invitation(
        &self,
        email: impl Into<String>,
    ) -> Request<DeleteAdministratorInvitation> {
        let email = email.into();
        let refused = email
            .is_empty()
            .then(|| Error::input("the e-mail address is empty"));
        self.client
            .send(DeleteAdministratorInvitation::new(email))
            .refuse(refused)
    }
}
