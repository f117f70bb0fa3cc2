//! The limiter against simulated hosts, in simulated time.

use std::sync::atomic::{AtomicU32, Ordering};

use futures_util::StreamExt as _;
use futures_util::stream;

use super::*;

/// A host that responds after `latency`, accepts `rate` requests per second with a burst of a tenth
/// of that (at least 3) and refuses the rest. In addition, a share of requests is refused, and
/// another share fails, at random.
struct Host {
    latency: Duration,
    rate: Option<f64>,
    refused: f64,
    failed: f64,
    delay: Option<Duration>,
    bucket: Mutex<(f64, Instant)>,
    rng: Mutex<fastrand::Rng>,
    asked: AtomicU32,
}

impl Host {
    fn new(
        latency_ms: u64,
        rate: Option<f64>,
        [refused, failed]: [f64; 2],
        delay_s: Option<u64>,
    ) -> Self {
        let burst = rate.map_or(0.0, |rate| (rate / 10.0).max(3.0));
        Self {
            latency: Duration::from_millis(latency_ms),
            rate,
            refused,
            failed,
            delay: delay_s.map(Duration::from_secs),
            bucket: Mutex::new((burst, Instant::now())),
            rng: Mutex::new(fastrand::Rng::with_seed(7)),
            asked: AtomicU32::new(0),
        }
    }

    async fn ask(&self) -> Feedback {
        self.asked.fetch_add(1, Ordering::Relaxed);
        let random = |share| self.rng.lock().unwrap().f64() < share;
        let feedback = match (random(self.refused) || !self.take(), random(self.failed)) {
            (true, _) => Feedback::Refused,
            (false, true) => Feedback::Failed,
            (false, false) => Feedback::Accepted,
        };
        tokio::time::sleep(self.latency).await;
        feedback
    }

    fn take(&self) -> bool {
        let Some(rate) = self.rate else { return true };
        let mut bucket = self.bucket.lock().unwrap();
        let now = Instant::now();
        let gained = now.duration_since(bucket.1).as_secs_f64() * rate;
        *bucket = ((bucket.0 + gained).min((rate / 10.0).max(3.0)), now);
        let there = bucket.0 >= 1.0;
        if there {
            bucket.0 -= 1.0;
        }
        there
    }
}

fn any_url() -> Url {
    Url::parse("http://127.0.0.1").unwrap()
}

/// Makes `calls` calls from 64 tasks, each retried until it succeeds, and returns how long it took.
async fn drive(host: &Host, calls: usize) -> Duration {
    let limiters = Limiters::new(std::iter::empty(), None);
    let started = Instant::now();
    stream::iter(0..calls)
        .for_each_concurrent(64, |call| {
            let limiters = &limiters;
            async move {
                let mut rng = fastrand::Rng::with_seed(call as u64);
                let mut failures = 0;
                loop {
                    let permit = limiters.permit(&any_url(), |_| true).await;
                    let feedback = host.ask().await;
                    permit.end(feedback);
                    let delay = match feedback {
                        Feedback::Accepted => return,
                        Feedback::Refused => host.delay,
                        Feedback::Failed => None,
                    };
                    failures += 1;
                    let wait = crate::retry::backoff(failures, delay, rng.f64());
                    tokio::time::sleep(wait).await;
                }
            }
        })
        .await;
    started.elapsed()
}

#[tokio::test(start_paused = true)]
async fn a_host_that_refuses_nothing_is_used_fully_within_a_few_rounds() {
    let host = Host::new(50, None, [0.0, 0.0], None);
    let took = drive(&host, 240).await;
    assert!(took <= Duration::from_millis(300), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn sporadic_refusals_do_not_collapse_the_throughput() {
    let host = Host::new(50, None, [0.1, 0.0], None);
    let took = drive(&host, 10_000).await;
    // 64 at once would need 8.7 s, 16 at once 35 s, one at a time 550 s.
    assert!(took <= Duration::from_secs(20), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_few_refusals_at_the_start_do_not_set_a_rate_limit() {
    let limiters = Limiters::new(std::iter::empty(), None);
    for feedback in [Feedback::Refused, Feedback::Accepted].repeat(4) {
        limiters.permit(&any_url(), |_| true).await.end(feedback);
        tokio::time::advance(Duration::from_millis(300)).await;
    }
    assert_eq!(
        limiters.rest.state().rate,
        None,
        "eight responses may be chance"
    );
    for feedback in [Feedback::Refused, Feedback::Accepted].repeat(20) {
        limiters.permit(&any_url(), |_| true).await.end(feedback);
        tokio::time::advance(Duration::from_millis(50)).await;
    }
    assert!(limiters.rest.state().rate.is_some());
}

#[tokio::test(start_paused = true)]
async fn a_rate_limit_is_found_and_respected() {
    let mut missed = Vec::new();
    for (rate, latency, delay) in [
        (50.0, 5, Some(1)),
        (200.0, 5, Some(1)),
        (200.0, 50, None),
        (1000.0, 20, Some(2)),
        (10.0, 5, Some(5)),
    ] {
        let host = Host::new(latency, Some(rate), [0.0, 0.1], delay);
        let calls = (rate * 100.0) as usize;
        let took = drive(&host, calls).await.as_secs_f64();
        let asked = host.asked.load(Ordering::Relaxed) as usize;
        // Failures use up part of the rate, too.
        let ratio = took / (calls as f64 / 0.9 / rate);
        let asked_ratio = asked as f64 / calls as f64;
        let found = format!(
            "{rate}/s at {latency} ms, delay {delay:?}: {ratio:.2} of the best time, \
             {asked_ratio:.2} requests a call"
        );
        eprintln!("{found}");
        if ratio > 1.2 || asked_ratio > 1.5 {
            missed.push(found);
        }
    }
    assert!(missed.is_empty(), "{missed:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_lower_limit_takes_back_slots_that_are_out() {
    let limiters = Limiters::new(std::iter::empty(), None);
    let mut permits = Vec::new();
    for _ in 0..16 {
        permits.push(limiters.permit(&any_url(), |_| true).await);
    }
    for permit in permits {
        permit.end(Feedback::Refused);
    }
    assert!(limiters.rest.slots.available_permits() < 16);
    assert_eq!(
        limiters.rest.slots.available_permits(),
        limiters.rest.state().issued
    );
}

#[tokio::test(start_paused = true)]
async fn a_fixed_rate_spaces_requests_evenly_and_keeps_pairs_adjacent() {
    let fixed = FixedRate::new(4.0).unwrap();
    let limiters = Limiters::new(std::iter::empty(), Some(fixed));
    let started = Instant::now();
    let sent = Mutex::new(Vec::new());
    let note = |name: &'static str| {
        let at = started.elapsed().as_millis();
        sent.lock().unwrap().push((at, name));
    };
    let pair = |names: [&'static str; 2]| {
        let (limiters, note) = (&limiters, &note);
        async move {
            let mut permit = limiters.permit(&any_url(), |_| false).await;
            note(names[0]);
            permit.second().await;
            note(names[1]);
        }
    };
    let single = async {
        let _permit = limiters.permit(&any_url(), |_| true).await;
        note("single");
    };
    tokio::join!(pair(["a1", "a2"]), single, pair(["b1", "b2"]));
    let expected = [
        (0, "a1"),
        (250, "a2"),
        (500, "single"),
        (750, "b1"),
        (1000, "b2"),
    ];
    assert_eq!(*sent.lock().unwrap(), expected);
}

#[tokio::test(start_paused = true)]
async fn at_a_low_rate_a_pair_stays_together_and_its_time_is_owed() {
    let limiters = Limiters::new(std::iter::empty(), Some(FixedRate::new(0.1).unwrap()));
    let started = Instant::now();
    let mut permit = limiters.permit(&any_url(), |_| false).await;
    permit.second().await;
    assert_eq!(started.elapsed(), LONGEST_GAP);
    drop(permit);
    let _next = limiters.permit(&any_url(), |_| true).await;
    assert_eq!(started.elapsed(), Duration::from_secs(20));
}

#[test]
fn a_rate_is_a_number_above_zero() {
    for wrong in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY, 1e-300] {
        let error = FixedRate::new(wrong).unwrap_err();
        let words = format!("requests_per_second must be greater than 0, got {wrong}");
        assert_eq!(error.message(), words);
    }
}
