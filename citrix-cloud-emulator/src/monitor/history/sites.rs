//! The sites of a customer, at the start and now. Monitor shows all of them as one.

use super::random::{hash, hash_text};
use crate::world::{Customer, Site};

/// A site at the start and now.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ThenAndNow<'a> {
    /// Its position among the customer's sites.
    place: u32,
    /// Missing if the site was added later.
    pub(crate) then: Option<&'a Site>,
    pub(crate) now: &'a Site,
}

/// Returns the sites of a customer.
pub(crate) fn sites<'a>(
    then: Option<&'a Customer>,
    now: &'a Customer,
) -> impl Iterator<Item = ThenAndNow<'a>> {
    (0..).zip(now.sites()).map(move |(place, now)| {
        let mut sites = then.into_iter().flat_map(Customer::sites);
        let then = sites.find(|it| it.id() == now.id());
        ThenAndNow { place, then, now }
    })
}

/// The number of bits in a machine's number: 8 million in the first site, and half as many in each further one.
const MACHINE_BITS: u32 = 24;
/// The number of bits in a session's number.
const SESSION_BITS: u32 = 44;

impl ThenAndNow<'_> {
    /// Converts the number of a machine within the site to its number among all of the customer's.
    pub(crate) fn machine_number(&self, within: u64) -> u32 {
        u32::try_from(self.number(within, MACHINE_BITS)).unwrap_or(u32::MAX)
    }

    /// Does the same for a session.
    pub(crate) fn session_number(&self, within: u64) -> u64 {
        self.number(within, SESSION_BITS)
    }

    /// The first site gets the lower half of all numbers, the second site half of the rest, and so on.
    fn number(&self, within: u64, bits: u32) -> u64 {
        let before = (1 << bits) - (1 << bits.saturating_sub(self.place));
        before + within
    }

    /// Returns the seed of this site's random choices.
    pub(crate) fn seed(&self) -> u64 {
        let site = self.then.unwrap_or(self.now);
        let catalog = site.catalogs().iter().next();
        hash(&[
            hash_text(site.id()),
            catalog.map_or(0, |it| hash_text(it.id())),
        ])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ids_are_unique_within_a_customer() {
        let names = ["A", "B", "C", "D", "E"];
        let customer = names.iter().fold(Customer::new("many"), |it, name| {
            it.with_site(Site::new(*name, *name))
        });
        let all: Vec<_> = sites(None, &customer).collect();
        let machines = all
            .iter()
            .flat_map(|it| (1..200).map(|at| it.machine_number(at)));
        let machines: BTreeSet<u32> = machines.collect();
        assert_eq!(machines.len(), 5 * 199);
        assert!(machines.last().is_some_and(|it| *it < 1 << MACHINE_BITS));
        let sessions = all
            .iter()
            .flat_map(|it| (1..200).map(|at| it.session_number(at)));
        let sessions: BTreeSet<u64> = sessions.collect();
        assert_eq!(sessions.len(), 5 * 199);
        assert!(sessions.last().is_some_and(|it| *it < 1 << SESSION_BITS));
    }
}
