//! A world described in a file: sizes, name patterns and shares, filled in from a seed.

mod customers;
mod fill;
mod machines;
mod values;

use std::fmt;

use jiff::Timestamp;
use serde::Deserialize;

use crate::faults::Fault;
use values::{Pattern, Share, Span};

/// What a world is to be like. Every part may be left out; unknown keys are refused.
///
/// The same file makes the same world each time, ids included.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WorldFile {
    /// Where everything random starts from.
    seed: u64,
    clock: ClockPart,
    token_lifetime: Option<Span>,
    latency: Option<Span>,
    job_duration: Option<Span>,
    faults: Vec<Fault>,
    /// Customers and their sites; the default world's if there is none.
    customers: Vec<CustomerPart>,
    /// Who can sign in; the default world's client if there is none.
    credentials: Vec<CredentialsPart>,
    /// What is in the first site of the first customer, in a world with one site.
    delivery_groups: Vec<NamedPart>,
    /// Machine catalogs; the default world's catalog without machines if there is none.
    catalogs: Vec<CatalogPart>,
    sessions: Option<SessionsPart>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ClockPart {
    /// The time at the start; the system's if there is none.
    start: Option<Timestamp>,
    /// Whether it stands still there.
    frozen: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct CustomerPart {
    id: String,
    name: Option<String>,
    sites: Vec<SitePart>,
    /// Service entitlements; the default world's if there is none.
    services: Option<Vec<ServicePart>>,
    /// Resource locations; one if there is none.
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
    /// Whom they are good for; every customer if it is left out.
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
    /// The name of the delivery group that its machines are in.
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
    /// The share of the machines that somebody works on, of those that are on and registered.
    #[serde(default)]
    in_use: Share,
    /// The share of the sessions whose users have left.
    #[serde(default)]
    disconnected: Share,
}

/// Sessions that come and go while the clock runs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct SessionsPart {
    /// The mean time from one arrival to the next.
    every: Span,
    /// The mean time until a user logs off.
    stay: Span,
}

/// Why a description makes no world: the key's path, and what is wrong there.
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
