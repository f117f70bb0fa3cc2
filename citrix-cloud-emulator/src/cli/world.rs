//! `world`: files that describe worlds.

use std::io::{self, Write};
use std::path::PathBuf;

use citrix_cloud_emulator::{Site, World as State};
use clap::Subcommand;

use super::options::described;

const EXAMPLE: &str = include_str!("../../worlds/office.yml");

#[derive(Subcommand)]
pub(super) enum World {
    /// Checks a file that describes a world, and shows what would be in it.
    Check {
        /// The file.
        file: PathBuf,
    },

    /// Prints an example of a file that describes a world.
    Example,
}

pub(super) fn run(command: &World) -> io::Result<()> {
    let text = match command {
        World::Example => EXAMPLE.to_owned(),
        World::Check { file } => described(file)?.build().read(summary),
    };
    match io::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

fn summary(world: &State) -> String {
    let count = |of: fn(&Site) -> usize| world.sites().map(of).sum::<usize>();
    format!(
        "{} machines in {} catalogs, {} sessions, {} customers\n",
        count(|site| site.machines.len()),
        count(|site| site.catalogs().len()),
        count(|site| site.sessions.len()),
        world.customers().len()
    )
}
