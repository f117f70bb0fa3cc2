//! Administrators of a customer: who they are, what they may do, and who has been invited.
//!
//! Operations and models follow Citrix's Go SDK and its administrators page.

use citrix_cloud_gen::ops::administrators::{
    CreateAdministrator as Create, DeleteAdministrator, DeleteAdministratorInvitation,
    GetAdministratorAccess, ListAdministrators, UpdateAdministratorAccess as UpdateAccess,
};

use crate::key::{Key, exists};
use crate::models::administrators::{
    Administrator, AdministratorProviderType, AdministratorType, CreateAdministrator,
    UpdateAdministratorAccess,
};
use crate::paging::List;
use crate::{BoxRequest, Client, Error, Request};

/// A handle to the customer's administrators.
#[derive(Debug, Clone)]
pub struct Administrators {
    client: Client,
}

impl Administrators {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Returns a handle to an administrator by its id; nothing is sent.
    ///
    /// `id` is the `userId` of a user, the `ucOid` of a group, or an item of the list.
    #[must_use]
    pub fn administrator(&self, id: impl Into<Key<AdministratorHandle>>) -> AdministratorHandle {
        AdministratorHandle {
            client: self.client.clone(),
            id: id.into().into_value(),
        }
    }

    /// Lists administrators, groups and open invitations.
    pub fn list(&self) -> List<ListAdministrators> {
        self.client
            .list(ListAdministrators::new())
            .size_by_service()
    }

    /// Invites an administrator by e-mail, or adds a group of an identity provider.
    ///
    /// # Errors
    ///
    /// The service's error, with its message, if it rejects the request; see [`Error`].
    pub fn create(&self, body: impl Into<CreateAdministrator>) -> Request<Create> {
        self.client.send(Create::new(body.into()))
    }

    /// Withdraws an invitation, and returns whether there was one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, if `email` is empty.
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

impl List<ListAdministrators> {
    /// Lists only administrators who sign in with this identity provider.
    pub fn provider_type(self, provider_type: impl Into<AdministratorProviderType>) -> Self {
        self.with(|operation| operation.provider_type(provider_type))
    }

    /// Lists only administrators of this kind.
    pub fn administrator_type(self, kind: impl Into<AdministratorType>) -> Self {
        let kind = kind.into();
        self.with(|operation| operation.type_(kind.as_str()))
    }
}

/// A handle to an administrator or a group of administrators.
#[derive(Debug, Clone)]
pub struct AdministratorHandle {
    client: Client,
    id: String,
}

impl AdministratorHandle {
    /// Returns the id that the handle was created with.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Gets the administrator, by requesting the list with this id as a filter.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if no administrator has that id;
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, if it is empty.
    pub fn get(&self) -> BoxRequest<Administrator> {
        let id = self.id.clone();
        let is = move |it: &Administrator| {
            let mut ids = [&it.user_id, &it.uc_oid].into_iter().flatten();
            ids.any(|it| it.eq_ignore_ascii_case(&id))
        };
        let words = format!("no administrator has the id `{}`", self.id);
        let refused = self.id.is_empty();
        let refused = refused.then(|| Error::input("the id of an administrator is empty"));
        self.client
            .send(ListAdministrators::new().id(&self.id))
            .refuse(refused)
            .find(words, is)
    }

    /// Gets what the administrator may do.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if no administrator has that id.
    pub fn access(&self) -> Request<GetAdministratorAccess> {
        self.client.send(GetAdministratorAccess::new(&self.id))
    }

    /// Replaces what the administrator may do.
    ///
    /// # Errors
    ///
    /// The same as [`AdministratorHandle::access`].
    pub fn set_access(&self, body: impl Into<UpdateAdministratorAccess>) -> Request<UpdateAccess> {
        self.client.send(UpdateAccess::new(&self.id, body.into()))
    }

    /// Removes the administrator.
    ///
    /// # Errors
    ///
    /// The same as [`AdministratorHandle::access`].
    pub fn delete(&self) -> Request<DeleteAdministrator> {
        self.client.send(DeleteAdministrator::new(&self.id))
    }

    /// Returns whether the administrator exists, by trying to get it.
    ///
    /// # Errors
    ///
    /// The same as `get`, except [`ErrorKind::NotFound`](crate::ErrorKind::NotFound).
    pub async fn exists(&self) -> Result<bool, Error> {
        exists(self.get().await)
    }
}

impl From<&Administrator> for Key<AdministratorHandle> {
    fn from(model: &Administrator) -> Self {
        let id = match model.type_ {
            Some(AdministratorType::AdministratorGroup) => &model.uc_oid,
            _ => &model.user_id,
        };
        id.clone().unwrap_or_default().into()
    }
}
