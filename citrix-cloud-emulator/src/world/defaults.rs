//! The world that demos and tests start from.

use jiff::Timestamp;

use super::site_objects::site_objects;
use super::{
    Administrator, ApiClient, Catalog, Collection, Customer, Expiry, Identity, Machine,
    ResourceLocation, Schedule, ServicePrincipal, ServiceState, Session, Site, World,
};
use crate::ids;

/// 2026-01-05 08:30:00 UTC: sessions and principals of the default world are this old.
const MONDAY_MORNING: i64 = 1_767_601_800;

impl Default for World {
    /// Sets up what the walkthrough shows, and next to it one machine for each unusual state.
    fn default() -> Self {
        let mut world = Self::without_machines();
        world.machines = birds().into_iter().collect();
        world.catalogs.push(
            Catalog::new(ids::EDGE_CATALOG_NAME, 2)
                .with_id(ids::EDGE_CATALOG_ID)
                .describing("One machine for each state a script should not trip over"),
        );
        let started = monday_morning();
        world.start_session(
            Session::new(r"DEMOLAB\robin", 1, ids::OSPREY_ID)
                .with_id(ids::ACTIVE_SESSION_ID)
                .started(started),
        );
        world.start_session(
            Session::new(r"DEMOLAB\jay", 2, ids::OSPREY_ID)
                .with_id(ids::DISCONNECTED_SESSION_ID)
                .started(started)
                .disconnected(),
        );
        world
    }
}

impl World {
    /// Sets up the default catalog with `count` idle machines, `DEMOLAB\VDA00001` and on, and nothing unusual.
    #[must_use]
    pub fn with_machines(count: usize) -> Self {
        let mut world = Self::without_machines();
        world.machines = (1..=u32::try_from(count).unwrap_or(u32::MAX))
            .map(|uid| {
                Machine::new(format!(r"DEMOLAB\VDA{uid:05}"), uid, ids::CATALOG_ID)
                    .in_delivery_group(ids::DELIVERY_GROUP_ID)
                    .last_used(format!(r"DEMOLAB\user{uid:05}"), monday_morning())
            })
            .collect();
        world
    }

    fn without_machines() -> Self {
        Self {
            clients: Collection::from_iter([ApiClient {
                client_id: ids::CLIENT_ID.to_owned(),
                client_secret: ids::CLIENT_SECRET.to_owned(),
                customers: vec![ids::CUSTOMER_ID.to_owned()],
            }]),
            administrator: Administrator {
                user_id: ids::ADMINISTRATOR_ID.to_owned(),
                display_name: "Pat Patterson".to_owned(),
                email: "pat.patterson@citrix.com".to_owned(),
            },
            customers: Collection::from_iter([Customer {
                id: ids::CUSTOMER_ID.to_owned(),
                name: None,
                sites: vec![Site {
                    id: ids::SITE_ID.to_owned(),
                    name: ids::SITE_NAME.to_owned(),
                }],
            }]),
            services: services().into_iter().collect(),
            resource_locations: Collection::from_iter([ResourceLocation::new(
                "My Resource Location",
            )
            .with_id(ids::RESOURCE_LOCATION_ID)]),
            notifications: Collection::default(),
            service_principals: principals().into_iter().collect(),
            catalogs: [Catalog::new(ids::CATALOG_NAME, 1)
                .with_id(ids::CATALOG_ID)
                .describing("The machines of the walkthrough")]
            .into_iter()
            .collect(),
            machines: Collection::default(),
            sessions: Collection::default(),
            jobs: Collection::default(),
            resources: site_objects(),
            schedule: Schedule::default(),
            identity: Identity::default(),
        }
    }
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

/// The six trial services are those the walkthrough prints; the other states are there to be filtered out.
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
