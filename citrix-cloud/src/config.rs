//! The settings that a client was built with.

use std::sync::Arc;
use std::time::Duration;

use crate::wire::Proxy;
use crate::{ApiVersion, Credentials, Endpoints};

/// Returns the `traceparent` of the current span.
pub(crate) type Traceparent = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// The settings of a client, in the form that its parts read.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) credentials: Credentials,
    pub(crate) endpoints: Endpoints,
    pub(crate) api_version: ApiVersion,
    pub(crate) timeout: Duration,
    pub(crate) list_timeout: Option<Duration>,
    pub(crate) max_response_size: usize,
    pub(crate) follow_region: bool,
    pub(crate) proxy: Option<Proxy>,
    pub(crate) traceparent: Option<Traceparent>,
}
