//! The models, under the names that the field uses.
//!
//! They are generated from the documents. Every field of an answer may be missing or null; a value
//! that an enum does not list is kept in its `Unlisted` variant.

pub use citrix_cloud_gen::administrators::types::{
    AdministratorAccessModel as AdministratorAccess,
    AdministratorAccessModelRequest as UpdateAdministratorAccess,
    AdministratorResult as Administrator, CreateAdministratorInputModel as CreateAdministrator,
};
pub use citrix_cloud_gen::daas::types::{
    JobResponseModel as Job, JobStatus, MachineCatalogDetailResponseModel as MachineCatalogDetail,
    MachineCatalogResponseModel as MachineCatalog, MachineDetailResponseModel as MachineDetail,
    MachineResponseModel as Machine, MeResponseModel as Me, MessageStyle,
    MySiteResponseModel as MySite, PowerState, RegistrationState, SessionResponseModel as Session,
    SessionState, SiteDetailResponseModel as SiteDetail, SiteResponseModel as SiteRef,
    SupportedPowerAction,
};
pub use citrix_cloud_gen::entitlement::types::{
    EntitlementType, ServiceState, ServiceStateValue as EntitlementState,
};
pub use citrix_cloud_gen::licensing::types::CurrentLicenseUsage;
pub use citrix_cloud_gen::platform::types::{
    Notification, NotificationContent, NotificationPriority, NotificationSeverity,
    ResourceLocation, ServicePrincipal,
};
pub use citrix_cloud_gen::system_log::types::SystemLogRecord;
pub use citrix_cloud_gen::webhooks::types::{
    WebhookChangeType, WebhookEventType, WebhookSubscription,
};

/// Every model of an operation that has no short name above, by service.
pub mod full {
    pub use citrix_cloud_gen::administrators::types as administrators;
    pub use citrix_cloud_gen::daas::types as daas;
    pub use citrix_cloud_gen::entitlement::types as entitlement;
    pub use citrix_cloud_gen::licensing::types as licensing;
    pub use citrix_cloud_gen::platform::types as platform;
    pub use citrix_cloud_gen::system_log::types as system_log;
    pub use citrix_cloud_gen::webhooks::types as webhooks;
}
