//! What is particular to each kind of object, from the area that it belongs to.

use super::resource::{PLAIN, ResourceSpec};
use super::{
    administration, app_library, applications, backups, catalogs, delivery_groups, directory,
    folders, hypervisors, identity, images, maintenance_cycles, policies, storefront, tags, zones,
};
use crate::world::Kind;

const MACHINE: ResourceSpec = ResourceSpec {
    entity: "Machine",
    ..PLAIN
};

pub(super) fn spec(kind: Kind) -> &'static ResourceSpec {
    match kind {
        Kind::Administrator => &administration::ADMINISTRATOR,
        Kind::Role => &administration::ROLE,
        Kind::Scope => &administration::SCOPE,
        Kind::AdminFolder => &folders::FOLDER,
        Kind::Application => &applications::APPLICATION,
        Kind::ApplicationGroup => &applications::GROUP,
        Kind::DeliveryGroup => &delivery_groups::DELIVERY_GROUP,
        Kind::AutoscalePluginTemplate => &delivery_groups::autoscale::TEMPLATE,
        Kind::MachineCatalog => &catalogs::CATALOG,
        Kind::Machine => &MACHINE,
        Kind::Backup => &backups::BACKUP,
        Kind::BackupHistory => &backups::HISTORY,
        Kind::BackupSchedule => &backups::SCHEDULE,
        Kind::Hypervisor => &hypervisors::HYPERVISOR,
        Kind::ResourcePool => &hypervisors::RESOURCE_POOL,
        Kind::Icon => &applications::icons::ICON,
        Kind::User => &identity::USER,
        Kind::ServiceAccount => &identity::SERVICE_ACCOUNT,
        Kind::ImageDefinition => &images::DEFINITION,
        Kind::ImageVersion => &images::VERSION,
        Kind::PolicySet => &policies::SET,
        Kind::Policy => &policies::POLICY,
        Kind::PolicySetting => &policies::SETTING,
        Kind::PolicyFilter => &policies::FILTER,
        Kind::StoreFrontServer => &storefront::SERVER,
        Kind::Tag => &tags::TAG,
        Kind::Zone => &zones::ZONE,
        Kind::AppPackage => &app_library::PACKAGE,
        Kind::IsolationGroup => &app_library::ISOLATION_GROUP,
        Kind::DiscoveryProfile => &app_library::PROFILE,
        Kind::Discovery => &app_library::DISCOVERY,
        Kind::ComputerAccount => &directory::COMPUTER,
        Kind::MaintenanceCycle => &maintenance_cycles::CYCLE,
        _ => &PLAIN,
    }
}
