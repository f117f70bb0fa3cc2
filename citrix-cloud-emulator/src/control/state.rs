//! `/_emulator/state`: a summary of the world.

use std::collections::BTreeMap;

use axum::extract::{Request, State};
use axum::response::Json;
use serde::Deserialize;
use serde_json::{Value, json};

use super::chosen::{Chosen, choices};
use super::{Refusal, asked};
use crate::emulator::Emulator;
use crate::world::{Job, Machine, Session, Site, World};

/// How many machines, sessions or jobs are listed by default.
const LIMIT: usize = 1000;

pub(super) async fn summary(
    State(emulator): State<Emulator>,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    let chosen: Chosen = asked(&request.into_parts().0)?;
    Ok(Json(at_a_glance(&emulator, &chosen)))
}

/// Counts the objects of a site.
pub(super) fn at_a_glance(emulator: &Emulator, chosen: &Chosen) -> Value {
    let (frozen, rules) = (
        emulator.clock().is_frozen(),
        emulator.faults().rules().len(),
    );
    let exchanges = emulator.journal().recorded();
    let (world, now) = emulator.shared().world();
    let mut power: BTreeMap<String, usize> = BTreeMap::new();
    let mut registration: BTreeMap<String, usize> = BTreeMap::new();
    let (mut maintenance, mut pending) = (0_usize, 0_usize);
    let site = chosen.find(&world);
    for machine in site.into_iter().flat_map(|it| &it.machines) {
        *power
            .entry(format!("{:?}", machine.power_state))
            .or_default() += 1;
        let state = format!("{:?}", machine.registration_state);
        *registration.entry(state).or_default() += 1;
        maintenance += usize::from(machine.in_maintenance_mode);
        pending += usize::from(machine.power_action_pending);
    }
    let count = |of: fn(&Site) -> usize| site.map_or(0, of);
    let unfinished = |site: &Site| {
        let jobs = site.jobs.iter();
        jobs.filter(|job| !job.status.is_final()).count()
    };
    json!({
        "now": now.to_string(),
        "frozen": frozen,
        "sites": choices(&world),
        "catalogs": count(|site| site.catalogs().len()),
        "machines": {
            "total": count(|site| site.machines.len()),
            "power": power,
            "registration": registration,
            "inMaintenance": maintenance,
            "actionPending": pending,
        },
        "sessions": count(|site| site.sessions.len()),
        "jobs": {
            "total": count(|site| site.jobs.len()),
            "unfinished": count(unfinished),
        },
        "exchanges": exchanges,
        "faultRules": rules,
    })
}

/// Which machines, sessions or jobs to return.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Wanted {
    offset: usize,
    limit: Option<usize>,
    /// Part of the name, case-insensitive.
    name: Option<String>,
    power: Option<String>,
    registration: Option<String>,
    customer: Option<String>,
    site: Option<String>,
}

impl Wanted {
    /// Returns the site they are in.
    fn site<'w>(&self, world: &'w World) -> Result<&'w Site, Refusal> {
        let (customer, site) = (self.customer.clone(), self.site.clone());
        Chosen { customer, site }.named(world)
    }

    fn page<'w, T: 'w>(
        &self,
        all: impl Iterator<Item = &'w T>,
        fits: impl Fn(&T) -> bool,
        view: impl Fn(&T) -> Value,
    ) -> Json<Value> {
        let limit = self.limit.unwrap_or(LIMIT);
        let mut chosen = all.filter(|it| fits(it)).skip(self.offset);
        let items: Vec<_> = chosen.by_ref().take(limit).map(view).collect();
        let next = chosen.next().map(|_| self.offset.saturating_add(limit));
        Json(json!({ "items": items, "next": next }))
    }
}

pub(super) async fn machines(
    State(emulator): State<Emulator>,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    let wanted: Wanted = asked(&request.into_parts().0)?;
    let part = wanted.name.as_ref().map(|name| name.to_lowercase());
    let is = |state: String, wanted: &Option<String>| {
        wanted
            .as_ref()
            .is_none_or(|it| it.eq_ignore_ascii_case(&state))
    };
    let fits = |machine: &Machine| {
        part.as_ref()
            .is_none_or(|part| machine.name().to_lowercase().contains(part))
            && is(format!("{:?}", machine.power_state), &wanted.power)
            && is(
                format!("{:?}", machine.registration_state),
                &wanted.registration,
            )
    };
    let (world, _) = emulator.shared().world();
    let site = wanted.site(&world)?;
    Ok(wanted.page(site.machines.iter(), fits, machine))
}

pub(super) async fn sessions(
    State(emulator): State<Emulator>,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    let wanted: Wanted = asked(&request.into_parts().0)?;
    let (world, _) = emulator.shared().world();
    let part = wanted.name.as_ref().map(|name| name.to_lowercase());
    let fits = |session: &Session| {
        part.as_ref()
            .is_none_or(|part| session.user.to_lowercase().contains(part))
    };
    let site = wanted.site(&world)?;
    let view = |it: &Session| session(site, it);
    Ok(wanted.page(site.sessions.iter(), fits, view))
}

pub(super) async fn jobs(
    State(emulator): State<Emulator>,
    request: Request,
) -> Result<Json<Value>, Refusal> {
    let wanted: Wanted = asked(&request.into_parts().0)?;
    let (world, _) = emulator.shared().world();
    let site = wanted.site(&world)?;
    Ok(wanted.page(site.jobs.iter(), |_| true, job))
}

/// Returns what the page shows of a machine. Keep it small: there may be very many.
pub(super) fn machine(machine: &Machine) -> Value {
    json!({
        "id": machine.id(),
        "name": machine.name(),
        "power": machine.power_state,
        "registration": machine.registration_state,
        "pending": machine.power_action_pending,
        "maintenance": machine.in_maintenance_mode,
        "sessions": machine.session_count,
    })
}

fn session(site: &Site, session: &Session) -> Value {
    let machine = site.machines.get(&session.machine_id);
    json!({
        "id": session.id(),
        "user": session.user,
        "machine": machine.map(Machine::name),
        "state": session.state,
        "started": session.started.to_string(),
        "hidden": session.hidden,
    })
}

fn job(job: &Job) -> Value {
    let text = |at: Option<jiff::Timestamp>| at.map(|at| at.to_string());
    json!({
        "id": job.id(),
        "kind": job.kind,
        "status": job.status,
        "created": job.created.to_string(),
        "started": text(job.started),
        "ended": text(job.ended),
    })
}
