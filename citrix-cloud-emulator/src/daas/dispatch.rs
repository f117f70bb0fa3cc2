//! Finds the area that handles a call, and runs the call. Areas do not depend on this module.

use std::sync::LazyLock;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::Value;

use super::call::{Scope, SiteCall};
use super::context::{CallData, Context, CustomerContext, CustomerHandler, Handler};
use super::specs::spec;
use super::{
    administration, app_library, applications, backups, batch, catalogs, checks, configuration_log,
    deferred, delegation, delivery_groups, directory, folders, hypervisors, identity, images, jobs,
    machines, maintenance_cycles, policies, pvs_streaming, reboot_cycles, search, service,
    sessions, sites, storefront, tags, zones,
};
use crate::http::errors::{common, orchestration};
use crate::http::{Outcome, Query, Reply, json_body};
use crate::operations::{Operation, all_of_daas};
use crate::schema;
use crate::shared::Shared;
use crate::world::SiteParts;

/// The emulated operations, out of all that exist. Each area lists its own in a function called `handler`.
const AREAS: [fn(&str) -> Option<Handler>; 43] = [
    machines::handler,
    sessions::handler,
    jobs::handler,
    batch::handler,
    catalogs::handler,
    sites::handler,
    machines::writes::handler,
    search::handler,
    administration::handler,
    applications::handler,
    delivery_groups::autoscale::handler,
    backups::handler,
    catalogs::writes::handler,
    configuration_log::handler,
    delivery_groups::handler,
    folders::handler,
    hypervisors::handler,
    applications::icons::handler,
    identity::handler,
    images::handler,
    policies::handler,
    pvs_streaming::handler,
    sites::settings::handler,
    storefront::handler,
    tags::handler,
    zones::handler,
    checks::handler,
    search::objects::handler,
    app_library::handler,
    catalogs::actions::handler,
    delegation::handler,
    delivery_groups::parts::handler,
    directory::handler,
    applications::file_types::handler,
    hypervisors::questions::handler,
    maintenance_cycles::handler,
    policies::actions::handler,
    catalogs::provisioned_machines::handler,
    applications::publishing::handler,
    reboot_cycles::handler,
    sites::reports::handler,
    applications::start_menu::handler,
    machines::vda_upgrades::handler,
];

/// The handler of an operation.
#[derive(Debug, Clone, Copy)]
enum Worker {
    OfSite(Handler),
    /// A handler that needs no site.
    OfCustomer(CustomerHandler),
}

/// The handler of each operation, by its position in the table.
static WORKERS: LazyLock<Vec<Option<Worker>>> = LazyLock::new(|| {
    let operations = all_of_daas().iter();
    operations
        .map(|operation| worker_of(operation.name))
        .collect()
});

fn worker_of(operation: &str) -> Option<Worker> {
    let of_site = AREAS.iter().find_map(|area| area(operation));
    let of_customer = || {
        let of_sites = sites::customer_handler(operation);
        let handler = of_sites.or_else(|| service::customer_handler(operation));
        handler.map(Worker::OfCustomer)
    };
    of_site.map(Worker::OfSite).or_else(of_customer)
}

/// Returns whether an operation is emulated.
#[cfg(test)]
pub(super) fn is_emulated(operation: &Operation) -> bool {
    worker(operation).is_ok()
}

fn worker(operation: &Operation) -> Result<Worker, Reply> {
    let worker = WORKERS.get(operation.place).copied().flatten();
    worker.ok_or_else(|| common::not_implemented(operation.name))
}

/// A request for an operation.
pub(crate) struct SiteRequest {
    pub(crate) operation: &'static Operation,
    pub(crate) parameters: Vec<String>,
    pub(crate) query: Query,
    pub(crate) body: Bytes,
}

/// Responds to a request immediately, or turns it into a job.
pub(crate) fn enter(
    shared: &Shared,
    data: CallData<'_>,
    now: Timestamp,
    request: SiteRequest,
    scope: Scope,
) -> Outcome {
    let operation = request.operation;
    let worker = worker(operation)?;
    let mut call = SiteCall {
        operation,
        parameters: request.parameters,
        query: request.query,
        body: request.body,
        scope,
    };
    let warnings = warnings(&call);
    let outcome = check(&mut call, schema::Binding::of(shared.settings.strict));
    let outcome = outcome.and_then(|()| respond(shared, data, now, worker, call));
    noted(outcome, warnings)
}

/// Adds warnings to a response, whether it is a success or an error.
fn noted(outcome: Outcome, warnings: Vec<String>) -> Outcome {
    let add = |mut reply: Reply| {
        reply.warnings.extend(warnings);
        reply
    };
    match outcome {
        Ok(reply) => Ok(add(reply)),
        Err(refusal) => Err(add(refusal)),
    }
}

/// Returns the oddities of a body that is accepted all the same, as by the service.
fn warnings(call: &SiteCall) -> Vec<String> {
    let operation = call.operation;
    let Some(model) = operation.body.as_ref() else {
        return Vec::new();
    };
    // Invalid JSON is rejected elsewhere, and batches are parsed separately.
    let Some(body) = json_body(&call.body)
        .ok()
        .filter(|_| operation.name != batch::OPERATION)
    else {
        return Vec::new();
    };
    let unknown = schema::unknown(model, &body).into_iter();
    let unknown =
        unknown.map(|field| format!("{} has no field '{field}'; it is ignored", operation.name));
    unknown.collect()
}

fn respond(
    shared: &Shared,
    data: CallData<'_>,
    now: Timestamp,
    worker: Worker,
    call: SiteCall,
) -> Outcome {
    let operation = call.operation;
    match (data, worker) {
        (CallData::Customers(administrator, customers), Worker::OfCustomer(handler)) => {
            handler(&CustomerContext {
                shared,
                administrator,
                customers,
                call: &call,
            })
        }
        (CallData::Customers(..), Worker::OfSite(_)) => {
            Err(orchestration::not_found("Site", call.name()))
        }
        (CallData::Site(parts), _) => match call.query.flag("async")? {
            Some(true) if operation.can_be_job() => deferred::accept(parts.site, now, shared, call),
            _ => run(shared, parts, now, &call),
        },
    }
}

/// Rejects what the operation's models do not allow, before anything is done or promised.
fn check(call: &mut SiteCall, binding: schema::Binding) -> Result<(), Reply> {
    let operation = call.operation;
    schema::parameters(&operation.query, &call.query)?;
    // Batches are parsed separately, because the service accepts numbers as references.
    if let Some(model) = operation
        .body
        .as_ref()
        .filter(|_| operation.name != batch::OPERATION)
    {
        let given = json_body(&call.body)?;
        let mut body = schema::body(model, &given, binding)?;
        if let ("PATCH" | "PUT", Some(fields)) = (operation.method, body.as_object_mut()) {
            let cleared = schema::cleared(model, &given).into_iter();
            fields.extend(cleared.map(|name| (name.to_owned(), Value::Null)));
        }
        call.body = body.to_string().into();
    }
    Ok(())
}

/// Runs a call immediately.
pub(crate) fn run(
    shared: &Shared,
    parts: SiteParts<'_>,
    now: Timestamp,
    call: &SiteCall,
) -> Outcome {
    let Worker::OfSite(handler) = worker(call.operation)? else {
        // An operation that belongs to no site cannot be a batch item.
        return Err(common::not_implemented(call.operation.name));
    };
    let SiteParts {
        // The call contains it as well.
        customer: _,
        administrator,
        platform,
        site,
    } = parts;
    let mut context = Context {
        shared,
        spec,
        administrator,
        platform,
        site,
        now,
        call,
    };
    let reply = handler(&mut context)?;
    configuration_log::note(&mut context, &reply);
    Ok(reply)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::worker_of;

    #[test]
    fn every_operation_in_daily_use_is_emulated() {
        let table = include_str!("../daas_operations.tsv");
        let names = table.lines().filter_map(|line| line.split('\t').next());
        let emulated: BTreeSet<_> = names.filter(|name| worker_of(name).is_some()).collect();
        let daily = include_str!("../../../tests/facts/daas-operations-in-daily-use.tsv");
        let daily = daily.lines().filter(|line| !line.starts_with('#'));
        let daily = daily.filter_map(|line| line.split('\t').nth(1));
        let left: Vec<_> = daily.filter(|it| !emulated.contains(it)).collect();
        assert_eq!(left, [""; 0]);
    }
}
