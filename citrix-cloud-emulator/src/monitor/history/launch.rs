//! One launch and its session, from start to end, of which several sets show a part.

use uuid::Uuid;

use super::moment::{MINUTE, SECOND};
use super::random::Random;

/// A phase of a logon, as start and end.
pub(crate) type Phase = Option<(i64, i64)>;

/// The phases of a logon. As in the service, they overlap.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Logon {
    pub(crate) brokering: i64,
    pub(crate) vm_start: Phase,
    /// When the machine was powered on, within its start.
    pub(crate) powered: Option<i64>,
    pub(crate) hdx: Phase,
    pub(crate) authentication: i64,
    pub(crate) gpo: Phase,
    pub(crate) scripts: Phase,
    pub(crate) profile: Phase,
    pub(crate) interactive: Phase,
    /// The time from the launch until the user could work.
    pub(crate) total: i64,
}

/// Causes of slow logons.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Slowness {
    /// The user has a large profile.
    pub(crate) profile: bool,
    /// Group policy is slow for everyone on that day.
    pub(crate) gpo: bool,
    /// The machine was powered off.
    pub(crate) cold: bool,
}

impl Logon {
    pub(crate) fn begin(start: i64, slow: Slowness, random: &mut Random) -> Self {
        let brokering = random.between(180, 900);
        let mut at = start + brokering;
        let (mut vm_start, mut powered) = (None, None);
        if slow.cold {
            let took = random.around(25 * SECOND, 95 * SECOND);
            (vm_start, powered) = (Some((at, at + took)), Some(at + took / 3));
            at += took;
        }
        let mut span = |from: i64, least: i64, most: i64| {
            let to = from + random.around(least, most);
            (from, to)
        };
        let hdx = span(at, 400, 2500);
        let authentication = span(hdx.1, 250, 2200);
        let gpo = match slow.gpo {
            true => span(authentication.1, 22 * SECOND, 48 * SECOND),
            false => span(authentication.1, 700, 5200),
        };
        // The profile is loaded while group policy is being applied.
        let early = authentication.1 + (gpo.1 - gpo.0) / 2;
        let profile = match slow.profile {
            true => span(early, 50 * SECOND, 170 * SECOND),
            false => span(early, 1200, 6500),
        };
        let scripts = span(gpo.1, 200, 1800);
        let interactive = span(profile.1.max(scripts.1), 2500, 9500);
        let has_scripts = (start / 7) % 3 != 0;
        Self {
            brokering,
            vm_start,
            powered,
            hdx: Some(hdx),
            authentication: authentication.1 - authentication.0,
            gpo: Some(gpo),
            scripts: has_scripts.then_some(scripts),
            profile: Some(profile),
            interactive: Some(interactive),
            total: interactive.1 - start,
        }
    }
}

/// One connection or reconnection.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    pub(crate) number: i64,
    pub(crate) start: i64,
    /// The phases until the user could work; a reconnection has only the first ones.
    pub(crate) logon: Logon,
    pub(crate) is_reconnect: bool,
    pub(crate) disconnected: Option<i64>,
}

/// One use of a published application: its number, the application, start and end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Use {
    pub(crate) number: i64,
    pub(crate) application: usize,
    pub(crate) start: i64,
    pub(crate) end: Option<i64>,
}

/// A launch with its session, or one that failed.
#[derive(Debug, Clone)]
pub(crate) struct Launch {
    pub(crate) key: Uuid,
    /// The seed of its random choices.
    pub(crate) seed: u64,
    /// Its user, as an index into the list of users.
    pub(crate) user: usize,
    /// The serial number of its machine; a failed launch may have none.
    pub(crate) machine: Option<u32>,
    pub(crate) start: i64,
    pub(crate) end: Option<i64>,
    pub(crate) logon: Option<i64>,
    /// The code of a failed launch.
    pub(crate) failure: Option<i64>,
    pub(crate) is_disconnected: bool,
    /// The start of its current or final connection state.
    pub(crate) changed: i64,
    pub(crate) links: Vec<Link>,
    pub(crate) uses: Vec<Use>,
}

/// Numbers of a session's objects: connections first, then applications, then the rest.
pub(crate) const FIRST_USE: u32 = 8;
pub(crate) const FAILURE: u32 = 16;
pub(crate) const METRICS: u32 = 17;
pub(crate) const RECONNECT: u32 = 18;
pub(crate) const FAULT: u32 = 19;

impl Launch {
    /// Returns whether it was running at any time in an interval.
    pub(crate) fn touches(&self, from: i64, to: i64) -> bool {
        self.failure.is_none() && self.start < to && self.end.is_none_or(|it| it > from)
    }

    /// Returns the periods without a client.
    pub(crate) fn gaps(&self) -> impl Iterator<Item = (i64, i64)> + '_ {
        let nexts = self.links.iter().skip(1).map(|it| it.start);
        let nexts = nexts.chain([self.end.unwrap_or(i64::MAX)]);
        let gaps = self.links.iter().zip(nexts);
        gaps.filter_map(|(link, next)| Some((link.disconnected?, next)))
            .filter(|(from, to)| from < to)
    }

    /// Returns the unique number of one of its objects, such as its first connection.
    pub(crate) fn number(&self, nth: u32) -> i64 {
        let first = self.links.first().map_or(0, |it| it.number);
        first + i64::from(nth)
    }

    /// Returns when its rows were last written.
    pub(crate) fn modified(&self, now: i64) -> i64 {
        let written = self.end.unwrap_or(self.changed) + MINUTE / 40;
        written.min(now).max(self.start)
    }
}
