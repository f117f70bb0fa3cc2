//! Collects the specifications of all kinds from their areas.

use super::resource::{PLAIN, ResourceSpec};
use super::{
    administration, app_library, applications, backups, catalogs, delivery_groups, directory,
    folders, hypervisors, identity, images, maintenance_cycles, policies, storefront, tags, zones,
};
use crate::world::ResourceKind;

const MACHINE: ResourceSpec = ResourceSpec {
    entity: "Machine",
    ..PLAIN
};

pub(super) fn spec(kind: ResourceKind) -> &'static ResourceSpec {
    match kind {
        ResourceKind::Administrator => &administration::ADMINISTRATOR,
        ResourceKind::Role => &administration::ROLE,
        ResourceKind::Scope => &administration::SCOPE,
        ResourceKind::AdminFolder => &folders::FOLDER,
        ResourceKind::Application => &applications::APPLICATION,
        ResourceKind::ApplicationGroup => &applications::GROUP,
        ResourceKind::DeliveryGroup => &delivery_groups::DELIVERY_GROUP,
        ResourceKind::AutoscalePluginTemplate => &delivery_groups::autoscale::TEMPLATE,
        ResourceKind::MachineCatalog => &catalogs::CATALOG,
        ResourceKind::Machine => &MACHINE,
        ResourceKind::Backup => &backups::BACKUP,
        ResourceKind::BackupHistory => &backups::HISTORY,
        ResourceKind::BackupSchedule => &backups::SCHEDULE,
        ResourceKind::Hypervisor => &hypervisors::HYPERVISOR,
        ResourceKind::ResourcePool => &hypervisors::RESOURCE_POOL,
        ResourceKind::Icon => &applications::icons::ICON,
        ResourceKind::User => &identity::USER,
        ResourceKind::ServiceAccount => &identity::SERVICE_ACCOUNT,
        ResourceKind::ImageDefinition => &images::DEFINITION,
        ResourceKind::ImageVersion => &images::VERSION,
        ResourceKind::PolicySet => &policies::SET,
        ResourceKind::Policy => &policies::POLICY,
        ResourceKind::PolicySetting => &policies::SETTING,
        ResourceKind::PolicyFilter => &policies::FILTER,
        ResourceKind::StoreFrontServer => &storefront::SERVER,
        ResourceKind::Tag => &tags::TAG,
        ResourceKind::Zone => &zones::ZONE,
        ResourceKind::AppPackage => &app_library::PACKAGE,
        ResourceKind::IsolationGroup => &app_library::ISOLATION_GROUP,
        ResourceKind::DiscoveryProfile => &app_library::PROFILE,
        ResourceKind::Discovery => &app_library::DISCOVERY,
        ResourceKind::ComputerAccount => &directory::COMPUTER,
        ResourceKind::MaintenanceCycle => &maintenance_cycles::CYCLE,
        _ => &PLAIN,
    }
}
