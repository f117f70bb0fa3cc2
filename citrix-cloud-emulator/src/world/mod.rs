//! The state of the emulated cloud. Nothing in here knows HTTP, except that a job keeps the call it stands for.

mod catalog;
mod collection;
mod defaults;
mod job;
mod machine;
mod platform;
mod power;
mod schedule;
mod session;

pub use catalog::Catalog;
pub use collection::{Collection, Named};
pub use job::{Job, JobStatus};
pub use machine::{Machine, PowerState, RegistrationState};
pub use platform::{
    Administrator, ApiClient, Customer, ResourceLocation, ServicePrincipal, ServiceState, Site,
};
pub use power::PowerAction;
pub use session::{Session, SessionState};

pub(crate) use power::PowerRefusal;
pub(crate) use schedule::{Event, Schedule};

/// Everything the emulated cloud knows. Plain data: tests may change any of it.
#[derive(Debug, Clone)]
pub struct World {
    /// Credentials that are accepted.
    pub clients: Vec<ApiClient>,
    /// Who `/me` says is calling.
    pub administrator: Administrator,
    /// Customers that `/me` lists.
    pub customers: Vec<Customer>,
    /// Service entitlements, the same for every customer.
    pub services: Vec<ServiceState>,
    /// Resource locations, the same for every customer.
    pub resource_locations: Vec<ResourceLocation>,
    /// Notifications as they were sent, each completed as the service does.
    pub notifications: Vec<serde_json::Value>,
    /// Service principals, the same for every customer.
    pub service_principals: Vec<ServicePrincipal>,
    /// Machine catalogs.
    pub catalogs: Collection<Catalog>,
    /// Machines.
    pub machines: Collection<Machine>,
    /// Sessions.
    pub sessions: Collection<Session>,
    /// Jobs, finished ones included.
    pub jobs: Collection<Job>,
    pub(crate) schedule: Schedule,
}

impl World {
    /// Adds a session and counts it on its machine.
    pub fn start_session(&mut self, session: Session) {
        if let Some(machine) = self.machines.get_mut(&session.machine_id) {
            machine.session_count = machine.session_count.map(|count| count.saturating_add(1));
        }
        self.sessions.push(session);
    }

    /// Adds a customer, and lets every client that is accepted act for it.
    pub fn add_customer(&mut self, customer: Customer) {
        for client in &mut self.clients {
            client.customers.push(customer.id.clone());
        }
        self.customers.push(customer);
    }

    /// Returns a site by id or name, if the customer has it.
    #[must_use]
    pub fn site(&self, customer: &str, name_or_id: &str) -> Option<&Site> {
        let customer = self
            .customers
            .iter()
            .find(|it| it.id.eq_ignore_ascii_case(customer))?;
        customer.sites.iter().find(|site| {
            site.id.eq_ignore_ascii_case(name_or_id)
                || site.name.to_lowercase() == name_or_id.to_lowercase()
        })
    }
}
