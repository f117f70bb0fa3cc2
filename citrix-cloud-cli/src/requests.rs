//! Records of sent requests.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use citrix_cloud::{ClientBuilder, RequestEvent};

tokio::task_local! {
    static TRANSACTIONS: Transactions;
}

/// The transaction ids of some work, in the order in which the requests ended.
#[derive(Debug, Clone, Default)]
pub(crate) struct Transactions(Arc<Mutex<Vec<String>>>);

impl Transactions {
    /// Runs some work and records the transactions of its requests, but not those of tasks that it spawns.
    pub(crate) async fn of<T>(&self, work: impl Future<Output = T>) -> T {
        TRANSACTIONS.scope(self.clone(), work).await
    }

    /// Removes and returns the ids recorded since the last time.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.ids())
    }

    fn note(&self, event: &RequestEvent) {
        self.ids().extend(event.transaction_id.clone());
    }

    fn ids(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a client has sent anything and, for the demo, which requests; clones share it.
///
/// A command that runs all night sends millions of requests, so they are stored only if they are shown.
#[derive(Debug, Clone, Default)]
pub(crate) struct Requests(Arc<Seen>);

#[derive(Debug, Default)]
struct Seen {
    any: AtomicBool,
    to_show: Mutex<Option<Vec<RequestEvent>>>,
}

impl Requests {
    /// Records the requests of a client here.
    pub(crate) fn watch(&self, builder: ClientBuilder) -> ClientBuilder {
        let seen = self.0.clone();
        builder.on_request(move |event| {
            seen.any.store(true, Ordering::Relaxed);
            // There may be no recorder.
            let _ = TRANSACTIONS.try_with(|it| it.note(event));
            let mut to_show = seen.to_show.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(events) = &mut *to_show {
                events.push(event.clone());
            }
        })
    }

    /// Returns whether anything was sent.
    pub(crate) fn any(&self) -> bool {
        self.0.any.load(Ordering::Relaxed)
    }

    /// Removes and returns the requests since the last time; requests are stored from the first call on.
    pub(crate) fn take(&self) -> Vec<RequestEvent> {
        let mut to_show = self
            .0
            .to_show
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        to_show.replace(Vec::new()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use citrix_cloud::Client;
    use citrix_cloud_emulator::{Emulator, ids};

    use super::*;

    #[tokio::test]
    async fn only_what_is_shown_is_kept() {
        let server = Emulator::default().serve(([127, 0, 0, 1], 0).into()).await;
        let server = server.unwrap();
        let requests = Requests::default();
        let client = requests
            .watch(Client::builder())
            .credentials(
                citrix_cloud::Credentials::new(
                    ids::CLIENT_ID,
                    ids::CLIENT_SECRET,
                    ids::CUSTOMER_ID,
                )
                .unwrap(),
            )
            .endpoint(server.url())
            .build()
            .unwrap();
        assert!(!requests.any());
        client.resource_locations().list().all().await.unwrap();
        assert!(requests.any());
        assert!(requests.take().is_empty(), "nobody wanted to see them");
        client.resource_locations().list().all().await.unwrap();
        assert_eq!(requests.take().len(), 1);
        assert!(requests.take().is_empty(), "they were shown");
    }
}
