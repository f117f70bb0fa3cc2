//! Requests and responses as plain values, and the shapes of the service's errors.

pub(crate) mod bytes_as_text;
mod call;
pub(crate) mod errors;
mod percent;
mod query;
mod reply;

pub(crate) use call::{Call, json_body, path_segments, platform_body};
pub(crate) use percent::decode_form;
pub(crate) use query::Query;
pub(crate) use reply::Reply;

/// The result of a route: a response, or an error response.
pub(crate) type Outcome = Result<Reply, Reply>;
