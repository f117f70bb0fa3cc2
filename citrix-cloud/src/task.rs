//! Work that goes on while nobody polls for it.

use tokio::task::JoinSet;
use tracing::Instrument as _;

/// Starts `work` at once, as a task of its own; what it returns gives the outcome.
///
/// Dropping that stops the work.
pub(crate) fn started<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> impl Future<Output = T> + Send + 'static {
    let mut task = JoinSet::new();
    task.spawn(work.in_current_span());
    async move {
        match task.join_next().await {
            Some(Ok(outcome)) => outcome,
            Some(Err(error)) if error.is_panic() => std::panic::resume_unwind(error.into_panic()),
            // Only the end of the runtime cancels it, and that ends this as well.
            Some(Err(_)) | None => std::future::pending().await,
        }
    }
}
