//! Service principals and the secrets they sign in with.
//!
//! No document says how a secret is handed out; tests and demos take it from the world.

use uuid::Uuid;

use super::World;
use super::collection::Collection;
use super::platform::{ApiClient, Expiry, Platform, ServicePrincipal};

/// A principal has as many secrets as it takes to replace one without an interruption.
const MOST_SECRETS: usize = 2;

impl World {
    /// Lists the secrets that a service principal signs in with, the older one first; `None` where no customer has such
    /// a principal.
    #[must_use]
    pub fn service_principal_secrets(&self, id: &str) -> Option<Vec<&str>> {
        let principal = self.service_principal(id)?;
        let clients = self.clients.iter();
        let own = clients.filter(|client| client.client_id == principal.client_id);
        Some(own.map(|client| client.client_secret.as_str()).collect())
    }

    /// Finds a service principal, whichever customer has it.
    #[must_use]
    pub fn service_principal(&self, id: &str) -> Option<&ServicePrincipal> {
        let mut customers = self.customers.iter();
        customers.find_map(|it| it.platform.service_principals.get(id))
    }

    /// Gives a service principal one more secret and returns it. Of two that it had, the older one goes.
    ///
    /// `expires` is when the principal says it runs out; signing in goes on after that.
    pub fn add_service_principal_secret(&mut self, id: &str, expires: String) -> Option<String> {
        let mut customers = self.customers.iter_mut();
        let customer = customers.find(|it| it.platform.service_principals.contains(id))?;
        customer.platform.add_secret(&mut self.clients, id, expires)
    }

    /// Takes out a service principal and everything it could sign in with.
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
            // Of several with one name the collection finds the oldest.
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
