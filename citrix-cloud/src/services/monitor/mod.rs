//! The Monitor service: who is logged on, how long logons take, why connections fail.
//!
//! It is read-only and speaks OData 4. The service runs one query per customer at a time, ends each
//! after 30 s, and returns at most 1,000 rows with a link to the next ones. Clients in one process
//! take turns automatically, and so do processes that share a token store. A [`Query`] follows the
//! links.

use std::fmt;

use crate::Client;

mod condition;
mod entity;
mod enumeration;
mod expand;
mod export;
mod group;
mod kind;
mod pages;
mod query;
mod set_query;
#[rustfmt::skip]
#[allow(clippy::doc_markdown)]
mod sets;
mod shape;
mod typed;

pub use condition::{AnyColumn, Condition, Literal, column};
pub use entity::{Described, Entity, Set};
pub use expand::Expand;
pub use export::{Export, ExportProgress};
pub use group::Aggregate;
pub use kind::{Bool, Comparable, Double, Guid, Int, Kind, List, Numeric, Ordered, Text, Time};
pub use query::Query;
pub use set_query::{Grouped, SetQuery};
pub use sets::*;
pub use typed::{
    Any, Behind, Brought, Column, Columns, Computed, Expansion, Filter, Many, Named, Navigation,
    One, Order, Own,
};

/// A handle to the customer's Monitor service.
///
/// ```
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let emulator = citrix_cloud_emulator::Emulator::default().serve("127.0.0.1:0".parse()?).await?;
/// # use citrix_cloud_emulator::ids;
/// # let client = citrix_cloud::Client::builder()
/// #     .credentials(citrix_cloud::Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)?)
/// #     .endpoint(emulator.url())
/// #     .build()?;
/// use citrix_cloud::monitor::{Expand, column};
///
/// let open = client
///     .monitor()
///     .query("Sessions")
///     .filter(column("EndDate").is_null())
///     .select(["SessionKey", "StartDate", "LogOnDuration"])
///     .expand(Expand::new("User").select(["UserName"]));
/// for session in open.json_rows().collect().await? {
///     println!("{} since {}", session["User"]["UserName"], session["StartDate"]);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Monitor {
    client: Client,
}

impl Monitor {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }

    /// Creates a query of a set, such as `Sessions`; nothing is sent.
    pub fn query(&self, set: impl Into<String>) -> Query {
        Query::new(self.client.clone(), set.into())
    }
}

impl fmt::Debug for Monitor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Monitor")
            .field("customer", &self.client.customer())
            .finish()
    }
}
