//! Hand-written operations on sessions.

use citrix_cloud_gen::daas::types;
use citrix_cloud_gen::ops::sessions::SendSessionMessage;

use crate::handles::sessions::{SessionHandle, Sessions};
use crate::models::{MessageStyle, Session};
#[cfg(doc)]
use crate::paging::List;
use crate::watch::Watch;
use crate::{Error, Request};

/// The properties of a session that are watched by default.
const WATCHED: [&str; 10] = [
    "Id",
    "State",
    "AppState",
    "SessionType",
    "User",
    "Machine",
    "StartTime",
    "LogonInProgress",
    "LogoffInProgress",
    "ApplicationsInUse",
];

impl Sessions {
    /// Keeps a copy of all sessions up to date, with the properties needed for daily work. Nothing
    /// is sent until its changes are read.
    ///
    /// To watch other properties or the results of a search, use [`List::watch`]:
    /// `site.sessions().search(filter).fields(names).watch()`.
    pub fn watch(&self) -> Watch<Session> {
        self.list().fields(WATCHED).watch()
    }
}

impl SessionHandle {
    /// Shows a message to the user.
    ///
    /// # Errors
    ///
    /// The same as [`SessionHandle::get`], and [`ErrorKind::Input`](crate::ErrorKind::Input) if
    /// `text` is empty.
    pub fn send_message(
        &self,
        title: impl Into<String>,
        text: impl Into<String>,
        style: impl Into<MessageStyle>,
    ) -> Request<SendSessionMessage> {
        let text = text.into();
        let refused = text
            .is_empty()
            .then(|| Error::input("the text of a message must not be empty"));
        let body = types::SendMessage::new()
            .style(style)
            .text(text)
            .title(title);
        self.at
            .send(SendSessionMessage::new(&self.session, body))
            .refuse(refused)
    }
}
