//! Operations as values: each one owns its parameters and builds its request; nothing here sends.
//!
//! [`crate::ops`] has one struct for each operation of the documents. A client that executes them
//! needs [`Operation`] and [`Meta`] alone: it adds origin, token and headers to what
//! [`Operation::into_request`] gives, and reads the answer by [`Operation::decode`].

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

/// One call of an API, with everything that the caller says about it.
pub trait Operation: Send + 'static {
    /// What a success is decoded to.
    type Output: Send + 'static;

    /// What is known about the operation before it is executed.
    const META: Meta;

    /// Builds the request: path and query relative to the service, the headers that are parameters,
    /// and the body.
    ///
    /// # Errors
    ///
    /// Names the parameter that cannot be sent.
    fn into_request(self) -> Result<http::Request<Bytes>, InvalidRequest>;

    /// Reads a success in the one way that fits this operation.
    ///
    /// # Errors
    ///
    /// Those of the answer.
    fn decode<A: Answer>(answer: A) -> Result<Self::Output, A::Error>;
}

/// A successful answer, which a client lets an operation read in its own way.
pub trait Answer {
    /// What reading fails with.
    type Error;

    /// Reads JSON.
    ///
    /// # Errors
    ///
    /// An answer of another form.
    fn json<T: DeserializeOwned>(self) -> Result<T, Self::Error>;

    /// Reads JSON, and no content or `null` as `None`.
    ///
    /// # Errors
    ///
    /// An answer of another form.
    fn optional<T: DeserializeOwned>(self) -> Result<Option<T>, Self::Error>;

    /// Reads nothing, whatever the content is.
    ///
    /// # Errors
    ///
    /// Those of the client.
    fn empty(self) -> Result<(), Self::Error>;

    /// Reads whether there is such a thing: here a 404 is an answer too.
    ///
    /// # Errors
    ///
    /// Any other status that is no success.
    fn exists(self) -> Result<bool, Self::Error>;

    /// Takes the content as it is.
    ///
    /// # Errors
    ///
    /// Those of the client.
    fn bytes(self) -> Result<Bytes, Self::Error>;
}

/// How the answer to an operation is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// JSON of [`Operation::Output`].
    Json,
    /// JSON or nothing: a write may succeed without saying what it wrote.
    Optional,
    /// Nothing.
    Empty,
    /// The content as it is.
    Bytes,
    /// The status alone: a success or 404.
    Exists,
}

/// Where the paths of an operation begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// At the service.
    Service,
    /// At a site of the service.
    Site,
}

/// The names by which an operation returns a list in pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The field with the items; empty where the answer is the array itself.
    pub items: &'static str,
    /// The field that says where the next page begins.
    pub token: Option<&'static str>,
    /// The query parameter that takes that value; without it there is one page.
    pub token_parameter: Option<&'static str>,
    /// The query parameter with the most items of a page.
    pub limit_parameter: Option<&'static str>,
}

/// What is known about an operation without its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Meta {
    /// The `operationId` of the document.
    pub id: &'static str,
    /// The service that has the operation.
    pub service: crate::ops::Service,
    /// The method.
    pub method: Method,
    /// The path relative to service or site, with parameters in braces.
    pub path: &'static str,
    /// Where the path begins.
    pub scope: Scope,
    /// How a success is read.
    pub reads: Reads,
    /// Whether it only reads and can be repeated, whatever its method.
    pub safe: bool,
    /// Whether it can be done by a job: it has a parameter `async`.
    pub asynchronous: bool,
    /// Whether its answer can be cut down to named fields: it has a parameter `fields`.
    pub fields: bool,
    /// Whether the request carries a token.
    pub authenticated: bool,
    /// The form of its pages, if it is a list.
    pub envelope: Option<Envelope>,
}

impl Meta {
    /// An operation of a service that needs a token; it is safe if its method is.
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

    /// The same below a site.
    #[must_use]
    pub const fn below_a_site(mut self) -> Self {
        self.scope = Scope::Site;
        self
    }

    /// The same, safe or not against what its method says.
    #[must_use]
    pub const fn safe(mut self, safe: bool) -> Self {
        self.safe = safe;
        self
    }

    /// The same, which a job can do.
    #[must_use]
    pub const fn asynchronous(mut self) -> Self {
        self.asynchronous = true;
        self
    }

    /// The same, whose answer can be cut down.
    #[must_use]
    pub const fn with_fields(mut self) -> Self {
        self.fields = true;
        self
    }

    /// The same without a token.
    #[must_use]
    pub const fn unauthenticated(mut self) -> Self {
        self.authenticated = false;
        self
    }

    /// The same, which returns pages of this form.
    #[must_use]
    pub const fn paged(mut self, envelope: Envelope) -> Self {
        self.envelope = Some(envelope);
        self
    }
}

/// An operation that a job can do: its request returns at once and names the job.
pub trait Asynchronous: Operation {
    /// Asks for a job.
    #[must_use]
    fn asynchronous(self) -> Self;
}

/// An operation whose answer can be cut down to named fields.
pub trait HasFields: Operation {
    /// Asks for these fields only, separated by commas.
    #[must_use]
    fn only_fields(self, fields: String) -> Self;
}

/// An operation that returns a list, in one page or several.
pub trait Listed: Operation {
    /// One item of the list.
    type Item: Send + 'static;

    /// Takes a page apart.
    fn into_page(output: Self::Output) -> Page<Self::Item>;
}

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    /// The items, in the service's order.
    pub items: Vec<T>,
    /// Where the next page begins, as the service said it.
    pub token: Option<String>,
}
