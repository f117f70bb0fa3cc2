//! Waking up a frozen site.

use std::time::Duration;

use tokio::time::Instant;

use super::Site;
use crate::raw::{self, RawOperation};
use crate::{Error, ErrorKind, Request, Service};

/// How often to check whether a site has woken up, as in Citrix's Go SDK.
const INTERVAL: Duration = Duration::from_secs(30);

/// How long a site may take to wake up, as in Citrix's Go SDK.
const LIMIT: Duration = Duration::from_secs(20 * 60);

impl Site {
    /// Activates the customer's site if it is frozen, and waits until it responds.
    ///
    /// A frozen site responds with 530 to everything ([`Error::is_site_frozen`]). This requests
    /// activation once and then polls `/me` every 30 s, for at most 20 minutes, until the status is
    /// below 500. If the site is awake, it returns at once. The path is the one that Citrix's Go SDK
    /// uses; no document describes it.
    ///
    /// # Errors
    ///
    /// The service's error if it rejects the activation, or the last error of `/me` when the time
    /// is up.
    pub async fn activate_and_wait(&self) -> Result<(), Error> {
        match self.activation()?.idempotent().await {
            Err(error) if error.kind() != ErrorKind::JobStarted => return Err(error),
            _ => {}
        }
        let give_up = Instant::now() + LIMIT;
        loop {
            match self.client().daas().me().await {
                Err(error)
                    if error.status() >= Some(500) && Instant::now() + INTERVAL <= give_up =>
                {
                    tracing::info!(%error, "the site is not awake yet");
                    tokio::time::sleep(INTERVAL).await;
                }
                outcome => return outcome.map(drop),
            }
        }
    }

    /// Returns the request that activates the customer's frozen site; its path is not below a site.
    fn activation(&self) -> Result<Request<RawOperation>, Error> {
        // A customer id consists of letters and digits, so it needs no encoding in a path or query.
        let customer = self.client().customer();
        let path = format!("/resourceprovider/{customer}/site/activation?customerId={customer}");
        let request = http::Request::post(path)
            .body(bytes::Bytes::new())
            .map_err(|error| Error::input(error.to_string()))?;
        let request = self.client().send_raw(Service::Platform, request);
        Ok(raw::named(request, "activateSite"))
    }
}
