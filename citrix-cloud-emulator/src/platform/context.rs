//! The context of a call outside `DaaS`.

use jiff::Timestamp;

use crate::http::Call;
use crate::shared::Shared;
use crate::world::{Administrator, ApiClient, Collection, Customer, World};

/// A call to a customer's services, which may change the customer's data.
pub(crate) struct Context<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) administrator: &'a Administrator,
    pub(crate) clients: &'a mut Collection<ApiClient>,
    pub(crate) customer: &'a mut Customer,
    pub(crate) now: Timestamp,
    pub(crate) call: &'a Call,
    /// The path's parameters besides the customer, in order.
    pub(crate) parameters: Vec<String>,
}

/// A call that requests a token.
pub(crate) struct SignIn<'a> {
    pub(crate) shared: &'a Shared,
    pub(crate) world: &'a World,
    pub(crate) now: Timestamp,
    pub(crate) call: &'a Call,
    /// The customer in the path, or `root`.
    pub(crate) customer: String,
}
