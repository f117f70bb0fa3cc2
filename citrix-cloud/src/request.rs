//! A call that is described but not sent yet.

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use citrix_cloud_gen::operation::{HasFields, InvalidRequest, Listed, Operation};
use serde_json::Value;

use crate::decode::{self, Answer, DecodeInto, Decoded, Reader, Unreadable};
use crate::error::Inner;
use crate::pipeline::{BeforeSend, Call, Options, PermitUse, Shared};
use crate::{Error, ErrorKind};

/// What awaiting a request is.
pub(crate) type Pending<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// An operation on its way to the service; awaiting it sends it.
///
/// Awaiting gives the operation's [`Output`](Operation::Output). A write that may be answered without
/// a body gives an `Option`.
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
/// When awaited: what the service or the connection fails with; see [`Error`].
/// [`ErrorKind::Input`], before anything is sent, for a parameter that cannot be sent, such as an
/// empty id; [`ErrorKind::JobStarted`] when the service makes a job of it.
#[must_use = "a request is sent when it is awaited"]
pub struct Request<O> {
    call: Call,
    operation: O,
    refused: Option<Error>,
}

/// A [`Request`] whose operation is not in its type any more; awaiting it sends it.
///
/// [`Request::boxed`] and [`Request::map`] make one, for example to put several operations into one
/// batch.
#[must_use = "a request is sent when it is awaited"]
pub struct BoxRequest<T> {
    call: Call,
    request: Result<http::Request<Bytes>, Error>,
    decode: DecodeInto<T>,
}

impl<O: Operation> Request<O> {
    pub(crate) fn new(shared: &Arc<Shared>, operation: O) -> Self {
        Self {
            call: Call {
                shared: shared.clone(),
                meta: O::META,
                site: None,
                options: Options::default(),
            },
            operation,
            refused: None,
        }
    }

    /// Below a DaaS site.
    pub(crate) fn at_site(mut self, site: &str) -> Self {
        self.call.site = Some(site.to_owned());
        self
    }

    /// Fails with `error`, when there is one, instead of sending.
    pub(crate) fn refuse(mut self, error: Option<Error>) -> Self {
        self.refused = self.refused.or(error);
        self
    }

    /// Changes what is known of the operation.
    pub(crate) fn with_call(mut self, change: impl FnOnce(&mut Call)) -> Self {
        change(&mut self.call);
        self
    }

    /// Why awaiting it is going to fail without anything being sent, if that is known already.
    ///
    /// What is only found out by building the request, such as an empty id, is not.
    #[must_use]
    pub fn refused(&self) -> Option<&Error> {
        self.refused.as_ref()
    }

    /// The request as it would be sent, with its full address and all headers but `Authorization`;
    /// nothing is sent. Where the version of the DaaS API is not known yet, it is the current one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`] for what cannot be sent.
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

    /// Changes the operation, to set its optional parameters.
    pub fn with(mut self, change: impl FnOnce(O) -> O) -> Self {
        self.operation = change(self.operation);
        self
    }

    /// Asks for these properties only, by their names on the wire; the rest come back as `None`.
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

    /// Sets how long this call may take, token and retries included; default the client's.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.call.options.timeout = Some(timeout);
        self
    }

    /// Sets the transaction id that is sent with this call; default a new UUID.
    ///
    /// One that cannot stand in a header is refused before anything is sent.
    pub fn transaction_id(mut self, id: impl Into<String>) -> Self {
        self.call.options.transaction_id = Some(id.into());
        self
    }

    /// Declares that sending this call more than once does no harm, so that it is retried after a
    /// failure that leaves open whether it ran; default for reads, and not for writes.
    ///
    /// Setting a value is such a call. An error after a retry may then be about the retry: a
    /// deletion that ran the first time finds nothing the second time.
    pub fn idempotent(mut self) -> Self {
        self.call.options.idempotent = true;
        self
    }

    /// Sends it under the permit of the call that it is sent for, once.
    pub(crate) fn permit(mut self, permit: PermitUse) -> Self {
        self.call.options.permit = permit;
        self
    }

    /// Takes the operation out of the type.
    pub fn boxed(self) -> BoxRequest<O::Output> {
        self.decoded_by(|answer| O::decode(Reader::of::<O>(answer)))
    }

    /// Changes what comes of it, for example to put several operations into one batch.
    pub fn map<U: 'static>(
        self,
        change: impl FnMut(O::Output) -> U + Send + 'static,
    ) -> BoxRequest<U> {
        self.boxed().map(change)
    }

    /// Sends the call and returns the answer as the service gave it, unknown fields and nulls
    /// included; `null` when it has no body.
    ///
    /// # Errors
    ///
    /// As awaiting the request, except that any JSON is an answer, whatever the document says.
    pub async fn json(self) -> Result<Value, Error> {
        let reads = self.call.meta.reads;
        self.decoded_by(move |answer| decode::value(answer, reads))
            .await
    }

    /// Has the answer read in another way than the operation's own.
    pub(crate) fn decoded_by<T: 'static>(
        self,
        decode: impl FnMut(&Answer) -> Result<T, Unreadable> + Send + 'static,
    ) -> BoxRequest<T> {
        let request = match self.refused {
            Some(error) => Err(error),
            None => self.operation.into_request().map_err(|it| refusal(&it)),
        };
        BoxRequest::from_parts(self.call, request, decode)
    }
}

impl<O: Listed> Request<O> {
    /// The first one for which `is` holds, or [`ErrorKind::NotFound`] with `words`. For lists in one
    /// page.
    pub(crate) fn find(
        self,
        words: String,
        is: impl Fn(&O::Item) -> bool + Send + 'static,
    ) -> BoxRequest<O::Item> {
        self.decoded_by(move |answer| {
            let page = O::into_page(O::decode(Reader::of::<O>(answer))?);
            let found = page.items.into_iter().find(&is);
            found.ok_or_else(|| Unreadable::Absent(words.clone()))
        })
    }
}

impl<T: 'static> BoxRequest<T> {
    pub(crate) fn from_parts(
        call: Call,
        request: Result<http::Request<Bytes>, Error>,
        decode: impl FnMut(&Answer) -> Result<T, Unreadable> + Send + 'static,
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

    /// Whose it is, and the site that it is below.
    pub(crate) fn site(&self) -> (Arc<Shared>, Option<String>) {
        (self.call.shared.clone(), self.call.site.clone())
    }

    /// Why awaiting it is going to fail without anything being sent, if it is.
    #[must_use]
    pub fn refused(&self) -> Option<&Error> {
        self.request.as_ref().err()
    }

    /// Has it checked in the moment in which it is sent, each time.
    pub(crate) fn before_send(mut self, check: Arc<dyn BeforeSend>) -> Self {
        self.call.options.before_send = Some(check);
        self
    }

    /// Has one status end the call, whatever the retry policy says of it.
    pub(crate) fn not_retried(mut self, status: u16) -> Self {
        self.call.options.not_retried = Some(status);
        self
    }

    /// As [`Request::timeout`].
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.call.options.timeout = Some(timeout);
        self
    }

    /// As [`Request::transaction_id`].
    pub fn transaction_id(mut self, id: impl Into<String>) -> Self {
        self.call.options.transaction_id = Some(id.into());
        self
    }

    /// As [`Request::idempotent`].
    pub fn idempotent(mut self) -> Self {
        self.call.options.idempotent = true;
        self
    }

    /// As [`Request::map`].
    pub fn map<U: 'static>(self, mut change: impl FnMut(T) -> U + Send + 'static) -> BoxRequest<U> {
        let mut decode = self.decode;
        BoxRequest {
            call: self.call,
            request: self.request,
            decode: Box::new(move |answer| decode(answer).map(&mut change)),
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
        call.send(request, &mut |answer| decoded.read(answer))
            .await?;
        decoded.into_value()
    }
}

/// The error of a request that could not be built.
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
