//! Work that continues while nobody polls it.

use tokio::task::JoinSet;
use tracing::Instrument as _;

/// Spawns `work` as a task at once; the returned future resolves to its output.
///
/// Dropping the future aborts the work.
pub(crate) fn started<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> impl Future<Output = T> + Send + 'static {
    let mut task = JoinSet::new();
    task.spawn(work.in_current_span());
    async move {
        match task.join_next().await {
            Some(Ok(outcome)) => outcome,
            Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // The task is only canceled when the runtime shuts down, which ends this future too.
            Some(Err(_)) | None => std::future::pending().await,
        }
    }
}
