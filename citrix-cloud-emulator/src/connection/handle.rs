//! The activity on one connection, and a way to cut the connection from inside a request.

use std::fmt;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::Version;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::stop::Stopped;
use crate::limits::Limits;

/// How a connection is cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cut {
    /// It is closed.
    Close,
    /// It is reset if the underlying stream supports that; otherwise it is closed.
    Reset,
}

/// The connection ends without a response.
#[derive(Debug)]
pub(crate) struct Aborted(pub(crate) Cut);

impl fmt::Display for Aborted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the connection was cut")
    }
}

impl std::error::Error for Aborted {}

/// A handle to a connection. Each request carries one among its extensions.
#[derive(Debug, Clone)]
pub(crate) struct ConnectionHandle(Arc<State>);

/// A request in progress, which ends when this is dropped.
#[derive(Debug)]
pub(super) struct InProgress(ConnectionHandle);

#[derive(Debug)]
struct State {
    cut: AtomicU8,
    aborted: Notify,
    stopped: Stopped,
    progress: Mutex<Progress>,
}

#[derive(Debug)]
struct Progress {
    busy: usize,
    /// The start of the idle time, or of the current request head.
    since: Instant,
    head: bool,
    /// HTTP/2 frames also arrive without a request.
    multiplexed: bool,
    /// When the client stopped reading the response.
    blocked: Option<Instant>,
}

impl ConnectionHandle {
    pub(crate) fn new(stopped: Stopped) -> Self {
        Self(Arc::new(State {
            cut: AtomicU8::new(0),
            aborted: Notify::new(),
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

    /// Cuts the connection immediately, with everything on it.
    pub(crate) fn cut(&self, how: Cut) {
        let code = match how {
            Cut::Close => 1,
            Cut::Reset => 2,
        };
        self.0.cut.store(code, Ordering::Release);
        self.0.aborted.notify_one();
    }

    /// Waits until the server is asked to stop.
    pub(crate) async fn stopped(&self) {
        self.0.stopped.wait().await;
    }

    pub(super) fn is_cut(&self) -> bool {
        self.0.cut.load(Ordering::Acquire) != 0
    }

    pub(super) fn is_reset(&self) -> bool {
        self.0.cut.load(Ordering::Acquire) == 2
    }

    pub(super) async fn aborted(&self) {
        self.0.aborted.notified().await;
    }

    /// Records that a complete request head has arrived.
    pub(super) fn begin(&self, version: Version) -> InProgress {
        let mut progress = self.progress();
        progress.busy += 1;
        progress.head = false;
        progress.multiplexed = version == Version::HTTP_2;
        InProgress(self.clone())
    }

    /// Records that data has arrived.
    pub(super) fn received(&self) {
        let mut progress = self.progress();
        if progress.busy == 0 && !progress.head {
            progress.since = Instant::now();
            progress.head = !progress.multiplexed;
        }
    }

    /// Records whether the client is reading what it is sent.
    pub(super) fn sent(&self, taken: bool) {
        let mut progress = self.progress();
        progress.blocked = match (taken, progress.blocked) {
            (true, _) => None,
            (false, since) => Some(since.unwrap_or_else(Instant::now)),
        };
    }

    /// Waits until the client exceeds a time limit, and returns which one.
    pub(super) async fn overdue(&self, limits: &Limits) -> &'static str {
        loop {
            let now = Instant::now();
            let look_again = now + limits.head_time.min(limits.idle_time);
            let deadline = self.progress().deadline(limits);
            match deadline {
                Some((at, why)) if at <= now => return why,
                // A request head that starts in the meantime has less time than an idle connection.
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

impl Drop for InProgress {
    fn drop(&mut self) {
        let mut progress = self.0.progress();
        progress.busy = progress.busy.saturating_sub(1);
        progress.since = Instant::now();
    }
}
