//! Service entitlement: which services a customer has, and their states.

use citrix_cloud_gen::ops::entitlement::ListServiceStates;

use crate::models::entitlement::{ServiceState, ServiceStateValue};
use crate::paging::List;
use crate::{BoxRequest, Client};

/// A handle to the customer's services and their states.
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
    /// The service has no filter, so all states are read. States are compared by their text on the
    /// wire.
    ///
    /// # Errors
    ///
    /// Any error of the service or the connection; see [`Error`](crate::Error).
    pub fn in_state(&self, state: impl Into<ServiceStateValue>) -> BoxRequest<Vec<ServiceState>> {
        let state = state.into();
        self.client.send(self.operation()).map(move |response| {
            let mut services = response.items.unwrap_or_default();
            services.retain(|service| service.state.as_ref() == Some(&state));
            services
        })
    }

    fn operation(&self) -> ListServiceStates {
        ListServiceStates::new(self.client.customer())
    }
}
