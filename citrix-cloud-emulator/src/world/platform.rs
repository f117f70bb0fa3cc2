//! A customer's platform data: entitlements, resource locations, notifications, principals.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::collection::{Collection, Member};
use super::resource::{Resource, ResourceKind, Resources};

/// The platform data of one customer. Tests may change any of it.
#[derive(Debug, Clone, Default)]
pub struct Platform {
    /// Service entitlements.
    pub services: Collection<ServiceState>,
    /// Resource locations.
    pub resource_locations: Collection<ResourceLocation>,
    /// Notifications as they were sent, completed as by the service.
    pub notifications: Collection<Notification>,
    /// Service principals.
    pub service_principals: Collection<ServicePrincipal>,
    pub(crate) resources: Resources,
}

impl Platform {
    /// Returns all objects of one kind: administrators of the customer, records of the system log, webhooks.
    #[must_use]
    pub fn resources(&self, kind: ResourceKind) -> &Collection<Resource> {
        self.resources.of(kind)
    }

    /// Returns all objects of one kind, for changing them.
    pub fn resources_mut(&mut self, kind: ResourceKind) -> &mut Collection<Resource> {
        self.resources.of_mut(kind)
    }
}

/// The owner of the credentials.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Administrator {
    /// The user id.
    pub user_id: String,
    /// The name shown in the console.
    pub display_name: String,
    /// The verified e-mail address.
    pub email: String,
}

/// An id and a secret that can be exchanged for a token.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiClient {
    /// The client id.
    pub client_id: String,
    /// The secret.
    pub client_secret: String,
    /// Ids of the customers that its tokens are valid for.
    pub customers: Vec<String>,
}

impl std::fmt::Debug for ApiClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiClient")
            .field("client_id", &self.client_id)
            .field("client_secret", &"***")
            .field("customers", &self.customers)
            .finish()
    }
}

/// A customer's entitlement to one service, as in the documentation of service entitlements.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceState {
    /// The service's short name, such as `xendesktop`.
    pub service_name: String,
    /// The state of the entitlement, such as `ProductionTrial`.
    pub state: String,
    /// The type of the entitlement, such as `Production`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The purchased quantity.
    pub quantity: Option<i64>,
    /// Days left.
    pub days_to_expiration: Option<i64>,
    /// When a purchased entitlement starts, if that is in the future.
    pub future_entitlement_start_date: Option<String>,
}

impl ServiceState {
    /// Creates an entitlement without a quantity and without an end.
    #[must_use]
    pub fn new(name: &str, state: &str, kind: &str) -> Self {
        Self {
            service_name: name.to_owned(),
            state: state.to_owned(),
            kind: kind.to_owned(),
            quantity: None,
            days_to_expiration: None,
            future_entitlement_start_date: None,
        }
    }

    /// Sets the quantity and the remaining days.
    #[must_use]
    pub fn lasting(mut self, quantity: i64, days: i64) -> Self {
        self.quantity = Some(quantity);
        self.days_to_expiration = Some(days);
        self
    }
}

/// A resource location, as in the walkthrough's sample.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ResourceLocation {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// Whether it is reachable only from the internal network.
    pub internal_only: bool,
    /// A Windows zone name.
    pub time_zone: String,
    /// Whether it cannot be changed.
    pub read_only: bool,
}

impl ResourceLocation {
    /// Returns the reference that a site's objects use.
    pub(crate) fn reference(&self) -> Value {
        json!({ "Id": self.id, "Name": self.name })
    }

    /// Creates a location with a new id and the settings of the walkthrough's sample.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            id: Uuid::new_v4().to_string(),
            name: name.into(),
            internal_only: false,
            time_zone: "GMT Standard Time".to_owned(),
            read_only: false,
        }
    }

    /// Sets its id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }
}

/// A service principal. There is no official schema; the fields are those in third-party material.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServicePrincipal {
    /// The id.
    pub id: String,
    /// The name.
    pub display_name: String,
    /// The client id it signs in with.
    pub client_id: String,
    /// The customer it belongs to.
    pub customer_id: String,
    /// When it was created, RFC 3339.
    pub created_at: String,
    /// The older of its secrets.
    #[serde(default)]
    pub primary: Option<Expiry>,
    /// The newer secret, while one replaces the other.
    #[serde(default)]
    pub secondary: Option<Expiry>,
}

/// The expiry of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Expiry {
    /// When the secret expires, RFC 3339.
    pub expiration_date: String,
}

/// A notification as it was sent, completed as by the service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Notification {
    id: String,
    /// The response.
    pub body: Value,
}

impl Notification {
    /// Creates a notification with a new id.
    #[must_use]
    pub fn new(body: Value) -> Self {
        Self {
            id: Uuid::new_v4().to_string(),
            body,
        }
    }
}

impl Member for ApiClient {
    fn id(&self) -> &str {
        &self.client_id
    }
}

impl Member for ServiceState {
    fn id(&self) -> &str {
        &self.service_name
    }
}

impl Member for ResourceLocation {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Member for ServicePrincipal {
    fn id(&self) -> &str {
        &self.id
    }
}

impl Member for Notification {
    fn id(&self) -> &str {
        &self.id
    }
}
