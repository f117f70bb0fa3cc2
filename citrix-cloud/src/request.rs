//! Calls that are described but not sent yet.

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use citrix_cloud_gen::operation::{HasFields, InvalidRequest, Listed, Operation};
use serde_json::Value;

use crate::decode::{self, DecodeInto, Decoded, Reader, Response, Unreadable};
use crate::error::Inner;
use crate::pipeline::{BeforeSend, Call, PermitUse, Shared};
use crate::{Error, ErrorKind};

/// The future of a request.
pub(crate) type Pending<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// An operation that is ready to send; awaiting it sends it.
///
/// Awaiting it returns the operation's [`Output`](Operation::Output), which is an `Option` for a
/// write that may succeed without returning a body.
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
/// use std::time::Duration;
///
/// let me = client.daas().me().timeout(Duration::from_secs(20)).await?;
/// assert_eq!(me.display_name.as_deref(), Some("Pat Patterson"));
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// Awaiting it fails if the service or the connection does; see [`Error`]. It also fails with
/// [`ErrorKind::Input`], before anything is sent, if a parameter cannot be sent, such as an empty
/// id, and with [`ErrorKind::JobStarted`] if the service turns the call into a job.
#[must_use = "a request is sent when it is awaited"]
pub struct Request<O> {
    call: Call,
    operation: O,
    refused: Option<Error>,
}

/// A [`Request`] with its operation type erased; awaiting it sends it.
///
/// Created by [`Request::boxed`] and [`Request::map`], for example to combine several operations in
/// one batch.
#[must_use = "a request is sent when it is awaited"]
pub struct BoxRequest<T> {
    call: Call,
    request: Result<http::Request<Bytes>, Error>,
    decode: DecodeInto<T>,
}

impl<O: Operation> Request<O> {
    /// Creates a request for a call of this operation, or one that fails with an error that is
    /// known already.
    pub(crate) fn new(call: Call, operation: O, refused: Option<Error>) -> Self {
        Self {
            call,
            operation,
            refused,
        }
    }

    /// Makes the request fail with `error`, if there is one, instead of being sent.
    pub(crate) fn refuse(mut self, error: Option<Error>) -> Self {
        self.refused = self.refused.or(error);
        self
    }

    /// Changes what is known about the operation.
    pub(crate) fn with_call(mut self, change: impl FnOnce(&mut Call)) -> Self {
        change(&mut self.call);
        self
    }

    /// Returns the error that awaiting it will fail with before anything is sent, if that is
    /// already known.
    ///
    /// Errors that only show when the request is built, such as an empty id, are not included.
    #[must_use]
    pub fn refused(&self) -> Option<&Error> {
        self.refused.as_ref()
    }

    /// Returns the request as it would be sent, with its full URL and all headers except
    /// `Authorization`; nothing is sent. If the version of the DaaS API is not known yet, the
    /// current one is assumed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`] if the request cannot be sent.
    pub fn preview(self) -> Result<http::Request<Bytes>, Error> {
        let Self {
            call,
            operation,
            refused,
        } = self;
        match refused {
            Some(error) => Err(error),
            None => call.preview(operation.into_request().map_err(|it| refusal(&it))?),
        }
    }

    /// Changes the operation, for example to set optional parameters.
    pub fn with(mut self, change: impl FnOnce(O) -> O) -> Self {
        self.operation = change(self.operation);
        self
    }

    /// Requests only these properties, by their names on the wire; the others are `None`.
    pub fn fields<S: Into<String>>(self, names: impl IntoIterator<Item = S>) -> Self
    where
        O: HasFields,
    {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        match names.is_empty() {
            true => self,
            false => self.with(|operation| operation.only_fields(names.join(","))),
        }
    }

    /// Sets the time limit for this call, including the token request and retries; default the
    /// client's.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.call.options.timeout = Some(timeout);
        self
    }

    /// Sets the transaction id to send with this call; default a new UUID.
    ///
    /// If it is not a valid header value, the call fails before anything is sent.
    pub fn transaction_id(mut self, id: impl Into<String>) -> Self {
        self.call.options.transaction_id = Some(id.into());
        self
    }

    /// Declares that this call is safe to send more than once, so it is retried even after a
    /// failure that leaves open whether it ran. Reads are idempotent by default; writes are not.
    ///
    /// Setting a value is an example of an idempotent write. An error may then come from the retry:
    /// if a deletion ran the first time, the second attempt finds nothing to delete.
    pub fn idempotent(mut self) -> Self {
        self.call.options.idempotent = true;
        self
    }

    /// Sends it once, under the permit of the call that it is sent for.
    pub(crate) fn permit(mut self, permit: PermitUse) -> Self {
        self.call.options.permit = permit;
        self
    }

    /// Erases the operation type.
    pub fn boxed(self) -> BoxRequest<O::Output> {
        self.decoded_by(|response| O::decode(Reader::of::<O>(response)))
    }

    /// Transforms the output, for example to combine several operations in one batch.
    pub fn map<U: 'static>(
        self,
        change: impl FnMut(O::Output) -> U + Send + 'static,
    ) -> BoxRequest<U> {
        self.boxed().map(change)
    }

    /// Sends the call and returns the response as the service sent it, including unknown fields and
    /// nulls; `null` if it has no body.
    ///
    /// # Errors
    ///
    /// The same as awaiting the request, except that any JSON is accepted, whatever the document
    /// says.
    pub async fn json(self) -> Result<Value, Error> {
        let reads = self.call.meta.reads;
        self.decoded_by(move |response| decode::value(response, reads))
            .await
    }

    /// Decodes the response in a different way from the operation's own.
    pub(crate) fn decoded_by<T: 'static>(
        self,
        decode: impl FnMut(&Response) -> Result<T, Unreadable> + Send + 'static,
    ) -> BoxRequest<T> {
        let request = match self.refused {
            Some(error) => Err(error),
            None => self.operation.into_request().map_err(|it| refusal(&it)),
        };
        BoxRequest::from_parts(self.call, request, decode)
    }
}

impl<O: Listed> Request<O> {
    /// Returns the first item for which `is` holds, or fails with [`ErrorKind::NotFound`] and
    /// `words`. Only for lists that have one page.
    pub(crate) fn find(
        self,
        words: String,
        is: impl Fn(&O::Item) -> bool + Send + 'static,
    ) -> BoxRequest<O::Item> {
        self.decoded_by(move |response| {
            let page = O::into_page(O::decode(Reader::of::<O>(response))?);
            let found = page.items.into_iter().find(&is);
            found.ok_or_else(|| Unreadable::Absent(words.clone()))
        })
    }
}

impl<T: 'static> BoxRequest<T> {
    pub(crate) fn from_parts(
        call: Call,
        request: Result<http::Request<Bytes>, Error>,
        decode: impl FnMut(&Response) -> Result<T, Unreadable> + Send + 'static,
    ) -> Self {
        let decode = Box::new(decode);
        Self {
            call,
            request,
            decode,
        }
    }

    pub(crate) fn into_parts(self) -> (Call, Result<http::Request<Bytes>, Error>, DecodeInto<T>) {
        (self.call, self.request, self.decode)
    }

    /// Returns the client that it belongs to, and the site it is sent to, if any.
    pub(crate) fn site(&self) -> (Arc<Shared>, Option<String>) {
        (self.call.shared.clone(), self.call.site.clone())
    }

    /// Returns the error that awaiting it will fail with before anything is sent, if that is
    /// already known.
    #[must_use]
    pub fn refused(&self) -> Option<&Error> {
        self.request.as_ref().err()
    }

    /// Adds a check that runs each time the request is about to be sent.
    pub(crate) fn before_send(mut self, check: Arc<dyn BeforeSend>) -> Self {
        self.call.options.before_send = Some(check);
        self
    }

    /// Makes one status final, whatever the retry policy says about it.
    #[cfg(feature = "monitor")]
    pub(crate) fn not_retried(mut self, status: u16) -> Self {
        self.call.options.not_retried = Some(status);
        self
    }

    /// The same as [`Request::timeout`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.call.options.timeout = Some(timeout);
        self
    }

    /// The same as [`Request::transaction_id`].
    pub fn transaction_id(mut self, id: impl Into<String>) -> Self {
        self.call.options.transaction_id = Some(id.into());
        self
    }

    /// The same as [`Request::idempotent`].
    pub fn idempotent(mut self) -> Self {
        self.call.options.idempotent = true;
        self
    }

    /// The same as [`Request::map`].
    pub fn map<U: 'static>(self, mut change: impl FnMut(T) -> U + Send + 'static) -> BoxRequest<U> {
        let mut decode = self.decode;
        BoxRequest {
            call: self.call,
            request: self.request,
            decode: Box::new(move |response| decode(response).map(&mut change)),
        }
    }

    async fn send(self) -> Result<T, Error>
    where
        T: Send,
    {
        let Self {
            call,
            request,
            decode,
        } = self;
        let mut decoded = Decoded::by(decode);
        let request = request?;
        call.send(request, &mut |response| decoded.read(response))
            .await?;
        decoded.into_value()
    }
}

/// Returns the error for a request that could not be built.
fn refusal(invalid: &InvalidRequest) -> Error {
    let mut inner = Inner::new(
        ErrorKind::Input,
        format!("`{}` {}", invalid.parameter, invalid.reason),
    );
    inner.operation = Some(invalid.operation);
    inner.into_error()
}

impl<O: Operation> From<Request<O>> for BoxRequest<O::Output> {
    fn from(request: Request<O>) -> Self {
        request.boxed()
    }
}

impl<O: Operation> IntoFuture for Request<O> {
    type Output = Result<O::Output, Error>;
    type IntoFuture = Pending<O::Output>;

    fn into_future(self) -> Self::IntoFuture {
        self.boxed().into_future()
    }
}

impl<T: Send + 'static> IntoFuture for BoxRequest<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pending<T>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl<O: fmt::Debug> fmt::Debug for Request<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("operation", &self.operation)
            .field("site", &self.call.site)
            .finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for BoxRequest<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoxRequest")
            .field("operation", &self.call.meta.id)
            .field("site", &self.call.site)
            .finish_non_exhaustive()
    }
}
