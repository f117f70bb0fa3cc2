//! Service principals and the secrets they sign in with.
//!
//! No document says how a secret is handed out; tests and demos take it from the world.

use uuid::Uuid;

use super::World;
use super::platform::{ApiClient, Expiry, ServicePrincipal};

/// A principal has as many secrets as it takes to replace one without an interruption.
const MOST_SECRETS: usize = 2;

impl World {
    /// Lists the secrets that a service principal signs in with, the older one first; `None` where there is no such
    /// principal.
    #[must_use]
    pub fn service_principal_secrets(&self, id: &str) -> Option<Vec<&str>> {
        let principal = self.service_principals.get(id)?;
        let clients = self.clients.iter();
        let own = clients.filter(|client| client.client_id == principal.client_id);
        Some(own.map(|client| client.client_secret.as_str()).collect())
    }

    /// Gives a service principal one more secret and returns it. Of two that it had, the older one goes.
    ///
    /// `expires` is when the principal says it runs out; signing in goes on after that.
    pub fn add_service_principal_secret(&mut self, id: &str, expires: String) -> Option<String> {
        let mut principal = self.service_principals.get_mut(id)?;
        let secret = Uuid::new_v4().simple().to_string() + &Uuid::new_v4().simple().to_string();
        let client = ApiClient {
            client_id: principal.client_id.clone(),
            client_secret: secret.clone(),
            customers: vec![principal.customer_id.clone()],
        };
        let newest = Expiry {
            expiration_date: expires,
        };
        let own = self.clients.iter();
        let own = own.filter(|it| it.client_id == client.client_id).count();
        match own {
            0 => principal.primary = Some(newest),
            1 => principal.secondary = Some(newest),
            _ => principal.primary = principal.secondary.replace(newest),
        }
        if own >= MOST_SECRETS {
            // Of several with one name the collection finds the oldest.
            self.clients.remove(&client.client_id);
        }
        self.clients.push(client);
        Some(secret)
    }

    /// Takes out a service principal and everything it could sign in with.
    pub fn remove_service_principal(&mut self, id: &str) -> Option<ServicePrincipal> {
        let principal = self.service_principals.remove(id)?;
        self.clients
            .retain(|client| client.client_id != principal.client_id);
        Some(principal)
    }
}
