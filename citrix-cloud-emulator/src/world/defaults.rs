//! The default world of demos and tests.

use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::{
    Administrator, ApiClient, Customer, Expiry, Machine, Platform, Resource, ResourceKind,
    ResourceLocation, ServicePrincipal, ServiceState, Session, Site, World,
};
use crate::ids;

/// 2026-01-05 08:30:00 UTC: the creation time of the default world's sessions and principals.
const MONDAY_MORNING: i64 = 1_767_601_800;

impl Default for World {
    /// Creates the walkthrough's objects, and one machine for each unusual state.
    fn default() -> Self {
        let mut site = default_site();
        site.machines = birds().into_iter().collect();
        site.resources_mut(ResourceKind::MachineCatalog).push(
            Resource::new(ids::EDGE_CATALOG_NAME)
                .with_id(ids::EDGE_CATALOG_ID)
                .with("Uid", 2)
                .with(
                    "Description",
                    "One machine for each state a script should not trip over",
                ),
        );
        let started = monday_morning();
        site.start_session(
            Session::new(r"DEMOLAB\robin", 1, ids::OSPREY_ID)
                .with_id(ids::ACTIVE_SESSION_ID)
                .started(started),
        );
        site.start_session(
            Session::new(r"DEMOLAB\jay", 2, ids::OSPREY_ID)
                .with_id(ids::DISCONNECTED_SESSION_ID)
                .started(started)
                .disconnected(),
        );
        Self::around(site)
    }
}

impl World {
    /// Creates a world whose default catalog has `count` idle machines, `DEMOLAB\VDA00001` and so on, and nothing
    /// unusual.
    #[must_use]
    pub fn with_machines(count: usize) -> Self {
        let mut site = default_site();
        site.machines = (1..=u32::try_from(count).unwrap_or(u32::MAX))
            .map(|uid| {
                Machine::new(format!(r"DEMOLAB\VDA{uid:05}"), uid, ids::CATALOG_ID)
                    .in_delivery_group(ids::DELIVERY_GROUP_ID)
                    .last_used(format!(r"DEMOLAB\user{uid:05}"), monday_morning())
            })
            .collect();
        Self::around(site)
    }

    /// Creates a world with the walkthrough's customer and one site.
    fn around(site: Site) -> Self {
        let mut customer = Customer::new(ids::CUSTOMER_ID);
        customer.platform.service_principals = principals().into_iter().collect();
        let mut world = Self::empty(default_administrator());
        world.clients.push(default_client());
        world.add_customer(customer.with_site(site));
        world
    }
}

/// Returns the administrator of a world that does not define one.
pub(crate) fn default_administrator() -> Administrator {
    Administrator {
        user_id: ids::ADMINISTRATOR_ID.to_owned(),
        display_name: "Pat Patterson".to_owned(),
        email: "pat.patterson@citrix.com".to_owned(),
    }
}

/// Returns the client of a world that does not define one, without any customers yet.
pub(crate) fn default_client() -> ApiClient {
    ApiClient {
        client_id: ids::CLIENT_ID.to_owned(),
        client_secret: ids::CLIENT_SECRET.to_owned(),
        customers: Vec::new(),
    }
}

fn default_site() -> Site {
    Site::new(ids::SITE_ID, ids::SITE_NAME)
}

impl Platform {
    /// Returns the platform data of a new customer.
    pub(super) fn of_new(customer: &str) -> Self {
        let mut platform = Self {
            services: services().into_iter().collect(),
            ..Self::default()
        };
        platform.resource_locations.push(
            ResourceLocation::new("My Resource Location")
                .with_id(own(customer, ids::RESOURCE_LOCATION_ID)),
        );
        let administrator = Resource::new("pat.patterson@citrix.com")
            .with_id(own(customer, ids::ADMINISTRATOR_ID))
            .with("Uid", 1)
            .with("customerId", customer)
            .with("type", "AdministratorUser")
            .with("accessType", "Full")
            .with("firstName", "Pat")
            .with("lastName", "Patterson")
            .with("displayName", "Pat Patterson")
            .with("email", "pat.patterson@citrix.com")
            .with("providerType", "CitrixSts")
            .with("pending", json!(false))
            .with("createdDate", "2026-01-05T08:30:00Z")
            .with("updatedDate", "2026-01-05T08:30:00Z");
        platform
            .resources
            .push(ResourceKind::CloudAdministrator, administrator);
        let location = own(customer, ids::RESOURCE_LOCATION_ID);
        for number in 1..=2 {
            let name = format!("CONNECTOR{number}.demolab.example");
            let sid = format!("S-1-5-21-1004336348-1177238915-682003330-{}", 5000 + number);
            let connector = Resource::new(name.as_str())
                .with_id(own_by_name(customer, &name))
                .with("location", location.as_str())
                .with("windowsSid", sid)
                .with("connectorType", "Windows")
                .with("lastContactDate", monday_morning().to_string());
            platform
                .resources
                .push(ResourceKind::CloudConnector, connector);
        }
        platform
    }
}

/// Returns the id that stands for one of the walkthrough's ids at another customer.
fn own(customer: &str, id: &str) -> String {
    if customer.eq_ignore_ascii_case(ids::CUSTOMER_ID) {
        return id.to_owned();
    }
    own_by_name(customer, id)
}

/// Derives an id from a name.
fn own_by_name(customer: &str, name: &str) -> String {
    let text = format!("{}/{name}", customer.to_lowercase());
    Uuid::new_v5(&Uuid::NAMESPACE_OID, text.as_bytes()).to_string()
}

fn birds() -> [Machine; 8] {
    let demo = |name: &str, uid, id| {
        Machine::new(format!(r"DEMOLAB\{name}"), uid, ids::CATALOG_ID)
            .with_id(id)
            .in_delivery_group(ids::DELIVERY_GROUP_ID)
    };
    let edge = |name: &str, uid, id| {
        Machine::new(format!(r"DEMOLAB\{name}"), uid, ids::EDGE_CATALOG_ID)
            .with_id(id)
            .in_delivery_group(ids::DELIVERY_GROUP_ID)
    };
    [
        demo("OSPREY", 1, ids::OSPREY_ID),
        demo("EAGLE", 2, ids::EAGLE_ID).unmanaged(),
        demo("KESTREL", 3, ids::KESTREL_ID),
        edge("MERLIN", 4, ids::MERLIN_ID).with_session_count(None),
        edge("HARRIER", 5, ids::HARRIER_ID).powered_off(),
        edge("BUZZARD", 6, ids::BUZZARD_ID).in_maintenance(),
        edge("GOSHAWK", 7, ids::GOSHAWK_ID).with_pending_action(),
        edge("KITE", 8, ids::KITE_ID).unregistered(),
    ]
}

/// The six trial services are those in the walkthrough; the other states are there to be filtered out.
fn services() -> Vec<ServiceState> {
    let trial =
        |name| ServiceState::new(name, "ProductionTrial", "ProductionTrial").lasting(25, 30);
    let absent = |name| ServiceState::new(name, "NotOnboarded", "Default");
    vec![
        absent("applayering"),
        absent("browserservice"),
        trial("cas"),
        trial("itsm"),
        ServiceState::new("licensing", "Production", "Production").lasting(1, 2_913_530),
        ServiceState::new("mas", "ProductionTrialApproved", "ProductionTrial"),
        trial("microapps"),
        trial("netscalergateway"),
        absent("sharefile"),
        trial("wem"),
        trial("xendesktop"),
        ServiceState::new("xenmobile", "Expired", "Production").lasting(10, -12),
    ]
}

fn principals() -> Vec<ServicePrincipal> {
    let principal = |id: &str, name: &str, client_id: &str| ServicePrincipal {
        id: id.to_owned(),
        display_name: name.to_owned(),
        client_id: client_id.to_owned(),
        customer_id: ids::CUSTOMER_ID.to_owned(),
        created_at: monday_morning().to_string(),
        primary: Some(Expiry {
            expiration_date: "2027-01-05T08:30:00Z".to_owned(),
        }),
        secondary: None,
    };
    vec![
        principal(
            "7c6f6d0a-3f3b-4d43-9f0c-0c1d2e3f4a5b",
            "Nightly reboot",
            ids::CLIENT_ID,
        ),
        principal(
            "1b2a3c4d-5e6f-4a0b-8c9d-0e1f2a3b4c5d",
            "Monitoring",
            "c2a4e6081b3d5f7092b4d6f8a0c1e3f5",
        ),
    ]
}

fn monday_morning() -> Timestamp {
    Timestamp::from_second(MONDAY_MORNING).unwrap_or(Timestamp::UNIX_EPOCH)
}
