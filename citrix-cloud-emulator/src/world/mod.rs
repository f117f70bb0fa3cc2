//! The state of the emulated cloud: customers and their sites. This module does not depend on HTTP, except that a job
//! keeps its call.

mod arrivals;
mod collection;
mod customer;
mod defaults;
mod identity;
mod index;
mod job;
mod machine;
mod outline;
mod parts;
mod platform;
mod power;
mod principals;
mod resource;
mod schedule;
mod session;
mod site;
mod site_objects;

use jiff::Timestamp;

pub use collection::{Collection, Iter, Member, MemberMut};
pub use customer::Customer;
pub use job::{Job, JobStatus};
pub use machine::{Machine, PowerState, RegistrationState};
pub use platform::{
    Administrator, ApiClient, Expiry, Notification, Platform, ResourceLocation, ServicePrincipal,
    ServiceState,
};
pub use power::PowerAction;
pub use resource::{Resource, ResourceKind};
pub use session::{Session, SessionState};
pub use site::Site;

pub(crate) use arrivals::Arrivals;
pub(crate) use defaults::{default_administrator, default_client};
pub(crate) use identity::Identity;
pub(crate) use outline::Outline;
pub(crate) use parts::Change;
pub(crate) use power::PowerRefusal;
pub(crate) use schedule::Event;

/// The state of the emulated cloud. Customers share nothing, and the sites of one customer share only the customer's
/// data.
#[derive(Debug, Clone)]
pub struct World {
    /// The accepted credentials.
    pub clients: Collection<ApiClient>,
    /// The caller that `/me` returns.
    pub administrator: Administrator,
    customers: Vec<Customer>,
    identity: Identity,
}

/// A site, and its customer's data besides sites.
#[derive(Debug)]
pub(crate) struct SiteParts<'a> {
    /// The id of the customer.
    pub(crate) customer: &'a str,
    pub(crate) administrator: &'a Administrator,
    pub(crate) platform: &'a mut Platform,
    pub(crate) site: &'a mut Site,
}

impl World {
    /// Creates a world without credentials.
    #[must_use]
    pub fn empty(administrator: Administrator) -> Self {
        Self {
            clients: Collection::default(),
            administrator,
            customers: Vec::new(),
            identity: Identity::default(),
        }
    }

    /// Adds a customer, and lets every existing client act for it.
    pub fn add_customer(&mut self, customer: Customer) {
        let id = customer.id().to_owned();
        self.clients
            .change_where(|_| true, |client| client.customers.push(id.clone()));
        self.customers.push(customer);
    }

    /// Returns the customers.
    #[must_use]
    pub fn customers(&self) -> &[Customer] {
        &self.customers
    }

    /// Returns a customer by its id.
    #[must_use]
    pub fn customer(&self, id: &str) -> Option<&Customer> {
        let mut customers = self.customers.iter();
        customers.find(|it| it.id().eq_ignore_ascii_case(id))
    }

    /// Returns a customer by its id, for changing it.
    pub fn customer_mut(&mut self, id: &str) -> Option<&mut Customer> {
        let mut customers = self.customers.iter_mut();
        customers.find(|it| it.id().eq_ignore_ascii_case(id))
    }

    /// Returns the sites of all customers.
    pub fn sites(&self) -> impl Iterator<Item = &Site> {
        self.customers.iter().flat_map(Customer::sites)
    }

    /// Returns a site by id or name, if it belongs to the customer.
    #[must_use]
    pub fn site(&self, customer: &str, name_or_id: &str) -> Option<&Site> {
        self.customer(customer)?.site(name_or_id)
    }

    /// Returns a site by id or name, for changing it.
    pub fn site_mut(&mut self, customer: &str, name_or_id: &str) -> Option<&mut Site> {
        self.customer_mut(customer)?.site_mut(name_or_id)
    }

    /// Returns the first site of the first customer that has one: in most worlds, the only one.
    #[must_use]
    pub fn first_site(&self) -> Option<&Site> {
        self.sites().next()
    }

    /// Returns the first site, for changing it.
    pub fn first_site_mut(&mut self) -> Option<&mut Site> {
        let mut customers = self.customers.iter_mut();
        customers.find_map(|it| it.sites_mut().first_mut())
    }

    /// Returns the world's identity.
    pub(crate) fn identity(&self) -> Identity {
        self.identity.again()
    }

    /// Borrows a site and its customer's data, for changing both.
    pub(crate) fn parts(&mut self, customer: &str, site: &str) -> Option<SiteParts<'_>> {
        let mut customers = self.customers.iter_mut();
        let customer = customers.find(|it| it.id().eq_ignore_ascii_case(customer))?;
        let (customer, platform, site) = customer.parts(site)?;
        let administrator = &self.administrator;
        Some(SiteParts {
            customer,
            administrator,
            platform,
            site,
        })
    }

    /// Borrows a customer and the credentials, for changing both.
    pub(crate) fn account(
        &mut self,
        customer: &str,
    ) -> Option<(&Administrator, &mut Collection<ApiClient>, &mut Customer)> {
        let mut customers = self.customers.iter_mut();
        let customer = customers.find(|it| it.id().eq_ignore_ascii_case(customer))?;
        Some((&self.administrator, &mut self.clients, customer))
    }

    /// Recomputes which event comes first.
    pub(crate) fn reorder(&mut self) {
        let sites = self.customers.iter_mut().flat_map(Customer::sites_mut);
        sites.for_each(|site| site.schedule.reorder());
    }

    /// Removes the earliest event of all sites, if it is due.
    pub(crate) fn next_due(&mut self, now: Timestamp) -> Option<(SiteParts<'_>, Timestamp, Event)> {
        let places = self
            .customers
            .iter()
            .enumerate()
            .flat_map(|(at, customer)| {
                let sites = customer.sites().iter().enumerate();
                sites.filter_map(move |(place, site)| Some((site.schedule.first()?, at, place)))
            });
        let (_, customer, site) = places.min().filter(|(at, ..)| *at <= now)?;
        let (customer, platform, site) = self.customers.get_mut(customer)?.parts_at(site)?;
        let (at, event) = site.schedule.next_due(now)?;
        let administrator = &self.administrator;
        let parts = SiteParts {
            customer,
            administrator,
            platform,
            site,
        };
        Some((parts, at, event))
    }
}

impl SiteParts<'_> {
    /// Reborrows the parts.
    pub(crate) fn lend(&mut self) -> SiteParts<'_> {
        SiteParts {
            customer: self.customer,
            administrator: self.administrator,
            platform: self.platform,
            site: self.site,
        }
    }
}
