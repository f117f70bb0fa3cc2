//! A machine catalog.

use super::Site;
use crate::Request;
use crate::bulk::Bulk;
use crate::models::{Machine, MachineCatalogDetail};
use crate::pages::{List, fetch_page};

/// A machine catalog, by id or name.
#[derive(Debug, Clone)]
pub struct CatalogHandle {
    site: Site,
    name_or_id: String,
}

impl CatalogHandle {
    pub(super) fn new(site: Site, name_or_id: String) -> Self {
        Self { site, name_or_id }
    }

    /// Gets the catalog's details.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) when there is none with that id or name;
    /// [`ErrorKind::Input`](crate::ErrorKind::Input), before anything is sent, when it is empty,
    /// `.` or `..`.
    pub fn get(&self) -> Request<MachineCatalogDetail> {
        let name = self.name_or_id.clone();
        self.site.request(|call| async move {
            let daas = call.daas();
            let sent = daas
                .machine_catalogs_get_machine_catalog()
                .name_or_id(name)
                .send()
                .await;
            call.settle(sent).await
        })
    }

    /// Lists the machines of the catalog, in the service's order.
    pub fn machines(&self) -> List<Machine> {
        let (site, name) = (self.site.clone(), self.name_or_id.clone());
        List::new(move |page| {
            let name = name.clone();
            site.request(move |call| async move {
                fetch_page!(call, page, |daas| daas
                    .machine_catalogs_get_machine_catalog_machines()
                    .name_or_id(name))
            })
        })
    }

    /// Prepares to reboot the machines of the catalog that nobody uses; nothing is sent.
    pub fn reboot_idle(&self) -> Bulk {
        let machines = self.site.select_machines();
        machines.catalog(&self.name_or_id).reboot_idle()
    }
}
