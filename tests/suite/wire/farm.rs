//! Machines behind a scripted server that go down and come back when they are rebooted, in the
//! runtime's own time, so that tests pause it.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use citrix_cloud::ApiVersion;
use citrix_cloud::daas::Site;
use citrix_cloud_tests::{Answer, SITE, Scripted, client_of};
use serde_json::{Value, json};
use tokio::time::Instant;

/// How long an accepted reboot is pending.
const PENDING: Duration = Duration::from_secs(2);

/// When a rebooted machine has registered again.
pub(super) const BACK: Duration = Duration::from_secs(60);

/// What goes wrong with a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The connection breaks and nothing was done.
    BreakBefore,
    /// It is done, and the connection breaks.
    BreakAfter,
    /// A gateway's error, and nothing was done.
    Gateway,
    /// The service refuses.
    Refuse,
}

#[derive(Debug, Clone, Default)]
pub(super) struct Machine {
    pub(super) sessions: i64,
    pub(super) group: Option<&'static str>,
    pub(super) in_maintenance: bool,
    /// Goes wrong with the next writes, in this order.
    pub(super) faults: VecDeque<Fault>,
    /// Goes wrong with every write after those.
    pub(super) always: Option<Fault>,
    pub(super) never_returns: bool,
    /// How long the service takes until it takes a reboot up.
    pub(super) late: Duration,
    /// The clock of whoever answers after the first write is behind.
    pub(super) skewed: bool,
    /// A session that starts as soon as the machine is in maintenance mode.
    pub(super) late_session: bool,
    /// Its agent is not registered until it was rebooted.
    pub(super) unregistered: bool,
    /// It was taken out of maintenance mode between its reboot's request and its restart.
    pub(super) restored_early: bool,
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

    fn json(&self, id: &str) -> Value {
        let since = self.since();
        let minute = match since {
            _ if self.skewed && self.asked > 0 => 10,
            _ if self.unregistered => 30,
            Some(since) if since >= PENDING => 30 + self.reboots,
            _ => 30 + self.reboots.saturating_sub(1),
        };
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

/// The machines of one catalog, `m0` and on.
pub(super) struct Farm {
    pub(super) server: Scripted,
    machines: Arc<Mutex<Machines>>,
}

#[derive(Default)]
struct Machines {
    all: Vec<Machine>,
    most_away: usize,
    least_registered: HashMap<&'static str, usize>,
}

impl Farm {
    pub(super) async fn of(machines: impl IntoIterator<Item = Machine>) -> Self {
        let machines = Arc::new(Mutex::new(Machines {
            all: machines.into_iter().collect(),
            ..Machines::default()
        }));
        let shared = machines.clone();
        let answer = move |line: &str| Some(shared.lock().unwrap().answer(line));
        let server = Scripted::start_with([], answer).await;
        Self { server, machines }
    }

    pub(super) fn site(&self) -> Site {
        let client = client_of(&self.server.url(), ApiVersion::Current);
        client.daas().site(SITE)
    }

    pub(super) fn machine(&self, number: usize) -> Machine {
        self.machines.lock().unwrap().all[number].clone()
    }

    pub(super) fn change(&self, number: usize, change: impl FnOnce(&mut Machine)) {
        change(&mut self.machines.lock().unwrap().all[number]);
    }

    /// How many machines were away at the same time at most.
    pub(super) fn most_away(&self) -> usize {
        self.machines.lock().unwrap().most_away
    }

    /// How many machines of a group were not away at least.
    pub(super) fn least_registered(&self, group: &str) -> usize {
        self.machines.lock().unwrap().least_registered[group]
    }
}

impl Machines {
    fn answer(&mut self, line: &str) -> Answer {
        let path = line.split(['?', ' ']).nth(1).unwrap_or_default();
        let id = path.split('/').nth(4).unwrap_or_default();
        match line.split(' ').next() {
            Some("POST") if path.ends_with("/tokens/clients") => Answer::token(),
            Some("GET") if path.ends_with("/Machines") => {
                let items = self.all.iter().enumerate();
                let items: Vec<_> = items.map(|(at, it)| it.json(&format!("m{at}"))).collect();
                Answer::json(200, json!({"Items": items}).to_string())
            }
            Some("GET") => {
                let machine = self.named(id);
                Answer::json(200, machine.json(id).to_string())
            }
            Some("PATCH") => {
                let machine = self.named(id);
                // The request line does not say which; every second one ends it.
                machine.in_maintenance = !machine.in_maintenance;
                machine.restored_early |=
                    !machine.in_maintenance && machine.since().is_some_and(|it| it < PENDING);
                if machine.late_session && machine.in_maintenance {
                    machine.sessions += 1;
                }
                Answer::Reply(200, vec![], String::new())
            }
            _ => self.reboot(id),
        }
    }

    fn reboot(&mut self, id: &str) -> Answer {
        let machine = self.named(id);
        machine.asked += 1;
        let fault = machine.faults.pop_front().or(machine.always);
        let runs = matches!(fault, None | Some(Fault::BreakAfter));
        if runs {
            machine.reboots += 1;
            machine.rebooted = Some(Instant::now());
        }
        let answer = match fault {
            None => Answer::json(200, json!({"Id": id}).to_string()),
            Some(Fault::BreakBefore | Fault::BreakAfter) => Answer::HangUp,
            Some(Fault::Gateway) => Answer::json(502, "<p>Bad Gateway</p>"),
            Some(Fault::Refuse) => Answer::json(403, r#"{"ErrorMessage":"no"}"#),
        };
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
        answer
    }

    fn named(&mut self, id: &str) -> &mut Machine {
        let number: usize = id.trim_start_matches('m').parse().unwrap();
        &mut self.all[number]
    }
}
