//! `monitor watch`: a few numbers, refreshed periodically, and for Prometheus.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;

use super::scope::Source;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::interrupt::interrupt;
use crate::rounds::{First, rounds, screen, title};

mod exposition;
mod metrics;
mod numbers;
mod server;

use metrics::Metrics;
use numbers::Numbers;
use server::Server;

/// A round is five queries, and the service runs one query per customer at a time.
const LEAST_SECONDS: u64 = 10;
const MOST_SECONDS: u64 = 86_400;

/// Show sessions, machines, failures and logons, refreshed until Ctrl-C; also for Prometheus.
///
/// Sessions and machines are current counts, failures and logons cover the last hour, and load is
/// the mean of the last full hour. Without a terminal, each round prints a line; with --output
/// json, one JSON object per line. If a round fails, that is reported on standard error, and the
/// next round is tried.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  citrix-cloud monitor watch
  citrix-cloud monitor watch --every 30 --group \"Task Workers\" --output json
  citrix-cloud monitor watch --metrics-addr 127.0.0.1:9469")]
pub(crate) struct Watch {
    /// Seconds between rounds, at least 10: a round is five queries, and the service runs one query
    /// per customer at a time.
    #[arg(long, value_name = "SECONDS", default_value = "60", value_parser = every)]
    every: Duration,
    /// Only this delivery group, by name or id.
    #[arg(long, value_name = "NAME|ID")]
    group: Option<String>,
    /// Serve /metrics for Prometheus on this loopback address, such as 127.0.0.1:9469. A scrape
    /// returns the last round, and the program keeps running even if the first round fails.
    #[arg(long, value_name = "ADDRESS", value_parser = server::loopback)]
    metrics_addr: Option<SocketAddr>,
}

fn every(text: &str) -> Result<Duration, String> {
    match text.parse() {
        Ok(seconds @ LEAST_SECONDS..=MOST_SECONDS) => Ok(Duration::from_secs(seconds)),
        _ => Err(format!(
            "a whole number of seconds from {LEAST_SECONDS} to {MOST_SECONDS}; a round is five queries, and the service accepts one at a time"
        )),
    }
}

impl Watch {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        context.out.check_reports()?;
        let server = match self.metrics_addr {
            None => None,
            Some(address) => Some(Server::bind(address).await?),
        };
        let client = context.client()?;
        let metrics = Metrics::new(client.customer().to_owned(), self.group.clone());
        let url = server.as_ref().map(|it| it.url().to_owned());
        if let Some(url) = url.as_ref().filter(|_| context.terminal.height().is_none()) {
            context.out.note(&format!("metrics at {url}"));
        }
        let mut source: Option<Source> = None;
        let round = async || {
            let now = Timestamp::from_second(Timestamp::now().as_second());
            let now = now.map_err(std::io::Error::other)?;
            // The groups are looked up once, by the first round that succeeds in it.
            let source = match &mut source {
                Some(source) => source,
                none => {
                    let monitor = client.monitor();
                    none.insert(Source::open(monitor, (now, now), self.group.as_deref()).await?)
                }
            };
            Ok((Exit::Done, Numbers::of(source, now).await?))
        };
        let draw = |numbers: Numbers| {
            metrics.worked(&numbers);
            self.show(context, &numbers, url.as_deref())?;
            Ok(!context.out.is_closed())
        };
        let tell = |failure: &Failure| {
            metrics.failed();
            context.report_failure(failure);
        };
        let first = match server {
            None => First::HasToWork,
            Some(_) => First::MayFail,
        };
        let watching = rounds(self.every, first, interrupt(), round, draw, tell);
        match server {
            None => watching.await,
            Some(server) => tokio::select! {
                ended = watching => ended,
                failed = server.serve(metrics.clone()) => failed.map(|()| Exit::Failed).map_err(Into::into),
            },
        }
    }

    fn show(
        &self,
        context: &Context,
        numbers: &Numbers,
        metrics: Option<&str>,
    ) -> Result<(), Failure> {
        let out = &context.out;
        if out.is_for_programs() {
            let json = serde_json::to_value(numbers).map_err(std::io::Error::other)?;
            return out.json_line(&json);
        }
        match context.terminal.height() {
            None => out.line(&line(numbers)),
            Some(height) => {
                let title = match metrics {
                    None => title(self.every),
                    Some(url) => format!("{}; {url}", title(self.every)),
                };
                out.drawn(&screen(&title, &lines(numbers), height))
            }
        }
    }
}

/// Returns the numbers with their labels on a line and on a screen.
fn figures(numbers: &Numbers) -> [(&'static str, &'static str, String); 11] {
    let (sessions, machines, hour) = (numbers.sessions, numbers.machines, numbers.last_hour);
    let logon = hour.mean_logon_seconds.map(|it| format!("{it:.1} s"));
    let load = numbers.load.map(|it| format!("{:.0} %", it * 100.0));
    let count = |name, label, count: u64| (name, label, count.to_string());
    let known = |name, label, value: Option<String>| (name, label, value.unwrap_or("-".to_owned()));
    [
        count("connected", "Sessions connected", sessions.connected),
        count(
            "disconnected",
            "Sessions disconnected",
            sessions.disconnected,
        ),
        count("other-sessions", "Sessions in other states", sessions.other),
        count("registered", "Machines registered", machines.registered),
        count(
            "unregistered",
            "Machines unregistered",
            machines.unregistered,
        ),
        count("other-machines", "Machines off or starting", machines.other),
        count("failed", "Machines failed", machines.failed),
        count(
            "failed-connections",
            "Failed connections, last hour",
            hour.failed_connections,
        ),
        count("logons", "Logons, last hour", hour.logons),
        known("mean-logon", "Mean logon, last hour", logon),
        known("load", "Load, last whole hour", load),
    ]
}

fn lines(numbers: &Numbers) -> String {
    let rows = figures(numbers).into_iter();
    let rows = rows.map(|(_, label, value)| format!("{label:<30}{value:>8}\n"));
    std::iter::once("\n".to_owned()).chain(rows).collect()
}

fn line(numbers: &Numbers) -> String {
    let at = numbers.at.to_string();
    let figures = figures(numbers);
    let cells = figures
        .iter()
        .map(|(name, _, value)| format!("{name}={}", value.replace(' ', "")));
    std::iter::once(at)
        .chain(cells)
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::numbers::{LastHour, Machines, Sessions};
    use super::*;

    #[test]
    fn a_line_and_a_screen_show_the_same() {
        let numbers = Numbers {
            at: "2026-01-05T08:30:00Z".parse().unwrap(),
            sessions: Sessions {
                connected: 77,
                disconnected: 8,
                other: 1,
            },
            machines: Machines {
                registered: 100,
                unregistered: 3,
                other: 25,
                failed: 2,
            },
            last_hour: LastHour {
                failed_connections: 4,
                logons: 60,
                mean_logon_seconds: Some(14.25),
            },
            load: None,
        };
        assert_eq!(
            line(&numbers),
            "2026-01-05T08:30:00Z connected=77 disconnected=8 other-sessions=1 registered=100 \
             unregistered=3 other-machines=25 failed=2 failed-connections=4 logons=60 \
             mean-logon=14.2s load=-"
        );
        let shown = lines(&numbers);
        assert_eq!(shown.lines().count(), 12);
        assert!(
            shown.contains("\nMean logon, last hour           14.2 s\n"),
            "{shown}"
        );
    }
}
