//! Customers with their sites, and their credentials.

use fastrand::Rng;
use jiff::Timestamp;

use super::fill::new_id;
use super::{CustomerPart, WorldFile, WorldFileError};
use crate::world::{
    ApiClient, Collection, Customer, ResourceLocation, ServiceState, Site, World,
    default_administrator, default_client,
};

impl WorldFile {
    pub(super) fn world(&self, now: Timestamp) -> Result<World, WorldFileError> {
        let mut random = Rng::with_seed(self.seed);
        let mut world = if self.customers.is_empty() {
            World::with_machines(0)
        } else {
            World::empty(default_administrator())
        };
        self.check_customers()?;
        for part in &self.customers {
            world.add_customer(part.customer(&mut random));
        }
        self.fill_clients(&mut world)?;
        let top = self.content();
        if !top.is_empty() {
            let site = world.first_site_mut().ok_or_else(|| {
                let why = "the file has top-level settings but no site they apply to; add a site";
                WorldFileError::new("customers", why)
            })?;
            top.fill(site, &mut random, now)?;
        }
        for (number, part) in self.customers.iter().enumerate() {
            for (place, part_of_site) in part.sites.iter().enumerate() {
                let path = format!("customers[{number}].sites[{place}]");
                let content = part_of_site.content(&path);
                if content.is_empty() {
                    continue;
                }
                if !top.is_empty() && number == 0 && place == 0 {
                    let why = "this site is described here and at the top of the file; keep one of the two";
                    return Err(WorldFileError::new(path, why));
                }
                if let Some(site) = world.site_mut(&part.id, &part_of_site.id) {
                    content.fill(site, &mut random, now)?;
                }
            }
        }
        Ok(world)
    }

    /// Customers and sites must be unique, because they are looked up by id.
    fn check_customers(&self) -> Result<(), WorldFileError> {
        for (number, part) in self.customers.iter().enumerate() {
            let mut before = self.customers.iter().take(number);
            if before.any(|it| it.id.eq_ignore_ascii_case(&part.id)) {
                let path = format!("customers[{number}].id");
                let why = format!("'{}' already exists", part.id);
                return Err(WorldFileError::new(path, why));
            }
            for (place, site) in part.sites.iter().enumerate() {
                let mut before = part.sites.iter().take(place);
                if before.any(|it| it.id.eq_ignore_ascii_case(&site.id)) {
                    let path = format!("customers[{number}].sites[{place}].id");
                    let why = format!("'{}' already exists", site.id);
                    return Err(WorldFileError::new(path, why));
                }
            }
        }
        Ok(())
    }

    fn fill_clients(&self, world: &mut World) -> Result<(), WorldFileError> {
        let customers = world.customers().iter();
        let all: Vec<_> = customers.map(|it| it.id().to_owned()).collect();
        world.clients = Collection::default();
        if self.credentials.is_empty() {
            world.clients.push(ApiClient {
                customers: all,
                ..default_client()
            });
            return Ok(());
        }
        for (number, part) in self.credentials.iter().enumerate() {
            let customers = part.customers.clone().unwrap_or_else(|| all.clone());
            if let Some(unknown) = customers.iter().find(|it| world.customer(it).is_none()) {
                let path = format!("credentials[{number}].customers");
                let why = format!("there is no customer '{unknown}'; add it to customers");
                return Err(WorldFileError::new(path, why));
            }
            world.clients.push(ApiClient {
                client_id: part.client_id.clone(),
                client_secret: part.client_secret.clone(),
                customers,
            });
        }
        Ok(())
    }
}

impl CustomerPart {
    fn customer(&self, random: &mut Rng) -> Customer {
        let mut customer = Customer::new(self.id.as_str());
        customer.name.clone_from(&self.name);
        if let Some(services) = &self.services {
            let services = services.iter().map(|it| {
                let mut service = ServiceState::new(&it.name, &it.state, &it.state);
                service.quantity = it.quantity;
                service.days_to_expiration = it.days_to_expiration;
                service
            });
            customer.platform.services = services.collect();
        }
        if let Some(locations) = &self.resource_locations {
            let locations = locations.iter().map(|it| {
                let id = it.id.clone().unwrap_or_else(|| new_id(random));
                ResourceLocation::new(it.name.as_str()).with_id(id)
            });
            customer.platform.resource_locations = locations.collect();
        }
        for site in &self.sites {
            customer.add_site(Site::new(site.id.as_str(), site.name.as_str()));
        }
        customer
    }
}
