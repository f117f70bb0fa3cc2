//! Webhooks: requests that Citrix Cloud sends you when something changes.
//!
//! Citrix's webhook page shows how to subscribe; no document shows how to list or delete
//! subscriptions.

use citrix_cloud_gen::ops::webhooks::CreateWebhookSubscription as Create;
use citrix_cloud_gen::webhooks::types;
use reqwest::Url;
use serde_json::Value;

use crate::models::webhooks::{WebhookChangeType, WebhookEventType};
use crate::{Client, Error, Request};

/// A handle to the customer's webhook subscriptions.
#[derive(Debug, Clone)]
pub struct Webhooks {
    client: Client,
}

impl Webhooks {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Subscribes a URL to changes.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, if the URL is not an
    /// absolute `https` URL.
    pub fn create(&self, body: impl Into<CreateWebhookSubscription>) -> Request<Create> {
        let new = body.into();
        let usable = Url::parse(&new.url).is_ok_and(|url| url.scheme() == "https");
        let refused = (!usable).then(|| {
            let words = format!(
                "webhook URL `{}` is not a valid https:// URL; Citrix Cloud calls only those",
                new.url
            );
            Error::input(words)
        });
        let customer = self.client.customer();
        let body = new.into_body(customer);
        self.client
            .send(Create::new(customer, body))
            .refuse(refused)
    }
}

/// A webhook subscription to create; by default, for every change of everything.
///
/// ```
/// use citrix_cloud::CreateWebhookSubscription;
/// use citrix_cloud::models::webhooks::{WebhookChangeType, WebhookEventType};
///
/// let hook = CreateWebhookSubscription::new("https://example.com/hook")
///     .event(WebhookEventType::Administrator)
///     .change(WebhookChangeType::Create)
///     .description("New administrators");
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use]
pub struct CreateWebhookSubscription {
    url: String,
    event: WebhookEventType,
    change: WebhookChangeType,
    description: Option<String>,
    auth_headers: Option<Value>,
}

impl CreateWebhookSubscription {
    /// Creates a subscription that calls `url`, which must be an `https` URL.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            event: "*".into(),
            change: "*".into(),
            description: None,
            auth_headers: None,
        }
    }

    /// Sets the kind of object to watch; default `*`, which means everything.
    pub fn event(mut self, event: impl Into<WebhookEventType>) -> Self {
        self.event = event.into();
        self
    }

    /// Sets the kind of change to report; default `*`, which means all.
    pub fn change(mut self, change: impl Into<WebhookChangeType>) -> Self {
        self.change = change.into();
        self
    }

    /// Sets a description for administrators.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Sets headers to send with the requests; no document shows their format.
    pub fn auth_headers(mut self, auth_headers: impl Into<Value>) -> Self {
        self.auth_headers = Some(auth_headers.into());
        self
    }

    fn into_body(self, customer: &str) -> types::WebhookSubscriptionRequest {
        types::WebhookSubscriptionRequest {
            auth_headers: self.auth_headers,
            change_type: self.change,
            customer_id: customer.to_owned(),
            description: self.description,
            event_type: self.event,
            url: self.url,
        }
    }
}
