//! Objects of a site that need no type of their own: plain documents.

use std::collections::BTreeMap;

use serde::de::IntoDeserializer;
use serde::de::value::{Error as ValueError, StrDeserializer};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::collection::{Collection, Member};

/// The kind of a [`Resource`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum ResourceKind {
    /// A folder of administrators' objects.
    AdminFolder,
    /// An administrator of the site.
    Administrator,
    /// An application package in the library.
    AppPackage,
    /// A published application.
    Application,
    /// A group of applications.
    ApplicationGroup,
    /// Dates for an Autoscale plug-in.
    AutoscalePluginTemplate,
    /// A backup of the site.
    Backup,
    /// An action on a backup: created, restored.
    BackupHistory,
    /// The backup options; there is one.
    BackupOptions,
    /// A schedule of backups.
    BackupSchedule,
    /// An administrator of the customer, outside the site.
    CloudAdministrator,
    /// A cloud connector of the customer.
    CloudConnector,
    /// A computer account in the directory that does not belong to a machine of the site.
    ComputerAccount,
    /// An entry of the configuration log.
    ConfigurationLogEntry,
    /// A delivery group.
    DeliveryGroup,
    /// A search for application packages.
    Discovery,
    /// Where to search for application packages.
    DiscoveryProfile,
    /// A connection to a hypervisor.
    Hypervisor,
    /// An icon.
    Icon,
    /// An image definition.
    ImageDefinition,
    /// A version of an image definition.
    ImageVersion,
    /// Application packages that share an isolated environment.
    IsolationGroup,
    /// The settings of the configuration log; there is one.
    LogSite,
    /// A machine; kept in [`Site::machines`](super::Site::machines).
    Machine,
    /// A machine catalog.
    MachineCatalog,
    /// A scheduled change of provisioned machines.
    MaintenanceCycle,
    /// A policy.
    Policy,
    /// A condition of a policy.
    PolicyFilter,
    /// A set of policies.
    PolicySet,
    /// A setting of a policy.
    PolicySetting,
    /// A resource pool of a hypervisor.
    ResourcePool,
    /// A role.
    Role,
    /// A scope.
    Scope,
    /// An account that the site uses in a directory.
    ServiceAccount,
    /// The settings of the site; there is one.
    SiteSettings,
    /// A `StoreFront` server.
    StoreFrontServer,
    /// An entry of the system log.
    SystemLogRecord,
    /// A tag.
    Tag,
    /// A user or a group of users.
    User,
    /// A webhook.
    Webhook,
    /// A zone.
    Zone,
}

impl ResourceKind {
    /// All kinds.
    pub const ALL: [Self; 41] = [
        Self::AdminFolder,
        Self::Administrator,
        Self::AppPackage,
        Self::Application,
        Self::ApplicationGroup,
        Self::AutoscalePluginTemplate,
        Self::Backup,
        Self::BackupHistory,
        Self::BackupOptions,
        Self::BackupSchedule,
        Self::CloudAdministrator,
        Self::CloudConnector,
        Self::ComputerAccount,
        Self::ConfigurationLogEntry,
        Self::DeliveryGroup,
        Self::Discovery,
        Self::DiscoveryProfile,
        Self::Hypervisor,
        Self::Icon,
        Self::ImageDefinition,
        Self::ImageVersion,
        Self::IsolationGroup,
        Self::LogSite,
        Self::Machine,
        Self::MachineCatalog,
        Self::MaintenanceCycle,
        Self::Policy,
        Self::PolicyFilter,
        Self::PolicySet,
        Self::PolicySetting,
        Self::ResourcePool,
        Self::Role,
        Self::Scope,
        Self::ServiceAccount,
        Self::SiteSettings,
        Self::StoreFrontServer,
        Self::SystemLogRecord,
        Self::Tag,
        Self::User,
        Self::Webhook,
        Self::Zone,
    ];

    /// Returns the name of the kind, such as `DeliveryGroup`.
    #[must_use]
    pub fn name(self) -> String {
        format!("{self:?}")
    }

    /// Returns a kind by its name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let name: StrDeserializer<'_, ValueError> = name.into_deserializer();
        Self::deserialize(name).ok()
    }
}

/// A plain document with an id, a name and fields.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resource {
    id: String,
    /// The name by which it is found, besides its id and its `Uid`.
    pub name: String,
    /// All other fields that were set, by their names in JSON.
    #[serde(default)]
    pub fields: Map<String, Value>,
    /// Ids of the objects it belongs to, such as its delivery group.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parents: Vec<String>,
}

impl Resource {
    /// Creates a document without fields, with a new id.
    #[must_use]
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            id: Uuid::new_v4().to_string(),
            name: name.into(),
            fields: Map::new(),
            parents: Vec::new(),
        }
    }

    /// Sets its id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// Sets a field.
    #[must_use]
    pub fn with(mut self, field: impl Into<String>, value: impl Into<Value>) -> Self {
        self.fields.insert(field.into(), value.into());
        self
    }

    /// Adds an object that it belongs to.
    #[must_use]
    pub fn within(mut self, parent: impl Into<String>) -> Self {
        self.parents.push(parent.into());
        self
    }

    /// Returns its id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Returns its number among those of its kind, or 0 if it has none.
    #[must_use]
    pub fn uid(&self) -> u32 {
        let uid = self.fields.get("Uid").and_then(Value::as_u64);
        uid.and_then(|uid| u32::try_from(uid).ok())
            .unwrap_or_default()
    }
}

impl Member for Resource {
    fn id(&self) -> &str {
        &self.id
    }

    fn names(&self) -> Vec<String> {
        let mut names = vec![self.id.clone(), self.name.clone()];
        names.extend(
            self.fields
                .get("Uid")
                .and_then(Value::as_u64)
                .map(|uid| uid.to_string()),
        );
        names
    }

    fn groups(&self) -> Vec<String> {
        self.parents.clone()
    }
}

/// All resources, by kind.
#[derive(Debug, Clone, Default)]
pub(crate) struct Resources {
    kinds: BTreeMap<ResourceKind, Collection<Resource>>,
    none: Collection<Resource>,
}

impl Resources {
    pub(crate) fn push(&mut self, kind: ResourceKind, resource: Resource) {
        self.of_mut(kind).push(resource);
    }

    /// Returns all objects of one kind.
    pub(crate) fn of(&self, kind: ResourceKind) -> &Collection<Resource> {
        self.kinds.get(&kind).unwrap_or(&self.none)
    }

    /// Returns all objects of one kind, for changing them.
    pub(crate) fn of_mut(&mut self, kind: ResourceKind) -> &mut Collection<Resource> {
        self.kinds.entry(kind).or_default()
    }

    pub(crate) fn by_kind_mut(
        &mut self,
    ) -> impl Iterator<Item = (ResourceKind, &mut Collection<Resource>)> {
        self.kinds
            .iter_mut()
            .map(|(kind, resources)| (*kind, resources))
    }
}
