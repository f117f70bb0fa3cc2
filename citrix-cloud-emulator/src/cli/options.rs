//! What the emulated cloud is to be like, the same for every command that starts one.

use std::time::Duration;

use citrix_cloud_emulator::{Emulator, World};
use clap::Args;

#[derive(Args)]
pub(super) struct CloudOptions {
    /// Fills the catalog with this many idle machines instead of the default ones.
    #[arg(long, value_name = "N")]
    machines: Option<usize>,

    /// How long a token is good for.
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    token_lifetime: u64,

    /// How long every answer is held back.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,
}

impl CloudOptions {
    pub(super) fn build(&self) -> Emulator {
        let world = self
            .machines
            .map_or_else(World::default, World::with_machines);
        Emulator::builder()
            .world(world)
            .token_lifetime(Duration::from_secs(self.token_lifetime))
            .latency(Duration::from_millis(self.latency))
            .build()
    }
}
