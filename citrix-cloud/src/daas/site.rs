//! A DaaS site.

use bytes::Bytes;
use citrix_cloud_gen::operation::{Listed, Meta, Operation};

use serde::de::DeserializeOwned;

use super::{Batch, check_site};
use crate::handles::jobs::JobHandle;
use crate::paging::{List, RawList};
use crate::pipeline::Call;
use crate::raw::{self, RawOperation};
use crate::{BoxRequest, Client, Error, Request, Service};

/// A handle to a site, from which its machines, catalogs, sessions, jobs and everything else are
/// reached.
#[derive(Debug, Clone)]
pub struct Site {
    client: Client,
    id: String,
}

impl Site {
    pub(super) fn new(client: Client, id: String) -> Self {
        Self { client, id }
    }

    /// Returns the id that the handle was created with.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Returns the call of an operation, and the error if this is not the id of a site.
    fn call(&self, meta: Meta) -> (Call, Option<Error>) {
        let mut call = Call::new(&self.client.shared, meta);
        call.site = Some(self.id.clone());
        (call, check_site(&self.id).err())
    }

    /// Creates a request for any operation of Citrix DaaS; nothing is sent until it is awaited.
    ///
    /// [`operations`](crate::operations) lists all operations.
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
    /// use citrix_cloud::operations::machines::LogoffMachineSessions;
    ///
    /// let site = client.daas().only_site().await?;
    /// site.send(LogoffMachineSessions::new(r"DEMOLAB\KESTREL")).await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn send<O: Operation>(&self, operation: O) -> Request<O> {
        let (call, refused) = self.call(O::META);
        Request::new(call, operation, refused)
    }

    /// Creates a list from any operation of Citrix DaaS that returns one; nothing is sent yet.
    pub fn list<O: Listed>(&self, operation: O) -> List<O> {
        List::new(self.send(operation))
    }

    /// Creates a request that no document describes, from a method and a path relative to this
    /// site.
    ///
    /// Works like [`Client::send_raw`]. The path includes the query, percent-encoded:
    /// `/Machines/7/$reboot?force=true`.
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
    /// let site = client.daas().only_site().await?;
    /// let machines = http::Request::get("/Machines?limit=1").body("")?;
    /// println!("{}", site.send_raw(machines).await?);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The same as [`Client::send_raw`], and
    /// [`ErrorKind::JobStarted`](crate::ErrorKind::JobStarted) if the service turns the call into a
    /// job.
    pub fn send_raw(&self, request: http::Request<impl Into<Bytes>>) -> Request<RawOperation> {
        let request = raw::request(&self.client.shared, Service::Daas, request);
        raw::below_a_site(request, &self.id).refuse(check_site(&self.id).err())
    }

    /// Creates a list that no document describes, like [`Client::list_raw`].
    pub fn list_raw<R: DeserializeOwned + Send + 'static>(
        &self,
        request: http::Request<impl Into<Bytes>>,
    ) -> RawList<R> {
        RawList::new(self.send_raw(request))
    }

    /// Returns a handle to the job that an error names, for example one of kind
    /// [`ErrorKind::JobStarted`](crate::ErrorKind::JobStarted).
    ///
    /// The failed call must have been for this site.
    #[must_use]
    pub fn job_of(&self, error: &Error) -> Option<JobHandle> {
        error.job_id().map(|id| self.job(id))
    }

    /// Combines calls into batches (`/$batch`), with one request for many calls.
    ///
    /// The calls are requests of this site that have not been awaited. To combine different
    /// operations, give them the same type with [`Request::map`].
    pub fn batch<T: Send + 'static>(
        &self,
        calls: impl IntoIterator<Item = impl Into<BoxRequest<T>>>,
    ) -> Batch<T> {
        Batch::new(self.clone(), calls.into_iter().map(Into::into).collect())
    }
}
