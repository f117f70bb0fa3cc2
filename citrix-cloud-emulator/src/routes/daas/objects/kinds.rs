//! What each kind of object adds to what all have in common.

use serde_json::{Map, Value};

use crate::http::Reply;
use crate::routes::daas::turn::Turn;
use crate::routes::daas::{
    administration, applications, autoscale, catalogs, delivery_groups, folders, hypervisors,
    icons, identity, images, policies, storefront, tags, zones,
};
use crate::world::{Kind, Resource, Site};

/// What is particular to one kind.
pub(in crate::routes::daas) struct Traits {
    /// What errors call it.
    pub(in crate::routes::daas) entity: &'static str,
    /// The fields of its answers that hold its id and its name.
    pub(in crate::routes::daas) keys: (&'static str, &'static str),
    /// Whether two of them may have one name.
    pub(in crate::routes::daas) shares_names: bool,
    /// What its fields hold while nobody has set them, as JSON.
    pub(in crate::routes::daas) defaults: &'static str,
    /// Fields that bodies and answers call differently.
    pub(in crate::routes::daas) renamed: &'static [(&'static str, &'static str)],
    /// Fields that follow from others or from other objects.
    pub(in crate::routes::daas) derived: fn(&Site, &Resource) -> Map<String, Value>,
    /// Completes or refuses an object that is about to be created or changed.
    pub(in crate::routes::daas) settled: fn(&Turn<'_>, &mut Resource) -> Result<(), Reply>,
    /// Says why it cannot be deleted.
    pub(in crate::routes::daas) in_use: fn(&Site, &Resource) -> Option<String>,
    /// Takes it out of whatever points to it.
    pub(in crate::routes::daas) forgotten: fn(&mut Site, &Resource),
}

/// A kind with nothing particular.
pub(in crate::routes::daas) const PLAIN: Traits = Traits {
    entity: "Object",
    keys: ("Id", "Name"),
    shares_names: false,
    defaults: "{}",
    renamed: &[],
    derived: |_, _| Map::new(),
    settled: |_, _| Ok(()),
    in_use: |_, _| None,
    forgotten: |_, _| (),
};

const MACHINE: Traits = Traits {
    entity: "Machine",
    ..PLAIN
};

const BACKUP_SCHEDULE: Traits = Traits {
    entity: "BackupSchedule",
    ..PLAIN
};

pub(super) fn traits(kind: Kind) -> &'static Traits {
    match kind {
        Kind::Administrator => &administration::ADMINISTRATOR,
        Kind::Role => &administration::ROLE,
        Kind::Scope => &administration::SCOPE,
        Kind::AdminFolder => &folders::FOLDER,
        Kind::Application => &applications::APPLICATION,
        Kind::ApplicationGroup => &applications::GROUP,
        Kind::DeliveryGroup => &delivery_groups::DELIVERY_GROUP,
        Kind::AutoscalePluginTemplate => &autoscale::TEMPLATE,
        Kind::MachineCatalog => &catalogs::CATALOG,
        Kind::Machine => &MACHINE,
        Kind::BackupSchedule => &BACKUP_SCHEDULE,
        Kind::Hypervisor => &hypervisors::HYPERVISOR,
        Kind::ResourcePool => &hypervisors::RESOURCE_POOL,
        Kind::Icon => &icons::ICON,
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
        _ => &PLAIN,
    }
}
