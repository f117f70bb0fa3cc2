//! A machine catalog.

use citrix_cloud_gen::ops::catalogs::{GetMachineCatalog, GetMachineCatalogMachines};

use super::Site;
use crate::Request;
use crate::paging::List;

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
    pub fn get(&self) -> Request<GetMachineCatalog> {
        self.site.send(GetMachineCatalog::new(&self.name_or_id))
    }

    /// Lists the machines of the catalog, in the service's order.
    pub fn machines(&self) -> List<GetMachineCatalogMachines> {
        self.site
            .list(GetMachineCatalogMachines::new(&self.name_or_id))
    }

    pub(crate) fn site(&self) -> &Site {
        &self.site
    }

    pub(crate) fn name_or_id(&self) -> &str {
        &self.name_or_id
    }
}
