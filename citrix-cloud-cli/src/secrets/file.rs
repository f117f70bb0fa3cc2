//! Secrets in a file that only its owner can read.

use std::path::{Path, PathBuf};

use citrix_cloud::Secret;
use toml_edit::{DocumentMut, Item, Table, value};

use super::{SecretKey, SecretStore, StoreKind};
use crate::exit::Failure;
use crate::profiles::{OthersMay, lock, read_private};

/// The field with a client's secret.
const SECRET: &str = "client_secret";

/// The field with the client that the secret belongs to.
const CLIENT_ID: &str = "client_id";

/// `secrets.toml` beside the profiles, with a table for each profile.
#[derive(Debug, Clone)]
pub(crate) struct FileSecrets {
    path: PathBuf,
}

impl FileSecrets {
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            path: folder.join("secrets.toml"),
        }
    }

    fn read(&self) -> Result<DocumentMut, Failure> {
        let text = read_private(&self.path, OthersMay::Nothing)?.unwrap_or_default();
        // The parser's error quotes the line, which may contain a secret.
        text.parse().map_err(|_| {
            Failure::Usage(format!(
                "{}: it is not the file that `citrix-cloud login` wrote; remove it and sign in again",
                self.path.display()
            ))
        })
    }

    fn change<T>(&self, change: impl FnOnce(&mut DocumentMut) -> T) -> Result<T, Failure> {
        let locked = lock(&self.path)?;
        let mut document = self.read()?;
        let changed = change(&mut document);
        locked.write(&document.to_string())?;
        Ok(changed)
    }
}

/// Returns the table of a key.
fn table<'a>(document: &'a DocumentMut, key: &SecretKey) -> Option<&'a Table> {
    let table = document.get(&key.profile)?.as_table()?;
    let ours = table.get(CLIENT_ID).and_then(Item::as_str) == Some(key.client_id.as_str());
    ours.then_some(table)
}

impl SecretStore for FileSecrets {
    fn kind(&self) -> StoreKind {
        StoreKind::File
    }

    fn place(&self) -> String {
        self.path.display().to_string()
    }

    fn get(&self, key: &SecretKey) -> Result<Option<Secret>, Failure> {
        let document = self.read()?;
        let secret = table(&document, key).and_then(|it| it.get(SECRET)?.as_str());
        Ok(secret.map(|it| it.to_owned().into()))
    }

    fn set(&self, key: &SecretKey, secret: &Secret) -> Result<(), Failure> {
        self.change(|document| {
            let mut table = Table::new();
            table.insert(CLIENT_ID, value(&key.client_id));
            table.insert(SECRET, value(secret.expose()));
            document.insert(&key.profile, Item::Table(table));
        })
    }

    fn remove(&self, key: &SecretKey) -> Result<bool, Failure> {
        if table(&self.read()?, key).is_none() {
            return Ok(false);
        }
        self.change(|document| document.remove(&key.profile).is_some())
    }
}
