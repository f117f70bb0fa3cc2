//! Stores for the secrets of profiles: the system's keyring, or a file that only its owner can read.

use std::fmt;
use std::str::FromStr;

use citrix_cloud::Secret;

use crate::exit::Failure;

#[cfg(test)]
mod fake;
mod file;
#[cfg(feature = "keyring")]
mod keyring;

pub(crate) use file::FileSecrets;
#[cfg(feature = "keyring")]
pub(crate) use keyring::Keyring;

/// A store of secrets.
pub(crate) trait SecretStore {
    /// Returns the kind of store.
    fn kind(&self) -> StoreKind;

    /// Returns its location, for people.
    fn place(&self) -> String;

    /// Returns the secret stored under a key.
    fn get(&self, key: &SecretKey) -> Result<Option<Secret>, Failure>;

    /// Stores a secret, replacing any other.
    fn set(&self, key: &SecretKey, secret: &Secret) -> Result<(), Failure>;

    /// Deletes a secret; returns false if there was none.
    fn remove(&self, key: &SecretKey) -> Result<bool, Failure>;
}

/// The owner of a secret: a profile, and the client that it was issued for.
///
/// A profile that was changed to another client must not send the previous client's secret.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SecretKey {
    pub(crate) profile: String,
    pub(crate) client_id: String,
}

/// The kinds of stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StoreKind {
    /// The operating system's keyring.
    Keyring,
    /// A file that its owner alone can read.
    File,
}

impl StoreKind {
    pub(crate) const ALL: [&'static str; 2] = ["keyring", "file"];
}

impl fmt::Display for StoreKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Keyring => "keyring",
            Self::File => "file",
        })
    }
}

impl FromStr for StoreKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "keyring" => Ok(Self::Keyring),
            "file" => Ok(Self::File),
            _ => Err("`keyring` or `file`".to_owned()),
        }
    }
}

/// The store that a secret was saved in.
#[derive(Debug)]
pub(crate) struct Kept {
    pub(crate) kind: StoreKind,
    pub(crate) place: String,
    /// Why the keyring was not used although it was preferred.
    pub(crate) instead: Option<String>,
}

/// Saves a secret in the first store that accepts it.
///
/// # Errors
///
/// The error of the last store.
pub(crate) fn keep(
    stores: &[Box<dyn SecretStore>],
    key: &SecretKey,
    secret: &Secret,
) -> Result<Kept, Failure> {
    let mut instead = None;
    let mut refused = Failure::Usage("no place for secrets".to_owned());
    for store in stores {
        match store.set(key, secret) {
            Ok(()) => {
                return Ok(Kept {
                    kind: store.kind(),
                    place: store.place(),
                    instead,
                });
            }
            Err(failure) => {
                instead = Some(failure.to_string());
                refused = failure;
            }
        }
    }
    Err(refused)
}

#[cfg(test)]
mod tests {
    use super::fake::FakeSecrets;
    use super::*;

    fn key() -> SecretKey {
        SecretKey {
            profile: "work".to_owned(),
            client_id: "id".to_owned(),
        }
    }

    #[test]
    fn a_secret_goes_into_the_first_store_that_takes_it() {
        let (keyring, file) = (
            FakeSecrets::new(StoreKind::Keyring),
            FakeSecrets::new(StoreKind::File),
        );
        let stores: [Box<dyn SecretStore>; 2] = [Box::new(keyring.clone()), Box::new(file.clone())];
        let secret = Secret::from("hunter2".to_owned());
        let kept = keep(&stores, &key(), &secret).unwrap();
        assert_eq!((kept.kind, kept.instead), (StoreKind::Keyring, None));
        assert!(file.get(&key()).unwrap().is_none());

        keyring.break_it("no Secret Service");
        let kept = keep(&stores, &key(), &secret).unwrap();
        assert_eq!(kept.kind, StoreKind::File);
        assert_eq!(kept.instead.as_deref(), Some("no Secret Service"));
        assert_eq!(file.get(&key()).unwrap().unwrap().expose(), "hunter2");

        file.break_it("disk full");
        let failure = keep(&stores, &key(), &secret).unwrap_err();
        assert_eq!(failure.to_string(), "disk full");
        assert!(!format!("{failure:?}").contains("hunter2"));
    }
}
