//! Limits concurrent requests and requests per second to each host, by adapting instead of by
//! configuration.
//!
//! There are two limits, because services refuse requests for two reasons. The number in flight
//! starts small and doubles every round until something is refused; from then on it changes once
//! per round, depending on the share that was refused. A rate limit is set only when a large share
//! is refused, to what the host has just accepted. It changes in the same way once per second,
//! never drops below what is accepted, and is lifted when it is no longer needed. Random refusals
//! therefore cost the requests they hit, but not throughput. Halving the limit on each refusal
//! would: with one in ten refused, that is 24 times slower. When a host asks to wait, only the
//! refused call waits: [`crate::retry`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::Url;
use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::time::Instant;

mod fixed;

pub(crate) use fixed::FixedRate;

/// Requests in flight at the start.
const START: f64 = 16.0;
/// Most requests in flight.
const MOST: usize = 128;
/// Fewest requests in flight, so that hours of random refusals do not reduce the client to one
/// request at a time.
const LEAST: f64 = 4.0;
/// The refused share at which limits stay as they are.
const EVEN: f64 = 0.125;
/// The refused share above which the host is assumed to enforce a rate limit.
const SYSTEMATIC: f64 = 0.25;
/// How often the rate is adjusted.
const TICK: Duration = Duration::from_secs(1);
/// Fewest responses from which a first rate is derived; with fewer, chance looks like a limit.
const ENOUGH: u32 = 32;
/// How long responses are counted before the count starts over for lack of them.
const STALE: Duration = Duration::from_secs(10);
/// The lowest rate, in requests per second.
const LOWEST: f64 = 0.5;
/// The longest wait between two adjacent requests; at lower rates, later requests make up for the
/// difference.
const LONGEST_GAP: Duration = Duration::from_secs(1);
/// How long a rate limit stays after it was last needed.
const IDLE: Duration = Duration::from_secs(30);

/// Returns the factor for a limit: 1.2 if nothing is refused, about a half if everything is.
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

    /// Returns limits for another customer of the same hosts. Adaptive limits are separate, since
    /// services count requests per customer; the caller's fixed rate is shared.
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
    /// `sends_one` tells whether the request is sent alone at that time. Otherwise another request
    /// precedes it under the same permit. Two adjacent time slots are reserved for them, so that no
    /// other request of ours can come between the two.
    pub(crate) async fn permit(
        &self,
        url: &Url,
        sends_one: impl FnOnce(Instant) -> bool,
    ) -> Permit<'_> {
        let limiter = self.hosts.get(url.authority()).unwrap_or(&self.rest);
        // The permit first: a time slot reserved before it could pass unused while waiting for it.
        let mut permit = limiter.slot().await;
        let first = self.reserve(limiter);
        if !sends_one(first) {
            permit.second = Some(self.reserve(limiter).min(first + LONGEST_GAP));
        }
        reached(first).await;
        permit
    }

    /// Waits for a time slot without a permit.
    pub(crate) async fn place(&self, url: &Url) {
        let limiter = self.hosts.get(url.authority()).unwrap_or(&self.rest);
        reached(self.reserve(limiter)).await;
    }

    /// Returns the next free time slot under the host's limit and the caller's.
    fn reserve(&self, limiter: &AdaptiveLimiter) -> Instant {
        let adaptive = limiter.state().reserve();
        let fixed = self.fixed.as_deref().map(FixedRate::reserve);
        let now = Instant::now();
        adaptive.into_iter().chain(fixed).max().unwrap_or(now)
    }
}

/// Waits until a point in time. The check matters: a tokio timer takes a millisecond even for a
/// time that has passed, which is several times as long as a call on this machine.
async fn reached(at: Instant) {
    if at > Instant::now() {
        tokio::time::sleep_until(at).await;
    }
}

/// The result of a request, as far as the limiter is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feedback {
    /// The host processed it.
    Accepted,
    /// The host asked to slow down.
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
    /// Slots in existence, including those to be removed because the limit has dropped.
    issued: usize,
    slow_start: bool,
    /// The responses since the limit last changed, and the most requests in flight meanwhile.
    round: Window,
    busiest: usize,
    /// Requests per second, and when the next one may be sent.
    rate: Option<f64>,
    next: Instant,
    rate_used: Instant,
    probing: bool,
    /// The responses since the rate last changed.
    second: Window,
}

/// The responses in a period of time.
#[derive(Debug)]
struct Window {
    since: Instant,
    accepted: u32,
    refused: u32,
}

/// The right to have one request in flight.
#[derive(Debug)]
#[must_use]
pub(crate) struct Permit<'a> {
    limiter: &'a AdaptiveLimiter,
    slot: Option<SemaphorePermit<'a>>,
    /// The time slot of the second request, if two were reserved.
    second: Option<Instant>,
}

impl Permit<'_> {
    /// Waits until the second of two requests may be sent.
    pub(crate) async fn second(&mut self) {
        if let Some(at) = self.second.take() {
            reached(at).await;
        }
    }

    /// Releases the permit and reports the result of the request; merely dropping a permit reports
    /// nothing.
    pub(crate) fn end(self, feedback: Feedback) {
        self.limiter.observe(feedback);
    }
}

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        let mut state = self.limiter.state();
        // If the limit has dropped while this slot was in use, the slot is removed.
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

    /// Reserves the next time slot, if there is a rate limit.
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
            Feedback::Accepted => {
                self.round.accepted += 1;
                self.second.accepted += 1;
                // Only while the limit is in use: success below it says nothing about more.
                if self.slow_start && busy * 2 >= self.wanted() {
                    self.limit = (self.limit + 1.0).min(MOST as f64);
                }
            }
            Feedback::Refused => {
                self.round.refused += 1;
                self.second.refused += 1;
                self.slow_start = false;
            }
            // A failure says nothing about how much the host accepts.
            Feedback::Failed => return,
        }
        // A round has at least 8 responses, so that a single refusal is not a large share.
        if self.round.responses() as usize >= self.wanted().max(8) {
            self.move_limit(now);
        }
        let elapsed = now.duration_since(self.second.since);
        // A first rate needs more evidence than a change, and low rates see few responses.
        let enough = match self.rate {
            Some(_) => 4,
            None => ENOUGH,
        };
        if elapsed >= TICK && self.second.responses() >= enough {
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
            // A rate that was not used up must not be raised: it has not been tested.
            Some(rate) if !used(rate) => Some(rate),
            Some(rate) if share == 0.0 && self.probing => Some(rate * 2.0),
            Some(rate) => {
                self.probing = false;
                Some((rate * step(share)).max(accepted).max(LOWEST))
            }
            None if share > SYSTEMATIC => {
                // The first guess may be low, since the calls that were refused are all waiting
                // now.
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

    fn responses(&self) -> u32 {
        self.accepted + self.refused
    }

    fn share(&self) -> f64 {
        f64::from(self.refused) / f64::from(self.responses().max(1))
    }
}

#[cfg(test)]
mod tests;
