//! A user's session.

use citrix_cloud_gen::daas::types;
use citrix_cloud_gen::ops::sessions::{
    DisconnectSession, GetSession, LogoffSession, SendSessionMessage,
};

use super::Site;
use crate::models::MessageStyle;
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
    pub fn get(&self) -> Request<GetSession> {
        self.site.send(GetSession::new(&self.id))
    }

    /// Logs the user off; unsaved work is lost.
    ///
    /// # Errors
    ///
    /// As [`SessionHandle::get`];
    /// [`ErrorKind::JobStarted`](crate::ErrorKind::JobStarted) when the service makes a job of it.
    pub fn logoff(&self) -> Request<LogoffSession> {
        self.site.send(LogoffSession::new(&self.id))
    }

    /// Disconnects the session; it goes on and can be reconnected to.
    ///
    /// # Errors
    ///
    /// As [`SessionHandle::get`].
    pub fn disconnect(&self) -> Request<DisconnectSession> {
        self.site.send(DisconnectSession::new(&self.id))
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
    ) -> Request<SendSessionMessage> {
        let text = text.into();
        let refused = text
            .is_empty()
            .then(|| Error::input("the text of a message is empty"));
        let body = types::SendMessageRequestModel {
            style: Some(style.into()),
            text: Some(text),
            title: Some(title.into()),
        };
        self.site
            .send(SendSessionMessage::new(&self.id, body))
            .refuse(refused)
    }
}
