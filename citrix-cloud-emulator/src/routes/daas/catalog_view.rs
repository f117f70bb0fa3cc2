//! A machine catalog on the wire.

use serde::{Serialize, Serializer, ser::SerializeMap};
use serde_json::json;

use super::machine_view::reference;
use crate::ids;
use crate::world::{Catalog, Machine, World};

/// A catalog as `MachineCatalogResponseModel` or, in detail, as `MachineCatalogDetailResponseModel`.
pub(super) struct CatalogView<'a> {
    world: &'a World,
    catalog: &'a Catalog,
    detailed: bool,
}

impl<'a> CatalogView<'a> {
    pub(super) fn new(world: &'a World, catalog: &'a Catalog) -> Self {
        Self {
            world,
            catalog,
            detailed: false,
        }
    }

    pub(super) fn detailed(self) -> Self {
        Self {
            detailed: true,
            ..self
        }
    }
}

impl Serialize for CatalogView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let catalog = self.catalog;
        let machines = &self.world.machines;
        let total = machines.group_len(catalog.id());
        let used = machines.group_len(&Machine::used_in(catalog.id()));
        let mut it = serializer.serialize_map(None)?;
        it.serialize_entry("Name", catalog.name())?;
        it.serialize_entry("FullName", catalog.name())?;
        it.serialize_entry("Id", catalog.id())?;
        it.serialize_entry("Uid", &catalog.uid())?;
        it.serialize_entry("AllocationType", "Random")?;
        it.serialize_entry("AssignedCount", &0)?;
        it.serialize_entry("AvailableAssignedCount", &0)?;
        it.serialize_entry("AvailableCount", &(total - used))?;
        it.serialize_entry("AvailableUnassignedCount", &(total - used))?;
        it.serialize_entry("Description", &catalog.description)?;
        it.serialize_entry("IsPowerManaged", &true)?;
        it.serialize_entry("IsRemotePC", &false)?;
        it.serialize_entry("JobsInProgress", &[(); 0])?;
        it.serialize_entry("MachineType", "Virtual")?;
        it.serialize_entry("Metadata", &[(); 0])?;
        it.serialize_entry("MinimumFunctionalLevel", "L7_20")?;
        it.serialize_entry("HasBeenPromoted", &false)?;
        it.serialize_entry("CanRollbackVMImage", &false)?;
        it.serialize_entry("CanRecreateCatalog", &false)?;
        it.serialize_entry("PersistChanges", "Discard")?;
        it.serialize_entry("ProvisioningScheme", &())?;
        it.serialize_entry("ProvisioningType", "Manual")?;
        it.serialize_entry("ProvisioningProgress", &())?;
        it.serialize_entry("PvsAddress", &())?;
        it.serialize_entry("PvsDomain", &())?;
        it.serialize_entry("RemotePCEnrollmentScopes", &())?;
        it.serialize_entry("Scopes", &[(); 0])?;
        it.serialize_entry("Tenants", &())?;
        it.serialize_entry("SessionSupport", "MultiSession")?;
        it.serialize_entry("SharingKind", "Shared")?;
        it.serialize_entry("TotalCount", &total)?;
        it.serialize_entry("IsBroken", &false)?;
        it.serialize_entry("IsMasterImageAssociated", &())?;
        it.serialize_entry("Errors", &[(); 0])?;
        it.serialize_entry("Warnings", &[(); 0])?;
        it.serialize_entry("UnassignedCount", &total)?;
        it.serialize_entry("UsedCount", &used)?;
        it.serialize_entry("UpgradeInfo", &())?;
        it.serialize_entry("Zone", &reference(ids::ZONE_ID, 1, "Primary"))?;
        it.serialize_entry("AdminFolder", &())?;
        it.serialize_entry("HypervisorVMTagging", &())?;
        if self.detailed {
            it.serialize_entry("AgentVersion", "2411.0.0.37")?;
            it.serialize_entry("HypervisorConnection", &())?;
            it.serialize_entry("OSType", "Windows 2022")?;
            it.serialize_entry("OSVersion", "10.0.20348")?;
            it.serialize_entry(
                "DeliveryGroups",
                &json!([{
                    "Id": ids::DELIVERY_GROUP_ID,
                    "Uid": 1,
                    "Name": "Demo Desktops",
                }]),
            )?;
            it.serialize_entry("UpgradeDetail", &())?;
        }
        it.end()
    }
}
