//! Machines behind a scripted server, which go down and return when they are rebooted, in the
//! runtime's time, so that tests can pause it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use citrix_cloud::daas::Site;
use citrix_cloud::{ApiVersion, ClientBuilder};
use citrix_cloud_tests::{Reply, SITE, Scripted, Seen, client, client_of};
use serde_json::{Value, json};
use tokio::time::Instant;

/// How long an accepted reboot is pending.
const PENDING: Duration = Duration::from_secs(2);

/// When a rebooted machine has registered again.
pub(super) const BACK: Duration = Duration::from_secs(60);

/// Failures of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The connection breaks, and nothing ran.
    BreakBefore,
    /// It runs, and the connection breaks.
    BreakAfter,
    /// A gateway's error, and nothing ran.
    Gateway,
    /// The service rejects it.
    Refuse,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Machine {
    pub(super) sessions: i64,
    pub(super) group: Option<&'static str>,
    pub(super) in_maintenance: bool,
    /// The failures of the next writes, in order.
    pub(super) faults: VecDeque<Fault>,
    /// The failure of every write after those.
    pub(super) always: Option<Fault>,
    pub(super) never_returns: bool,
    /// How long the service takes to begin a reboot.
    pub(super) late: Duration,
    /// The clock of the node that responds after the first write is behind.
    pub(super) skewed: bool,
    /// A session that starts as soon as the machine is in maintenance mode.
    pub(super) late_session: bool,
    /// Its agent is not registered before it is rebooted.
    pub(super) unregistered: bool,
    /// It was taken out of maintenance mode between the request for its reboot and its restart.
    pub(super) restored_early: bool,
    /// When a user logs on, from the start of the farm.
    pub(super) logon: Option<Duration>,
    /// Rejects this many reboots with this status and `Retry-After: 8`.
    pub(super) throttled: (u32, u16),
    /// How long a reboot or a change of maintenance mode takes, from request to response.
    pub(super) slow: Duration,
    /// Reports neither registration nor pending actions nor deregistrations.
    pub(super) silent: bool,
    /// Ending maintenance mode gets a response but has no effect.
    pub(super) stuck: bool,
    /// Changes of maintenance mode that have not taken effect yet.
    pub(super) changes: Vec<(Instant, bool)>,
    /// When its state was last returned.
    pub(super) shown: Option<Instant>,
    /// How often it was requested individually.
    pub(super) looks: usize,
    /// The same, if it had been requested individually.
    pub(super) gap: Duration,
    /// The maximum age of its last snapshot when a reboot was accepted.
    pub(super) oldest_look: Duration,
    /// Reboots while a user was logged on.
    pub(super) in_use: usize,
    pub(super) asked: usize,
    pub(super) reboots: usize,
    pub(super) rebooted: Option<Instant>,
}

impl Machine {
    fn since(&self) -> Option<Duration> {
        self.rebooted
            .and_then(|at| at.elapsed().checked_sub(self.late))
    }

    pub(super) fn is_away(&self) -> bool {
        self.since()
            .is_some_and(|since| self.never_returns || since < BACK)
    }

    fn is_registered(&self) -> bool {
        if self.unregistered && self.since().is_none_or(|since| since < BACK) {
            return false;
        }
        !self.is_away() || self.since().is_some_and(|since| since < PENDING)
    }

    /// Applies changes that are due at this time.
    fn settle(&mut self, since_start: Duration) {
        let now = Instant::now();
        for (at, on) in std::mem::take(&mut self.changes) {
            match at <= now {
                true => self.in_maintenance = on,
                false => self.changes.push((at, on)),
            }
        }
        if self.logon.is_some_and(|at| at <= since_start) && !self.in_maintenance {
            self.logon = None;
            self.sessions += 1;
        }
    }

    fn json(&self, id: &str) -> Value {
        let since = self.since();
        let minute = match since {
            _ if self.skewed && self.asked > 0 => 10,
            _ if self.unregistered => 30,
            Some(since) if since >= PENDING => 30 + self.reboots,
            _ => 30 + self.reboots.saturating_sub(1),
        };
        if self.silent {
            return json!({"Id": id, "SessionCount": self.sessions, "PowerState": "On"});
        }
        json!({
            "Id": id,
            "Name": format!("D\\{id}"),
            "SessionCount": self.sessions,
            "PowerState": "On",
            "RegistrationState": if self.is_registered() { "Registered" } else { "Unregistered" },
            "InMaintenanceMode": self.in_maintenance,
            "PowerActionPending": since.is_some_and(|since| since < PENDING),
            "FormattedLastDeregistrationTime": format!("2026-01-05T08:{minute}:00Z"),
            "DeliveryGroup": self.group.map(|name| json!({"Id": name, "Name": name})),
        })
    }
}

/// The machines of one catalog: `m0`, `m1` and so on.
pub(super) struct Farm {
    pub(super) server: Scripted,
    machines: Arc<Mutex<Machines>>,
}

#[derive(Default)]
struct Machines {
    all: Vec<Machine>,
    start: Option<Instant>,
    /// The accepted number of requests per second, and their number in this second.
    limit: Option<usize>,
    /// Makes one request in ten fail, each in one of several ways.
    trouble: Option<fastrand::Rng>,
    second: (u64, usize),
    requests: usize,
    refused: usize,
    most_away: usize,
    least_registered: HashMap<&'static str, usize>,
}

impl Farm {
    pub(super) async fn of(machines: impl IntoIterator<Item = Machine>) -> Self {
        Self::with_limit(machines, None).await
    }

    /// The same as [`Farm::of`], but rejects more than N requests per second.
    pub(super) async fn with_limit(
        machines: impl IntoIterator<Item = Machine>,
        limit: Option<usize>,
    ) -> Self {
        let machines = Arc::new(Mutex::new(Machines {
            all: machines.into_iter().collect(),
            start: Some(Instant::now()),
            limit,
            ..Machines::default()
        }));
        let shared = machines.clone();
        let reply = move |seen: &Seen| Some(shared.lock().unwrap().reply(seen));
        let server = Scripted::start_seeing([], reply).await;
        Self { server, machines }
    }

    /// Makes one request in ten fail from now on.
    pub(super) fn trouble(&self, seed: u64) {
        let rng = fastrand::Rng::with_seed(seed);
        self.machines.lock().unwrap().trouble = Some(rng);
    }

    /// Returns the number of requests to the service so far, except token requests, and how many of
    /// them were rejected.
    pub(super) fn requests(&self) -> (usize, usize) {
        let machines = self.machines.lock().unwrap();
        (machines.requests, machines.refused)
    }

    pub(super) fn site(&self) -> Site {
        let client = client_of(&self.server.url(), ApiVersion::Current);
        client.daas().site(SITE)
    }

    /// The same as [`Farm::site`], with a client that has these settings.
    pub(super) fn site_with(&self, change: impl FnOnce(ClientBuilder) -> ClientBuilder) -> Site {
        let settings = client(&self.server.url()).api_version(ApiVersion::Current);
        change(settings).build().unwrap().daas().site(SITE)
    }

    pub(super) fn machine(&self, number: usize) -> Machine {
        self.machines.lock().unwrap().all[number].clone()
    }

    pub(super) fn change(&self, number: usize, change: impl FnOnce(&mut Machine)) {
        change(&mut self.machines.lock().unwrap().all[number]);
    }

    /// Returns the maximum number of machines that were away at the same time.
    pub(super) fn most_away(&self) -> usize {
        self.machines.lock().unwrap().most_away
    }

    /// Returns the minimum number of machines of a group that were not away.
    pub(super) fn least_registered(&self, group: &str) -> usize {
        self.machines.lock().unwrap().least_registered[group]
    }
}

impl Machines {
    fn reply(&mut self, seen: &Seen) -> Reply {
        let line = seen.line.as_str();
        let since_start = self.start.map_or(Duration::ZERO, |start| start.elapsed());
        let is_for_all = line.contains("/Machines?") || line.ends_with("/$batch");
        for machine in self.all.iter_mut().filter(|_| is_for_all) {
            machine.settle(since_start);
        }
        if !line.ends_with("/tokens/clients") {
            self.requests += 1;
            if self.is_over_limit(since_start) {
                self.refused += 1;
                return Reply::json(429, "").with("Retry-After", "1");
            }
        }
        let path = line.split(['?', ' ']).nth(1).unwrap_or_default();
        let id = path.split('/').nth(4).unwrap_or_default();
        if path.contains("/manage/Machines/") {
            self.named(id).settle(since_start);
        }
        if !line.ends_with("/tokens/clients")
            && let Some(rng) = &mut self.trouble
            && rng.u8(..10) == 0
        {
            match (rng.u8(..6), line.ends_with("/$reboot")) {
                (0, _) => return Reply::HangUp,
                (1, _) => return Reply::json(502, "<p>Bad Gateway</p>"),
                (2, _) => return Reply::json(302, "").with("Location", "/login"),
                (3, _) => return Reply::json(503, "").with("Retry-After", "2"),
                (4, true) => self.named(id).faults.push_front(Fault::BreakAfter),
                _ => {
                    self.refused += 1;
                    return Reply::json(429, "").with("Retry-After", "1");
                }
            }
        }
        match line.split(' ').next() {
            Some("POST") if path.ends_with("/tokens/clients") => Reply::token(),
            Some("GET") if path.ends_with("/Machines") => {
                for machine in &mut self.all {
                    machine.shown = Some(Instant::now());
                }
                let items = self.all.iter().enumerate();
                let items: Vec<_> = items.map(|(at, it)| it.json(&format!("m{at}"))).collect();
                Reply::json(200, json!({"Items": items}).to_string())
            }
            Some("GET") => {
                let machine = self.named(id);
                machine.shown = Some(Instant::now());
                machine.looks += 1;
                Reply::json(200, machine.json(id).to_string())
            }
            Some("PATCH") => {
                let machine = self.named(id);
                let body: Value = serde_json::from_str(&seen.body).unwrap();
                let on = body["InMaintenanceMode"].as_bool().unwrap();
                if machine.stuck && !on {
                    return Reply::Response(200, vec![], String::new());
                }
                if !machine.slow.is_zero() {
                    machine.changes.push((Instant::now() + machine.slow, on));
                    let reply = Reply::Response(200, vec![], String::new());
                    return Reply::Late(machine.slow, Box::new(reply));
                }
                machine.in_maintenance = on;
                machine.restored_early |=
                    !machine.in_maintenance && machine.since().is_some_and(|it| it < PENDING);
                if machine.late_session && machine.in_maintenance {
                    machine.sessions += 1;
                }
                Reply::Response(200, vec![], String::new())
            }
            _ if path.ends_with("/$batch") => self.batch(&seen.body),
            _ => self.reboot(id),
        }
    }

    fn is_over_limit(&mut self, since_start: Duration) -> bool {
        let second = since_start.as_secs();
        if self.second.0 != second {
            self.second = (second, 0);
        }
        self.second.1 += 1;
        self.limit.is_some_and(|most| self.second.1 > most)
    }

    /// Reboots the machines in a batch; the response is sent when the slowest is done.
    fn batch(&mut self, body: &str) -> Reply {
        let body: Value = serde_json::from_str(body).unwrap();
        let mut slowest = Duration::ZERO;
        let items = body["Items"].as_array().unwrap().iter().map(|item| {
            let url = item["RelativeUrl"].as_str().unwrap();
            let mut reply = self.reboot(url.split('/').nth(2).unwrap());
            if let Reply::Late(time, then) = reply {
                slowest = slowest.max(time);
                reply = *then;
            }
            let Reply::Response(code, headers, body) = reply else {
                panic!("a batch cannot lose the reply to one item");
            };
            let headers = headers
                .iter()
                .map(|(name, value)| json!({"Name": name, "Value": value}));
            let headers: Vec<_> = headers.collect();
            json!({"Reference": item["Reference"], "Code": code, "Headers": headers, "Body": body})
        });
        let items: Vec<_> = items.collect();
        let reply = Reply::json(200, json!({ "Items": items }).to_string());
        Reply::Late(slowest, Box::new(reply))
    }

    fn reboot(&mut self, id: &str) -> Reply {
        let machine = self.named(id);
        machine.asked += 1;
        if let (left @ 1.., status) = machine.throttled {
            machine.throttled.0 = left - 1;
            self.refused += 1;
            return Reply::json(status, "").with("Retry-After", "8");
        }
        let fault = machine.faults.pop_front().or(machine.always);
        let runs = matches!(fault, None | Some(Fault::BreakAfter));
        let slow = machine.slow;
        if runs {
            let age = machine.shown.map_or(Duration::MAX, |it| it.elapsed());
            machine.oldest_look = machine.oldest_look.max(age);
            if machine.looks > 0 {
                machine.gap = machine.gap.max(age);
            }
            machine.in_use += usize::from(machine.sessions > 0);
            machine.reboots += 1;
            machine.rebooted = Some(Instant::now());
        }
        let reply = match fault {
            None => Reply::json(200, json!({"Id": id}).to_string()),
            Some(Fault::BreakBefore | Fault::BreakAfter) => Reply::HangUp,
            Some(Fault::Gateway) => Reply::json(502, "<p>Bad Gateway</p>"),
            Some(Fault::Refuse) => Reply::json(403, r#"{"ErrorMessage":"no"}"#),
        };
        if self.all.len() > 1_000 {
            return reply;
        }
        let away = self.all.iter().filter(|it| it.is_away()).count();
        self.most_away = self.most_away.max(away);
        let mut groups: HashMap<&'static str, usize> = HashMap::new();
        for machine in &self.all {
            if let Some(group) = machine.group {
                *groups.entry(group).or_default() += usize::from(!machine.is_away());
            }
        }
        for (group, registered) in groups {
            let least = self.least_registered.entry(group).or_insert(registered);
            *least = registered.min(*least);
        }
        match slow.is_zero() {
            true => reply,
            false => Reply::Late(slow, Box::new(reply)),
        }
    }

    fn named(&mut self, id: &str) -> &mut Machine {
        let number: usize = id.trim_start_matches('m').parse().unwrap();
        &mut self.all[number]
    }
}
