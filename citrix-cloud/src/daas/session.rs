//! A user's session.

use citrix_cloud_gen::daas::types;

use super::Site;
use crate::models::{MessageStyle, Session};
use crate::{Error, Request};

/// A session, by id.
#[derive(Debug, Clone)]
pub struct SessionHandle {
    site: Site,
    id: String,
}

impl SessionHandle {
    pub(super) fn new(site: Site, id: String) -> Self {
        Self { site, id }
    }

    /// Gets the session.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) when there is none with that id;
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, when `id` is empty,
    /// `.` or `..`.
    pub fn get(&self) -> Request<Session> {
        let id = self.id.clone();
        self.site.request(|call| async move {
            let sent = call.daas().sessions_get_session().id(id).send().await;
            call.settle(sent).await
        })
    }

    /// Logs the user off; unsaved work is lost.
    ///
    /// # Errors
    ///
    /// As [`SessionHandle::get`];
    /// [`ErrorKind::JobStarted`](crate::ErrorKind::JobStarted) when the service makes a job of it.
    pub fn logoff(&self) -> Request<()> {
        let id = self.id.clone();
        self.site.request(|call| async move {
            let sent = call.daas().sessions_logoff_session().id(id).send().await;
            call.settle_empty(sent).await
        })
    }

    /// Disconnects the session; it goes on and can be reconnected to.
    ///
    /// # Errors
    ///
    /// As [`SessionHandle::get`].
    pub fn disconnect(&self) -> Request<Option<Session>> {
        let id = self.id.clone();
        self.site.request(|call| async move {
            let sent = call
                .daas()
                .sessions_disconnect_session()
                .id(id)
                .send()
                .await;
            call.settle_optional(sent).await
        })
    }

    /// Shows a message to the user.
    ///
    /// # Errors
    ///
    /// As [`SessionHandle::get`]; [`ErrorKind::Input`](crate::ErrorKind::Input) when `text` is
    /// empty.
    pub fn send_message(
        &self,
        title: impl Into<String>,
        text: impl Into<String>,
        style: impl Into<MessageStyle>,
    ) -> Request<Option<Session>> {
        let (id, text) = (self.id.clone(), text.into());
        let refused = text
            .is_empty()
            .then(|| Error::input("the text of a message is empty"));
        let body = types::SendMessageRequestModel {
            style: Some(style.into()),
            text: Some(text),
            title: Some(title.into()),
        };
        self.site
            .request(|call| async move {
                let daas = call.daas();
                let sent = daas
                    .sessions_send_session_message()
                    .id(id)
                    .body(body)
                    .send()
                    .await;
                call.settle_optional(sent).await
            })
            .refuse(refused)
    }
}
