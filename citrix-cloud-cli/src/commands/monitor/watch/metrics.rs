//! The response to a scrape: the last round's numbers, and whether it succeeded.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::Instant;

use super::exposition::{Gauge, text};
use super::numbers::Numbers;

/// The state to serve. Clones share it.
#[derive(Clone)]
pub(super) struct Metrics {
    customer: String,
    group: Option<String>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    /// Whether the last round succeeded; `None` before the first one has ended.
    worked: Option<bool>,
    last: Option<(Numbers, Instant)>,
}

impl Metrics {
    pub(super) fn new(customer: String, group: Option<String>) -> Self {
        Self {
            customer,
            group,
            state: Arc::default(),
        }
    }

    /// Records a successful round.
    pub(super) fn worked(&self, numbers: &Numbers) {
        let mut state = self.state();
        state.worked = Some(true);
        state.last = Some((numbers.clone(), Instant::now()));
    }

    /// Records a failed round; the previous numbers stay.
    pub(super) fn failed(&self) {
        self.state().worked = Some(false);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the current text.
    pub(super) fn text(&self) -> String {
        let mut of = vec![("customer", self.customer.clone())];
        of.extend(self.group.clone().map(|it| ("delivery_group", it)));
        let state = self.state();
        let worked = state.worked.map(|it| f64::from(u8::from(it)));
        let age = state
            .last
            .as_ref()
            .map(|(_, at)| at.elapsed().as_secs_f64());
        let mut gauges = vec![
            Gauge::new("citrix_monitor_info", "Customer and delivery group that are counted.").labeled(of, 1.0),
            Gauge::new(
                "citrix_monitor_up",
                "Whether the last round of queries succeeded. If not, the numbers are from an earlier round.",
            )
            .value(worked),
            Gauge::new(
                "citrix_monitor_last_success_age_seconds",
                "Time since the last successful round of queries.",
            )
            .value(age),
        ];
        if let Some((numbers, _)) = &state.last {
            gauges.extend(of_numbers(numbers));
        }
        text(&gauges)
    }
}

fn of_numbers(numbers: &Numbers) -> [Gauge; 7] {
    let by_state = |gauge: Gauge, states: [(&str, u64); 3]| {
        states.into_iter().fold(gauge, |gauge, (state, count)| {
            gauge.labeled(vec![("state", state.to_owned())], count as f64)
        })
    };
    let (sessions, machines, hour) = (numbers.sessions, numbers.machines, numbers.last_hour);
    [
        by_state(
            Gauge::new("citrix_monitor_sessions", "Sessions that have not ended."),
            [
                ("connected", sessions.connected),
                ("disconnected", sessions.disconnected),
                ("other", sessions.other),
            ],
        ),
        by_state(
            Gauge::new(
                "citrix_monitor_machines",
                "Machines by registration; unregistered are those that are on or not managed.",
            ),
            [
                ("registered", machines.registered),
                ("unregistered", machines.unregistered),
                ("other", machines.other),
            ],
        ),
        Gauge::new(
            "citrix_monitor_machines_failed",
            "Machines in failure state, whether registered or not.",
        )
        .value(machines.failed as f64),
        Gauge::new(
            "citrix_monitor_last_hour_failed_connections",
            "Connections that failed in the last hour.",
        )
        .value(hour.failed_connections as f64),
        Gauge::new(
            "citrix_monitor_last_hour_logons",
            "Logons that began in the last hour and are complete.",
        )
        .value(hour.logons as f64),
        Gauge::new(
            "citrix_monitor_last_hour_logon_mean_seconds",
            "Mean duration of the logons in the last hour.",
        )
        .value(hour.mean_logon_seconds),
        Gauge::new(
            "citrix_monitor_load_ratio",
            "Mean load of the machines that were on in the last whole hour; 1 is full.",
        )
        .value(numbers.load),
    ]
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_failed_round_leaves_the_numbers_and_their_age() {
        let metrics = Metrics::new("acme".to_owned(), Some("Sales \"East\"".to_owned()));
        let info =
            "citrix_monitor_info{customer=\"acme\",delivery_group=\"Sales \\\"East\\\"\"} 1\n";
        let has = |lines: &[&str]| {
            let text = metrics.text();
            for line in lines {
                assert!(text.contains(&format!("\n{line}")), "{line}: {text}");
            }
        };
        has(&[info]);
        assert!(
            !metrics.text().contains("citrix_monitor_up"),
            "no round has ended"
        );
        let mut numbers = Numbers::default();
        numbers.sessions.connected = 7;
        metrics.worked(&numbers);
        tokio::time::advance(Duration::from_secs(90)).await;
        metrics.failed();
        has(&[
            "citrix_monitor_up 0\n",
            "citrix_monitor_last_success_age_seconds 90\n",
            "citrix_monitor_sessions{state=\"connected\"} 7\n",
        ]);
        assert!(!metrics.text().contains("logon_mean"), "nobody logged on");
        metrics.worked(&numbers);
        has(&[
            "citrix_monitor_up 1\n",
            "citrix_monitor_last_success_age_seconds 0\n",
        ]);
    }
}
