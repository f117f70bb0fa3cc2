//! The signal to stop: sent once, and received by everyone.

use tokio::sync::watch;

/// Sends the signal, also when it is dropped.
#[derive(Debug)]
pub(crate) struct Stop(watch::Sender<bool>);

/// Receives the signal.
#[derive(Debug, Clone)]
pub(crate) struct Stopped(watch::Receiver<bool>);

impl Stop {
    pub(crate) fn new() -> (Self, Stopped) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Stopped(receiver))
    }

    /// Sends the signal, and waits until every receiver is gone.
    pub(crate) async fn and_wait(self) {
        self.0.send_replace(true);
        self.0.closed().await;
    }
}

impl Stopped {
    pub(crate) async fn wait(&self) {
        // An error means that the sender was dropped, which is the same signal.
        let _ = self.0.clone().wait_for(|stop| *stop).await;
    }
}
