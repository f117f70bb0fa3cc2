//! The demo against the real service: it reads immediately, and changes something only after a typed word.

use citrix_cloud::bulk::Decision;
use citrix_cloud::daas::Site;

use super::steps;
use super::tour::Tour;
use crate::commands::daas::bulk::{lines, run::follow};
use crate::commands::daas::{self, Where, catalogs};
use crate::context::Context;
use crate::exit::{Exit, Failure};

pub(super) async fn run(
    context: &Context,
    site: Option<String>,
    catalog: Option<String>,
) -> Result<Exit, Failure> {
    let tour = Tour::new(context, context.client()?, true);
    steps::resource_locations(&tour).await?;
    steps::services(&tour).await?;
    notify(&tour).await?;
    steps::who_am_i(&tour).await?;
    let site = Where { site }.site(context, &tour.client).await?;
    match catalog {
        Some(catalog) => reboot(&tour, &site, catalog).await,
        None => list_catalogs(&tour, &site).await.map(|()| Exit::Done),
    }
}

async fn notify(tour: &Tour<'_>) -> Result<(), Failure> {
    tour.step("A notification to all administrators of this customer")?;
    tour.say("Title: Dinner Time\nDescription: Fish and Chips!")?;
    match confirmed(tour, "send", "send it")? {
        true => steps::send_notification(tour).await,
        false => tour.say("Not sent."),
    }
}

async fn reboot(tour: &Tour<'_>, site: &Site, catalog: String) -> Result<Exit, Failure> {
    let catalog = site.machine_catalog(catalog);
    steps::machines(tour, &catalog).await?;
    let plan = steps::plan(&catalog).await?;
    tour.step("Idle machines of the catalog")?;
    for step in plan.steps() {
        tour.say(&match &step.decision {
            Decision::Skip(reason) => lines::skipped(plan.action(), &step.name, reason),
            _ => lines::would(plan.action(), &step.name),
        })?;
    }
    if plan.to_act_on().next().is_none() {
        tour.say("Nothing to reboot.")?;
        return Ok(Exit::Done);
    }
    if !confirmed(tour, "reboot", "reboot them")? {
        tour.say("Nothing was rebooted.")?;
        return Ok(Exit::Done);
    }
    tour.heading("Reboot idle machines")?;
    let ended = follow(tour.context, plan, None).await;
    tour.say("")?;
    tour.requests()?;
    Ok(ended.conclude(tour.context))
}

async fn list_catalogs(tour: &Tour<'_>, site: &Site) -> Result<(), Failure> {
    let found = daas::rows(&catalogs::TABLE, site.machine_catalogs().list()).await?;
    tour.step("Machine catalogs")?;
    tour.context.out.list(&catalogs::TABLE, &found)?;
    tour.say("\nThe step that reboots idle machines needs --catalog ID or NAME.")
}

fn confirmed(tour: &Tour<'_>, word: &str, what: &str) -> Result<bool, Failure> {
    let question = format!("Type {word} to {what}, anything else to continue without it: ");
    Ok(tour.context.terminal.ask(&question)? == word)
}
