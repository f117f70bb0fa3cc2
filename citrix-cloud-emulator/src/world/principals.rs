//! Service principals and their secrets.
//!
//! No document says how a secret is delivered; tests and demos read it from the world.

use uuid::Uuid;

use super::World;
use super::collection::Collection;
use super::platform::{ApiClient, Expiry, Platform, ServicePrincipal};

/// Two secrets are enough to replace one without an interruption.
const MOST_SECRETS: usize = 2;

impl World {
    /// Returns the secrets of a service principal, older one first, or `None` if no customer has such a principal.
    #[must_use]
    pub fn service_principal_secrets(&self, id: &str) -> Option<Vec<&str>> {
        let principal = self.service_principal(id)?;
        let clients = self.clients.iter();
        let own = clients.filter(|client| client.client_id == principal.client_id);
        Some(own.map(|client| client.client_secret.as_str()).collect())
    }

    /// Returns a service principal of any customer.
    #[must_use]
    pub fn service_principal(&self, id: &str) -> Option<&ServicePrincipal> {
        let mut customers = self.customers.iter();
        customers.find_map(|it| it.platform.service_principals.get(id))
    }

    /// Adds a secret to a service principal and returns it. If there were two already, the older one is removed.
    ///
    /// `expires` is the expiry that the principal reports; the emulator accepts the secret even after that.
    pub fn add_service_principal_secret(&mut self, id: &str, expires: String) -> Option<String> {
        let mut customers = self.customers.iter_mut();
        let customer = customers.find(|it| it.platform.service_principals.contains(id))?;
        customer.platform.add_secret(&mut self.clients, id, expires)
    }

    /// Removes a service principal and all of its secrets.
    pub fn remove_service_principal(&mut self, id: &str) -> Option<ServicePrincipal> {
        let mut customers = self.customers.iter_mut();
        let customer = customers.find(|it| it.platform.service_principals.contains(id))?;
        customer.platform.remove_principal(&mut self.clients, id)
    }
}

impl Platform {
    pub(crate) fn add_secret(
        &mut self,
        clients: &mut Collection<ApiClient>,
        id: &str,
        expires: String,
    ) -> Option<String> {
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
        let own = clients.iter();
        let own = own.filter(|it| it.client_id == client.client_id).count();
        match own {
            0 => principal.primary = Some(newest),
            1 => principal.secondary = Some(newest),
            _ => principal.primary = principal.secondary.replace(newest),
        }
        if own >= MOST_SECRETS {
            // If several share a name, the collection finds the oldest.
            clients.remove(&client.client_id);
        }
        clients.push(client);
        Some(secret)
    }

    pub(crate) fn remove_principal(
        &mut self,
        clients: &mut Collection<ApiClient>,
        id: &str,
    ) -> Option<ServicePrincipal> {
        let principal = self.service_principals.remove(id)?;
        clients.retain(|client| client.client_id != principal.client_id);
        Some(principal)
    }
}
