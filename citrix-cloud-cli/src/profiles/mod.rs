//! Profiles: customers to sign in to, stored in a file of the user.
//!
//! [`config`] is that file; [`settings`] combines options, environment and profile into the effective settings of a
//! command.

mod config;
mod field;
mod folders;
mod origin;
mod private;
mod settings;

use crate::credentials::Environment;

pub(crate) use config::{Config, ConfigFile, Profile, profile_name};
pub(crate) use field::Field;
pub(crate) use folders::Folders;
pub(crate) use origin::Origin;
pub(crate) use private::{OthersMay, append_private, lock, read_private};
pub(crate) use settings::{Missing, Settings, kept};

/// Returns the names of all profiles; empty if they cannot be read.
pub(crate) fn names(environment: Environment) -> Vec<String> {
    let config = Folders::of_user(environment).and_then(|it| ConfigFile::new(&it.config).read());
    let config = config.unwrap_or_default();
    config.profiles().map(|(name, _)| name.to_owned()).collect()
}
