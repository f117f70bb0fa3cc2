//! Generates the sessions on a machine on a day, and reports those of the world.
//!
//! Everything is derived from the seed, the machine and the day. A few things go wrong on purpose, so that there is
//! something to find: a machine on which launches fail, users whose launches fail or whose profiles are large, a Monday
//! without enough machines, a day of slow group policy, and a day without licenses.

use uuid::Uuid;

use super::launch::{FIRST_USE, Launch, Link, Logon, Slowness, Use};
use super::moment::{HOUR, MINUTE, SECOND, day_of, is_monday, is_weekend, start_of};
use super::numbers::{Place, live_number, number_of, session_key};
use super::random::{Random, hash};
use super::session_log::SessionRecord;
use super::snapshot::{Machine, Snapshot};

/// Codes of failed launches.
pub(crate) const CANNOT_PREPARE: i64 = 2;
const NO_REGISTRATION: i64 = 3;
const TIMEOUT: i64 = 4;
const NO_LICENSE: i64 = 5;
const REFUSED: i64 = 19;
const NO_COMMUNICATION: i64 = 23;
const NO_MACHINE: i64 = 100;

/// In a larger site, a catalog with at most this many machines has multi-session servers.
const FEW: usize = 10;

/// The sessions of one machine and day while they are being generated.
struct Generator<'a> {
    snapshot: &'a Snapshot,
    machine: &'a Machine,
    day: i32,
    /// Generated sessions end by then.
    until: i64,
    random: Random,
    launches: Vec<Launch>,
}

impl Snapshot {
    /// Generates the sessions that started on a machine on a day, and the launches that failed.
    pub(crate) fn launches(&self, machine: &Machine, day: i32) -> Vec<Launch> {
        let Some(past) = machine.past else {
            return Vec::new();
        };
        let mut until = past.until;
        if let Some(last) = past.last_use.filter(|_| self.is_unused(machine)) {
            until = until.min(last + 3 * HOUR);
        }
        if start_of(day) >= until {
            return Vec::new();
        }
        let mut generator = Generator {
            snapshot: self,
            machine,
            day,
            until,
            random: Random::of(&[self.seed, machine.seed, u64::from(day.unsigned_abs())]),
            launches: Vec::new(),
        };
        generator.incidents();
        generator.sessions();
        generator.last_use();
        generator.launches
    }

    /// Returns a machine's sessions in the world since the start, including ended ones.
    pub(crate) fn real_launches(&self, machine: &Machine) -> Vec<Launch> {
        let records = self.records_of(machine.serial);
        records.map(|it| self.launch_of(machine, it)).collect()
    }

    fn launch_of(&self, machine: &Machine, record: &SessionRecord) -> Launch {
        let seed = hash(&[self.seed, record.number, record.started.unsigned_abs()]);
        let mut random = Random::of(&[seed]);
        let user = self.user_place(super::snapshot::user_id(&record.user));
        let user = user.unwrap_or(0);
        let logon = Logon::begin(record.started, self.slowness(user, 0), &mut random);
        let begun = record.started + logon.total;
        let changed = record.changed.unwrap_or(begun).max(record.started);
        let link = Link {
            number: live_number(record.number, 0),
            start: record.started,
            logon,
            is_reconnect: false,
            disconnected: record.is_disconnected.then_some(changed),
        };
        let mut launch = Launch {
            key: record.key,
            seed,
            user,
            machine: Some(machine.serial),
            start: record.started,
            end: record.ended,
            logon: Some(logon.total),
            failure: None,
            is_disconnected: record.is_disconnected,
            changed,
            links: vec![link],
            uses: Vec::new(),
        };
        self.use_applications(machine, &mut launch, &mut random);
        launch
    }

    fn slowness(&self, user: usize, day: i32) -> Slowness {
        let user = self.users.get(user).map_or(0, |it| it.id.unsigned_abs());
        Slowness {
            profile: hash(&[self.seed, user, 7]).is_multiple_of(11),
            gpo: day == day_of(self.born) - 9,
            cold: false,
        }
    }

    /// Returns whether launches of a user fail often.
    fn is_unlucky(&self, user: usize) -> bool {
        let user = self.users.get(user).map_or(0, |it| it.id.unsigned_abs());
        hash(&[self.seed, user, 13]).is_multiple_of(17)
    }

    /// Returns whether a machine is multi-session.
    pub(crate) fn is_shared(&self, machine: &Machine) -> bool {
        self.machines.len() > FEW && self.catalog_size(machine.catalog) <= FEW
    }

    /// Returns the number of applications that are in use; the last one is never used.
    pub(crate) fn popular(&self) -> usize {
        match self.applications.len() {
            0 | 1 => self.applications.len(),
            number => number - 1,
        }
    }

    fn use_applications(&self, machine: &Machine, launch: &mut Launch, random: &mut Random) {
        let share = if self.is_shared(machine) { 0.7 } else { 0.25 };
        if self.popular() == 0 || !random.share(share) {
            return;
        }
        let popular = i64::try_from(self.popular()).unwrap_or(1);
        let mut at = launch.start + launch.logon.unwrap_or_default() + random.between(0, MINUTE);
        for nth in 0..=u32::from(random.share(0.4)) {
            let end = at + random.between(3 * MINUTE, 2 * HOUR);
            let end = launch.end.map(|it| it.min(end));
            if end.is_some_and(|it| it <= at) {
                break;
            }
            launch.uses.push(Use {
                number: launch.number(FIRST_USE + nth),
                application: usize::try_from(random.between(0, popular)).unwrap_or(0),
                start: at,
                end,
            });
            at = end.unwrap_or(at) + random.between(SECOND, 5 * MINUTE);
        }
    }

    /// Returns the Monday on which there were not enough machines.
    fn short_monday(&self) -> i32 {
        let mut day = day_of(self.born) - 2;
        while !is_monday(day) {
            day -= 1;
        }
        day
    }
}

impl Generator<'_> {
    fn anybody(&mut self) -> usize {
        let last = i64::try_from(self.snapshot.users.len()).unwrap_or(1);
        usize::try_from(self.random.between(0, last)).unwrap_or(0)
    }

    fn place(&self) -> Place {
        Place {
            day: self.day,
            machine: self.machine.serial,
            number: u8::try_from(self.launches.len()).unwrap_or(u8::MAX),
        }
    }

    fn clock(&self, hours: i64, minutes: i64) -> i64 {
        start_of(self.day) + hours * HOUR + minutes * MINUTE
    }

    fn incidents(&mut self) {
        let today = day_of(self.snapshot.born);
        if self.snapshot.black_hole == Some(self.machine.serial) && self.day >= today - 1 {
            for _ in 0..self.random.between(6, 11) {
                let user = self.anybody();
                let last = self.until.min(self.clock(11, 0));
                let at = self.random.around(self.clock(5, 30), last);
                self.fail(user, at, CANNOT_PREPARE);
            }
        }
        let luck = self.machine.seed;
        if self.day == self.snapshot.short_monday() && luck.is_multiple_of(5) {
            let (user, at) = (self.anybody(), self.clock(8, 45));
            let at = at + self.random.between(0, 40 * MINUTE);
            self.fail(user, at, NO_MACHINE);
        }
        if self.day == today - 23 && luck.is_multiple_of(9) {
            let (user, at) = (self.anybody(), self.clock(10, 0));
            let at = at + self.random.between(0, 2 * HOUR);
            self.fail(user, at, NO_LICENSE);
        }
    }

    fn sessions(&mut self) {
        let regular = self.machine.past.and_then(|it| it.user);
        let is_weekend = is_weekend(self.day);
        let number = match (self.snapshot.is_shared(self.machine), is_weekend) {
            (true, false) => self.random.between(7, 13),
            (true, true) => self.random.between(0, 3),
            (false, false) => 1 + i64::from(self.random.share(0.45)),
            (false, true) => i64::from(self.random.share(0.08)),
        };
        for nth in 0..number {
            let user = regular.filter(|_| nth == 0);
            let user = user.unwrap_or_else(|| self.anybody());
            let midnight = self.clock(0, 0);
            let (start, length) = match nth {
                0 => (
                    self.random.around(6 * HOUR, 11 * HOUR),
                    self.random.around(4 * HOUR, 11 * HOUR),
                ),
                _ => (
                    self.random.around(8 * HOUR, 18 * HOUR),
                    self.random.around(15 * MINUTE, 5 * HOUR),
                ),
            };
            // Add milliseconds, so that start times are not whole seconds.
            let start = midnight + start + self.random.between(0, SECOND);
            let share = if self.snapshot.is_unlucky(user) {
                0.3
            } else {
                0.012
            };
            if self.random.share(share) {
                let codes = [TIMEOUT, NO_REGISTRATION, NO_COMMUNICATION, REFUSED, TIMEOUT];
                let code = self.random.pick(&codes).copied().unwrap_or(TIMEOUT);
                self.fail(user, start - 2 * MINUTE, code);
            }
            self.session(user, start, length);
        }
    }

    /// Adds the last use that the world remembers, unless it is one of its sessions.
    fn last_use(&mut self) {
        let past = self.machine.past;
        let Some((user, at)) = past.and_then(|it| Some((it.user?, it.last_use?))) else {
            return;
        };
        let mut records = self.snapshot.records_of(self.machine.serial);
        if day_of(at) == self.day && !records.any(|it| it.started == at) {
            let left = (self.snapshot.born - at) / 2;
            self.until = self.until.max(self.snapshot.born);
            self.session(user, at, left.clamp(0, 90 * MINUTE));
        }
    }

    fn session(&mut self, user: usize, start: i64, length: i64) {
        let place = self.place();
        let key = session_key(self.snapshot.seed, place);
        let mut slow = self.snapshot.slowness(user, self.day);
        slow.cold = self.machine.seed.is_multiple_of(4) && self.launches.is_empty();
        let logon = Logon::begin(start, slow, &mut self.random);
        let end = (start + length).max(start + logon.total + SECOND);
        if end > self.until || place.number > 28 {
            return;
        }
        let first = Link {
            number: number_of(place, 0),
            start,
            logon,
            is_reconnect: false,
            disconnected: None,
        };
        let mut launch = Launch {
            key,
            seed: hash(&[self.snapshot.seed, place.day.unsigned_abs().into(), {
                (u64::from(place.machine) << 8) | u64::from(place.number)
            }]),
            user,
            machine: Some(self.machine.serial),
            start,
            end: Some(end),
            logon: Some(logon.total),
            failure: None,
            is_disconnected: false,
            changed: end,
            links: vec![first],
            uses: Vec::new(),
        };
        let noon = self.clock(12, 0) + self.random.between(0, 30 * MINUTE);
        let back = noon + self.random.between(20 * MINUTE, 70 * MINUTE);
        let is_long = noon > start + HOUR && back < end - HOUR;
        if is_long && self.random.share(0.35) {
            launch.links[0].disconnected = Some(noon);
            let logon = Logon {
                brokering: self.random.between(90, 400),
                hdx: Some((back + 300, back + self.random.between(600, 1900))),
                authentication: self.random.between(100, 900),
                ..Logon::default()
            };
            launch.links.push(Link {
                number: number_of(place, 1),
                start: back,
                logon,
                is_reconnect: true,
                disconnected: None,
            });
        }
        let idle = self.random.between(2 * MINUTE, 50 * MINUTE);
        if self.random.share(0.3)
            && let Some(last) = launch.links.last_mut()
            && last.start + last.logon.total + idle < end
        {
            last.disconnected = Some(end - idle);
        }
        self.snapshot
            .use_applications(self.machine, &mut launch, &mut self.random);
        self.launches.push(launch);
    }

    /// Adds a failed launch. If no machine was found, it has none.
    fn fail(&mut self, user: usize, at: i64, code: i64) {
        let place = self.place();
        if at >= self.until || place.number > 28 {
            return;
        }
        let machine = (code != NO_MACHINE && code != NO_LICENSE).then_some(self.machine.serial);
        let logon = Logon {
            brokering: self.random.between(300, 4000),
            ..Logon::default()
        };
        let link = Link {
            number: number_of(place, 0),
            start: at,
            logon,
            is_reconnect: false,
            disconnected: None,
        };
        let key: Uuid = session_key(self.snapshot.seed, place);
        let failed = at + self.random.between(SECOND, 90 * SECOND);
        self.launches.push(Launch {
            key,
            seed: hash(&[self.snapshot.seed, at.unsigned_abs()]),
            user,
            machine,
            start: at,
            end: Some(failed),
            logon: None,
            failure: Some(code),
            is_disconnected: false,
            changed: failed,
            links: vec![link],
            uses: Vec::new(),
        });
    }
}
