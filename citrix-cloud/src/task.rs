//! Work that continues while nobody polls it.
//!
//! Tokio's code for a task is compiled for each type of future that is spawned. Here all of them have the same
//! type, a boxed future, which saves the builds of our users a twentieth of what this crate costs them.

use std::panic::resume_unwind;

use futures_util::future::BoxFuture;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use tracing::Instrument as _;

/// Spawns a task that continues whatever becomes of its caller.
pub(crate) fn detached(work: impl Future<Output = ()> + Send + 'static) {
    tokio::spawn(boxed(work));
}

/// Spawns `work` as a task within the current span; the returned future resolves to its output.
///
/// Dropping the future aborts the work.
pub(crate) fn started<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> impl Future<Output = T> + Send + 'static {
    let (sender, output) = oneshot::channel();
    let mut task = JoinSet::new();
    let work = async move {
        let _ = sender.send(work.await);
    };
    task.spawn(boxed(work.in_current_span()));
    async move {
        match output.await {
            Ok(output) => output,
            Err(_) => {
                panic_again(task).await;
                // The task was canceled, which only the end of the runtime does. It ends this future too.
                std::future::pending().await
            }
        }
    }
}

fn boxed(work: impl Future<Output = ()> + Send + 'static) -> BoxFuture<'static, ()> {
    Box::pin(work)
}

/// Panics if the task did.
async fn panic_again(mut task: JoinSet<()>) {
    if let Some(Err(error)) = task.join_next().await
        && error.is_panic()
    {
        resume_unwind(error.into_panic());
    }
}
