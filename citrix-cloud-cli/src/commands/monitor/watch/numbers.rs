//! The numbers, and their queries.

use citrix_cloud::monitor::{
    ConnectionState, LifecycleState, Machine, MachineFaultStateCode, MachineRole, PowerStateCode,
    RegistrationState, Session, SetQuery, connection_failure_log, load_index_summary, machine,
    session,
};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::super::scope::{Granularity, Source, read};
use crate::exit::Failure;

const HOUR: SignedDuration = SignedDuration::from_hours(1);

/// The summary of an hour is written some minutes after its end.
const HOURS_OF_LOAD: SignedDuration = SignedDuration::from_hours(3);

/// The load index of a fully loaded machine.
const FULL: f64 = 10_000.0;

/// The state of the site.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Numbers {
    pub(super) at: Timestamp,
    pub(super) sessions: Sessions,
    pub(super) machines: Machines,
    pub(super) last_hour: LastHour,
    /// The mean over machines that are on, for the last whole hour, from 0 to 1.
    pub(super) load: Option<f64>,
}

/// Sessions that have not ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(super) struct Sessions {
    pub(super) connected: u64,
    pub(super) disconnected: u64,
    pub(super) other: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub(super) struct Machines {
    pub(super) registered: u64,
    /// Machines that should be registered: they are on, or their power state is unknown.
    pub(super) unregistered: u64,
    pub(super) other: u64,
    /// Among all of these.
    pub(super) failed: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct LastHour {
    pub(super) failed_connections: u64,
    pub(super) logons: u64,
    pub(super) mean_logon_seconds: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SessionsOf {
    connection_state: Option<ConnectionState>,
    count: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct MachinesOf {
    current_registration_state: Option<RegistrationState>,
    current_power_state: Option<PowerStateCode>,
    fault_state: Option<MachineFaultStateCode>,
    count: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Logons {
    count: Option<u64>,
    duration: Option<f64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Load {
    samples: Option<f64>,
    load: Option<f64>,
}

impl Numbers {
    /// Runs the queries one after the other. Each returns a few rows, however large the site is.
    pub(super) async fn of(source: &Source, now: Timestamp) -> Result<Self, Failure> {
        let last = |length| source.over((now.checked_sub(length).unwrap_or(now), now));
        let hour = last(HOUR);
        let sessions = || source.query(session::MACHINE.desktop_group_id());
        let failed = hour
            .query(connection_failure_log::MACHINE.desktop_group_id())
            .filter(hour.within(connection_failure_log::FAILURE_DATE));
        Ok(Self {
            at: now,
            sessions: open(sessions()).await?,
            machines: machines(source.query(machine::DESKTOP_GROUP_ID)).await?,
            last_hour: LastHour {
                failed_connections: failed.count().await?,
                ..logons(sessions().filter(hour.within(session::START_DATE))).await?
            },
            load: load(&last(HOURS_OF_LOAD)).await?,
        })
    }
}

async fn open(sessions: SetQuery<Session>) -> Result<Sessions, Failure> {
    let states = sessions
        .filter(session::END_DATE.is_null())
        .filter(session::FAILURE_DATE.is_null())
        .group_by(session::CONNECTION_STATE)
        .aggregate([session::SESSION_KEY.count_distinct("Count")]);
    let mut sums = Sessions::default();
    for SessionsOf {
        connection_state,
        count,
    } in read(states).await?
    {
        let sum = match connection_state {
            Some(ConnectionState::ACTIVE) => &mut sums.connected,
            Some(ConnectionState::DISCONNECTED) => &mut sums.disconnected,
            _ => &mut sums.other,
        };
        *sum += count.unwrap_or(0);
    }
    Ok(sums)
}

async fn machines(all: SetQuery<Machine>) -> Result<Machines, Failure> {
    let states = all
        .filter(machine::LIFECYCLE_STATE.eq(LifecycleState::ACTIVE))
        .filter(machine::MACHINE_ROLE.eq(MachineRole::VDA))
        .group_by((
            machine::CURRENT_REGISTRATION_STATE,
            machine::CURRENT_POWER_STATE,
            machine::FAULT_STATE,
        ))
        .aggregate([machine::ID.count_distinct("Count")]);
    Ok(by_state(&read(states).await?))
}

fn by_state(states: &[MachinesOf]) -> Machines {
    let mut sums = Machines::default();
    for it in states {
        let count = it.count.unwrap_or(0);
        let is_up = matches!(
            it.current_power_state,
            Some(PowerStateCode::ON | PowerStateCode::UNMANAGED)
        );
        *match it.current_registration_state {
            Some(RegistrationState::REGISTERED) => &mut sums.registered,
            Some(RegistrationState::UNREGISTERED) if is_up => &mut sums.unregistered,
            _ => &mut sums.other,
        } += count;
        if it.fault_state > Some(MachineFaultStateCode::NONE) {
            sums.failed += count;
        }
    }
    sums
}

/// Sums come from the service, and are divided here.
async fn logons(began: SetQuery<Session>) -> Result<LastHour, Failure> {
    let sums = began
        .filter(session::LOG_ON_DURATION.is_not_null())
        .aggregate([
            session::SESSION_KEY.count_distinct("Count"),
            session::LOG_ON_DURATION.sum("Duration"),
        ]);
    let sums: Vec<Logons> = read(sums).await?;
    let sums = sums.first();
    let logons = sums.and_then(|it| it.count).unwrap_or(0);
    let milliseconds = sums.and_then(|it| it.duration);
    Ok(LastHour {
        logons,
        mean_logon_seconds: milliseconds
            .filter(|_| logons > 0)
            .map(|it| it / logons as f64 / 1000.0),
        ..LastHour::default()
    })
}

async fn load(source: &Source) -> Result<Option<f64>, Failure> {
    let hours = source
        .summaries(Granularity::HOUR)
        .order_by(load_index_summary::SUMMARY_DATE.desc())
        .top(1)
        .group_by(load_index_summary::SUMMARY_DATE)
        .aggregate([
            load_index_summary::SUM_COUNT.sum("Samples"),
            load_index_summary::SUM_LOAD_INDEX.sum("Load"),
        ]);
    let hours: Vec<Load> = read(hours).await?;
    Ok(hours.first().and_then(|it| {
        let samples = it.samples.filter(|it| *it > 0.0)?;
        Some(it.load? / samples / FULL)
    }))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use citrix_cloud::{Client, Credentials};
    use citrix_cloud_emulator::{Clock, Limits, SessionState, WorldFile, ids};
    use serde_json::Value;

    use super::*;

    /// Returns the office on its Monday morning, and a client for it.
    async fn office(now: Timestamp) -> (citrix_cloud_emulator::Server, Client) {
        let file = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../citrix-cloud-emulator/worlds/office.yml"
        );
        let text = std::fs::read_to_string(file).unwrap();
        let world: WorldFile = serde_saphyr::from_str(&text).unwrap();
        let limits = Limits {
            monitor_rows: u64::MAX,
            ..Limits::default()
        };
        let emulator = world.builder().unwrap().clock(Clock::manual(now));
        let emulator = emulator.latency(Duration::ZERO).limits(limits).build();
        let server = emulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
        let credentials = Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID);
        let client = Client::builder()
            .credentials(credentials.unwrap())
            .endpoint(server.url());
        let client = client.build().unwrap();
        (server, client)
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn gauges_match_the_world_and_the_raw_rows() {
        let now: Timestamp = "2026-01-05T08:30:00Z".parse().unwrap();
        let (server, client) = office(now).await;
        let source = Source::open(client.monitor(), (now, now), None)
            .await
            .unwrap();
        let numbers = Numbers::of(&source, now).await.unwrap();

        let in_state = |state: SessionState| {
            let count = |site: &citrix_cloud_emulator::Site| {
                site.sessions.iter().filter(|it| it.state == state).count()
            };
            server.read_site(count) as u64
        };
        assert_eq!(numbers.sessions.connected, in_state(SessionState::Active));
        assert_eq!(
            numbers.sessions.disconnected,
            in_state(SessionState::Disconnected)
        );
        assert!(numbers.sessions.connected > 0 && numbers.sessions.disconnected > 0);
        let machines = server.read_site(|site| site.machines.iter().count()) as u64;
        let Machines {
            registered,
            unregistered,
            other,
            failed,
        } = numbers.machines;
        assert_eq!(registered + unregistered + other, machines);
        assert!(
            registered > 0 && unregistered > 0 && failed > 0,
            "{:?}",
            numbers.machines
        );

        let hour = now - HOUR..now;
        let rows = async |set: &str, by: &str| {
            let rows = client
                .monitor()
                .query(set)
                .json_rows()
                .collect()
                .await
                .unwrap();
            let at = |row: &Value| row[by].as_str()?.parse::<Timestamp>().ok();
            let rows = rows.into_iter();
            rows.filter(|row| at(row).is_some_and(|it| hour.contains(&it)))
                .collect::<Vec<_>>()
        };
        let logons: Vec<f64> = rows("Sessions", "StartDate")
            .await
            .iter()
            .filter_map(|row| row["LogOnDuration"].as_f64())
            .collect();
        assert!(logons.len() > 10);
        assert_eq!(numbers.last_hour.logons, logons.len() as u64);
        let mean = logons.iter().sum::<f64>() / logons.len() as f64 / 1000.0;
        let told = numbers.last_hour.mean_logon_seconds.unwrap();
        assert!((told - mean).abs() < 1e-9, "{told} {mean}");
        assert!((1.0..600.0).contains(&told), "seconds: {told}");
        let failures = rows("ConnectionFailureLogs", "FailureDate").await.len();
        assert_eq!(numbers.last_hour.failed_connections, failures as u64);

        let hours = client.monitor().query("LoadIndexSummaries").json_rows();
        let hours = hours.collect().await.unwrap();
        let of = |row: &Value, column: &str| row[column].as_f64().unwrap();
        let last = hours.iter().filter(|row| {
            row["Granularity"] == 60 && row["SummaryDate"].as_str() == Some("2026-01-05T07:00:00Z")
        });
        let (load, samples) = last.fold((0.0, 0.0), |(load, samples), row| {
            (
                load + of(row, "SumLoadIndex"),
                samples + of(row, "SumCount"),
            )
        });
        let told = numbers.load.unwrap();
        assert!((told - load / samples / 10_000.0).abs() < 1e-9, "{told}");
    }

    #[test]
    fn a_machine_that_is_off_is_not_unregistered() {
        let of = |registration, power, fault, count| MachinesOf {
            current_registration_state: Some(registration),
            current_power_state: Some(power),
            fault_state: fault,
            count: Some(count),
        };
        let (no, yes) = (
            RegistrationState::UNREGISTERED,
            RegistrationState::REGISTERED,
        );
        let states = [
            of(
                yes,
                PowerStateCode::ON,
                Some(MachineFaultStateCode::NONE),
                100,
            ),
            of(yes, PowerStateCode::UNMANAGED, None, 20),
            of(
                no,
                PowerStateCode::ON,
                Some(MachineFaultStateCode::UNREGISTERED),
                3,
            ),
            of(no, PowerStateCode::UNMANAGED, None, 2),
            of(
                no,
                PowerStateCode::OFF,
                Some(MachineFaultStateCode::FAILED_TO_START),
                4,
            ),
            MachinesOf {
                count: Some(1),
                ..MachinesOf::default()
            },
        ];
        let expected = Machines {
            registered: 120,
            unregistered: 5,
            other: 5,
            failed: 7,
        };
        assert_eq!(by_state(&states), expected);
    }
}
