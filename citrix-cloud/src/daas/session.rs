//! A user's session.

use citrix_cloud_gen::daas::types;
use citrix_cloud_gen::ops::sessions::SendSessionMessage;

use crate::handles::sessions::SessionHandle;
use crate::models::MessageStyle;
use crate::{Error, Request};

impl SessionHandle {
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
        let body = types::SendMessage {
            style: Some(style.into()),
            text: Some(text),
            title: Some(title.into()),
        };
        self.at
            .send(SendSessionMessage::new(&self.session, body))
            .refuse(refused)
    }
}
