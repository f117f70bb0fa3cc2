//! Citrix Cloud on your own machine: an emulator of its REST API for demos and tests.
//!
//! It is written from Citrix's walkthrough, its documentation and the behavior of its official clients. It does not
//! use any other crate of this workspace, so a mistake in their types cannot go unnoticed here. It never guesses: a
//! known `DaaS` operation that is not implemented responds with 501 and the operation's name.
//!
//! ```no_run
//! use citrix_cloud_emulator::{Emulator, ids};
//!
//! # async fn example() -> std::io::Result<()> {
//! let server = Emulator::default().serve(([127, 0, 0, 1], 0).into()).await?;
//! // ... let the program under test reboot a machine at server.url() ...
//! let reboots = server.read_site(|site| site.machines.get(ids::KESTREL_ID).map(|it| it.reboots()));
//! assert_eq!(reboots, Some(1));
//! # Ok(())
//! # }
//! ```
//!
//! One listener serves all of Citrix's hosts, because their paths do not collide. The emulator has its own time: see
//! [`Clock`].

#![cfg_attr(docsrs, feature(doc_cfg))]

mod accept;
mod api;
mod assertions;
mod authorization;
mod client_config;
mod clock;
mod connection;
mod control;
mod daas;
mod emulator;
pub mod faults;
mod field_mask;
mod http;
pub mod ids;
mod journal;
mod limits;
mod listener;
mod monitor;
mod operations;
mod paging;
mod platform;
#[cfg(feature = "proxy")]
mod proxy;
mod recorder;
mod routes;
mod schema;
mod secrets;
mod server;
mod service;
mod shared;
mod state;
mod system_log;
mod tokens;
mod webhooks;
mod world;
mod worldfile;

pub use client_config::ClientConfig;
pub use clock::Clock;
pub use emulator::{Emulator, EmulatorBuilder};
pub use journal::{Exchange, Journal};
pub use limits::Limits;
#[cfg(feature = "__fuzz")]
#[doc(hidden)]
pub use monitor::fuzz_query;
#[cfg(feature = "proxy")]
pub use proxy::Proxy;
pub use server::Server;
pub use shared::ApiVersions;
pub use state::StateError;
pub use world::{
    Administrator, ApiClient, Collection, Customer, Expiry, Iter, Job, JobStatus, Machine, Member,
    MemberMut, Notification, Platform, PowerAction, PowerState, RegistrationState, Resource,
    ResourceKind, ResourceLocation, ServicePrincipal, ServiceState, Session, SessionState, Site,
    World,
};
pub use worldfile::{WorldFile, WorldFileError};

/// Returns a router for a new emulator with the default world.
pub fn app() -> axum::Router {
    Emulator::default().app()
}
