//! Requests to stop, by a key or by the system.

/// Completes when the user presses Ctrl-C, or the system asks this program to end.
pub(crate) async fn interrupt() {
    tokio::select! {
        () = ctrl_c() => {}
        () = ended_by_system() => {}
    }
}

async fn ctrl_c() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Without a handler, there are no interrupts.
        std::future::pending::<()>().await;
    }
}

#[cfg(unix)]
async fn ended_by_system() {
    use tokio::signal::unix::{SignalKind, signal};

    match (
        signal(SignalKind::terminate()),
        signal(SignalKind::hangup()),
    ) {
        (Ok(mut terminate), Ok(mut hangup)) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
            }
        }
        _ => std::future::pending().await,
    }
}

#[cfg(windows)]
async fn ended_by_system() {
    use tokio::signal::windows::{ctrl_close, ctrl_shutdown};

    match (ctrl_close(), ctrl_shutdown()) {
        (Ok(mut close), Ok(mut shutdown)) => {
            tokio::select! {
                _ = close.recv() => {}
                _ = shutdown.recv() => {}
            }
        }
        _ => std::future::pending().await,
    }
}

#[cfg(not(any(unix, windows)))]
async fn ended_by_system() {
    std::future::pending().await
}
