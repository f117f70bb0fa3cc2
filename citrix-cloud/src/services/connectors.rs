//! Cloud connectors, which link a customer's resource locations to Citrix Cloud.
//!
//! Operations and fields follow Citrix's Go SDK.

use std::cmp::Ordering;

use citrix_cloud_gen::ops::connectors::{DeleteConnector, ListConnectors};

use crate::key::{Key, exists};
use crate::models::connectors::Connector;
use crate::paging::List;
use crate::{BoxRequest, Client, Error, Request};

/// A handle to the customer's connectors.
#[derive(Debug, Clone)]
pub struct Connectors {
    client: Client,
}

impl Connectors {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Returns a handle to a connector by its id; nothing is sent.
    #[must_use]
    pub fn connector(&self, id: impl Into<Key<ConnectorHandle>>) -> ConnectorHandle {
        ConnectorHandle {
            client: self.client.clone(),
            id: id.into().into_value(),
        }
    }

    /// Lists the connectors of all resource locations; the service returns them in one page.
    ///
    /// [`ResourceLocationHandle::connectors`](crate::resource_locations::ResourceLocationHandle::connectors)
    /// lists those of one resource location.
    pub fn list(&self) -> List<ListConnectors> {
        self.client.list(ListConnectors::new())
    }

    /// Lists the connectors that do not run the expected version, according to [`is_outdated`].
    ///
    /// ```
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let emulator = citrix_cloud_emulator::Emulator::default().serve("127.0.0.1:0".parse()?).await?;
    /// # use citrix_cloud_emulator::ids;
    /// # let client = citrix_cloud::Client::builder()
    /// #     .credentials(citrix_cloud::Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)?)
    /// #     .endpoint(emulator.url())
    /// #     .build()?;
    /// for connector in client.connectors().outdated().await? {
    ///     println!("{:?} runs {:?}", connector.fqdn, connector.current_version);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any error of the service or the connection; see [`Error`].
    pub fn outdated(&self) -> BoxRequest<Vec<Connector>> {
        let operation = ListConnectors::new().retrieve_expected_version(true);
        self.client.send(operation).map(|mut all| {
            all.retain(|connector| is_outdated(connector) == Some(true));
            all
        })
    }
}

impl List<ListConnectors> {
    /// Lists only connectors of this type. Known values, from publicly available programs, are
    /// `Windows` and `Unified`.
    pub fn connector_type(self, connector_type: impl Into<String>) -> Self {
        self.with(|operation| operation.connector_type(connector_type))
    }

    /// Sets whether the response contains additional data; no document says which.
    pub fn extended_data(self, extended_data: bool) -> Self {
        self.with(|operation| operation.extended_data(extended_data))
    }

    /// Lists only connectors of the resource location with this id.
    pub fn location(self, location: impl Into<String>) -> Self {
        self.with(|operation| operation.location(location))
    }

    /// Sets whether each connector includes the version that it should run.
    pub fn retrieve_expected_version(self, retrieve_expected_version: bool) -> Self {
        self.with(|operation| operation.retrieve_expected_version(retrieve_expected_version))
    }
}

/// A handle to a connector.
#[derive(Debug, Clone)]
pub struct ConnectorHandle {
    client: Client,
    id: String,
}

impl ConnectorHandle {
    /// Returns the id that the handle was created with.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Gets the connector, including the version that it should run. It is looked up in the list,
    /// because the service has no operation for a single connector.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if no connector has that id.
    pub fn get(&self) -> BoxRequest<Connector> {
        let operation = ListConnectors::new().retrieve_expected_version(true);
        let id = self.id.clone();
        let is = move |it: &Connector| {
            it.id
                .as_deref()
                .is_some_and(|it| it.eq_ignore_ascii_case(&id))
        };
        let words = format!("no connector has the id `{}`", self.id);
        self.client.send(operation).find(words, is)
    }

    /// Removes the connector from its resource location. This does not uninstall it from its
    /// machine.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if no connector has that id.
    pub fn delete(&self) -> Request<DeleteConnector> {
        self.client.send(DeleteConnector::new(&self.id))
    }

    /// Returns whether the connector exists, by trying to get it.
    ///
    /// # Errors
    ///
    /// The same as `get`, except [`ErrorKind::NotFound`](crate::ErrorKind::NotFound).
    pub async fn exists(&self) -> Result<bool, Error> {
        exists(self.get().await)
    }
}

impl From<&Connector> for Key<ConnectorHandle> {
    fn from(model: &Connector) -> Self {
        model.id.clone().unwrap_or_default().into()
    }
}

/// Returns whether a connector, or the program that upgrades it, is older than it should be.
///
/// Versions are compared number by number; if one is not a valid version, any difference counts as
/// outdated. Returns `None` if the service did not report both the current and the expected
/// version; request the latter with [`retrieve_expected_version`](List::retrieve_expected_version).
#[must_use]
pub fn is_outdated(connector: &Connector) -> Option<bool> {
    let pairs = [
        (&connector.current_version, &connector.expected_version),
        (
            &connector.current_bootstrapper_version,
            &connector.expected_boot_strapper_version,
        ),
    ];
    let known = pairs.into_iter().filter_map(|(current, expected)| {
        let (current, expected) = (current.as_deref()?, expected.as_deref()?);
        let told = !current.is_empty() && !expected.is_empty();
        told.then(|| is_older(current, expected))
    });
    known.reduce(|one, other| one || other)
}

fn is_older(current: &str, expected: &str) -> bool {
    match (numbers(current), numbers(expected)) {
        (Some(current), Some(expected)) => current.cmp(&expected) == Ordering::Less,
        _ => current != expected,
    }
}

fn numbers(version: &str) -> Option<Vec<u64>> {
    let parts = version.trim().split('.').map(|part| part.parse().ok());
    let mut numbers: Vec<u64> = parts.collect::<Option<_>>()?;
    while numbers.last() == Some(&0) {
        numbers.pop();
    }
    Some(numbers)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn connector(json: Value) -> Connector {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn versions_are_compared_number_by_number() {
        let told = |current: &str, expected: &str| {
            is_outdated(&connector(json!({
                "currentVersion": current,
                "expectedVersion": expected,
            })))
        };
        assert_eq!(told("6.99.0.1", "6.115.0.57461"), Some(true));
        assert_eq!(told("6.115.0.57461", "6.99.0.1"), Some(false));
        assert_eq!(told("6.115", "6.115.0.0"), Some(false));
        assert_eq!(told("6.115-beta", "6.115"), Some(true));
        assert_eq!(told("6.115-beta", "6.115-beta"), Some(false));
        assert_eq!(told("", "6.115"), None);
        assert_eq!(is_outdated(&Connector::default()), None);
    }

    #[test]
    fn an_old_bootstrapper_makes_a_connector_old() {
        let old = connector(json!({
            "currentVersion": "2.0",
            "expectedVersion": "2.0",
            "currentBootstrapperVersion": "1.9",
            "expectedBootStrapperVersion": "1.10",
        }));
        assert_eq!(is_outdated(&old), Some(true));
    }
}
