//! How many requests go to a host at once, and how many a second: found out, not configured.
//!
//! Two limits, because services refuse for two reasons. The number in flight starts small, doubles
//! with every round while nothing is refused, and from then on moves once a round with the share that
//! is refused. A rate is set only when a large share is refused, to what the host has just shown it
//! accepts; it moves the same way once a second, never below what is accepted, and is lifted when it
//! is no longer needed. Random refusals therefore cost the requests they hit and not the pace; halving
//! on each of them would (at one in ten, 24 times slower). The time that a host asks to wait is the
//! refused call's own to wait: [`super::repeat`].

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use reqwest::Url;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

mod fixed;

pub(crate) use fixed::FixedRate;

/// In flight at the start.
const START: f64 = 16.0;
/// In flight at most.
const MOST: usize = 128;
/// In flight at least, so that a host that refuses at random for hours is not asked one by one.
const LEAST: f64 = 4.0;
/// The share refused at which limits stay as they are.
const EVEN: f64 = 0.125;
/// The share refused beyond which a host is taken to have a limit of its own.
const SYSTEMATIC: f64 = 0.25;
/// How often the rate is looked at.
const TICK: Duration = Duration::from_secs(1);
/// The answers that a rate is found from at least: a few tell chance from a limit badly.
const ENOUGH: u32 = 32;
/// How long answers are counted until they are enough.
const STALE: Duration = Duration::from_secs(10);
/// The lowest rate, in requests per second.
const LOWEST: f64 = 0.5;
/// How long a rate stays that nobody comes near.
const IDLE: Duration = Duration::from_secs(30);

/// What a limit is multiplied with: 1.2 while nothing is refused, about a half when all is.
fn step(share: f64) -> f64 {
    match share < EVEN {
        true => 1.0 + (EVEN - share) * 1.6,
        false => 1.0 - (share - EVEN) * 0.6,
    }
}

/// One [`Pace`] for each host of a client.
#[derive(Debug)]
pub(crate) struct Paces {
    hosts: HashMap<String, Pace>,
    rest: Pace,
    fixed: Option<FixedRate>,
}

impl Paces {
    pub(crate) fn new<'a>(
        origins: impl Iterator<Item = &'a Url>,
        fixed: Option<FixedRate>,
    ) -> Self {
        let hosts = origins
            .map(|url| (url.authority().to_owned(), Pace::default()))
            .collect();
        let rest = Pace::default();
        Self { hosts, rest, fixed }
    }

    /// Waits for a turn at the host of a URL.
    pub(crate) async fn turn(&self, url: &Url) -> Turn<'_> {
        let pace = self.hosts.get(url.authority()).unwrap_or(&self.rest);
        let turn = pace.turn().await;
        if let Some(fixed) = &self.fixed {
            fixed.wait().await;
        }
        turn
    }
}

/// What came of a request, as far as the pace is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feedback {
    /// The host worked on it.
    Answered,
    /// The host asks to slow down.
    Refused,
    /// It failed for another reason.
    Failed,
}

/// The pace at one host, shared by all clones of a client.
#[derive(Debug)]
pub(crate) struct Pace {
    slots: Semaphore,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    limit: f64,
    /// Slots handed out, or owed to a lower limit.
    issued: usize,
    slow_start: bool,
    /// The answers since the limit was moved last, and the most that were in flight.
    round: Tally,
    busiest: usize,
    /// Requests per second, and when the next one may go.
    rate: Option<f64>,
    next: Instant,
    rate_used: Instant,
    probing: bool,
    /// The answers since the rate was moved last.
    second: Tally,
}

/// What was answered in a while.
#[derive(Debug)]
struct Tally {
    since: Instant,
    accepted: u32,
    refused: u32,
}

/// The right to have one request in flight.
#[derive(Debug)]
#[must_use]
pub(crate) struct Turn<'a> {
    pace: &'a Pace,
    slot: Option<SemaphorePermit<'a>>,
}

impl Turn<'_> {
    /// Ends the turn and says what came of the request; dropping a turn says nothing.
    pub(crate) fn end(self, feedback: Feedback) {
        self.pace.learn(feedback);
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.pace.state();
        // A limit that has shrunk while this slot was out keeps the slot.
        if state.issued > state.wanted() {
            state.issued -= 1;
            if let Some(slot) = self.slot.take() {
                slot.forget();
            }
        }
    }
}

impl Default for Pace {
    fn default() -> Self {
        let state = State::new();
        Self {
            slots: Semaphore::new(state.issued),
            state: Mutex::new(state),
        }
    }
}

impl Pace {
    async fn turn(&self) -> Turn<'_> {
        // The semaphore is never closed.
        let slot = self.slots.acquire().await.ok();
        let turn = Turn { pace: self, slot };
        let at = self.state().reserve();
        if let Some(at) = at {
            tokio::time::sleep_until(at).await;
        }
        turn
    }

    fn learn(&self, feedback: Feedback) {
        let mut state = self.state();
        let busy = state.issued.saturating_sub(self.slots.available_permits());
        state.learn(feedback, busy);
        let wanted = state.wanted();
        if wanted > state.issued {
            self.slots.add_permits(wanted - state.issued);
            state.issued = wanted;
        } else {
            state.issued -= self.slots.forget_permits(state.issued - wanted);
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn new() -> Self {
        let now = Instant::now();
        Self {
            limit: START,
            issued: START as usize,
            slow_start: true,
            round: Tally::new(now),
            busiest: 0,
            rate: None,
            next: now,
            rate_used: now,
            probing: false,
            second: Tally::new(now),
        }
    }

    fn wanted(&self) -> usize {
        (self.limit as usize).clamp(1, MOST)
    }

    /// Takes the next place in time, where there is a rate to keep.
    fn reserve(&mut self) -> Option<Instant> {
        let rate = self.rate?;
        let now = Instant::now();
        let at = self.next.max(now);
        self.next = at + Duration::from_secs_f64(1.0 / rate);
        (at > now).then_some(at)
    }

    fn learn(&mut self, feedback: Feedback, busy: usize) {
        let now = Instant::now();
        self.busiest = self.busiest.max(busy);
        match feedback {
            Feedback::Answered => {
                self.round.accepted += 1;
                self.second.accepted += 1;
                if self.slow_start && busy * 2 >= self.wanted() {
                    self.limit = (self.limit + 1.0).min(MOST as f64);
                }
            }
            Feedback::Refused => {
                self.round.refused += 1;
                self.second.refused += 1;
                self.slow_start = false;
            }
            Feedback::Failed => return,
        }
        if self.round.answered() as usize >= self.wanted().max(8) {
            self.move_limit(now);
        }
        let elapsed = now.duration_since(self.second.since);
        let enough = match self.rate {
            Some(_) => 4,
            None => ENOUGH,
        };
        if elapsed >= TICK && self.second.answered() >= enough {
            self.move_rate(now);
        } else if elapsed >= STALE {
            self.second = Tally::new(now);
        }
    }

    fn move_limit(&mut self, now: Instant) {
        let share = self.round.share();
        let used = self.busiest * 2 >= self.wanted();
        if !self.slow_start && (used || share > EVEN) {
            self.limit = (self.limit * step(share)).clamp(LEAST, MOST as f64);
        }
        self.round = Tally::new(now);
        self.busiest = 0;
    }

    fn move_rate(&mut self, now: Instant) {
        let share = self.second.share();
        let elapsed = now.duration_since(self.second.since).as_secs_f64();
        let accepted = f64::from(self.second.accepted) / elapsed;
        let used = |rate: f64| share > 0.0 || accepted > rate / 2.0;
        if self.rate.is_none_or(used) {
            self.rate_used = now;
        }
        self.rate = match self.rate {
            Some(_) if now.duration_since(self.rate_used) >= IDLE => None,
            // What nobody has tried must not be raised: callers may just be waiting.
            Some(rate) if !used(rate) => Some(rate),
            Some(rate) if share == 0.0 && self.probing => Some(rate * 2.0),
            Some(rate) => {
                self.probing = false;
                Some((rate * step(share)).max(accepted).max(LOWEST))
            }
            None if share > SYSTEMATIC => {
                // The first guess may be low, as all who were refused are waiting now.
                self.probing = true;
                Some((accepted * 1.2).max(LOWEST))
            }
            None => None,
        };
        self.second = Tally::new(now);
    }
}

impl Tally {
    fn new(since: Instant) -> Self {
        Self {
            since,
            accepted: 0,
            refused: 0,
        }
    }

    fn answered(&self) -> u32 {
        self.accepted + self.refused
    }

    fn share(&self) -> f64 {
        f64::from(self.refused) / f64::from(self.answered().max(1))
    }
}

#[cfg(test)]
mod tests;
