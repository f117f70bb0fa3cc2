//! Generates the sessions on a machine on a day, and reports those of the world.
//!
//! Everything is derived from the seed, the machine and the day. A few things go wrong on purpose, so that there is
//! something to find: a machine on which launches fail, users whose launches fail or whose profiles are large, a Monday
//! without enough machines, a day of slow group policy, and a day without licenses.

use uuid::Uuid;

use super::chance::{Chance, hash};
use super::ledger::SessionRecord;
use super::moment::{HOUR, MINUTE, SECOND, day_of, is_monday, is_weekend, start_of};
use super::numbers::{Place, live_number, number_of, session_key};
use super::picture::{Machine, Picture};
use super::story::{FIRST_USE, Link, Logon, Slowness, Story, Use};

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
    picture: &'a Picture,
    machine: &'a Machine,
    day: i32,
    /// Generated sessions end by then.
    until: i64,
    chance: Chance,
    stories: Vec<Story>,
}

impl Picture {
    /// Generates the sessions that started on a machine on a day, and the launches that failed.
    pub(crate) fn stories(&self, machine: &Machine, day: i32) -> Vec<Story> {
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
            picture: self,
            machine,
            day,
            until,
            chance: Chance::of(&[self.seed, machine.chance, u64::from(day.unsigned_abs())]),
            stories: Vec::new(),
        };
        generator.incidents();
        generator.sessions();
        generator.last_use();
        generator.stories
    }

    /// Returns a machine's sessions in the world since the start, including ended ones.
    pub(crate) fn real_stories(&self, machine: &Machine) -> Vec<Story> {
        let records = self.records_of(machine.serial);
        records.map(|it| self.story_of(machine, it)).collect()
    }

    fn story_of(&self, machine: &Machine, record: &SessionRecord) -> Story {
        let seed = hash(&[self.seed, record.number, record.started.unsigned_abs()]);
        let mut chance = Chance::of(&[seed]);
        let user = self.user_place(super::picture::user_id(&record.user));
        let user = user.unwrap_or(0);
        let logon = Logon::begin(record.started, self.slowness(user, 0), &mut chance);
        let begun = record.started + logon.total;
        let changed = record.changed.unwrap_or(begun).max(record.started);
        let link = Link {
            number: live_number(record.number, 0),
            start: record.started,
            logon,
            is_reconnect: false,
            disconnected: record.is_disconnected.then_some(changed),
        };
        let mut story = Story {
            key: record.key,
            chance: seed,
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
        self.use_applications(machine, &mut story, &mut chance);
        story
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

    fn use_applications(&self, machine: &Machine, story: &mut Story, chance: &mut Chance) {
        let share = if self.is_shared(machine) { 0.7 } else { 0.25 };
        if self.popular() == 0 || !chance.share(share) {
            return;
        }
        let popular = i64::try_from(self.popular()).unwrap_or(1);
        let mut at = story.start + story.logon.unwrap_or_default() + chance.between(0, MINUTE);
        for nth in 0..=u32::from(chance.share(0.4)) {
            let end = at + chance.between(3 * MINUTE, 2 * HOUR);
            let end = story.end.map(|it| it.min(end));
            if end.is_some_and(|it| it <= at) {
                break;
            }
            story.uses.push(Use {
                number: story.number(FIRST_USE + nth),
                application: usize::try_from(chance.between(0, popular)).unwrap_or(0),
                start: at,
                end,
            });
            at = end.unwrap_or(at) + chance.between(SECOND, 5 * MINUTE);
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
        let last = i64::try_from(self.picture.users.len()).unwrap_or(1);
        usize::try_from(self.chance.between(0, last)).unwrap_or(0)
    }

    fn place(&self) -> Place {
        Place {
            day: self.day,
            machine: self.machine.serial,
            number: u8::try_from(self.stories.len()).unwrap_or(u8::MAX),
        }
    }

    fn clock(&self, hours: i64, minutes: i64) -> i64 {
        start_of(self.day) + hours * HOUR + minutes * MINUTE
    }

    fn incidents(&mut self) {
        let today = day_of(self.picture.born);
        if self.picture.black_hole == Some(self.machine.serial) && self.day >= today - 1 {
            for _ in 0..self.chance.between(6, 11) {
                let user = self.anybody();
                let last = self.until.min(self.clock(11, 0));
                let at = self.chance.around(self.clock(5, 30), last);
                self.fail(user, at, CANNOT_PREPARE);
            }
        }
        let luck = self.machine.chance;
        if self.day == self.picture.short_monday() && luck.is_multiple_of(5) {
            let (user, at) = (self.anybody(), self.clock(8, 45));
            let at = at + self.chance.between(0, 40 * MINUTE);
            self.fail(user, at, NO_MACHINE);
        }
        if self.day == today - 23 && luck.is_multiple_of(9) {
            let (user, at) = (self.anybody(), self.clock(10, 0));
            let at = at + self.chance.between(0, 2 * HOUR);
            self.fail(user, at, NO_LICENSE);
        }
    }

    fn sessions(&mut self) {
        let regular = self.machine.past.and_then(|it| it.user);
        let is_weekend = is_weekend(self.day);
        let number = match (self.picture.is_shared(self.machine), is_weekend) {
            (true, false) => self.chance.between(7, 13),
            (true, true) => self.chance.between(0, 3),
            (false, false) => 1 + i64::from(self.chance.share(0.45)),
            (false, true) => i64::from(self.chance.share(0.08)),
        };
        for nth in 0..number {
            let user = regular.filter(|_| nth == 0);
            let user = user.unwrap_or_else(|| self.anybody());
            let midnight = self.clock(0, 0);
            let (start, length) = match nth {
                0 => (
                    self.chance.around(6 * HOUR, 11 * HOUR),
                    self.chance.around(4 * HOUR, 11 * HOUR),
                ),
                _ => (
                    self.chance.around(8 * HOUR, 18 * HOUR),
                    self.chance.around(15 * MINUTE, 5 * HOUR),
                ),
            };
            // Add milliseconds, so that start times are not whole seconds.
            let start = midnight + start + self.chance.between(0, SECOND);
            let share = if self.picture.is_unlucky(user) {
                0.3
            } else {
                0.012
            };
            if self.chance.share(share) {
                let codes = [TIMEOUT, NO_REGISTRATION, NO_COMMUNICATION, REFUSED, TIMEOUT];
                let code = self.chance.pick(&codes).copied().unwrap_or(TIMEOUT);
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
        let mut records = self.picture.records_of(self.machine.serial);
        if day_of(at) == self.day && !records.any(|it| it.started == at) {
            let left = (self.picture.born - at) / 2;
            self.until = self.until.max(self.picture.born);
            self.session(user, at, left.clamp(0, 90 * MINUTE));
        }
    }

    fn session(&mut self, user: usize, start: i64, length: i64) {
        let place = self.place();
        let key = session_key(self.picture.seed, place);
        let mut slow = self.picture.slowness(user, self.day);
        slow.cold = self.machine.chance.is_multiple_of(4) && self.stories.is_empty();
        let logon = Logon::begin(start, slow, &mut self.chance);
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
        let mut story = Story {
            key,
            chance: hash(&[self.picture.seed, place.day.unsigned_abs().into(), {
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
        let noon = self.clock(12, 0) + self.chance.between(0, 30 * MINUTE);
        let back = noon + self.chance.between(20 * MINUTE, 70 * MINUTE);
        let is_long = noon > start + HOUR && back < end - HOUR;
        if is_long && self.chance.share(0.35) {
            story.links[0].disconnected = Some(noon);
            let logon = Logon {
                brokering: self.chance.between(90, 400),
                hdx: Some((back + 300, back + self.chance.between(600, 1900))),
                authentication: self.chance.between(100, 900),
                ..Logon::default()
            };
            story.links.push(Link {
                number: number_of(place, 1),
                start: back,
                logon,
                is_reconnect: true,
                disconnected: None,
            });
        }
        let idle = self.chance.between(2 * MINUTE, 50 * MINUTE);
        if self.chance.share(0.3)
            && let Some(last) = story.links.last_mut()
            && last.start + last.logon.total + idle < end
        {
            last.disconnected = Some(end - idle);
        }
        self.picture
            .use_applications(self.machine, &mut story, &mut self.chance);
        self.stories.push(story);
    }

    /// Adds a failed launch. If no machine was found, it has none.
    fn fail(&mut self, user: usize, at: i64, code: i64) {
        let place = self.place();
        if at >= self.until || place.number > 28 {
            return;
        }
        let machine = (code != NO_MACHINE && code != NO_LICENSE).then_some(self.machine.serial);
        let logon = Logon {
            brokering: self.chance.between(300, 4000),
            ..Logon::default()
        };
        let link = Link {
            number: number_of(place, 0),
            start: at,
            logon,
            is_reconnect: false,
            disconnected: None,
        };
        let key: Uuid = session_key(self.picture.seed, place);
        let failed = at + self.chance.between(SECOND, 90 * SECOND);
        self.stories.push(Story {
            key,
            chance: hash(&[self.picture.seed, at.unsigned_abs()]),
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
