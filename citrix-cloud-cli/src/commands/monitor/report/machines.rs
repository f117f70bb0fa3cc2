//! Machines that are failed, in maintenance mode, idle or unused.

use std::collections::BTreeMap;

use citrix_cloud::monitor::{
    DeregistrationReasonCode, LifecycleState, MachineFaultStateCode, MachineRole, PowerStateCode,
    RegistrationState, machine, resource_utilization_summary as usage, session,
};
use jiff::Timestamp;
use serde::Deserialize;
use uuid::Uuid;

use super::model::{Cell, Report, Section};
use super::names::named;
use super::scope::{Granularity, Scope, Source, read};
use crate::exit::Failure;

/// The share of time without a session above which a machine counts as idle.
const IDLE: f64 = 0.9;

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Machine {
    id: Uuid,
    name: Option<String>,
    desktop_group_id: Option<Uuid>,
    current_registration_state: Option<RegistrationState>,
    current_power_state: Option<PowerStateCode>,
    current_session_count: Option<i64>,
    is_in_maintenance_mode: Option<bool>,
    fault_state: Option<MachineFaultStateCode>,
    failure_date: Option<Timestamp>,
    last_deregistered_date: Option<Timestamp>,
    last_deregistered_code: Option<DeregistrationReasonCode>,
    sessions: Option<Vec<LastSession>>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct LastSession {
    start_date: Option<Timestamp>,
}

/// The usage of a machine on a day.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Use {
    machine_id: Option<Uuid>,
    uptime_in_minutes: Option<i64>,
    up_time_without_session_in_minutes: Option<i64>,
}

pub(super) async fn report(source: &Source) -> Result<Report, Failure> {
    let machines = source
        .query(machine::DESKTOP_GROUP_ID)
        .filter(machine::LIFECYCLE_STATE.eq(LifecycleState::ACTIVE))
        .filter(machine::MACHINE_ROLE.eq(MachineRole::VDA))
        .select((
            machine::ID,
            machine::NAME,
            machine::DESKTOP_GROUP_ID,
            machine::CURRENT_REGISTRATION_STATE,
            machine::CURRENT_POWER_STATE,
            machine::CURRENT_SESSION_COUNT,
            machine::IS_IN_MAINTENANCE_MODE,
            machine::FAULT_STATE,
            machine::FAILURE_DATE,
            machine::LAST_DEREGISTERED_DATE,
            machine::LAST_DEREGISTERED_CODE,
        ))
        .expand(
            machine::SESSIONS
                .select(session::START_DATE)
                .order_by(session::START_DATE.desc())
                .top(1),
        )
        .order_by(machine::NAME);
    let uses = source
        .summaries(Granularity::DAY)
        .filter(usage::UPTIME_IN_MINUTES.gt(0))
        .select((
            usage::MACHINE_ID,
            usage::UPTIME_IN_MINUTES,
            usage::UP_TIME_WITHOUT_SESSION_IN_MINUTES,
        ));
    let machines = read(machines).await?;
    let uses = read(uses).await?;
    Ok(of(&machines, &uses, &source.scope))
}

fn of(machines: &[Machine], uses: &[Use], scope: &Scope) -> Report {
    let is_on = |it: &&Machine| it.current_power_state == Some(PowerStateCode::ON);
    let failed = machines
        .iter()
        .filter(|it| it.fault_state > Some(MachineFaultStateCode::NONE));
    let unregistered = machines
        .iter()
        .filter(is_on)
        .filter(|it| it.current_registration_state == Some(RegistrationState::UNREGISTERED));
    let maintenance = machines
        .iter()
        .filter(|it| it.is_in_maintenance_mode == Some(true));
    let empty = machines
        .iter()
        .filter(is_on)
        .filter(|it| it.current_session_count == Some(0));
    let unused = machines
        .iter()
        .filter(|it| last_use(it) < Some(scope.since));
    let group = |it: &Machine| Cell::from(scope.group(it.desktop_group_id));
    let name = |it: &Machine| Cell::from(it.name.clone());
    let base = [("machine", "MACHINE"), ("group", "GROUP")];
    let with = |more: &[(&'static str, &'static str)]| [&base, more].concat();
    Report::new("machines", "Machines")
        .figure("machines", "Machines", machines.len())
        .figure("failed", "In failure state", failed.clone().count())
        .figure("unregistered", "On and not registered", unregistered.clone().count())
        .figure("maintenance", "In maintenance mode", maintenance.clone().count())
        .figure("empty", "On and without a session now", empty.count())
        .figure("unused", "Not used in the period", unused.clone().count())
        .section(states(machines))
        .section(
            Section::new(
                "failed",
                "In failure state",
                &with(&[("fault", "FAULT"), ("since", "SINCE (UTC)")]),
            )
            .rows(failed.map(|it| {
                let fault = named(it.fault_state);
                vec![name(it), group(it), fault, it.failure_date.into()]
            })),
        )
        .section(
            Section::new(
                "unregistered",
                "On and not registered",
                &with(&[("reason", "REASON"), ("since", "SINCE (UTC)")]),
            )
            .rows(unregistered.map(|it| {
                let reason = named(it.last_deregistered_code);
                vec![name(it), group(it), reason, it.last_deregistered_date.into()]
            })),
        )
        .section(
            Section::new(
                "maintenance",
                "In maintenance mode",
                &with(&[("sessions", "SESSIONS")]),
            )
            .rows(maintenance.map(|it| {
                vec![name(it), group(it), it.current_session_count.into()]
            })),
        )
        .section(idle(machines, uses, scope))
        .section(
            Section::new(
                "unused",
                "No session has started in the period",
                &with(&[("lastUse", "LAST SESSION (UTC)")]),
            )
            .rows(unused.map(|it| vec![name(it), group(it), last_use(it).into()])),
        )
        .note(
            "The last session is only known while sessions are kept, which is 90 days at most. The delivery group is the machine's current one.",
        )
}

fn last_use(machine: &Machine) -> Option<Timestamp> {
    machine.sessions.as_ref()?.first()?.start_date
}

fn states(machines: &[Machine]) -> Section {
    let mut states: BTreeMap<(Option<PowerStateCode>, Option<RegistrationState>), i64> =
        BTreeMap::new();
    for machine in machines {
        let state = (
            machine.current_power_state,
            machine.current_registration_state,
        );
        *states.entry(state).or_default() += 1;
    }
    let mut states: Vec<_> = states.into_iter().collect();
    states.sort_by_key(|(state, count)| (-count, *state));
    Section::new(
        "states",
        "Power and registration",
        &[
            ("power", "POWER"),
            ("machines", "MACHINES"),
            ("registration", "REGISTRATION"),
        ],
    )
    .rows(states.into_iter().map(|((power, registration), count)| {
        vec![named(power), count.into(), named(registration)]
    }))
    .bars(0, 1)
}

/// Returns the machines that were on without a session most of the time. The minutes of all days are added up before
/// the division.
fn idle(machines: &[Machine], uses: &[Use], scope: &Scope) -> Section {
    let mut times: BTreeMap<Uuid, (i64, i64)> = BTreeMap::new();
    for it in uses {
        if let Some(machine) = it.machine_id {
            let sums = times.entry(machine).or_default();
            sums.0 += it.uptime_in_minutes.unwrap_or(0);
            sums.1 += it.up_time_without_session_in_minutes.unwrap_or(0);
        }
    }
    let mut idle: Vec<(f64, i64, &Machine)> = machines
        .iter()
        .filter_map(|machine| {
            let (up, alone) = times.get(&machine.id).copied()?;
            let share = (up > 0).then(|| alone as f64 / up as f64)?;
            (share >= IDLE).then_some((share, alone, machine))
        })
        .collect();
    idle.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.2.name.cmp(&b.2.name)));
    Section::new(
        "idle",
        format!(
            "On without a session for {:.0} % of their time or more",
            IDLE * 100.0
        ),
        &[
            ("machine", "MACHINE"),
            ("group", "GROUP"),
            ("idleShare", "IDLE"),
            ("idleMinutes", "IDLE FOR"),
        ],
    )
    .rows(idle.into_iter().map(|(share, alone, machine)| {
        vec![
            machine.name.clone().into(),
            scope.group(machine.desktop_group_id).into(),
            Cell::Share(share),
            Cell::Minutes(alone as f64),
        ]
    }))
    .bars(0, 2)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::scope::tests::{SALES, at, scope};
    use super::*;

    fn machine(id: u128) -> Machine {
        Machine {
            id: Uuid::from_u128(id),
            name: Some(format!("M{id}")),
            desktop_group_id: Some(SALES),
            current_registration_state: Some(RegistrationState::REGISTERED),
            current_power_state: Some(PowerStateCode::ON),
            current_session_count: Some(1),
            is_in_maintenance_mode: Some(false),
            fault_state: Some(MachineFaultStateCode::NONE),
            sessions: Some(vec![LastSession {
                start_date: Some(at("2026-01-05T09:00:00Z")),
            }]),
            ..Machine::default()
        }
    }

    fn names(section: &Value) -> Vec<&str> {
        let rows = section.as_array().unwrap().iter();
        rows.map(|it| it["machine"].as_str().unwrap()).collect()
    }

    #[test]
    fn machines_are_listed_by_problem() {
        let machines = [
            machine(1),
            Machine {
                fault_state: Some(MachineFaultStateCode::UNREGISTERED),
                current_registration_state: Some(RegistrationState::UNREGISTERED),
                ..machine(2)
            },
            Machine {
                current_registration_state: Some(RegistrationState::UNREGISTERED),
                current_power_state: Some(PowerStateCode::OFF),
                fault_state: None,
                ..machine(3)
            },
            Machine {
                is_in_maintenance_mode: Some(true),
                current_session_count: Some(0),
                sessions: Some(Vec::new()),
                ..machine(4)
            },
            Machine {
                sessions: Some(vec![LastSession {
                    start_date: Some(at("2026-01-04T08:29:59Z")),
                }]),
                ..machine(5)
            },
        ];
        let json = of(&machines, &[], &scope()).json();
        assert_eq!(names(&json["failed"]), ["M2"]);
        assert_eq!(json["failed"][0]["fault"], "Unregistered");
        assert_eq!(names(&json["unregistered"]), ["M2"]);
        assert_eq!(names(&json["maintenance"]), ["M4"]);
        assert_eq!(names(&json["unused"]), ["M4", "M5"]);
        assert_eq!(json["figures"]["empty"], 1);
        assert_eq!(
            json["states"][0],
            json!({"power": "On", "machines": 3, "registration": "Registered"})
        );
    }

    #[test]
    fn a_machine_is_idle_if_it_had_no_sessions_for_most_minutes() {
        let day = |id, up, alone| Use {
            machine_id: Some(Uuid::from_u128(id)),
            uptime_in_minutes: Some(up),
            up_time_without_session_in_minutes: Some(alone),
        };
        let uses = [
            day(1, 100, 100),
            // The mean of the daily shares would be one half.
            day(1, 1000, 0),
            day(2, 1000, 1000),
            day(2, 100, 0),
            day(9, 10, 10),
        ];
        let rows = idle(&[machine(1), machine(2)], &uses, &scope()).json();
        assert_eq!(names(&json!(rows)), ["M2"]);
        assert_eq!(rows[0]["idleMinutes"], 1000.0);
    }
}
