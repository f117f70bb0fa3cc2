//! The system log: what administrators and services changed, newest first.
//!
//! Parameters as on Citrix's system-log page. Its samples write keys as `RecordId`, live answers as
//! `recordId`; both are read.

use futures_util::Stream;
use jiff::Timestamp;

use crate::models::SystemLogRecord;
use crate::pages::{Page, flat, paginate};
use crate::{Client, Error, Request, Service};

/// The most records that the service gives in one page.
const LARGEST_PAGE: u32 = 200;

/// The system log of the customer.
#[derive(Debug, Clone)]
pub struct SystemLog {
    client: Client,
}

impl SystemLog {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Describes which records are wanted; nothing is sent.
    pub fn records(&self) -> Records {
        Records {
            client: self.client.clone(),
            since: None,
            until: None,
            page_size: LARGEST_PAGE,
            token: None,
        }
    }
}

/// A query of the system log.
#[derive(Debug, Clone)]
#[must_use = "nothing is asked for until `pages` or `items` is polled"]
pub struct Records {
    client: Client,
    since: Option<Timestamp>,
    until: Option<Timestamp>,
    page_size: u32,
    token: Option<String>,
}

impl Records {
    /// Leaves out what is older; default the beginning. The console shows 90 days, this goes
    /// further back.
    pub fn since(mut self, time: Timestamp) -> Self {
        self.since = Some(time);
        self
    }

    /// Leaves out what is newer; default now.
    pub fn until(mut self, time: Timestamp) -> Self {
        self.until = Some(time);
        self
    }

    /// Sets how many records a page has: 1 to 200, default 200.
    pub fn page_size(mut self, records: u32) -> Self {
        self.page_size = records;
        self
    }

    /// Begins where an earlier list stopped, at the [`Page::continuation`] of its last page.
    pub fn resume(mut self, continuation: impl Into<String>) -> Self {
        self.token = Some(continuation.into());
        self
    }

    /// The pages, newest records first. An error ends the stream.
    pub fn pages(self) -> impl Stream<Item = Result<Page<SystemLogRecord>, Error>> + Send {
        let refused = (self.page_size == 0 || self.page_size > LARGEST_PAGE).then(|| {
            Error::input(format!(
                "a page of {} records: the service gives 1 to {LARGEST_PAGE}",
                self.page_size
            ))
        });
        let (since, until) = (self.since.map(seconds), self.until.map(seconds));
        let (client, page_size) = (self.client, self.page_size);
        let timeout = client.shared.settings.list_timeout;
        paginate(self.token, timeout, move |token| {
            let (since, until) = (since.clone(), until.clone());
            Request::new(client.clone(), Service::Platform, move |call| async move {
                let log = call.system_log();
                let mut operation = log.list_system_log_records().limit(i64::from(page_size));
                if let Some(since) = since {
                    operation = operation.start_date_time(since);
                }
                if let Some(until) = until {
                    operation = operation.end_date_time(until);
                }
                if let Some(token) = token {
                    operation = operation.continuation_token(token);
                }
                let answer = call.settle(operation.send().await).await?;
                Ok(Page::new(
                    answer.items.unwrap_or_default(),
                    answer.continuation_token,
                ))
            })
            .refuse(refused.clone())
            .into_future()
        })
    }

    /// The records of all pages, newest first. An error ends the stream.
    pub fn items(self) -> impl Stream<Item = Result<SystemLogRecord, Error>> + Send {
        flat(self.pages())
    }
}

/// The form that the service documents: UTC, whole seconds.
fn seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
