//! Citrix Cloud and Citrix DaaS for Rust.
//!
//! A [`Client`] signs in with an API client's credentials and gives typed calls to resource
//! locations, service entitlement, notifications, service principals and Citrix DaaS. It sets the
//! headers as Citrix wants them, knows the hosts of each region and both versions of the API, keeps
//! and renews the token, and turns every error body into one readable [`Error`].
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = citrix_cloud_emulator::Emulator::default().serve("127.0.0.1:0".parse()?).await?;
//! # use citrix_cloud_emulator::ids;
//! # let client = citrix_cloud::Client::builder()
//! #     .credentials(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)
//! #     .endpoint(emulator.url())
//! #     .build()?;
//! let site = client.daas().only_site().await?;
//! for machine in site.catalog(ids::CATALOG_ID).machines().all().await? {
//!     println!("{:?} has {:?} sessions", machine.name, machine.session_count);
//! }
//! # Ok(())
//! # }
//! ```
//!
//! With [`Client::from_env`], the credentials come from `CITRIX_CLIENT_ID`, `CITRIX_CLIENT_SECRET`
//! and `CITRIX_CUSTOMER_ID`, or from the names of Citrix's walkthrough without the prefix.
//!
//! This is not a product of Citrix, nor endorsed by it.

#[cfg(feature = "__fuzz")]
#[doc(hidden)]
pub mod __fuzz;
pub mod administrators;
pub mod bulk;
mod client;
mod credentials;
pub mod daas;
mod deadline;
mod endpoints;
mod error;
mod escapes;
pub mod licensing;
mod mask;
pub mod models;
pub mod notifications;
pub mod pages;
pub mod raw;
mod region;
mod request;
mod request_event;
pub mod resource_locations;
pub mod service_principals;
pub mod service_states;
pub mod system_log;
mod task;
mod transport;
pub mod webhooks;

pub use citrix_cloud_gen::Secret;
pub use client::{Client, ClientBuilder};
pub use credentials::Credentials;
pub use endpoints::{Endpoints, Service};
pub use error::{Error, ErrorKind};
pub use notifications::CreateNotification;
pub use region::{ApiVersion, Region};
pub use request::Request;
pub use request_event::RequestEvent;
pub use resource_locations::{CreateResourceLocation, UpdateResourceLocation};
#[cfg(feature = "redis")]
pub use transport::RedisTokenStore;
pub use transport::{
    FileTokenStore, LockGuard, StoreError, StoreFuture, StoredToken, TokenKey, TokenStore,
};

/// The blocks of the README and of the guide are tests.
#[cfg(doctest)]
mod blocks {
    macro_rules! pages {
        ($($name:ident = $path:literal;)*) => {
            $(#[doc = include_str!(concat!("../../", $path))] mod $name {})*
        };
    }

    pages! {
        readme = "README.md";
        getting_started = "docs/src/getting-started.md";
        signing_in = "docs/src/signing-in.md";
        platform_services = "docs/src/platform-services.md";
        machines = "docs/src/machines.md";
        reboot_idle = "docs/src/reboot-idle.md";
        bulk = "docs/src/bulk.md";
        errors = "docs/src/errors.md";
        transport = "docs/src/transport.md";
        lists = "docs/src/lists.md";
        jobs = "docs/src/jobs.md";
        batch = "docs/src/batch.md";
        raw = "docs/src/raw.md";
        features = "docs/src/features.md";
        command_line = "docs/src/command-line.md";
        emulator = "docs/src/emulator.md";
        faults = "docs/src/faults.md";
        regen = "docs/src/regen.md";
    }
}
