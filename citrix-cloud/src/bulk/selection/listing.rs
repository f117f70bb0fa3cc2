//! The selected objects as a list, for read-only use.

use citrix_cloud_gen::operation::{HasFields, Listed};
use futures_util::TryStreamExt as _;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use super::search::Route;
use super::{MachineSelection, SessionSelection};
use crate::Error;
use crate::models::{Machine, Session};
use crate::paging::{Items, List};

/// The properties to read, and the number of objects.
struct Wanted {
    fields: Vec<String>,
    limit: Option<usize>,
}

impl MachineSelection {
    /// Lists the machines as the text that the service sent, with only these properties, or with
    /// all if none are named, and at most `limit` machines.
    ///
    /// Filters are sent to the service wherever its searches support them: finding one machine by
    /// name takes one request, however many machines there are. No search takes
    /// [ids](MachineSelection::ids): they are looked for among the machines that the other filters
    /// select.
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
    /// let site = client.daas().site(ids::SITE_ID);
    /// let off = site.select_machines().power_state("Off").raw_items(["Name"], None).await?;
    /// for machine in off.collect().await? {
    ///     println!("{}", machine.get());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any error of looking up ids or users in the filters. Errors of the list itself are items of
    /// the stream.
    pub async fn raw_items<S: Into<String>>(
        self,
        fields: impl IntoIterator<Item = S>,
        limit: Option<usize>,
    ) -> Result<Items<Box<RawValue>>, Error> {
        let Self { site, filter, .. } = self;
        let way = filter.way_to_machines(&site).await?;
        let matcher = way
            .route
            .needs_matcher(&filter)
            .then(|| filter.matcher(way.machines));
        let matches = matcher.map(|matcher| {
            move |it: &Machine| {
                let names = [it.id.as_deref(), it.name.as_deref()];
                matcher.is_named(names) && matcher.matches_machine(it)
            }
        });
        let wanted = Wanted::new(fields, filter.machine_match_fields(), limit);
        let site = &site;
        Ok(match way.route {
            Route::Nowhere => nothing(),
            Route::All => wanted.of(site.machines().list(), way.is_exact, matches),
            Route::Catalog(catalog) => {
                let machines = site.machine_catalog(catalog).machines();
                wanted.of(machines, way.is_exact, matches)
            }
            Route::Found(search) => {
                wanted.of(site.machines().search(search), way.is_exact, matches)
            }
        })
    }
}

impl SessionSelection {
    /// Lists the sessions as the text that the service sent, like [`raw_items`](MachineSelection::raw_items)
    /// of machines.
    ///
    /// # Errors
    ///
    /// The same as there.
    pub async fn raw_items<S: Into<String>>(
        self,
        fields: impl IntoIterator<Item = S>,
        limit: Option<usize>,
    ) -> Result<Items<Box<RawValue>>, Error> {
        let Self { site, filter, .. } = self;
        let way = filter.way_to_sessions(&site).await?;
        let matcher = way
            .route
            .needs_matcher(&filter)
            .then(|| filter.matcher(None));
        let matches = matcher.map(|matcher| {
            move |it: &Session| matcher.is_named([it.id.as_deref()]) && matcher.matches_session(it)
        });
        let wanted = Wanted::new(fields, filter.session_match_fields(), limit);
        let sessions = site.sessions();
        Ok(match way.route {
            Route::Nowhere => nothing(),
            Route::All | Route::Catalog(_) => wanted.of(sessions.list(), way.is_exact, matches),
            Route::Found(search) => wanted.of(sessions.search(search), way.is_exact, matches),
        })
    }
}

impl Wanted {
    /// Adds the properties that the filters need.
    fn new<S: Into<String>>(
        fields: impl IntoIterator<Item = S>,
        needed: Vec<&str>,
        limit: Option<usize>,
    ) -> Self {
        let mut fields: Vec<String> = fields.into_iter().map(Into::into).collect();
        if !fields.is_empty() {
            fields.extend(needed.into_iter().map(str::to_owned));
            fields.sort_unstable();
            fields.dedup();
        }
        Self { fields, limit }
    }

    fn of<O, T>(
        self,
        mut list: List<O>,
        is_exact: bool,
        matches: Option<impl Fn(&T) -> bool + Send + 'static>,
    ) -> Items<Box<RawValue>>
    where
        O: Listed + HasFields,
        T: DeserializeOwned + Send + 'static,
    {
        if !self.fields.is_empty() {
            list = list.fields(self.fields);
        }
        if let (Some(limit), true) = (self.limit, is_exact) {
            list = list.limit(limit);
        }
        let items = list.raw_items();
        let Some(matches) = matches else {
            return items;
        };
        let chosen = items.try_filter_map(move |raw| {
            let object = serde_json::from_str::<T>(raw.get());
            let chosen = object.map(|object| matches(&object).then_some(raw));
            std::future::ready(chosen.map_err(|error| Error::decode(error.to_string())))
        });
        Items::new(chosen)
    }
}

fn nothing() -> Items<Box<RawValue>> {
    Items::new(futures_util::stream::empty())
}
