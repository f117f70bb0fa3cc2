//! Live copies of lists, with what was added, changed and removed since the last read.
//!
//! The service cannot report changes, so the list is polled, with as few and as small requests as
//! possible, and compared with the previous copy. [`List::watch`] works for any list whose items
//! have an id; `site.machines().watch()` and `site.sessions().watch()` request the properties
//! needed for daily work.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = citrix_cloud_emulator::Emulator::default().serve("127.0.0.1:0".parse()?).await?;
//! # use citrix_cloud_emulator::ids;
//! # let client = citrix_cloud::Client::builder()
//! #     .credentials(citrix_cloud::Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)?)
//! #     .endpoint(emulator.url())
//! #     .build()?;
//! use std::time::Duration;
//! use citrix_cloud::watch::Change;
//!
//! let site = client.daas().only_site().await?;
//! let mut changes = site.machines().watch().every(Duration::from_secs(30)).changes();
//! while let Some(change) = changes.next().await {
//!     match change {
//!         Ok(Change::Init(machines)) => println!("{} machines", machines.len()),
//!         Ok(Change::Added(machine)) => println!("{:?} is new", machine.name),
//!         Ok(Change::Changed { now, .. }) => println!("{:?} is {:?}", now.name, now.power_state),
//!         Ok(Change::Removed(machine)) => println!("{:?} is gone", machine.name),
//!         Err(error) => eprintln!("{error}"),
//!     }
//! #   break;
//! }
//! # Ok(())
//! # }
//! ```

use std::collections::VecDeque;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Duration;

use citrix_cloud_gen::operation::Listed;
use futures_util::stream;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::time::Instant;

use crate::paging::{List, Walk};
use crate::stream::named;
use crate::{Error, ErrorKind, deadline, json_path};

mod live;

use live::Look;
pub use live::{Reader, Snapshot};

/// The default pause between two reads.
const EVERY: Duration = Duration::from_secs(60);

/// The longest pause after failures, unless the usual one is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// A difference between two reads of a list.
#[derive(Debug, Clone, PartialEq)]
pub enum Change<R> {
    /// All items of the first read, ordered by id.
    Init(Vec<Arc<R>>),
    /// A new item.
    Added(Arc<R>),
    /// An item with a changed property.
    Changed {
        /// The item before the change.
        before: Arc<R>,
        /// The item now.
        now: Arc<R>,
    },
    /// An item that no longer exists, as it was last seen.
    Removed(Arc<R>),
}

/// A list to poll; [`Watch::changes`] starts polling.
#[derive(Debug, Clone)]
#[must_use = "nothing is sent until the changes are read"]
pub struct Watch<R> {
    list: Walk,
    every: Duration,
    row: PhantomData<fn() -> R>,
}

impl<O: Listed> List<O> {
    /// Keeps a copy of the list up to date; nothing is sent until its changes are read.
    ///
    /// Any changed property counts as a change, so choose the properties that matter with
    /// [`List::fields`] or [`List::watch_rows`]; `Id` is always included. Pages are as large as the
    /// service allows, unless [`List::page_size`] is set.
    pub fn watch(self) -> Watch<O::Item>
    where
        O::Item: DeserializeOwned + PartialEq,
    {
        Watch::new(self.repeated(None))
    }

    /// Works like [`List::watch`] with your own row type: as in [`List::rows`], only the properties
    /// of `R` are requested and compared.
    pub fn watch_rows<R: DeserializeOwned + PartialEq>(self) -> Watch<R> {
        Watch::new(self.repeated(Some(crate::paging::names_of::<R>())))
    }
}

impl<R> Watch<R> {
    fn new(list: Walk) -> Self {
        Self {
            list,
            every: EVERY,
            row: PhantomData,
        }
    }

    /// Sets the pause between the end of one read and the start of the next; default 60 s. It
    /// varies by a tenth, so that programs started together do not poll together.
    pub fn every(mut self, pause: Duration) -> Self {
        self.every = pause;
        self
    }
}

impl<R: DeserializeOwned + PartialEq + Send + Sync + 'static> Watch<R> {
    /// Returns the changes as a stream. The list is read, one request at a time, whenever a read is
    /// due and the stream is polled for the next change.
    pub fn changes(self) -> Changes<R> {
        let reader = Reader::default();
        let watching = Watching {
            list: self.list,
            every: self.every,
            reader: reader.clone(),
            waiting: VecDeque::new(),
            due: None,
            failures: 0,
            over: false,
        };
        Changes::new(stream::unfold(watching, Watching::next), reader)
    }
}

named! {
    /// The changes of a list.
    ///
    /// A failed read is reported as an error and leaves the copy unchanged. The next read follows
    /// after a pause that doubles with each failure, up to ten minutes, and is at least as long as
    /// the service asked for. The stream only ends after an error of kind [`ErrorKind::Input`],
    /// which would occur every time. Dropping it stops polling.
    ///
    /// If items come and go while pages are being read, an item may be missed. It is then reported
    /// as removed, and as added again by the next read.
    Changes<R> of Result<Change<R>, Error>, with reader: Reader<R>
}

impl<R: Send + 'static> Changes<R> {
    /// Returns the next change, in a form that works with `?`. Reading can continue after an error.
    ///
    /// # Errors
    ///
    /// The reason why a read failed.
    pub async fn try_next(&mut self) -> Result<Option<Change<R>>, Error> {
        self.next().await.transpose()
    }

    /// Returns the copy as of the last successful read.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot<R> {
        self.reader.snapshot()
    }

    /// Returns a reader for the copy that can be used elsewhere, such as in another task, while the
    /// changes are read here.
    #[must_use]
    pub fn reader(&self) -> Reader<R> {
        self.reader.clone()
    }
}

/// The state between two changes.
struct Watching<R> {
    list: Walk,
    every: Duration,
    reader: Reader<R>,
    /// Changes that were found but not yet returned.
    waiting: VecDeque<Change<R>>,
    /// When the next read is due; `None` means now.
    due: Option<Instant>,
    failures: u32,
    over: bool,
}

impl<R: DeserializeOwned + PartialEq + Send + Sync + 'static> Watching<R> {
    async fn next(mut self) -> Option<(Result<Change<R>, Error>, Self)> {
        loop {
            if let Some(change) = self.waiting.pop_front() {
                return Some((Ok(change), self));
            }
            if self.over {
                return None;
            }
            if let Some(due) = self.due {
                tokio::time::sleep_until(due).await;
            }
            match self.look().await {
                Ok(changes) => {
                    self.waiting = changes;
                    self.failures = 0;
                    self.due = Some(deadline::after(varied(self.every)));
                }
                Err(error) => {
                    self.over = error.kind() == ErrorKind::Input;
                    let pause = self.after_a_failure(error.retry_after());
                    self.due = Some(deadline::after(pause));
                    return Some((Err(error), self));
                }
            }
        }
    }

    /// Reads the whole list once; the copy changes only when all of it has been read.
    async fn look(&self) -> Result<VecDeque<Change<R>>, Error> {
        let mut items = self.list.raw_items();
        let mut look = Look::after(self.reader.snapshot());
        while let Some(item) = items.try_next().await? {
            let (id, row) = read(&item)?;
            look.add(id, row);
        }
        Ok(self.reader.take(look))
    }

    fn after_a_failure(&mut self, asked_for: Option<Duration>) -> Duration {
        let doubled = self.every.saturating_mul(1 << self.failures.min(16));
        self.failures = self.failures.saturating_add(1);
        let pause = doubled.min(LONGEST_PAUSE.max(self.every));
        varied(pause).max(asked_for.unwrap_or_default())
    }
}

/// Varies a pause by up to a tenth.
fn varied(pause: Duration) -> Duration {
    let varied = pause.as_secs_f64() * (0.9 + 0.2 * fastrand::f64());
    Duration::try_from_secs_f64(varied).unwrap_or(pause)
}

/// The id of an item, in either case.
#[derive(Default)]
struct Identified {
    id: Value,
}

citrix_cloud_gen::model! {
    Identified {
        0 id "id" | "Id" value,
    }
}

/// Deserializes an item and its id.
fn read<R: DeserializeOwned>(item: &RawValue) -> Result<(String, R), Error> {
    let identified: Identified = read_as(item)?;
    let id = match identified.id {
        Value::String(id) if !id.is_empty() => id,
        Value::Number(number) => number.to_string(),
        _ => {
            return Err(Error::decode(
                "an item of the list has no `Id` to watch it by",
            ));
        }
    };
    Ok((id, read_as(item)?))
}

fn read_as<T: DeserializeOwned>(item: &RawValue) -> Result<T, Error> {
    serde_json::from_str(item.get()).map_err(|error| {
        let path = json_path::at(item.get().as_bytes(), &error);
        Error::decode(match path.as_str() {
            "" => format!("an item of the list cannot be read: {error}"),
            path => format!("an item of the list cannot be read at `{path}`: {error}"),
        })
    })
}
