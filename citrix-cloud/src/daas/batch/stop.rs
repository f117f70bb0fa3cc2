//! Ending a batch early without losing what was sent.

use std::sync::Arc;

use tokio::sync::watch;

/// How far the end of a batch has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// Items are sent.
    Running,
    /// No item is sent any more; the answers under way are waited for.
    Stopping,
    /// Nothing is waited for any more.
    Aborted,
}

/// The phase of a batch, shared by all of its items.
#[derive(Debug, Clone)]
pub(super) struct Stop(Arc<watch::Sender<Phase>>);

impl Default for Stop {
    fn default() -> Self {
        Self(Arc::new(watch::Sender::new(Phase::Running)))
    }
}

impl Stop {
    /// Whether no item may be sent any more.
    pub(super) fn is_stopping(&self) -> bool {
        *self.0.borrow() >= Phase::Stopping
    }

    /// Waits until the batch has come so far.
    pub(super) async fn reached(&self, phase: Phase) {
        let mut phases = self.0.subscribe();
        // It cannot fail: the sender is `self`'s.
        let _ = phases.wait_for(|now| *now >= phase).await;
    }

    /// Enters the phases as the signals come; it never ends.
    pub(super) async fn follow(
        self,
        stop: impl Future<Output = ()>,
        give_up: impl Future<Output = ()>,
    ) {
        let mut give_up = std::pin::pin!(give_up);
        let aborted = tokio::select! {
            biased;
            () = &mut give_up => true,
            () = stop => false,
        };
        if !aborted {
            self.0.send_replace(Phase::Stopping);
            give_up.await;
        }
        self.0.send_replace(Phase::Aborted);
        std::future::pending::<()>().await;
    }
}
