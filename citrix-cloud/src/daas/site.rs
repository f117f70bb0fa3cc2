//! A DaaS site and what is in it.

use bytes::Bytes;
use citrix_cloud_gen::operation::{Listed, Operation};

use serde::de::DeserializeOwned;

use super::{Batch, check_site};
use crate::handles::jobs::JobHandle;
use crate::paging::{List, RawList};
use crate::raw::{self, RawOperation};
use crate::{BoxRequest, Client, Error, Request, Service};

/// A site. Machines, catalogs, sessions and jobs hang from it.
#[derive(Debug, Clone)]
pub struct Site {
    client: Client,
    id: String,
}

impl Site {
    pub(super) fn new(client: Client, id: String) -> Self {
        Self { client, id }
    }

    /// The id that the handle was made with.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Any operation of Citrix DaaS, as a request; nothing is sent until it is awaited.
    ///
    /// [`operations`](crate::operations) has all of them.
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
        Request::new(&self.client.shared, operation)
            .at_site(&self.id)
            .refuse(check_site(&self.id).err())
    }

    /// Any operation of Citrix DaaS that returns a list; nothing is sent.
    pub fn list<O: Listed>(&self, operation: O) -> List<O> {
        List::new(self.send(operation))
    }

    /// A request that nobody described, by method and path below this site.
    ///
    /// As [`Client::send_raw`]. The path has its query, percent-encoded:
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
    /// As [`Client::send_raw`]; [`ErrorKind::JobStarted`](crate::ErrorKind::JobStarted) when the
    /// service makes a job of it.
    pub fn send_raw(&self, request: http::Request<impl Into<Bytes>>) -> Request<RawOperation> {
        let request = raw::request(&self.client.shared, Service::Daas, request);
        raw::below_a_site(request, &self.id).refuse(check_site(&self.id).err())
    }

    /// A list that nobody described, as [`Client::list_raw`].
    pub fn list_raw<R: DeserializeOwned + Send + 'static>(
        &self,
        request: http::Request<impl Into<Bytes>>,
    ) -> RawList<R> {
        RawList::new(self.send_raw(request))
    }

    /// The job that the service made of a call, when `error` is
    /// [`ErrorKind::JobStarted`](crate::ErrorKind::JobStarted) or another that names a job.
    ///
    /// The call must have been for this site.
    #[must_use]
    pub fn job_of(&self, error: &Error) -> Option<JobHandle> {
        error.job_id().map(|id| self.job(id))
    }

    /// Puts calls into batches (`/$batch`), which need one request for many calls.
    ///
    /// The calls are requests of this site that were not awaited. Those of several operations go
    /// together after [`Request::map`].
    pub fn batch<T: Send + 'static>(
        &self,
        calls: impl IntoIterator<Item = impl Into<BoxRequest<T>>>,
    ) -> Batch<T> {
        Batch::new(self.clone(), calls.into_iter().map(Into::into).collect())
    }
}
