//! The system log: what administrators and services changed, newest first.
//!
//! Parameters as on Citrix's system-log page. Its samples write keys as `RecordId`, live answers as
//! `recordId`; both are read.

use citrix_cloud_gen::ops::system_log::ListSystemLogRecords;
use jiff::Timestamp;

use crate::Client;
use crate::paging::List;

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

    /// Lists the records, newest first: 200 a page, which is also the most.
    pub fn records(&self) -> List<ListSystemLogRecords> {
        self.client
            .list(ListSystemLogRecords::new())
            .largest_page(LARGEST_PAGE)
    }
}

impl List<ListSystemLogRecords> {
    /// Leaves out what is older; default the beginning. The console shows 90 days, this goes
    /// further back.
    pub fn since(self, time: Timestamp) -> Self {
        self.with(|operation| operation.start_date_time(seconds(time)))
    }

    /// Leaves out what is newer; default now.
    pub fn until(self, time: Timestamp) -> Self {
        self.with(|operation| operation.end_date_time(seconds(time)))
    }
}

/// The form that the service documents: UTC, whole seconds.
fn seconds(time: Timestamp) -> String {
    time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
