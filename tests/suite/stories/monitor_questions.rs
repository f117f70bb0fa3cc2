//! Administrators' questions, asked through the typed sets. Each answer equals that of the query as
//! text, which the emulator's tests compare with the raw rows.

use std::path::Path;
use std::time::Duration;

use citrix_cloud::monitor::*;
use citrix_cloud::{ApiVersion, Client};
use citrix_cloud_emulator::{Clock, Emulator, Limits, WorldFile};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::start;

const QUERIES: &str = include_str!("../../facts/monitor/questions.tsv");

/// The office on a Monday morning.
fn office() -> Emulator {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = manifest.join("../citrix-cloud-emulator/worlds/office.yml");
    let text = std::fs::read_to_string(file).unwrap();
    let world: WorldFile = serde_saphyr::from_str(&text).unwrap();
    let limits = Limits {
        monitor_rows: u64::MAX,
        ..Limits::default()
    };
    let clock = Clock::manual("2026-01-05T08:30:00Z".parse().unwrap());
    let builder = world.builder().unwrap().clock(clock);
    builder.latency(Duration::ZERO).limits(limits).build()
}

/// Returns the query for a question, as in its text.
fn as_text(monitor: &Monitor, text: &str) -> Query {
    let (set, options) = text.split_once('?').unwrap();
    let mut query = monitor.query(set);
    for option in options.split("&$") {
        let (name, value) = option.split_once('=').unwrap();
        query = match name.trim_start_matches('$') {
            "filter" => query.filter_text(value),
            "select" => query.select(value.split(',')),
            "expand" => query.expand_text(value),
            "apply" => query.apply_text(value),
            "top" => query.top(value.parse().unwrap()),
            "orderby" => match value.split_once(' ').unwrap() {
                (column, "asc") => query.order_by(column),
                (column, "desc") => query.order_by_descending(column),
                _ => panic!("{text}"),
            },
            _ => panic!("{text}"),
        };
    }
    query
}

/// Removes nulls and empty values, and unifies two kinds of numbers.
fn plain(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(name, value)| (name, plain(value)));
            let is_empty = |it: &Value| it.is_null() || it.as_array().is_some_and(Vec::is_empty);
            fields.filter(|(_, it)| !is_empty(it)).collect()
        }
        Value::Array(items) => items.into_iter().map(plain).collect(),
        Value::Number(number) => Value::from(number.as_f64()),
        other => other,
    }
}

struct Asked {
    monitor: Monitor,
    queries: std::str::Lines<'static>,
}

impl Asked {
    fn of(client: &Client) -> Self {
        let mut queries = QUERIES.lines();
        queries.next();
        let monitor = client.monitor();
        Self { monitor, queries }
    }

    /// Returns the answer to the next question, by the query as text.
    async fn next(&mut self) -> (&'static str, Vec<Value>) {
        let (id, text) = self.queries.next().unwrap().split_once('\t').unwrap();
        let rows = as_text(&self.monitor, text).json_rows().collect().await;
        (id, rows.unwrap())
    }

    /// Checks that the typed rows are those of the next question, and that nothing in them is lost.
    async fn rows<S: Set + Serialize>(&mut self, query: SetQuery<S>) {
        let (id, expected) = self.next().await;
        assert!(!expected.is_empty(), "{id}");
        let rows = query.rows().collect().await.unwrap();
        let rows = rows.into_iter().map(|it| serde_json::to_value(it).unwrap());
        let rows: Vec<Value> = rows.map(plain).collect();
        let expected: Vec<Value> = expected.into_iter().map(plain).collect();
        assert_eq!(rows.len(), expected.len(), "{id}");
        for (row, expected) in rows.iter().zip(&expected) {
            assert_eq!(row, expected, "{id}");
        }
    }

    async fn groups(&mut self, query: Query) {
        let (id, expected) = self.next().await;
        assert!(!expected.is_empty(), "{id}");
        let rows = query.json_rows().collect().await.unwrap();
        assert_eq!(rows, expected, "{id}");
    }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn day(text: &str) -> Timestamp {
    at(&format!("{text}T00:00:00Z"))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_question_is_answered_through_the_typed_sets_as_by_text() {
    let emulator = office();
    let (_server, client) = start(&emulator, ApiVersion::Current).await;
    let mut asked = Asked::of(&client);
    let monitor = client.monitor();
    about_load_of_the_site(&mut asked, &monitor).await;
    about_failures(&mut asked, &monitor).await;
    about_machines(&mut asked, &monitor).await;
    about_sessions(&mut asked, &monitor).await;
    about_the_rest(&mut asked, &monitor).await;
    assert_eq!(asked.queries.next(), None);
}

async fn about_load_of_the_site(asked: &mut Asked, monitor: &Monitor) {
    use session_activity_summary as summary;
    let since = |from: &str| {
        let hours = summary::GRANULARITY.eq(Granularity::HOUR);
        hours.and(summary::SUMMARY_DATE.ge(day(from)))
    };
    let summaries = || monitor.session_activity_summaries();
    let friday = since("2026-01-02").and(summary::SUMMARY_DATE.lt(day("2026-01-03")));
    let a01 = summaries()
        .filter(friday)
        .select((
            summary::SUMMARY_DATE,
            summary::DESKTOP_GROUP_ID,
            summary::CONCURRENT_SESSION_COUNT,
        ))
        .expand(summary::DESKTOP_GROUP.select(desktop_group::NAME))
        .order_by(summary::SUMMARY_DATE);
    asked.rows(a01).await;
    let a02 = summaries()
        .filter(summary::GRANULARITY.eq(Granularity::DAY))
        .filter(summary::SUMMARY_DATE.ge(day("2025-12-29")))
        .select((
            summary::SUMMARY_DATE,
            summary::DESKTOP_GROUP_ID,
            summary::CONCURRENT_SESSION_COUNT,
            summary::CONNECTED_SESSION_COUNT,
            summary::DISCONNECTED_SESSION_COUNT,
        ));
    asked.rows(a02).await;
    let a03 = summaries()
        .filter(since("2026-01-02"))
        .group_by(summary::SUMMARY_DATE)
        .aggregate([summary::CONCURRENT_SESSION_COUNT.sum("Concurrent")])
        .order_by("SummaryDate");
    asked.groups(a03).await;
    let a04 = summaries().filter(since("2026-01-02")).select((
        summary::SUMMARY_DATE,
        summary::DESKTOP_GROUP_ID,
        summary::TOTAL_LOG_ON_DURATION,
        summary::TOTAL_LOG_ON_COUNT,
    ));
    asked.rows(a04).await;
    let a05 = monitor
        .log_on_summaries()
        .filter(log_on_summary::GRANULARITY.eq(Granularity::HOUR))
        .filter(log_on_summary::SUMMARY_DATE.ge(day("2026-01-02")));
    asked.rows(a05).await;
    let a06 = monitor
        .sessions()
        .filter(session::START_DATE.ge(day("2026-01-05")))
        .filter(session::END_DATE.is_not_null())
        .select((session::SESSION_KEY, session::LOG_ON_DURATION))
        .expand(session::CONNECTIONS.filter(connection::IS_RECONNECT.eq(false)))
        .expand(session::USER.select(user::USER_NAME))
        .expand(session::MACHINE.select(machine::NAME));
    asked.rows(a06).await;
    let a07 = monitor
        .sessions()
        .filter(session::START_DATE.ge(day("2025-12-29")))
        .filter(session::LOG_ON_DURATION.gt(60_000))
        .select((
            session::SESSION_KEY,
            session::START_DATE,
            session::LOG_ON_DURATION,
        ))
        .expand(session::USER.select(user::USER_NAME))
        .expand(session::MACHINE.select(machine::NAME))
        .order_by(session::LOG_ON_DURATION.desc())
        .top(50);
    asked.rows(a07).await;
}

async fn about_failures(asked: &mut Asked, monitor: &Monitor) {
    use connection_failure_log as failure;
    let failures = |from: &str| {
        let failures = monitor.connection_failure_logs();
        failures.filter(failure::FAILURE_DATE.ge(day(from)))
    };
    let a08 = failures("2025-12-05")
        .group_by(failure::CONNECTION_FAILURE_ENUM_VALUE)
        .aggregate([failure::ID.count_distinct("FailureCount")]);
    asked.groups(a08).await;
    let summaries = |granularity, from: &str| {
        monitor
            .failure_log_summaries()
            .filter(failure_log_summary::FAILURE_CATEGORY.eq(FailureCategory::CONNECTION))
            .filter(failure_log_summary::GRANULARITY.eq(granularity))
            .filter(failure_log_summary::SUMMARY_DATE.ge(day(from)))
    };
    asked.rows(summaries(Granularity::DAY, "2025-11-01")).await;
    let a10 = failures("2026-01-01")
        .expand(failure::USER.select((user::USER_NAME, user::UPN)))
        .expand(failure::MACHINE.select(machine::NAME));
    asked.rows(a10).await;
    let a11 = summaries(Granularity::HOUR, "2026-01-02").select((
        failure_log_summary::SUMMARY_DATE,
        failure_log_summary::FAILURE_COUNT,
    ));
    asked.rows(a11).await;
    let a12 = failures("2026-01-05")
        .filter(failure::MACHINE_ID.is_not_null())
        .select((failure::MACHINE_ID, failure::USER_ID, failure::FAILURE_DATE));
    asked.rows(a12).await;
}

/// Machines that exist.
fn existing(monitor: &Monitor) -> SetQuery<Machine> {
    let machines = monitor.machines();
    machines.filter(machine::LIFECYCLE_STATE.eq(LifecycleState::ACTIVE))
}

async fn about_machines(asked: &mut Asked, monitor: &Monitor) {
    let group = || machine::DESKTOP_GROUP.select(desktop_group::NAME);
    let vdas = || existing(monitor).filter(machine::MACHINE_ROLE.eq(MachineRole::VDA));
    let a13 = existing(monitor)
        .filter(machine::FAULT_STATE.gt(MachineFaultStateCode::NONE))
        .select((
            machine::NAME,
            machine::FAULT_STATE,
            machine::FAILURE_DATE,
            machine::LAST_DEREGISTERED_CODE,
            machine::LAST_DEREGISTERED_DATE,
        ))
        .expand(group());
    asked.rows(a13).await;
    let a14 = monitor
        .machine_failure_logs()
        .filter(machine_failure_log::FAILURE_END_DATE.is_null())
        .expand(machine_failure_log::MACHINE.select(machine::NAME));
    asked.rows(a14).await;
    let a15 = vdas()
        .filter(machine::CURRENT_REGISTRATION_STATE.eq(RegistrationState::UNREGISTERED))
        .filter(machine::CURRENT_POWER_STATE.eq(PowerStateCode::ON))
        .select((
            machine::NAME,
            machine::LAST_DEREGISTERED_CODE,
            machine::AGENT_VERSION,
            machine::CONTROLLER_DNS_NAME,
        ))
        .expand(group())
        .expand(machine::CATALOG.select(catalog::NAME));
    asked.rows(a15).await;
    let a16 = existing(monitor)
        .filter(machine::IS_IN_MAINTENANCE_MODE.eq(true))
        .select((machine::NAME, machine::CURRENT_SESSION_COUNT))
        .expand(group());
    asked.rows(a16).await;
    let counted = || [machine::ID.count_distinct("Machines")];
    let a17 = vdas()
        .group_by(machine::CURRENT_REGISTRATION_STATE)
        .aggregate(counted());
    asked.groups(a17).await;
    let a18 = existing(monitor)
        .group_by(machine::AGENT_VERSION)
        .aggregate(counted());
    asked.groups(a18).await;
    about_applications(asked, monitor).await;
    let a22 = vdas()
        .filter(machine::CURRENT_POWER_STATE.eq(PowerStateCode::ON))
        .filter(machine::CURRENT_SESSION_COUNT.eq(0))
        .select(machine::NAME)
        .expand(group());
    asked.rows(a22).await;
    use resource_utilization_summary as usage;
    let a23 = monitor
        .resource_utilization_summary()
        .filter(usage::GRANULARITY.eq(Granularity::DAY))
        .filter(usage::SUMMARY_DATE.ge(day("2026-01-02")))
        .filter(usage::SUMMARY_DATE.lt(day("2026-01-03")))
        .filter(usage::UPTIME_IN_MINUTES.gt(0))
        .select((
            usage::MACHINE_ID,
            usage::SUMMARY_DATE,
            usage::UPTIME_IN_MINUTES,
            usage::UP_TIME_WITHOUT_SESSION_IN_MINUTES,
            usage::PEAK_PERCENT_CPU,
        ))
        .expand(usage::MACHINE.select(machine::NAME));
    asked.rows(a23).await;
    let last = machine::SESSIONS
        .select(session::START_DATE)
        .order_by(session::START_DATE.desc())
        .top(1);
    let a24 = vdas().select((machine::ID, machine::NAME)).expand(last);
    asked.rows(a24).await;
    let a25 = existing(monitor)
        .filter(machine::CURRENT_POWER_STATE.eq(PowerStateCode::ON))
        .select((machine::NAME, machine::CURRENT_SESSION_COUNT))
        .expand(machine::CURRENT_LOAD_INDEX);
    asked.rows(a25).await;
    let a26 = monitor
        .load_index_summaries()
        .filter(load_index_summary::GRANULARITY.eq(Granularity::HOUR))
        .filter(load_index_summary::SUMMARY_DATE.ge(day("2026-01-02")))
        .filter(load_index_summary::SUMMARY_DATE.lt(day("2026-01-03")))
        .expand(load_index_summary::MACHINE.select(machine::NAME));
    asked.rows(a26).await;
}

async fn about_applications(asked: &mut Asked, monitor: &Monitor) {
    use application_instance_summary as summary;
    let a19 = monitor
        .application_activity_summaries()
        .filter(summary::GRANULARITY.eq(Granularity::DAY))
        .filter(summary::SUMMARY_DATE.ge(day("2025-12-29")))
        .expand(summary::APPLICATION.select(application::NAME))
        .expand(summary::DESKTOP_GROUP.select(desktop_group::NAME));
    asked.rows(a19).await;
    let any = application::APPLICATION_INSTANCES
        .top(1)
        .select(application_instance::ID);
    let a20 = monitor
        .applications()
        .filter(application::LIFECYCLE_STATE.eq(LifecycleState::ACTIVE))
        .select((application::ID, application::NAME))
        .expand(any);
    asked.rows(a20).await;
    let session = application_instance::SESSION
        .select((session::START_DATE, session::END_DATE))
        .expand(session::USER.select(user::USER_NAME))
        .expand(session::MACHINE.select(machine::NAME));
    let a21 = monitor
        .application_instances()
        .filter(application_instance::APPLICATION.name().eq("Notepad"))
        .filter(application_instance::START_DATE.ge(day("2026-01-01")))
        .expand(session);
    asked.rows(a21).await;
}

/// Sessions that have not ended.
fn open(monitor: &Monitor, state: ConnectionState) -> SetQuery<Session> {
    let sessions = monitor.sessions();
    let sessions = sessions.filter(session::CONNECTION_STATE.eq(state));
    sessions.filter(session::END_DATE.is_null())
}

async fn about_sessions(asked: &mut Asked, monitor: &Monitor) {
    let user = || session::USER.select(user::USER_NAME);
    let machine = || session::MACHINE.select(machine::NAME);
    let a27 = open(monitor, ConnectionState::DISCONNECTED)
        .filter(session::CONNECTION_STATE_CHANGE_DATE.lt(at("2026-01-05T00:30:00Z")))
        .select((
            session::SESSION_KEY,
            session::START_DATE,
            session::CONNECTION_STATE_CHANGE_DATE,
        ))
        .expand(user())
        .expand(machine());
    asked.rows(a27).await;
    let a28 = open(monitor, ConnectionState::ACTIVE)
        .filter(session::SESSION_IDLE_TIME.is_not_null())
        .select((session::SESSION_KEY, session::SESSION_IDLE_TIME))
        .expand(user())
        .expand(machine());
    asked.rows(a28).await;
    let group = machine::DESKTOP_GROUP.select(desktop_group::NAME);
    let a29 = monitor
        .sessions()
        .filter(session::USER.user_name().eq("USER59317"))
        .filter(session::START_DATE.ge(day("2025-12-25")))
        .expand(machine().expand(group))
        .expand(session::CONNECTIONS)
        .expand(session::FAILURE)
        .order_by(session::START_DATE.desc());
    asked.rows(a29).await;
    let then = at("2026-01-02T09:00:00Z");
    let still = session::END_DATE.is_null();
    let a30 = monitor
        .sessions()
        .filter(session::START_DATE.le(then))
        .filter(still.or(session::END_DATE.ge(then)))
        .expand(user())
        .expand(machine());
    asked.rows(a30).await;
    let connections = |from: &str| {
        let connections = monitor.connections();
        connections.filter(connection::LOG_ON_START_DATE.ge(day(from)))
    };
    let a31 = connections("2025-12-29")
        .group_by((connection::CLIENT_PLATFORM, connection::CLIENT_VERSION))
        .aggregate([connection::ID.count_distinct("Connections")]);
    asked.groups(a31).await;
    let a32 = connections("2026-01-05").select((
        connection::CLIENT_LOCATION_COUNTRY,
        connection::CLIENT_LOCATION_CITY,
        connection::CLIENT_ISP,
        connection::CLIENT_PUBLIC_IP,
    ));
    asked.rows(a32).await;
    let a33 = open(monitor, ConnectionState::ACTIVE)
        .select(session::SESSION_KEY)
        .expand(session::SESSION_METRICS_LATEST)
        .expand(user())
        .expand(machine());
    asked.rows(a33).await;
    let session = || session::SESSION_KEY;
    let a34 = monitor
        .session_auto_reconnects()
        .filter(session_auto_reconnect::CREATED_DATE.ge(day("2026-01-01")))
        .expand(
            session_auto_reconnect::SESSION
                .select(session())
                .expand(user())
                .expand(machine()),
        );
    asked.rows(a34).await;
    let a35 = monitor
        .application_faults()
        .filter(application_fault::FAULT_REPORTED_DATE.ge(day("2026-01-04")))
        .expand(application_fault::MACHINE.select(machine::NAME))
        .expand(application_fault::SESSION.select(session()).expand(user()));
    asked.rows(a35).await;
}

async fn about_the_rest(asked: &mut Asked, monitor: &Monitor) {
    use process_utilization_hour_summary as process;
    let a36 = monitor
        .process_utilization_hour_summary()
        .filter(process::SUMMARY_DATE.ge(at("2026-01-05T05:00:00Z")))
        .expand(process::PROCESS_INFO)
        .expand(process::MACHINE.select(machine::NAME));
    asked.rows(a36).await;
    let friday = session::START_DATE.ge(day("2026-01-02"));
    let a37 = monitor
        .sessions()
        .filter(friday.and(session::START_DATE.lt(day("2026-01-03"))))
        .aggregate([session::USER_ID.count_distinct("Users")]);
    asked.groups(a37).await;
    let a38 = monitor
        .machine_summaries()
        .filter(machine_summary::GRANULARITY.eq(Granularity::HOUR))
        .filter(machine_summary::SUMMARY_DATE.ge(day("2026-01-02")))
        .filter(machine_summary::SUMMARY_DATE.lt(day("2026-01-03")))
        .expand(machine_summary::DESKTOP_GROUP.select(desktop_group::NAME));
    asked.rows(a38).await;
    use machine_cost_savings_summary as savings;
    let a39 = monitor
        .machine_cost_savings_summaries()
        .filter(savings::GRANULARITY.eq(CostSavingsSummaryGranularity::DAY))
        .filter(savings::SUMMARY_DATE.ge(day("2026-01-02")))
        .filter(savings::SUMMARY_DATE.lt(day("2026-01-03")));
    asked.rows(a39).await;
    let a40 = monitor
        .notifications()
        .filter(notification::LIFECYCLE_STATE.eq(NotificationLifecycle::NOTIFICATION_ACTIVE))
        .expand(notification::NOTIFICATION_RULE.select(notification_rule::NAME))
        .expand(notification::NOTIFICATION_TARGET);
    asked.rows(a40).await;
    use session_logon_metrics as profile;
    let a41 = monitor
        .session_logon_metrics()
        .filter(profile::SESSION.start_date().ge(day("2026-01-02")))
        .filter(profile::SESSION.log_on_duration().gt(60_000));
    asked.rows(a41).await;
    let a42 = monitor
        .lhc_report()
        .filter(lhc_report::START_DATE.ge(day("2025-11-01")));
    asked.rows(a42).await;
    let a43 = monitor
        .machine_hotfix_logs()
        .expand(machine_hotfix_log::HOTFIX)
        .expand(machine_hotfix_log::MACHINE.select(machine::NAME))
        .filter(machine_hotfix_log::CREATED_DATE.ge(day("2025-12-01")));
    asked.rows(a43).await;
    let a44 = monitor
        .task_logs()
        .filter(task_log::RESULT.eq(TaskResult::FAILURE));
    asked.rows(a44).await;
}
