//! The word to finish, said once and heard by everybody.

use tokio::sync::watch;

/// Says stop, also when it is dropped.
#[derive(Debug)]
pub(crate) struct Stop(watch::Sender<bool>);

/// Hears it.
#[derive(Debug, Clone)]
pub(crate) struct Stopped(watch::Receiver<bool>);

impl Stop {
    pub(crate) fn new() -> (Self, Stopped) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Stopped(receiver))
    }

    /// Says it, and waits until everybody who could hear it is gone.
    pub(crate) async fn and_wait(self) {
        self.0.send_replace(true);
        self.0.closed().await;
    }
}

impl Stopped {
    pub(crate) async fn wait(&self) {
        // An error means that the other side was dropped, which says the same.
        let _ = self.0.clone().wait_for(|stop| *stop).await;
    }
}
