//! The operations that are emulated, out of all that exist. Each area lists its own in a function called `handler`.

use super::turn::{CustomerTurn, Turn};
use super::{
    administration, applications, autoscale, backups, batch, catalog_writes, catalogs,
    configuration_log, delivery_groups, folders, hypervisors, icons, identity, images, jobs,
    machine_writes, machines, policies, pvs_streaming, search, sessions, site_settings, sites,
    storefront, tags, zones,
};
use crate::http::Outcome;

pub(super) type Handler = fn(&mut Turn<'_>) -> Outcome;
pub(super) type CustomerHandler = fn(&CustomerTurn<'_>) -> Outcome;

const AREAS: [fn(&str) -> Option<Handler>; 26] = [
    machines::handler,
    sessions::handler,
    jobs::handler,
    batch::handler,
    catalogs::handler,
    sites::handler,
    machine_writes::handler,
    search::handler,
    administration::handler,
    applications::handler,
    autoscale::handler,
    backups::handler,
    catalog_writes::handler,
    configuration_log::handler,
    delivery_groups::handler,
    folders::handler,
    hypervisors::handler,
    icons::handler,
    identity::handler,
    images::handler,
    policies::handler,
    pvs_streaming::handler,
    site_settings::handler,
    storefront::handler,
    tags::handler,
    zones::handler,
];

pub(super) fn is_emulated(operation: &str) -> bool {
    handler(operation).is_some() || of_customer(operation).is_some()
}

/// The operations that need no site.
pub(super) fn of_customer(operation: &str) -> Option<CustomerHandler> {
    sites::of_customer(operation)
}

pub(super) fn handler(operation: &str) -> Option<Handler> {
    AREAS.iter().find_map(|area| area(operation))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::is_emulated;

    /// Those of the first release that are not in daily use, and those that complete what is.
    const MORE: [&str; 8] = [
        "AdminFoldersGetAdminFolders",
        "AdminGetAdminRoles",
        "MachineCatalogsAddMachineCatalogMachine",
        "MachineCatalogsCheckMachineCatalogExists",
        "MachineCatalogsGetMachineCatalogsV2",
        "MachinesCheckMachineExists",
        "MachinesGetMachinesV2",
        "SessionsGetSessionsV2",
    ];

    #[test]
    fn every_operation_in_daily_use_is_emulated_and_few_others() {
        let table = include_str!("../../daas_operations.tsv");
        let names = table.lines().filter_map(|line| line.split('\t').next());
        let emulated: BTreeSet<_> = names.filter(|name| is_emulated(name)).collect();
        let daily = include_str!("../../../../tests/facts/daas-operations-in-daily-use.tsv");
        let daily = daily.lines().filter(|line| !line.starts_with('#'));
        let daily = daily.filter_map(|line| line.split('\t').nth(1));
        let wanted: BTreeSet<_> = daily.chain(MORE).collect();
        assert_eq!(emulated, wanted);
        assert_eq!(emulated.len(), 205);
    }
}
