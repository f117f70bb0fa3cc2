//! What a client was built with.

use std::sync::Arc;
use std::time::Duration;

use crate::wire::Proxy;
use crate::{ApiVersion, Credentials, Endpoints};

/// Tells the `traceparent` of the span that it is asked in.
pub(crate) type Traceparent = Arc<dyn Fn() -> Option<String> + Send + Sync>;

/// The settings of a client, as its parts read them.
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
