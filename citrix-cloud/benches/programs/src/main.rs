//! The programs that `cargo xtask bench` runs side by side: the same work by way of bare reqwest and
//! `serde_json`, and by way of this crate.
//!
//! `speed SIDE WORK [ROUNDS]` takes its settings from the environment, and prints one line of JSON:
//! how many objects it dealt with, how many milliseconds a round took where rounds are measured,
//! and the most memory it held.

mod bare;
mod ours;

use std::env;
use std::error::Error;
use std::time::Instant;

use serde_json::json;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// What a side did.
struct Done {
    /// How many objects came or were dealt with, over all rounds.
    objects: usize,
    /// The time of one round in milliseconds, where the sign-in is not to be measured.
    round: Option<f64>,
}

impl Done {
    fn whole(objects: usize) -> Self {
        Self {
            objects,
            round: None,
        }
    }

    fn rounds(objects: usize, began: Instant, rounds: usize) -> Self {
        let round = began.elapsed().as_secs_f64() * 1000.0 / rounds as f64;
        Self {
            objects,
            round: Some(round),
        }
    }
}

#[tokio::main]
async fn main() -> Outcome<()> {
    // For reqwest alone; ours needs none.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments: Vec<String> = env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["bare", "reboot"] => bare::Bare::from_env().await?.reboot().await,
        ["bare", "list"] => bare::Bare::from_env().await?.list().await,
        ["bare", "call", rounds] => bare::Bare::from_env().await?.call(rounds.parse()?).await,
        ["bare", "decode", rounds] => bare::Bare::from_env().await?.decode(rounds.parse()?).await,
        ["ours", "reboot"] => ours::Ours::from_env()?.reboot().await,
        ["ours", "list"] => ours::Ours::from_env()?.list().await,
        ["ours", "call", rounds] => ours::Ours::from_env()?.call(rounds.parse()?).await,
        ["ours", "decode", rounds] => ours::decode(rounds.parse()?).await,
        _ => Err("usage: speed bare|ours reboot|list|call ROUNDS|decode ROUNDS".into()),
    }?;
    println!(
        "{}",
        json!({ "objects": done.objects, "round": done.round, "megabytes": peak() })
    );
    Ok(())
}

/// The most memory that this process held, where the system tells.
fn peak() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes / 1024)
}
