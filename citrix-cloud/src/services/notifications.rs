//! Notifications, which administrators see under the bell icon of the console.

use citrix_cloud_gen::ops::platform::{ListNotifications, SendNotification};
use citrix_cloud_gen::platform::types;

use crate::models::platform::{NotificationPriority, NotificationSeverity};
use crate::paging::List;
use crate::{Client, Error, Request};

/// A handle to the customer's notifications.
#[derive(Debug, Clone)]
pub struct Notifications {
    client: Client,
}

impl Notifications {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Lists the notifications; the service keeps them for 90 days.
    ///
    /// No official document shows the response; the model comes from third-party code.
    pub fn list(&self) -> List<ListNotifications> {
        self.client.list(ListNotifications::new())
    }

    /// Sends a notification and returns it as the service stored it (Citrix's notification page).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, if title or
    /// description is empty.
    pub fn send(&self, body: impl Into<CreateNotification>) -> Request<SendNotification> {
        let new = body.into();
        let refused = [("title", &new.title), ("description", &new.description)]
            .into_iter()
            .find(|(_, text)| text.trim().is_empty())
            .map(|(name, _)| Error::input(format!("the {name} of a notification is empty")));
        self.client
            .send(SendNotification::new(new.into_body()))
            .refuse(refused)
    }
}

/// A notification to send.
///
/// The creation date and the event id are filled in when it is sent.
///
/// ```
/// use citrix_cloud::CreateNotification;
/// use citrix_cloud::models::platform::{NotificationPriority, NotificationSeverity};
///
/// let dinner = CreateNotification::new("Dinner Time", "Fish and Chips!")
///     .severity(NotificationSeverity::Information)
///     .priority(NotificationPriority::Normal);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct CreateNotification {
    title: String,
    description: String,
    severity: NotificationSeverity,
    priority: NotificationPriority,
    component: String,
    admin: String,
    language: String,
    detail_uri: Option<String>,
    event_id: Option<String>,
}

impl CreateNotification {
    /// Creates a notification for all administrators, with severity `Information` and priority
    /// `Normal`, in English.
    pub fn new(title: impl Into<String>, description: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            description: description.into(),
            severity: NotificationSeverity::Information,
            priority: NotificationPriority::Normal,
            component: "Citrix Cloud".into(),
            admin: "*".into(),
            language: "en-US".into(),
            detail_uri: None,
            event_id: None,
        }
    }

    /// Sets the severity.
    pub fn severity(mut self, severity: impl Into<NotificationSeverity>) -> Self {
        self.severity = severity.into();
        self
    }

    /// Sets the priority.
    pub fn priority(mut self, priority: impl Into<NotificationPriority>) -> Self {
        self.priority = priority.into();
        self
    }

    /// Sets the component that it comes from; default `Citrix Cloud`.
    pub fn component(mut self, component: impl Into<String>) -> Self {
        self.component = component.into();
        self
    }

    /// Sets the administrator that it is for; default `*`, which means all.
    pub fn admin(mut self, admin: impl Into<String>) -> Self {
        self.admin = admin.into();
        self
    }

    /// Sets the language tag of title and description; default `en-US`.
    pub fn language(mut self, language: impl Into<String>) -> Self {
        self.language = language.into();
        self
    }

    /// Sets a link to more information.
    pub fn detail_uri(mut self, detail_uri: impl Into<String>) -> Self {
        self.detail_uri = Some(detail_uri.into());
        self
    }

    /// Sets the event id; default a new UUID. The service does not enforce uniqueness.
    pub fn event_id(mut self, event_id: impl Into<String>) -> Self {
        self.event_id = Some(event_id.into());
        self
    }

    fn into_body(self) -> types::NotificationRequest {
        types::NotificationRequest {
            component: self.component,
            content: vec![types::NotificationContentRequest {
                description: self.description,
                detail_uri: self.detail_uri,
                language_tag: self.language,
                title: self.title,
            }],
            created_date: format!("{:.3}", jiff::Timestamp::now()).into(),
            destination_admin: self.admin,
            event_id: self
                .event_id
                .unwrap_or_else(|| uuid::Uuid::new_v4().to_string()),
            priority: self.priority,
            severity: self.severity,
        }
    }
}
