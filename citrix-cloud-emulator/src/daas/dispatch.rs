//! Which area works on a call, and how each call goes. Areas know nothing of it.

use bytes::Bytes;
use http::Method;
use jiff::Timestamp;

use super::call::{Scope, SiteCall};
use super::context::{Context, CustomerContext, CustomerHandler, Ground, Handler};
use super::specs::spec;
use super::{
    administration, applications, autoscale, backups, batch, catalog_writes, catalogs,
    configuration_log, deferred, delivery_groups, folders, hypervisors, icons, identity, images,
    jobs, machine_writes, machines, policies, pvs_streaming, search, sessions, site_settings,
    sites, storefront, tags, zones,
};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Query, Reply, json_body};
use crate::operations::{Lookup, Operation, in_site};
use crate::schema;
use crate::shared::Shared;
use crate::world::SiteParts;

/// The operations that are emulated, out of all that exist. Each area lists its own in a function called `handler`.
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
    sites::customer_handler(operation)
}

pub(super) fn handler(operation: &str) -> Option<Handler> {
    AREAS.iter().find_map(|area| area(operation))
}

/// A request for some path below a site.
pub(crate) struct SiteRequest<'a> {
    pub(crate) method: &'a Method,
    pub(crate) segments: &'a [String],
    pub(crate) query: Query,
    pub(crate) body: Bytes,
}

/// Finds the operation, and answers it now or makes it a job.
pub(crate) fn enter(
    shared: &Shared,
    ground: Ground<'_>,
    now: Timestamp,
    request: SiteRequest<'_>,
    scope: Scope,
) -> (Option<&'static str>, Reply) {
    let (operation, parameters) = match in_site(request.method, request.segments) {
        Lookup::Found(operation, parameters) => (operation, parameters),
        Lookup::OtherMethods(methods) => return (None, common::method_not_allowed(&methods)),
        Lookup::Unknown => {
            return (None, common::not_found("path", &request.segments.join("/")));
        }
    };
    let mut call = SiteCall {
        operation: operation.name,
        parameters,
        query: request.query,
        body: request.body,
        scope,
    };
    let binding = schema::Binding::of(shared.settings.strict);
    let outcome = check(operation, &mut call, binding).and_then(|()| match ground {
        Ground::Customers(administrator, customers) => {
            let handler = of_customer(operation.name)
                .ok_or_else(|| orchestration::not_found("Site", call.name()))?;
            handler(&CustomerContext {
                shared,
                administrator,
                customers,
                call: &call,
            })
        }
        Ground::Site(parts) => match call.query.flag("async")? {
            Some(true) if operation.can_be_job() => deferred::accept(parts.site, now, shared, call),
            _ => run(shared, parts, now, &call),
        },
    });
    (
        Some(operation.name),
        outcome.unwrap_or_else(|refusal| refusal),
    )
}

/// Refuses what is not emulated and what the operation's models do not allow, before anything is done or promised.
fn check(
    operation: &Operation,
    call: &mut SiteCall,
    binding: schema::Binding,
) -> Result<(), Reply> {
    if !is_emulated(operation.name) {
        return Err(common::not_implemented(operation.name));
    }
    schema::parameters(&operation.query, &call.query)?;
    // A batch has a reader of its own, since the service takes numbers for references.
    if let Some(model) = operation
        .body
        .as_ref()
        .filter(|_| operation.name != batch::OPERATION)
    {
        let body = schema::body(model, &json_body(&call.body)?, binding)?;
        call.body = body.to_string().into();
    }
    Ok(())
}

/// Works on a call now.
pub(crate) fn run(
    shared: &Shared,
    parts: SiteParts<'_>,
    now: Timestamp,
    call: &SiteCall,
) -> Outcome {
    let handler = handler(call.operation).ok_or_else(|| common::not_implemented(call.operation))?;
    let mut context = Context {
        shared,
        spec,
        administrator: parts.administrator,
        platform: parts.platform,
        site: parts.site,
        now,
        call,
    };
    let reply = handler(&mut context)?;
    configuration_log::note(&mut context);
    Ok(reply)
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
        let table = include_str!("../daas_operations.tsv");
        let names = table.lines().filter_map(|line| line.split('\t').next());
        let emulated: BTreeSet<_> = names.filter(|name| is_emulated(name)).collect();
        let daily = include_str!("../../../tests/facts/daas-operations-in-daily-use.tsv");
        let daily = daily.lines().filter(|line| !line.starts_with('#'));
        let daily = daily.filter_map(|line| line.split('\t').nth(1));
        let wanted: BTreeSet<_> = daily.chain(MORE).collect();
        assert_eq!(emulated, wanted);
        assert_eq!(emulated.len(), 205);
    }
}
