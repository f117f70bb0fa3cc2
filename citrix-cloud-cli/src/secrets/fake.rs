//! A store in memory, for tests.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use citrix_cloud::Secret;

use super::{SecretKey, SecretStore, StoreKind};
use crate::exit::Failure;

#[derive(Clone)]
pub(super) struct FakeSecrets {
    kind: StoreKind,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    secrets: BTreeMap<SecretKey, Secret>,
    broken: Option<String>,
}

impl FakeSecrets {
    pub(super) fn new(kind: StoreKind) -> Self {
        let state = Arc::default();
        Self { kind, state }
    }

    /// Makes every later call fail.
    pub(super) fn break_it(&self, why: &str) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.broken = Some(why.to_owned());
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> Result<T, Failure> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        match &state.broken {
            Some(why) => Err(Failure::Usage(why.clone())),
            None => Ok(work(&mut state)),
        }
    }
}

impl SecretStore for FakeSecrets {
    fn kind(&self) -> StoreKind {
        self.kind
    }

    fn place(&self) -> String {
        "memory".to_owned()
    }

    fn get(&self, key: &SecretKey) -> Result<Option<Secret>, Failure> {
        self.with(|state| state.secrets.get(key).cloned())
    }

    fn set(&self, key: &SecretKey, secret: &Secret) -> Result<(), Failure> {
        self.with(|state| state.secrets.insert(key.clone(), secret.clone()))
            .map(drop)
    }

    fn remove(&self, key: &SecretKey) -> Result<bool, Failure> {
        self.with(|state| state.secrets.remove(key).is_some())
    }
}
