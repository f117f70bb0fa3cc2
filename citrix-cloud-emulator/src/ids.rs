//! Names and numbers of the default world, for tests and demos to refer to.
//!
//! Customer, site, resource location and catalog are those of Citrix's walkthrough; the rest is invented.

/// The customer every credential of the default world belongs to (walkthrough).
pub const CUSTOMER_ID: &str = "abcd1024xyz";
/// The only site of the default world (walkthrough).
pub const SITE_ID: &str = "12345678-1234-1234-1234-12345678abcd";
/// The name of that site, as the walkthrough's response to `/me` has it.
pub const SITE_NAME: &str = "cloudxdsite";
/// The catalog with OSPREY, EAGLE and KESTREL; the walkthrough gives it the same id as the site.
pub const CATALOG_ID: &str = "12345678-1234-1234-1234-12345678abcd";
/// The name of that catalog.
pub const CATALOG_NAME: &str = "Demo Catalog";
/// The catalog with one machine for each unusual state.
pub const EDGE_CATALOG_ID: &str = "8a0a3c1e-5b7d-4d7e-9a55-0c2f6f1de9ca";
/// The name of that catalog.
pub const EDGE_CATALOG_NAME: &str = "Edge Cases";
/// The client id that the default world accepts.
pub const CLIENT_ID: &str = "5f0c1d7e9b3a4c68a2d4e6f80b1c3d5e";
/// The secret that belongs to [`CLIENT_ID`]. It contains no character that a form would have to encode.
pub const CLIENT_SECRET: &str = "EmulatorSecret0Emulator1Secret2";
/// The only resource location of the default world (walkthrough).
pub const RESOURCE_LOCATION_ID: &str = "9e2fda49-c878-4c23-aae1-8ffcbdc2dab2";
/// The administrator Pat Patterson (walkthrough).
pub const ADMINISTRATOR_ID: &str = "f9f39ab2-7adf-44b5-b9c7-d1e1ad0079bc";
/// The delivery group that all machines belong to.
pub const DELIVERY_GROUP_ID: &str = "b6f1b6ae-98e5-4d1e-8f3c-51d6f1a1d3a7";
/// The connection to the hypervisor that machines run on.
pub const HYPERVISOR_ID: &str = "5d0e8a3f-7c41-4a57-9f3e-1b6c2d8e4a10";
/// The name of that connection.
pub const HYPERVISOR_NAME: &str = "Demo Hypervisor";
/// The resource pool of that hypervisor.
pub const RESOURCE_POOL_ID: &str = "5d0e8a3f-7c41-4a57-9f3e-1b6c2d8e4a11";
/// The scope that holds everything.
pub const ALL_SCOPE_ID: &str = "00000000-0000-0000-0000-000000000000";
/// The zone that all machines and catalogs belong to.
pub const ZONE_ID: &str = "3c1f0c0e-2b46-4f8e-9c7b-2f4b6f0a9d11";

/// `DEMOLAB\OSPREY`: two sessions.
pub const OSPREY_ID: &str = "0d6e0c52-1f0b-4c0e-8d27-6a1f3c5b7e01";
/// `DEMOLAB\EAGLE`: idle, and no power action is possible.
pub const EAGLE_ID: &str = "0d6e0c52-1f0b-4c0e-8d27-6a1f3c5b7e02";
/// `DEMOLAB\KESTREL`: idle, registered and running.
pub const KESTREL_ID: &str = "0d6e0c52-1f0b-4c0e-8d27-6a1f3c5b7e03";
/// `DEMOLAB\MERLIN`: its session count is unknown.
pub const MERLIN_ID: &str = "0d6e0c52-1f0b-4c0e-8d27-6a1f3c5b7e04";
/// `DEMOLAB\HARRIER`: powered off.
pub const HARRIER_ID: &str = "0d6e0c52-1f0b-4c0e-8d27-6a1f3c5b7e05";
/// `DEMOLAB\BUZZARD`: in maintenance mode.
pub const BUZZARD_ID: &str = "0d6e0c52-1f0b-4c0e-8d27-6a1f3c5b7e06";
/// `DEMOLAB\GOSHAWK`: a power action is pending.
pub const GOSHAWK_ID: &str = "0d6e0c52-1f0b-4c0e-8d27-6a1f3c5b7e07";
/// `DEMOLAB\KITE`: running, but not registered.
pub const KITE_ID: &str = "0d6e0c52-1f0b-4c0e-8d27-6a1f3c5b7e08";

/// The first of the two sessions on OSPREY.
pub const ACTIVE_SESSION_ID: &str = "51a2b3c4-d5e6-4f70-8192-a3b4c5d6e701";
/// The second of the two sessions on OSPREY, disconnected.
pub const DISCONNECTED_SESSION_ID: &str = "51a2b3c4-d5e6-4f70-8192-a3b4c5d6e702";
