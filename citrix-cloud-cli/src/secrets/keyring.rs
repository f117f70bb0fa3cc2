//! The operating system's keyring: Secret Service, Keychain, Credential Manager.

use citrix_cloud::Secret;
use keyring::v1::{Entry, Error};

use super::{SecretKey, SecretStore, StoreKind};
use crate::exit::Failure;
use crate::output::escaped;

/// The service name of this program's entries.
const SERVICE: &str = "citrix-cloud";

/// The keyring of this user.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keyring;

impl Keyring {
    fn entry(key: &SecretKey) -> Result<Entry, Failure> {
        if let Err(error) = Entry::store_status() {
            return Err(failed(error));
        }
        let user = format!("{} {}", key.profile, key.client_id);
        Entry::new(SERVICE, &user).map_err(|error| failed(&error))
    }
}

impl SecretStore for Keyring {
    fn kind(&self) -> StoreKind {
        StoreKind::Keyring
    }

    fn place(&self) -> String {
        "the system's keyring".to_owned()
    }

    fn get(&self, key: &SecretKey) -> Result<Option<Secret>, Failure> {
        match Self::entry(key)?.get_password() {
            Ok(secret) => Ok(Some(secret.into())),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    fn set(&self, key: &SecretKey, secret: &Secret) -> Result<(), Failure> {
        let entry = Self::entry(key)?;
        let set = entry.set_password(secret.expose());
        set.map_err(|error| failed(&error))
    }

    fn remove(&self, key: &SecretKey) -> Result<bool, Failure> {
        match Self::entry(key)?.delete_credential() {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(error) => Err(failed(&error)),
        }
    }
}

fn failed(error: &Error) -> Failure {
    // The `Debug` output of some of these errors contains the secret; `Display` does not.
    Failure::Usage(format!(
        "the system's keyring: {}",
        escaped(&error.to_string())
    ))
}
