//! Waking up a site that is frozen.

use std::time::Duration;

use tokio::time::Instant;

use super::Site;
use crate::raw::{self, RawOperation};
use crate::{Error, ErrorKind, Request, Service};

/// How often a site that wakes up is looked at, as Citrix's Go SDK does.
const INTERVAL: Duration = Duration::from_secs(30);

/// How long a site may take to wake up, as Citrix's Go SDK has it.
const LIMIT: Duration = Duration::from_secs(20 * 60);

impl Site {
    /// Activates the customer's site when it is frozen, and waits until it answers.
    ///
    /// A frozen site answers 530 to everything ([`Error::is_site_frozen`]). Activation is asked for
    /// once; then `/me` is asked every 30 s, for 20 minutes at most, until it answers with less than
    /// 500. For a site that is awake it ends at once. The path is that of Citrix's Go SDK; no
    /// document has it.
    ///
    /// # Errors
    ///
    /// What the activation is refused with, and what `/me` last failed with when the time is over.
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

    /// The activation of the customer's frozen site, which is not below any site.
    fn activation(&self) -> Result<Request<RawOperation>, Error> {
        // A customer id is letters and digits, so it stands in a path and in a query as it is.
        let customer = self.client().customer();
        let path = format!("/resourceprovider/{customer}/site/activation?customerId={customer}");
        let request = http::Request::post(path)
            .body(bytes::Bytes::new())
            .map_err(|error| Error::input(error.to_string()))?;
        let request = self.client().send_raw(Service::Platform, request);
        Ok(raw::named(request, "activateSite"))
    }
}
