//! How many requests go to a host at once, and how many a second: found out, not configured.
//!
//! Two limits, because services refuse for two reasons. The number in flight starts small, doubles
//! with every round while nothing is refused, and from then on moves once a round with the share that
//! is refused. A rate is set only when a large share is refused, to what the host has just shown it
//! accepts; it moves the same way once a second, never below what is accepted, and is lifted when it
//! is no longer needed. Random refusals therefore cost the requests they hit and not the throughput; halving
//! on each of them would (at one in ten, 24 times slower). The time that a host asks to wait is the
//! refused call's own to wait: [`crate::retry`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
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
/// How long the second of two adjacent requests waits at most; at lower rates the time is owed.
const LONGEST_GAP: Duration = Duration::from_secs(1);
/// How long a rate stays that nobody comes near.
const IDLE: Duration = Duration::from_secs(30);

/// What a limit is multiplied with: 1.2 while nothing is refused, about a half when all is.
fn step(share: f64) -> f64 {
    match share < EVEN {
        true => 1.0 + (EVEN - share) * 1.6,
        false => 1.0 - (share - EVEN) * 0.6,
    }
}

/// One [`AdaptiveLimiter`] for each host of a client.
#[derive(Debug)]
pub(crate) struct Limiters {
    hosts: HashMap<String, AdaptiveLimiter>,
    rest: AdaptiveLimiter,
    fixed: Option<Arc<FixedRate>>,
}

impl Limiters {
    pub(crate) fn new<'a>(
        origins: impl Iterator<Item = &'a Url>,
        fixed: Option<FixedRate>,
    ) -> Self {
        let hosts = origins
            .map(|url| (url.authority().to_owned(), AdaptiveLimiter::default()))
            .collect();
        let rest = AdaptiveLimiter::default();
        let fixed = fixed.map(Arc::new);
        Self { hosts, rest, fixed }
    }

    /// Limits for another customer of the same hosts. What a host accepts is found out for each, since
    /// services count a customer's requests; the rate that the caller has set is for all together.
    pub(crate) fn for_another_customer(&self) -> Self {
        let hosts = self.hosts.keys().cloned();
        Self {
            hosts: hosts
                .map(|host| (host, AdaptiveLimiter::default()))
                .collect(),
            rest: AdaptiveLimiter::default(),
            fixed: self.fixed.clone(),
        }
    }

    /// Waits for a permit to send to the host of a URL.
    ///
    /// `sends_one` says whether the request goes out alone at that time. Otherwise another request is
    /// sent before it under the same permit, and two adjacent places in time are reserved, so that
    /// nothing of ours can get between the two.
    pub(crate) async fn permit(
        &self,
        url: &Url,
        sends_one: impl FnOnce(Instant) -> bool,
    ) -> Permit<'_> {
        let limiter = self.hosts.get(url.authority()).unwrap_or(&self.rest);
        let mut permit = limiter.slot().await;
        let first = self.reserve(limiter);
        if !sends_one(first) {
            permit.second = Some(self.reserve(limiter).min(first + LONGEST_GAP));
        }
        reached(first).await;
        permit
    }

    /// Waits for a place in time alone.
    pub(crate) async fn place(&self, url: &Url) {
        let limiter = self.hosts.get(url.authority()).unwrap_or(&self.rest);
        reached(self.reserve(limiter)).await;
    }

    /// The next free place in time, by the host's limit and the caller's.
    fn reserve(&self, limiter: &AdaptiveLimiter) -> Instant {
        let adaptive = limiter.state().reserve();
        let fixed = self.fixed.as_deref().map(FixedRate::reserve);
        let now = Instant::now();
        adaptive.into_iter().chain(fixed).max().unwrap_or(now)
    }
}

/// Waits until a time. A timer of the runtime takes a millisecond for one that is there already,
/// which is several times what a call on this machine takes.
async fn reached(at: Instant) {
    if at > Instant::now() {
        tokio::time::sleep_until(at).await;
    }
}

/// What came of a request, as far as the limiter is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feedback {
    /// The host worked on it.
    Answered,
    /// The host asks to slow down.
    Refused,
    /// It failed for another reason.
    Failed,
}

/// The limits of one host, shared by all clones of a client.
#[derive(Debug)]
pub(crate) struct AdaptiveLimiter {
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
    round: Window,
    busiest: usize,
    /// Requests per second, and when the next one may go.
    rate: Option<f64>,
    next: Instant,
    rate_used: Instant,
    probing: bool,
    /// The answers since the rate was moved last.
    second: Window,
}

/// What was answered in a while.
#[derive(Debug)]
struct Window {
    since: Instant,
    accepted: u32,
    refused: u32,
}

/// The right to have one request in flight at a time.
#[derive(Debug)]
#[must_use]
pub(crate) struct Permit<'a> {
    limiter: &'a AdaptiveLimiter,
    slot: Option<SemaphorePermit<'a>>,
    /// The place in time of the second request, where two were reserved.
    second: Option<Instant>,
}

impl Permit<'_> {
    /// Waits until the second of two requests may be sent.
    pub(crate) async fn second(&mut self) {
        if let Some(at) = self.second.take() {
            reached(at).await;
        }
    }

    /// Ends the permit and says what came of the request; dropping a permit says nothing.
    pub(crate) fn end(self, feedback: Feedback) {
        self.limiter.observe(feedback);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = self.limiter.state();
        // A limit that has shrunk while this slot was out keeps the slot.
        if state.issued > state.wanted() {
            state.issued -= 1;
            if let Some(slot) = self.slot.take() {
                slot.forget();
            }
        }
    }
}

impl Default for AdaptiveLimiter {
    fn default() -> Self {
        let state = State::new();
        Self {
            slots: Semaphore::new(state.issued),
            state: Mutex::new(state),
        }
    }
}

impl AdaptiveLimiter {
    /// Waits until one more request may be in flight.
    async fn slot(&self) -> Permit<'_> {
        // The semaphore is never closed.
        let slot = self.slots.acquire().await.ok();
        Permit {
            limiter: self,
            slot,
            second: None,
        }
    }

    fn observe(&self, feedback: Feedback) {
        let mut state = self.state();
        let busy = state.issued.saturating_sub(self.slots.available_permits());
        state.observe(feedback, busy);
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
            round: Window::new(now),
            busiest: 0,
            rate: None,
            next: now,
            rate_used: now,
            probing: false,
            second: Window::new(now),
        }
    }

    fn wanted(&self) -> usize {
        (self.limit as usize).clamp(1, MOST)
    }

    /// Takes the next place in time, where there is a rate to keep.
    fn reserve(&mut self) -> Option<Instant> {
        let rate = self.rate?;
        let at = self.next.max(Instant::now());
        self.next = at + Duration::from_secs_f64(1.0 / rate);
        Some(at)
    }

    fn observe(&mut self, feedback: Feedback, busy: usize) {
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
            self.second = Window::new(now);
        }
    }

    fn move_limit(&mut self, now: Instant) {
        let share = self.round.share();
        let used = self.busiest * 2 >= self.wanted();
        if !self.slow_start && (used || share > EVEN) {
            self.limit = (self.limit * step(share)).clamp(LEAST, MOST as f64);
        }
        self.round = Window::new(now);
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
        self.second = Window::new(now);
    }
}

impl Window {
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
