//! The state of the emulated cloud. Nothing in here knows HTTP, except that a job keeps the call it stands for.

mod arrivals;
mod catalog;
mod collection;
mod defaults;
mod identity;
mod index;
mod job;
mod machine;
mod parts;
mod platform;
mod power;
mod principals;
mod resource;
mod schedule;
mod session;
mod site_objects;

pub use catalog::Catalog;
pub use collection::{Collection, Iter, Member, MemberMut};
pub use job::{Job, JobStatus};
pub use machine::{Machine, PowerState, RegistrationState};
pub use platform::{
    Administrator, ApiClient, Customer, Expiry, Notification, ResourceLocation, ServicePrincipal,
    ServiceState, Site,
};
pub use power::PowerAction;
pub use resource::{Kind, Resource};
pub use session::{Session, SessionState};

pub(crate) use identity::Identity;
pub(crate) use parts::Change;
pub(crate) use power::PowerRefusal;
pub(crate) use resource::Resources;
pub(crate) use schedule::{Event, Schedule};

/// Everything the emulated cloud knows. Plain data: tests may change any of it.
#[derive(Debug, Clone)]
pub struct World {
    /// Credentials that are accepted.
    pub clients: Collection<ApiClient>,
    /// Who `/me` says is calling.
    pub administrator: Administrator,
    /// Customers that `/me` lists.
    pub customers: Collection<Customer>,
    /// Service entitlements, the same for every customer.
    pub services: Collection<ServiceState>,
    /// Resource locations, the same for every customer.
    pub resource_locations: Collection<ResourceLocation>,
    /// Notifications as they were sent, each completed as the service does.
    pub notifications: Collection<Notification>,
    /// Service principals, the same for every customer.
    pub service_principals: Collection<ServicePrincipal>,
    /// Machine catalogs.
    pub catalogs: Collection<Catalog>,
    /// Machines.
    pub machines: Collection<Machine>,
    /// Sessions.
    pub sessions: Collection<Session>,
    /// Jobs, finished ones included.
    pub jobs: Collection<Job>,
    pub(crate) resources: Resources,
    pub(crate) schedule: Schedule,
    identity: Identity,
}

impl World {
    /// Adds a session and counts it on its machine.
    pub fn start_session(&mut self, session: Session) {
        if let Some(mut machine) = self.machines.get_mut(&session.machine_id) {
            machine.session_count = machine.session_count.map(|count| count.saturating_add(1));
            machine.last_user = Some(session.user.clone());
            machine.last_connection = Some(session.started);
        }
        self.sessions.push(session);
    }

    /// Adds a customer, and lets every client that is accepted act for it.
    pub fn add_customer(&mut self, customer: Customer) {
        let id = &customer.id;
        self.clients
            .change_where(|_| true, |client| client.customers.push(id.clone()));
        self.customers.push(customer);
    }

    /// Tells which world this is.
    pub(crate) fn identity(&self) -> Identity {
        self.identity.again()
    }

    /// Returns a site by id or name, if the customer has it.
    #[must_use]
    pub fn site(&self, customer: &str, name_or_id: &str) -> Option<&Site> {
        let customer = self.customers.get(customer)?;
        customer.sites.iter().find(|site| {
            site.id.eq_ignore_ascii_case(name_or_id)
                || site.name.to_lowercase() == name_or_id.to_lowercase()
        })
    }
}
