//! Waking up a site that is frozen.

use std::time::Duration;

use tokio::time::Instant;

use super::{Site, operation};
use crate::{Error, ErrorKind};

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
        match operation::activation(self).idempotent().await {
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
}
