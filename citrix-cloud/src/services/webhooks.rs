//! Webhooks: calls that Citrix Cloud makes to you when something changes.
//!
//! Citrix's webhook page shows how to subscribe; no document shows listing or deleting.

use citrix_cloud_gen::ops::webhooks::CreateWebhookSubscription;
use citrix_cloud_gen::webhooks::types;
use reqwest::Url;

use crate::models::webhooks::{WebhookChangeType, WebhookEventType};
use crate::{Client, Error, Request};

/// The webhook subscriptions of the customer.
#[derive(Debug, Clone)]
pub struct Webhooks {
    client: Client,
}

impl Webhooks {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Subscribes `url` to changes of one kind; `*` stands for every kind.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, when `url` is no
    /// absolute `https` URL.
    pub fn subscribe(
        &self,
        url: impl Into<String>,
        event: impl Into<WebhookEventType>,
        change: impl Into<WebhookChangeType>,
        description: impl Into<String>,
    ) -> Request<CreateWebhookSubscription> {
        let url = url.into();
        let usable = Url::parse(&url).is_ok_and(|url| url.scheme() == "https");
        let refused = (!usable)
            .then(|| Error::input(format!("webhook URL `{url}` is not a valid https:// URL")));
        let customer = self.client.customer().to_owned();
        let body = types::WebhookSubscriptionRequest {
            auth_headers: None,
            change_type: change.into(),
            customer_id: customer.clone(),
            description: Some(description.into()),
            event_type: event.into(),
            url,
        };
        self.client
            .send(CreateWebhookSubscription::new(customer, body))
            .refuse(refused)
    }
}
