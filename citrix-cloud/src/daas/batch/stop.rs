//! Stopping a batch early without losing the outcomes of what was sent.

use std::sync::Arc;

use tokio::sync::watch;

/// The phases of stopping a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// Items are sent.
    Running,
    /// No more items are sent; those in flight are awaited.
    Stopping,
    /// Nothing is awaited any longer.
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
    /// Returns whether items may no longer be sent.
    pub(super) fn is_stopping(&self) -> bool {
        *self.0.borrow() >= Phase::Stopping
    }

    /// Waits until the batch has reached a phase.
    pub(super) async fn reached(&self, phase: Phase) {
        let mut phases = self.0.subscribe();
        // This cannot fail, because `self` owns the sender.
        let _ = phases.wait_for(|now| *now >= phase).await;
    }

    /// Enters the phases as the signals arrive; never returns.
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
