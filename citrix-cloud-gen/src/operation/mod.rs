//! Operations as values: each owns its parameters and builds its request, without I/O.
//!
//! [`crate::ops`] has one struct for each operation in the documents. A client that executes them
//! only needs [`Operation`] and [`Meta`]: it adds origin, token and headers to the request from
//! [`Operation::into_request`], and decodes the response with [`Operation::decode`].

use bytes::Bytes;
use http::Method;
use serde::de::DeserializeOwned;

#[cfg(feature = "__arguments")]
mod arguments;
mod encode;
mod error;
mod request;

#[cfg(feature = "__arguments")]
pub use arguments::{Arguments, Entry, FromArguments, Place};
pub use encode::query as encode_query;
pub use error::{InvalidRequest, Reason};
pub use request::{HeaderText, RequestBuilder};

/// One API call with all of its parameters.
pub trait Operation: Send + 'static {
    /// The type that a successful response is decoded to.
    type Output: Send + 'static;

    /// Static information about the operation.
    const META: Meta;

    /// Builds the request: path and query relative to the service, headers that are parameters, and
    /// the body.
    ///
    /// # Errors
    ///
    /// If a parameter cannot be sent; the error names it.
    fn into_request(self) -> Result<http::Request<Bytes>, InvalidRequest>;

    /// Decodes a successful response in the way that fits this operation.
    ///
    /// # Errors
    ///
    /// The errors of `response`.
    fn decode<R: Response>(response: R) -> Result<Self::Output, R::Error>;
}

/// A successful response, which an operation decodes in its own way; implemented by clients.
pub trait Response {
    /// The error of decoding.
    type Error;

    /// Decodes JSON.
    ///
    /// # Errors
    ///
    /// If the response has another form.
    fn json<T: DeserializeOwned>(self) -> Result<T, Self::Error>;

    /// Decodes JSON; an empty response or `null` becomes `None`.
    ///
    /// # Errors
    ///
    /// If the response has another form.
    fn optional<T: DeserializeOwned>(self) -> Result<Option<T>, Self::Error>;

    /// Ignores the content.
    ///
    /// # Errors
    ///
    /// The errors of the client.
    fn empty(self) -> Result<(), Self::Error>;

    /// Returns whether the object exists; a 404 means that it does not.
    ///
    /// # Errors
    ///
    /// Any other error status.
    fn exists(self) -> Result<bool, Self::Error>;

    /// Returns the raw content.
    ///
    /// # Errors
    ///
    /// The errors of the client.
    fn bytes(self) -> Result<Bytes, Self::Error>;
}

/// How the response to an operation is decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// JSON of [`Operation::Output`].
    Json,
    /// JSON or nothing, because a write may succeed without returning what it wrote.
    Optional,
    /// Nothing.
    Empty,
    /// The raw content.
    Bytes,
    /// Only the status: a success or 404.
    Exists,
}

/// What the path of an operation is relative to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// The service.
    Service,
    /// A site of the service.
    Site,
}

/// The names of the parts of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The field with the items; empty if the response itself is the array.
    pub items: &'static str,
    /// The field with the continuation token.
    pub token: Option<&'static str>,
    /// The query parameter for that token; without it, there is only one page.
    pub token_parameter: Option<&'static str>,
    /// The query parameter for the page size.
    pub limit_parameter: Option<&'static str>,
}

/// Static information about an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meta {
    /// The `operationId` of the document.
    pub id: &'static str,
    /// The service that the operation belongs to.
    pub service: crate::ops::Service,
    /// The HTTP method.
    pub method: Method,
    /// The path relative to the service or site, with parameters in braces.
    pub path: &'static str,
    /// What the path is relative to.
    pub scope: Scope,
    /// How a successful response is decoded.
    pub reads: Reads,
    /// Whether it only reads and can be retried, whatever its method.
    pub safe: bool,
    /// Whether it can run as a job, with the parameter `async`.
    pub asynchronous: bool,
    /// Whether the response can be restricted to some fields, with the parameter `fields`.
    pub fields: bool,
    /// Whether the request carries a token.
    pub authenticated: bool,
    /// The format of its pages, if it is a list.
    pub envelope: Option<Envelope>,
}

impl Meta {
    /// Describes an operation of a service that requires a token and is safe if its method is.
    #[must_use]
    pub const fn new(
        id: &'static str,
        service: crate::ops::Service,
        method: Method,
        path: &'static str,
        reads: Reads,
    ) -> Self {
        let safe = matches!(method, Method::GET | Method::HEAD | Method::OPTIONS);
        Self {
            id,
            service,
            method,
            path,
            scope: Scope::Service,
            reads,
            safe,
            asynchronous: false,
            fields: false,
            authenticated: true,
            envelope: None,
        }
    }

    /// Makes the path relative to a site.
    #[must_use]
    pub const fn below_a_site(mut self) -> Self {
        self.scope = Scope::Site;
        self
    }

    /// Overrides whether the operation is safe.
    #[must_use]
    pub const fn safe(mut self, safe: bool) -> Self {
        self.safe = safe;
        self
    }

    /// Marks the operation as able to run as a job.
    #[must_use]
    pub const fn asynchronous(mut self) -> Self {
        self.asynchronous = true;
        self
    }

    /// Marks the response as restrictable to some fields.
    #[must_use]
    pub const fn with_fields(mut self) -> Self {
        self.fields = true;
        self
    }

    /// Marks the operation as needing no token.
    #[must_use]
    pub const fn unauthenticated(mut self) -> Self {
        self.authenticated = false;
        self
    }

    /// Sets the format of the pages.
    #[must_use]
    pub const fn paged(mut self, envelope: Envelope) -> Self {
        self.envelope = Some(envelope);
        self
    }
}

/// An operation that can run as a job: its request returns at once and names the job.
pub trait Asynchronous: Operation {
    /// Requests a job.
    #[must_use]
    fn asynchronous(self) -> Self;
}

/// An operation whose response can be restricted to some fields.
pub trait HasFields: Operation {
    /// Requests only these fields, separated by commas.
    #[must_use]
    fn only_fields(self, fields: String) -> Self;
}

/// An operation that returns a list, in one page or several.
pub trait Listed: Operation {
    /// The type of the items.
    type Item: Send + 'static;

    /// Splits a page into its parts.
    fn into_page(output: Self::Output) -> Page<Self::Item>;
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the service's order.
    pub items: Vec<T>,
    /// The continuation token, as the service returned it.
    pub token: Option<String>,
}
