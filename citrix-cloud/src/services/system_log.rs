//! The system log: what administrators and services changed, newest first.
//!
//! Parameters follow Citrix's system-log page. Keys are written as `RecordId` in its samples and as
//! `recordId` in live responses; both are accepted.

use citrix_cloud_gen::ops::system_log::ListSystemLogRecords;
use jiff::Timestamp;

use crate::Client;
use crate::paging::List;

/// The largest page size that the service supports.
const LARGEST_PAGE: u32 = 200;

/// A handle to the customer's system log.
#[derive(Debug, Clone)]
pub struct SystemLog {
    client: Client,
}

impl SystemLog {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Lists the records, newest first, with 200 per page, which is the maximum.
    pub fn records(&self) -> List<ListSystemLogRecords> {
        self.client
            .list(ListSystemLogRecords::new())
            .largest_page(LARGEST_PAGE)
    }
}

impl List<ListSystemLogRecords> {
    /// Leaves out records older than this; default none. This goes further back than the console,
    /// which shows 90 days.
    pub fn since(self, time: Timestamp) -> Self {
        self.with(|operation| operation.start_date_time(seconds(time)))
    }

    /// Leaves out records newer than this; default now.
    pub fn until(self, time: Timestamp) -> Self {
        self.with(|operation| operation.end_date_time(seconds(time)))
    }
}

/// Formats a time as documented by the service: in UTC and whole seconds.
fn seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
