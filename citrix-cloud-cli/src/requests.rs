//! A record of what was sent.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use citrix_cloud::{ClientBuilder, RequestEvent};

/// Every request that a client has sent; clones share the record.
#[derive(Debug, Clone, Default)]
pub(crate) struct Requests(Arc<Record>);

#[derive(Debug, Default)]
struct Record {
    any: AtomicBool,
    exchanges: Mutex<Vec<RequestEvent>>,
}

impl Requests {
    /// Has a client note its requests here.
    pub(crate) fn watch(&self, builder: ClientBuilder) -> ClientBuilder {
        let record = self.0.clone();
        builder.on_request(move |exchange| {
            record.any.store(true, Ordering::Relaxed);
            record
                .exchanges
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(exchange.clone());
        })
    }

    /// Whether anything was sent at all.
    pub(crate) fn any(&self) -> bool {
        self.0.any.load(Ordering::Relaxed)
    }

    /// Takes out what was recorded since the last time.
    pub(crate) fn take(&self) -> Vec<RequestEvent> {
        let mut exchanges = self
            .0
            .exchanges
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        std::mem::take(&mut exchanges)
    }
}
