//! The steps of the walkthrough.

use std::num::NonZeroUsize;

use citrix_cloud::CreateNotification;
use citrix_cloud::bulk::Plan;
use citrix_cloud::handles::catalogs::MachineCatalogHandle;
use serde_json::Value;

use super::tour::Tour;
use crate::commands::daas::bulk::lines;
use crate::commands::daas::{self, machines as machine_list, me};
use crate::commands::{notifications, resource_locations as locations, service_states};
use crate::exit::Failure;
use crate::output::Table;

/// The walkthrough prints only the names here.
const SERVICE_NAMES: Table<'_> = Table::new("services", &[("SERVICE", "/serviceName")]);

pub(super) async fn resource_locations(tour: &Tour<'_>) -> Result<(), Failure> {
    let list = tour.client.resource_locations().list();
    let locations = list.json_items().collect().await?;
    tour.step("Resource locations")?;
    tour.context.out.list(&locations::TABLE, &locations)
}

pub(super) async fn services(tour: &Tour<'_>) -> Result<(), Failure> {
    let list = tour.client.service_states().list();
    let mut services: Vec<Value> = list.json_items().collect().await?;
    tour.step("Services")?;
    tour.context.out.list(&service_states::TABLE, &services)?;
    services.retain(|service| service_states::is_in(service, "ProductionTrial"));
    tour.step("Services in ProductionTrial")?;
    tour.say("(from the same response)\n")?;
    tour.context.out.list(&SERVICE_NAMES, &services)
}

pub(super) async fn send_notification(tour: &Tour<'_>) -> Result<(), Failure> {
    let response = tour.client.notifications().send(dinner()).json().await?;
    tour.step("Send a notification")?;
    tour.context.out.object(&notifications::TABLE, &response)
}

/// The walkthrough's notification.
pub(super) fn dinner() -> CreateNotification {
    CreateNotification::new("Dinner Time", "Fish and Chips!")
}

pub(super) async fn who_am_i(tour: &Tour<'_>) -> Result<(), Failure> {
    let response = tour.client.daas().me().json().await?;
    tour.step("Who am I")?;
    tour.context.out.list(&me::TABLE, &me::rows(&response))
}

pub(super) async fn machines(
    tour: &Tour<'_>,
    catalog: &MachineCatalogHandle,
) -> Result<(), Failure> {
    let table = &machine_list::TABLE;
    let machines = daas::rows(table, catalog.machines()).await?;
    tour.step("Machines of the catalog")?;
    tour.context.out.list(table, &machines)
}

/// Creates a plan that processes machines one by one, so that requests and lines stay in order.
pub(super) async fn plan(catalog: &MachineCatalogHandle) -> Result<Plan, Failure> {
    let one = NonZeroUsize::MIN;
    Ok(catalog
        .reboot_idle()
        .concurrency(one)
        .ordered(true)
        .plan()
        .await?)
}

pub(super) async fn reboot_idle(tour: &Tour<'_>, heading: &str, plan: Plan) -> Result<(), Failure> {
    let action = plan.action().clone();
    let reports: Vec<_> = plan.run().collect().await;
    tour.step(heading)?;
    for report in reports {
        tour.say(&lines::line(&action, &report.name, &report.outcome))?;
    }
    Ok(())
}
