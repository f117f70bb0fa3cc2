//! An emulator inside this program, and a client for it.

use citrix_cloud::{ApiVersion, Client, Credentials};
use citrix_cloud_emulator::{Emulator, Server, ids};

use crate::context::Context;
use crate::exit::Failure;

/// Starts the emulator, which stops when the server is dropped.
pub(crate) async fn sandbox(context: &Context) -> Result<(Server, Client), Failure> {
    let server = Emulator::default();
    let server = server.serve(([127, 0, 0, 1], 0).into()).await?;
    let known = Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)?;
    let client = context
        .builder()
        .api_version(context.options.api_version.unwrap_or(ApiVersion::Current))
        .credentials(known)
        .endpoint(server.url())
        .build()?;
    Ok((server, client))
}

/// Returns whether options select another service.
pub(crate) fn elsewhere(context: &Context) -> bool {
    let options = &context.options;
    let named = options.customer.is_some() || options.profile.is_some();
    named || options.endpoint.is_some() || options.region.is_some()
}
