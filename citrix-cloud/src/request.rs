//! A call that is described but not sent yet.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::daas::JobHandle;
use crate::transport::{BeforeSend, Call, Courier, Options, PermitUse};
use crate::{Client, Error, ErrorKind, Service};

type Pending<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;
type Operation<T> = Box<dyn FnOnce(Arc<Call>) -> Pending<T> + Send>;

/// A call with its options; awaiting it sends it.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = citrix_cloud_emulator::Emulator::default().serve("127.0.0.1:0".parse()?).await?;
/// # use citrix_cloud_emulator::ids;
/// # let client = citrix_cloud::Client::builder()
/// #     .credentials(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)
/// #     .endpoint(emulator.url())
/// #     .build()?;
/// use std::time::Duration;
///
/// let me = client.daas().me().timeout(Duration::from_secs(20)).await?;
/// assert_eq!(me.display_name.as_deref(), Some("Pat Patterson"));
/// # Ok(())
/// # }
/// ```
#[must_use = "a request is sent when it is awaited"]
pub struct Request<T> {
    client: Client,
    service: Service,
    site: Option<String>,
    options: Options,
    refused: Option<Error>,
    operation: Operation<T>,
}

impl<T: Send + 'static> Request<T> {
    pub(crate) fn new<F>(
        client: Client,
        service: Service,
        operation: impl FnOnce(Arc<Call>) -> F + Send + 'static,
    ) -> Self
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        Self {
            client,
            service,
            site: None,
            options: Options::default(),
            refused: None,
            operation: Box::new(move |call| Box::pin(operation(call))),
        }
    }

    /// Below a DaaS site.
    pub(crate) fn at_site(mut self, site: &str) -> Self {
        self.site = Some(site.to_owned());
        self
    }

    /// Fails with `error`, when there is one, instead of sending.
    pub(crate) fn refuse(mut self, error: Option<Error>) -> Self {
        self.refused = self.refused.or(error);
        self
    }

    /// Has somebody else send it.
    pub(crate) fn via(mut self, courier: Arc<Courier>) -> Self {
        self.options.courier = Some(courier);
        self
    }

    /// Has it checked in the moment in which it is sent, each time.
    pub(crate) fn before_send(mut self, check: Arc<dyn BeforeSend>) -> Self {
        self.options.before_send = Some(check);
        self
    }

    /// Sends it under the permit of the call that it is sent for, once.
    pub(crate) fn permit(mut self, permit: PermitUse) -> Self {
        self.options.permit = permit;
        self
    }

    /// Takes out what is to be checked in the moment in which it is sent.
    pub(crate) fn take_before_send(&mut self) -> Option<Arc<dyn BeforeSend>> {
        self.options.before_send.take()
    }

    /// How long the pages of a list of its client may take together.
    pub(crate) fn list_timeout(&self) -> Option<Duration> {
        self.client.shared.settings.list_timeout
    }

    /// Whether it is for this site, as this client sees it.
    pub(crate) fn is_for(&self, client: &Client, site: &str) -> bool {
        Arc::ptr_eq(&self.client.shared, &client.shared) && self.site.as_deref() == Some(site)
    }

    /// Whether the caller says that it may run twice.
    pub(crate) fn is_idempotent(&self) -> bool {
        self.options.idempotent
    }

    /// Why awaiting it is going to fail without anything being sent, if that is known already.
    ///
    /// What is only found out by building the request, such as an empty id, is not.
    #[must_use]
    pub fn refused(&self) -> Option<&Error> {
        self.refused.as_ref()
    }

    /// Changes what comes of it, for example to put calls of several types into one batch.
    pub fn map<U: Send + 'static>(
        self,
        change: impl FnOnce(T) -> U + Send + 'static,
    ) -> Request<U> {
        let operation = self.operation;
        Request {
            client: self.client,
            service: self.service,
            site: self.site,
            options: self.options,
            refused: self.refused,
            operation: Box::new(move |call| {
                let pending = operation(call);
                Box::pin(async move { pending.await.map(change) })
            }),
        }
    }

    /// Sets how long this call may take, token and repeats included.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = Some(timeout);
        self
    }

    /// Sets the transaction id that is sent with this call; default a new UUID.
    ///
    /// One that cannot stand in a header is refused before anything is sent.
    pub fn transaction_id(mut self, id: impl Into<String>) -> Self {
        self.options.transaction_id = Some(id.into());
        self
    }

    /// Declares that sending this call more than once does no harm, so that it is repeated after a
    /// failure that leaves open whether it ran; default for reads, and not for writes.
    ///
    /// Setting a value is such a call. An error after a repeat may then be about the repeat: a
    /// deletion that ran the first time finds nothing the second time.
    pub fn idempotent(mut self) -> Self {
        self.options.idempotent = true;
        self
    }

    /// Sends the call and returns the answer as the service gave it, unknown fields and nulls
    /// included; `null` when it has no body.
    ///
    /// # Errors
    ///
    /// As awaiting the request, except that any JSON is an answer, whatever the document says.
    pub async fn json(self) -> Result<Value, Error> {
        Ok(self.read_as().await?.unwrap_or_default())
    }

    /// Sends the call and reads the answer into a type of the caller's, without reading it into its
    /// own first; none when it has no body and needs none.
    pub(crate) async fn read_as<R: DeserializeOwned>(mut self) -> Result<Option<R>, Error> {
        self.options.keep_body = true;
        let (call, pending) = self.start()?;
        let outcome = pending.await;
        match (outcome, call.kept()) {
            (Err(error), _) if error.kind() == ErrorKind::JobStarted => Err(error),
            (Ok(_), Some(body)) if body.trim_ascii().is_empty() => Ok(None),
            (_, Some(body)) => call.read(body).await.map(Some),
            (Err(error), None) => Err(error),
            (Ok(_), None) => Ok(None),
        }
    }

    /// Asks the service to make a job of it (`async=true`) and returns that job, which can be
    /// waited for.
    ///
    /// For operations of Citrix DaaS below a site. Their reference says which ones take `async`;
    /// advised for whatever may take longer than 90 s.
    ///
    /// # Errors
    ///
    /// As awaiting the request; [`ErrorKind::Input`], before anything is sent, for a call that is
    /// not below a site; [`ErrorKind::Decode`] when the service did the work at once and made no
    /// job of it.
    pub async fn as_job(mut self) -> Result<JobHandle, Error> {
        let Some(site) = self.site.clone() else {
            return Err(Error::input(
                "only operations below a site of Citrix DaaS can be jobs",
            ));
        };
        let site = self.client.daas().site(site);
        self.options.as_job = true;
        self.options.keep_body = true;
        let (call, pending) = self.start()?;
        let outcome = pending.await;
        let shown = |body: Bytes| JobHandle::id_of(&serde_json::from_slice(&body).ok()?);
        match (outcome, call.kept()) {
            (_, Some(body)) => match call.job_id().or_else(|| shown(body)) {
                Some(id) => Ok(site.job(id)),
                None => Err(Error::decode(
                    "the service did it at once and made no job of it",
                )),
            },
            (Err(error), None) => Err(error),
            (Ok(_), None) => Err(Error::decode("the call sent nothing")),
        }
    }

    fn start(self) -> Result<(Arc<Call>, Pending<T>), Error> {
        if let Some(error) = self.refused {
            return Err(error);
        }
        let call = Call::new(self.client.shared, self.service, self.site, self.options);
        let pending = (self.operation)(call.clone());
        Ok((call, pending))
    }
}

impl<T: Send + 'static> IntoFuture for Request<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pending<T>;

    fn into_future(self) -> Self::IntoFuture {
        match self.start() {
            Ok((_, pending)) => pending,
            Err(error) => Box::pin(std::future::ready(Err(error))),
        }
    }
}

impl<T> fmt::Debug for Request<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("service", &self.service)
            .field("site", &self.site)
            .finish_non_exhaustive()
    }
}
