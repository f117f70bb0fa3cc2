//! Service entitlement: which services a customer has, and in which state.

use crate::models::{EntitlementState, ServiceState};
use crate::{Client, Request, Service};

/// The services of the customer with their states.
#[derive(Debug, Clone)]
pub struct ServiceStates {
    client: Client,
}

impl ServiceStates {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Lists every service, entitled or not (Citrix's service entitlement page).
    ///
    /// # Errors
    ///
    /// What the service or the connection fails with; see [`Error`](crate::Error).
    pub fn list(&self) -> Request<Vec<ServiceState>> {
        self.filtered(|_| true)
    }

    /// Lists the services in one state, as the walkthrough does for `ProductionTrial`.
    ///
    /// The service has no filter of its own: all are read. The comparison is of the wire text.
    ///
    /// # Errors
    ///
    /// As [`ServiceStates::list`].
    pub fn in_state(&self, state: impl Into<EntitlementState>) -> Request<Vec<ServiceState>> {
        let state = state.into();
        self.filtered(move |service| service.state.as_ref() == Some(&state))
    }

    fn filtered(
        &self,
        keep: impl Fn(&ServiceState) -> bool + Send + 'static,
    ) -> Request<Vec<ServiceState>> {
        let customer = self.client.customer().to_owned();
        Request::new(
            self.client.clone(),
            Service::Entitlement,
            |call| async move {
                let sent = call
                    .entitlement()
                    .list_service_states()
                    .customer_id(customer)
                    .send()
                    .await;
                let mut services = call.settle(sent).await?.items.unwrap_or_default();
                services.retain(|service| keep(service));
                Ok(services)
            },
        )
    }
}
