//! A DaaS site and what is in it.

use std::sync::Arc;

use super::{CatalogHandle, JobHandle, MachineHandle, SessionHandle, check_site};
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
}
