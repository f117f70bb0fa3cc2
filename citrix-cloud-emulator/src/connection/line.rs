//! What is going on on one connection, and a way to cut it from inside a request.

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Version;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::stop::Stopped;
use crate::limits::Limits;

/// How a connection ends before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// It is closed.
    Close,
    /// It is reset, where the stream beneath can be; else closed.
    Reset,
}

/// There is no response: the connection ends.
#[derive(Debug)]
pub(crate) struct Severed(pub(crate) Cut);

impl fmt::Display for Severed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection was cut")
    }
}

impl std::error::Error for Severed {}

/// A handle on one connection. It travels with each request, among its extensions.
#[derive(Debug, Clone)]
pub(crate) struct Line(Arc<State>);

/// A request under way; its end is when this is dropped.
#[derive(Debug)]
pub(super) struct Begun(Line);

#[derive(Debug)]
struct State {
    cut: AtomicU8,
    severed: Notify,
    stopped: Stopped,
    progress: Mutex<Progress>,
}

#[derive(Debug)]
struct Progress {
    busy: usize,
    /// Since when it is idle, or since when a head is on its way.
    since: Instant,
    head: bool,
    /// Frames of HTTP/2 come without a request, too.
    multiplexed: bool,
    /// Since when the client takes nothing of what it is sent.
    blocked: Option<Instant>,
}

impl Line {
    pub(crate) fn new(stopped: Stopped) -> Self {
        Self(Arc::new(State {
            cut: AtomicU8::new(0),
            severed: Notify::new(),
            stopped,
            progress: Mutex::new(Progress {
                busy: 0,
                since: Instant::now(),
                head: false,
                multiplexed: false,
                blocked: None,
            }),
        }))
    }

    /// Ends the connection with everything on it, now.
    pub(crate) fn cut(&self, how: Cut) {
        let code = match how {
            Cut::Close => 1,
            Cut::Reset => 2,
        };
        self.0.cut.store(code, Ordering::Release);
        self.0.severed.notify_one();
    }

    /// Waits until the server is to finish.
    pub(crate) async fn stopped(&self) {
        self.0.stopped.wait().await;
    }

    pub(super) fn is_cut(&self) -> bool {
        self.0.cut.load(Ordering::Acquire) != 0
    }

    pub(super) fn is_reset(&self) -> bool {
        self.0.cut.load(Ordering::Acquire) == 2
    }

    pub(super) async fn severed(&self) {
        self.0.severed.notified().await;
    }

    /// Notes that a whole head has come.
    pub(super) fn begin(&self, version: Version) -> Begun {
        let mut progress = self.progress();
        progress.busy += 1;
        progress.head = false;
        progress.multiplexed = version == Version::HTTP_2;
        Begun(self.clone())
    }

    /// Notes that something has come.
    pub(super) fn received(&self) {
        let mut progress = self.progress();
        if progress.busy == 0 && !progress.head {
            progress.since = Instant::now();
            progress.head = !progress.multiplexed;
        }
    }

    /// Notes whether the client takes what it is sent.
    pub(super) fn sent(&self, taken: bool) {
        let mut progress = self.progress();
        progress.blocked = match (taken, progress.blocked) {
            (true, _) => None,
            (false, since) => Some(since.unwrap_or_else(Instant::now)),
        };
    }

    /// Waits until the client has used up its time, and says with what.
    pub(super) async fn overdue(&self, limits: &Limits) -> &'static str {
        loop {
            let now = Instant::now();
            let look_again = now + limits.head_time.min(limits.idle_time);
            let deadline = self.progress().deadline(limits);
            match deadline {
                Some((at, why)) if at <= now => return why,
                // A head that begins meanwhile has less time than an idle connection.
                Some((at, _)) => sleep_until(at.min(look_again)).await,
                None => sleep_until(look_again).await,
            }
        }
    }

    fn progress(&self) -> MutexGuard<'_, Progress> {
        let progress = &self.0.progress;
        progress.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Progress {
    fn deadline(&self, limits: &Limits) -> Option<(Instant, &'static str)> {
        if let Some(since) = self.blocked {
            Some((
                since + limits.idle_time,
                "the client does not read the response",
            ))
        } else if self.busy > 0 {
            None
        } else if self.head {
            Some((self.since + limits.head_time, "the head took too long"))
        } else {
            Some((self.since + limits.idle_time, "no request came"))
        }
    }
}

impl Drop for Begun {
    fn drop(&mut self) {
        let mut progress = self.0.progress();
        progress.busy = progress.busy.saturating_sub(1);
        progress.since = Instant::now();
    }
}
