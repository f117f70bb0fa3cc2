//! A world described in a file: sizes, name patterns and shares, generated from a seed.

mod customers;
mod fill;
mod machines;
mod values;

use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;

use crate::faults::Fault;
use values::{Pattern, Share, Span};

/// The description of a world. Every part is optional; unknown keys are rejected.
///
/// The same file always creates the same world, including its ids.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorldFile {
    /// The seed of all random choices.
    seed: u64,
    clock: ClockPart,
    token_lifetime: Option<Span>,
    latency: Option<Span>,
    job_duration: Option<Span>,
    faults: Vec<Fault>,
    /// Customers and their sites; defaults to those of the default world.
    customers: Vec<CustomerPart>,
    /// Credentials; default to the default world's client.
    credentials: Vec<CredentialsPart>,
    /// Content of the only site, in a world with one site.
    delivery_groups: Vec<NamedPart>,
    /// Machine catalogs; default to the default world's catalog without machines.
    catalogs: Vec<CatalogPart>,
    sessions: Option<SessionsPart>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ClockPart {
    /// The initial time; defaults to the system time.
    start: Option<Timestamp>,
    /// Whether the clock is frozen.
    frozen: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct CustomerPart {
    id: String,
    name: Option<String>,
    sites: Vec<SitePart>,
    /// Service entitlements; default to those of the default world.
    services: Option<Vec<ServicePart>>,
    /// Resource locations; default to one.
    resource_locations: Option<Vec<NamedPart>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ServicePart {
    name: String,
    /// Such as `Production` or `NotOnboarded`.
    state: String,
    quantity: Option<i64>,
    days_to_expiration: Option<i64>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SitePart {
    id: String,
    name: String,
    #[serde(default)]
    delivery_groups: Vec<NamedPart>,
    /// As at the top of the file.
    #[serde(default)]
    catalogs: Vec<CatalogPart>,
    sessions: Option<SessionsPart>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct CredentialsPart {
    client_id: String,
    client_secret: String,
    /// The customers they are valid for; defaults to all.
    customers: Option<Vec<String>>,
}

impl fmt::Debug for CredentialsPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CredentialsPart")
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct NamedPart {
    id: Option<String>,
    name: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct CatalogPart {
    id: Option<String>,
    name: String,
    #[serde(default)]
    description: String,
    /// The name of its machines' delivery group.
    delivery_group: Option<String>,
    machines: Option<MachinesPart>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct MachinesPart {
    count: u32,
    /// Such as `DEMOLAB\W10-{:04}`.
    name: Pattern,
    #[serde(default)]
    powered_off: Share,
    #[serde(default)]
    unregistered: Share,
    #[serde(default)]
    unmanaged: Share,
    #[serde(default)]
    maintenance: Share,
    #[serde(default)]
    unknown_sessions: Share,
    /// The share of machines with a session, of those that are powered on and registered.
    #[serde(default)]
    in_use: Share,
    /// The share of sessions that are disconnected.
    #[serde(default)]
    disconnected: Share,
    /// The share of machines unused for a month, of those without a session.
    #[serde(default)]
    unused: Share,
}

/// Sessions that start and end as time passes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionsPart {
    /// The mean time between logons.
    every: Span,
    /// The mean time until a user logs off.
    stay: Span,
}

/// Why a description is invalid: the path of the key, and the problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorldFileError {
    path: String,
    why: String,
}

impl WorldFileError {
    fn new(path: impl Into<String>, why: impl Into<String>) -> Self {
        let (path, why) = (path.into(), why.into());
        Self { path, why }
    }
}

impl fmt::Display for WorldFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.why)
    }
}

impl std::error::Error for WorldFileError {}
