//! A DaaS site and what is in it.

use std::sync::Arc;

use serde_json::Value;

use super::{Batch, CatalogHandle, JobHandle, MachineHandle, SessionHandle, check_site, operation};
use crate::bulk::{MachineSelection, SessionSelection};
use crate::models::{Job, Machine, MachineCatalog, Session, SiteDetail, SiteRef};
use crate::pages::{List, fetch_page};
use crate::transport::Call;
use crate::{Client, Error, Request, Service};

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

    /// A request below this site.
    pub(super) fn request<T: Send + 'static, F>(
        &self,
        operation: impl FnOnce(Arc<Call>) -> F + Send + 'static,
    ) -> Request<T>
    where
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        Request::new(self.client.clone(), Service::Daas, operation)
            .at_site(&self.id)
            .refuse(check_site(&self.id).err())
    }

    /// Lists the sites that can be seen from this one.
    ///
    /// # Errors
    ///
    /// What the service or the connection fails with; see [`Error`].
    pub fn sites(&self) -> Request<Vec<SiteRef>> {
        self.request(|call| async move {
            let sent = call.daas().sites_get_sites().send().await;
            Ok(call.settle(sent).await?.items)
        })
    }

    /// Gets this site's details.
    ///
    /// # Errors
    ///
    /// What the service or the connection fails with; see [`Error`].
    pub fn get(&self) -> Request<SiteDetail> {
        let id = self.id.clone();
        self.request(|call| async move {
            let sent = call.daas().sites_get_site().name_or_id(id).send().await;
            call.settle(sent).await
        })
    }

    /// Lists the machine catalogs.
    pub fn catalogs(&self) -> List<MachineCatalog> {
        let site = self.clone();
        List::new(move |page| {
            site.request(move |call| async move {
                fetch_page!(call, page, |daas| daas
                    .machine_catalogs_get_machine_catalogs())
            })
        })
    }

    /// A machine catalog by id or name; nothing is sent.
    #[must_use]
    pub fn catalog(&self, name_or_id: impl Into<String>) -> CatalogHandle {
        CatalogHandle::new(self.clone(), name_or_id.into())
    }

    /// Lists the machines of all catalogs.
    pub fn machines(&self) -> List<Machine> {
        let site = self.clone();
        List::new(move |page| {
            site.request(move |call| async move {
                fetch_page!(call, page, |daas| daas.machines_get_machines())
            })
        })
    }

    /// A machine by id or name (`DOMAIN\NAME`); nothing is sent.
    #[must_use]
    pub fn machine(&self, name_or_id: impl Into<String>) -> MachineHandle {
        MachineHandle::new(self.clone(), name_or_id.into())
    }

    /// Chooses machines to act on; nothing is sent.
    pub fn select_machines(&self) -> MachineSelection {
        MachineSelection::new(self.clone())
    }

    /// Lists the sessions.
    pub fn sessions(&self) -> List<Session> {
        let site = self.clone();
        List::new(move |page| {
            site.request(move |call| async move {
                fetch_page!(call, page, |daas| daas.sessions_get_sessions())
            })
        })
    }

    /// A session by id; nothing is sent.
    #[must_use]
    pub fn session(&self, id: impl Into<String>) -> SessionHandle {
        SessionHandle::new(self.clone(), id.into())
    }

    /// Chooses sessions to act on; nothing is sent.
    pub fn select_sessions(&self) -> SessionSelection {
        SessionSelection::new(self.clone())
    }

    /// Lists the jobs that the service still remembers.
    ///
    /// # Errors
    ///
    /// What the service or the connection fails with; see [`Error`].
    pub fn jobs(&self) -> Request<Vec<Job>> {
        self.request(|call| async move {
            let sent = call.daas().jobs_get_jobs().send().await;
            Ok(call.settle(sent).await?.items)
        })
    }

    /// A job by id; nothing is sent.
    #[must_use]
    pub fn job(&self, id: impl Into<String>) -> JobHandle {
        JobHandle::new(self.clone(), id.into())
    }

    /// The job that the service made of a call, when `error` is
    /// [`ErrorKind::JobStarted`](crate::ErrorKind::JobStarted) or another that names a job.
    ///
    /// The call must have been for this site.
    #[must_use]
    pub fn job_of(&self, error: &Error) -> Option<JobHandle> {
        error.job_id().map(|id| self.job(id))
    }

    /// Any operation below this site, by method and path.
    ///
    /// `method` is one of `GET`, `HEAD`, `POST`, `PUT`, `PATCH` and `DELETE`, in any case. `path`
    /// begins below the site and has its query, percent-encoded: `/Machines/7/$reboot?force=true`.
    /// `body` is JSON, for `POST`, `PUT` and `PATCH` only. Awaiting gives the answer as it came, or
    /// `null` when it has no body.
    ///
    /// For what has neither a handle nor a place in [`raw`](crate::raw), and for calls that are
    /// only known at run time.
    ///
    /// # Errors
    ///
    /// When awaited: [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, for a
    /// method, a path or a body that cannot be sent as it is;
    /// [`ErrorKind::JobStarted`](crate::ErrorKind::JobStarted) when the service makes a job of it.
    pub fn operation(
        &self,
        method: &str,
        path: &str,
        body: impl Into<Option<Value>>,
    ) -> Request<Value> {
        operation::described(self, method, path, body.into())
    }

    /// Puts calls into batches (`/$batch`), which need one request for many calls.
    ///
    /// The calls are requests of this site that were not awaited: of a handle, or of
    /// [`Site::operation`]. Calls of several types go together after [`Request::map`].
    pub fn batch<T: Send + 'static>(
        &self,
        calls: impl IntoIterator<Item = Request<T>>,
    ) -> Batch<T> {
        Batch::new(self.clone(), calls.into_iter().collect())
    }
}
