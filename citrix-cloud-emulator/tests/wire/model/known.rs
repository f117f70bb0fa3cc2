//! The behavior of machines, sessions and jobs that a careful reader of the documents expects, as simple as possible.
//!
//! An action takes two seconds: it is pending for one second, and the machine is in a transitional state for another. A
//! job starts after half a second and ends after two. Times are in half seconds.

const HALF: u64 = 2;
const WHOLE: u64 = 4;
const JOB_START: u64 = 1;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Verb {
    Start,
    Shutdown,
    Reboot,
}

/// Work that is requested immediately or as a job. Machines and sessions are identified by their numbers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Work {
    Power(u32, Verb),
    Maintain(u32, bool),
    Remove(u32),
    LogOffAll(u32),
    LogOff(u32),
    Disconnect(u32),
    Hide(u32, bool),
}

#[derive(Debug, Clone)]
pub(crate) struct Machine {
    pub(crate) uid: u32,
    pub(crate) power: &'static str,
    pub(crate) registered: bool,
    pub(crate) pending: bool,
    pub(crate) maintained: bool,
    actions: u32,
}

#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) uid: u32,
    pub(crate) machine: u32,
    pub(crate) disconnected: bool,
    pub(crate) hidden: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Job {
    pub(crate) id: String,
    pub(crate) status: &'static str,
    work: Work,
    failed: bool,
}

#[derive(Debug, Clone)]
enum Event {
    Halfway(u32, u32, Verb),
    Done(u32, u32, Verb),
    JobStart(String),
    JobEnd(String),
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    pub(crate) machines: Vec<Machine>,
    pub(crate) sessions: Vec<Session>,
    pub(crate) jobs: Vec<Job>,
    pub(crate) now: u64,
    /// Scheduled events, in the order in which they were scheduled.
    plan: Vec<(u64, Event)>,
}

impl Known {
    pub(crate) fn with_machines(count: u32) -> Self {
        let machine = |uid| Machine {
            uid,
            power: "On",
            registered: true,
            pending: false,
            maintained: false,
            actions: 0,
        };
        Self {
            machines: (1..=count).map(machine).collect(),
            ..Self::default()
        }
    }

    /// Returns the same at another time.
    pub(crate) fn at(&self, now: u64) -> Self {
        Self {
            now,
            ..self.clone()
        }
    }

    /// Carries out everything that is due.
    pub(crate) fn catch_up(&mut self) {
        loop {
            let due = self.plan.iter().enumerate();
            let due = due.filter(|(_, (at, _))| *at <= self.now);
            let Some((place, _)) = due.min_by_key(|(place, (at, _))| (*at, *place)) else {
                return;
            };
            let (at, event) = self.plan.remove(place);
            self.happen(at, event);
        }
    }

    /// Does some work, and returns the status of the response.
    pub(crate) fn work(&mut self, work: Work) -> u16 {
        self.work_at(self.now, work)
    }

    pub(crate) fn accept(&mut self, id: String, work: Work) {
        self.plan
            .push((self.now + JOB_START, Event::JobStart(id.clone())));
        self.plan
            .push((self.now + WHOLE, Event::JobEnd(id.clone())));
        self.jobs.push(Job {
            id,
            status: "NotStarted",
            work,
            failed: false,
        });
    }

    pub(crate) fn cancel(&mut self, job: &str) {
        self.reach(job, "Canceled");
    }

    pub(crate) fn sessions_on(&self, machine: u32) -> usize {
        let sessions = self.sessions.iter();
        sessions.filter(|it| it.machine == machine).count()
    }

    pub(crate) fn has_machine(&self, uid: u32) -> bool {
        self.machines.iter().any(|it| it.uid == uid)
    }

    fn work_at(&mut self, now: u64, work: Work) -> u16 {
        let (Work::Power(uid, _)
        | Work::Maintain(uid, _)
        | Work::Remove(uid)
        | Work::LogOffAll(uid)
        | Work::LogOff(uid)
        | Work::Disconnect(uid)
        | Work::Hide(uid, _)) = work;
        let used = self.sessions_on(uid) > 0;
        let machine = self.machines.iter_mut().find(|it| it.uid == uid);
        let session = self.sessions.iter_mut().find(|it| it.uid == uid);
        match (work, machine, session) {
            (Work::Power(_, verb), Some(machine), _) => {
                machine.actions += 1;
                machine.pending = true;
                let action = machine.actions;
                self.plan
                    .push((now + HALF, Event::Halfway(uid, action, verb)));
                self.plan
                    .push((now + WHOLE, Event::Done(uid, action, verb)));
            }
            (Work::Maintain(_, on), Some(machine), _) => machine.maintained = on,
            (Work::Remove(_), Some(_), _) if used => return 409,
            (Work::Remove(_), Some(_), _) => self.machines.retain(|it| it.uid != uid),
            (Work::LogOffAll(_), Some(_), _) => self.sessions.retain(|it| it.machine != uid),
            (Work::LogOff(_), _, Some(_)) => self.sessions.retain(|it| it.uid != uid),
            (Work::Disconnect(_), _, Some(session)) => session.disconnected = true,
            (Work::Hide(_, hidden), _, Some(session)) => session.hidden = hidden,
            _ => return 404,
        }
        200
    }

    fn happen(&mut self, at: u64, event: Event) {
        let current =
            |machine: &&mut Machine, uid, action| machine.uid == uid && machine.actions == action;
        match event {
            Event::Halfway(uid, action, verb) => {
                let Some(machine) = self.machines.iter_mut().find(|it| current(it, uid, action))
                else {
                    return;
                };
                machine.pending = false;
                machine.registered = false;
                machine.power = if verb == Verb::Shutdown {
                    "TurningOff"
                } else {
                    "TurningOn"
                };
                if verb != Verb::Start {
                    self.sessions.retain(|it| it.machine != uid);
                }
            }
            Event::Done(uid, action, verb) => {
                let Some(machine) = self.machines.iter_mut().find(|it| current(it, uid, action))
                else {
                    return;
                };
                machine.registered = verb != Verb::Shutdown;
                machine.power = if machine.registered { "On" } else { "Off" };
            }
            Event::JobStart(id) => {
                let waiting = self
                    .jobs
                    .iter()
                    .find(|it| it.id == id && it.status == "NotStarted");
                if let Some(work) = waiting.map(|it| it.work) {
                    self.reach(&id, "InProgress");
                    let failed = self.work_at(at, work) != 200;
                    if let Some(job) = self.jobs.iter_mut().find(|it| it.id == id) {
                        job.failed = failed;
                    }
                }
            }
            Event::JobEnd(id) => {
                let failed = self.jobs.iter().any(|it| it.id == id && it.failed);
                self.reach(&id, if failed { "Failed" } else { "Complete" });
            }
        }
    }

    fn reach(&mut self, job: &str, status: &'static str) {
        let job = self.jobs.iter_mut().find(|it| it.id == job);
        if let Some(job) = job.filter(|it| ["NotStarted", "InProgress"].contains(&it.status)) {
            job.status = status;
        }
    }
}
