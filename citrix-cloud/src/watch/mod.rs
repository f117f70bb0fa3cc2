//! Live copies of lists: what was added, changed and removed since the last look.
//!
//! The service has no call that tells of changes, so that a list is read again and again, with the
//! fewest and smallest requests that it can be read with, and compared with what was there before.
//! [`List::watch`] makes one of any list whose items have an id; `site.machines().watch()` and
//! `site.sessions().watch()` ask for the properties that daily work needs.
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
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::time::Instant;

use crate::paging::{List, Walk};
use crate::stream::named;
use crate::{Error, ErrorKind, deadline};

mod live;

use live::Look;
pub use live::{Reader, Snapshot};

/// The pause between two looks, unless told otherwise.
const EVERY: Duration = Duration::from_secs(60);

/// The longest pause after failures, unless the usual one is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(600);

/// What a look found to be different from the one before.
#[derive(Debug, Clone, PartialEq)]
pub enum Change<R> {
    /// Everything that the first look found, by id.
    Init(Vec<Arc<R>>),
    /// One that was not there before.
    Added(Arc<R>),
    /// One of which some property has another value.
    Changed {
        /// As the look before found it.
        before: Arc<R>,
        /// As it is now.
        now: Arc<R>,
    },
    /// One that is not there any more, as it was last seen.
    Removed(Arc<R>),
}

/// A list to look at again and again; [`Watch::changes`] begins.
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
    /// Everything that changes a property counts as a change, so ask for those that matter with
    /// [`List::fields`] or [`List::watch_rows`]; `Id` is always asked for. Pages are as large as the
    /// service gives them, unless [`List::page_size`] says otherwise.
    pub fn watch(self) -> Watch<O::Item>
    where
        O::Item: DeserializeOwned + PartialEq,
    {
        Watch::new(self.repeated(None))
    }

    /// As [`List::watch`], with rows of your own: only the properties that `R` has are asked for and
    /// compared, as in [`List::rows`].
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

    /// Sets the pause between the end of a look and the next one; default 60 s. It varies by a tenth,
    /// so that programs that were started together do not ask together.
    pub fn every(mut self, pause: Duration) -> Self {
        self.every = pause;
        self
    }
}

impl<R: DeserializeOwned + PartialEq + Send + Sync + 'static> Watch<R> {
    /// The changes, as long as they are read: a look is taken when one is due and the reader wants
    /// the next change, with one request at a time.
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
    /// What changes in a list.
    ///
    /// A look that fails is told as an error, and the next one is taken after a pause that doubles
    /// with each failure up to ten minutes, and is at least what the service asked for; the copy stays
    /// as it was. It ends only with an error of kind [`ErrorKind::Input`], which no further look can
    /// mend. Dropping it stops it.
    ///
    /// A list whose pages are read while things come and go may leave one out, which is then removed
    /// and added again by the next look.
    Changes<R> of Result<Change<R>, Error>, with reader: Reader<R>
}

impl<R: Send + 'static> Changes<R> {
    /// The next change, for use with `?`. After an error, reading may go on.
    ///
    /// # Errors
    ///
    /// Why a look failed.
    pub async fn try_next(&mut self) -> Result<Option<Change<R>>, Error> {
        self.next().await.transpose()
    }

    /// The copy as the last look that succeeded left it.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot<R> {
        self.reader.snapshot()
    }

    /// Reads the copy from elsewhere, such as another task, while the changes are read here.
    #[must_use]
    pub fn reader(&self) -> Reader<R> {
        self.reader.clone()
    }
}

/// What is known between two changes.
struct Watching<R> {
    list: Walk,
    every: Duration,
    reader: Reader<R>,
    /// Changes that were found and not read yet.
    waiting: VecDeque<Change<R>>,
    /// When the next look is due; at once at first.
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

    /// Reads the whole list once; the copy changes when all of it was read.
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

/// A tenth more or less.
fn varied(pause: Duration) -> Duration {
    let varied = pause.as_secs_f64() * (0.9 + 0.2 * fastrand::f64());
    Duration::try_from_secs_f64(varied).unwrap_or(pause)
}

/// The id of an item, in either casing.
#[derive(Deserialize)]
struct Identified {
    #[serde(alias = "Id", default)]
    id: Value,
}

/// An item and its id.
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
    let mut deserializer = serde_json::Deserializer::from_str(item.get());
    serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| Error::decode(format!("an item of the list: {error}")))
}
