//! Service entitlement: which services a customer has, and in which state.

use citrix_cloud_gen::ops::entitlement::ListServiceStates;

use crate::models::entitlement::{ServiceState, ServiceStateValue};
use crate::paging::List;
use crate::{BoxRequest, Client};

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
    pub fn list(&self) -> List<ListServiceStates> {
        self.client.list(self.operation())
    }

    /// Lists the services in one state, as the walkthrough does for `ProductionTrial`.
    ///
    /// The service has no filter of its own: all are read. The comparison is of the wire text.
    ///
    /// # Errors
    ///
    /// What the service or the connection fails with; see [`Error`](crate::Error).
    pub fn in_state(&self, state: impl Into<ServiceStateValue>) -> BoxRequest<Vec<ServiceState>> {
        let state = state.into();
        self.client.send(self.operation()).map(move |answer| {
            let mut services = answer.items.unwrap_or_default();
            services.retain(|service| service.state.as_ref() == Some(&state));
            services
        })
    }

    fn operation(&self) -> ListServiceStates {
        ListServiceStates::new(self.client.customer())
    }
}
