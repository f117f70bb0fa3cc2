//! Selections of machines and sessions.

use std::marker::PhantomData;
use std::time::Duration;

use citrix_cloud_gen::operation::Response as _;
use citrix_cloud_gen::ops::machines::GetMachine;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::time::Instant;

pub(super) use self::filter::Filter;
use self::search::Route;
use super::Bulk;
use super::action::Action;
use super::decision::{Decision, SkipReason};
use super::plan::Step;
use super::rows::{Row, Rows};
use super::snapshot::Snapshot;
use crate::Error;
use crate::daas::{PowerAction, Site};
use crate::decode::Reader;
use crate::handles::catalogs::MachineCatalogHandle;
use crate::models::{
    Machine, MessageStyle, PowerState, RegistrationState, Session, SessionState, SummaryState,
};
use crate::paging::Pages;

mod filter;
mod listing;
mod search;

/// How many named objects are looked up concurrently.
const LOOKUPS: usize = 16;

impl Site {
    /// Starts a selection of machines; nothing is sent.
    pub fn select_machines(&self) -> MachineSelection {
        MachineSelection::new(self.clone())
    }

    /// Starts a selection of sessions; nothing is sent.
    pub fn select_sessions(&self) -> SessionSelection {
        SessionSelection::new(self.clone())
    }
}

impl MachineCatalogHandle {
    /// Prepares to reboot the machines of the catalog that nobody is using; nothing is sent.
    pub fn reboot_idle(&self) -> Bulk {
        let machines = self.at.select_machines();
        machines.machine_catalog(self.name_or_id()).reboot_idle()
    }
}

/// A selection of machines or sessions to act on or to list. Different filters narrow the selection,
/// and a repeated one widens it: for example, machines of either of two catalogs that are powered off.
///
/// Names are not checked: one that does not exist selects nothing.
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
/// use citrix_cloud::daas::PowerAction;
///
/// let site = client.daas().site(ids::SITE_ID);
/// let harriers = site.select_machines().name("HARR*");
/// let plan = harriers.power(PowerAction::Start).plan().await?;
/// assert_eq!(plan.to_act_on().count(), 1);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
#[must_use = "a selection does nothing; choose an action"]
pub struct Selection<T> {
    pub(super) site: Site,
    pub(super) filter: Filter,
    objects: PhantomData<fn() -> T>,
}

/// A selection of machines.
pub type MachineSelection = Selection<Machine>;

/// A selection of sessions.
pub type SessionSelection = Selection<Session>;

/// Filters for machines, and for sessions by the machine they are on.
impl<T> Selection<T> {
    pub(crate) fn new(site: Site) -> Self {
        Self {
            site,
            filter: Filter::default(),
            objects: PhantomData,
        }
    }

    /// Selects only machines of this catalog, or sessions on them, by id or name, ignoring case.
    pub fn machine_catalog(mut self, name_or_id: impl Into<String>) -> Self {
        self.filter.catalogs.push(name_or_id.into());
        self
    }

    /// Selects only machines of this delivery group, or sessions on them, by id or name, ignoring
    /// case.
    pub fn delivery_group(mut self, name_or_id: impl Into<String>) -> Self {
        self.filter.groups.push(name_or_id.into());
        self
    }

    /// Selects only machines in this zone, or sessions on them, by id or name, ignoring case.
    pub fn zone(mut self, name_or_id: impl Into<String>) -> Self {
        self.filter.zones.push(name_or_id.into());
        self
    }

    /// Selects only machines with this tag, or sessions on them.
    pub fn tag(mut self, name: impl Into<String>) -> Self {
        self.filter.tags.push(name.into());
        self
    }

    /// Selects only machines in this power state, or sessions on them.
    pub fn power_state(mut self, state: impl Into<PowerState>) -> Self {
        self.filter.powers.push(state.into());
        self
    }

    /// Selects only machines in this registration state, or sessions on them.
    pub fn registration_state(mut self, state: impl Into<RegistrationState>) -> Self {
        self.filter.registrations.push(state.into());
        self
    }

    /// Selects only sessions of users whose name, with or without its domain, matches a pattern with
    /// `*` and `?`, ignoring case, or machines with such a session.
    pub fn user(mut self, pattern: impl Into<String>) -> Self {
        self.filter.users.push(pattern.into());
        self
    }

    /// Selects only sessions that are known to have been disconnected for at least this long, or
    /// machines whose single session is.
    pub fn disconnected_for(mut self, least: Duration) -> Self {
        self.filter.disconnected_for = Some(least);
        self
    }

    /// Selects only these objects, by id; machines also by name. One that does not exist is skipped
    /// with a reason.
    pub fn ids<S: Into<String>>(mut self, ids: impl IntoIterator<Item = S>) -> Self {
        self.filter.ids = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    fn action(self, action: Action) -> Bulk {
        Bulk::new(self.site, self.filter, action)
    }
}

impl Selection<Machine> {
    /// Selects only machines whose name, with or without its domain, matches a pattern with `*` and
    /// `?`, ignoring case.
    pub fn name(mut self, pattern: impl Into<String>) -> Self {
        self.filter.names.push(pattern.into());
        self
    }

    /// Selects only machines with this summary state.
    pub fn summary_state(mut self, state: impl Into<SummaryState>) -> Self {
        self.filter.summaries.push(state.into());
        self
    }

    /// Selects only machines without sessions whose last connection is known to be at least this
    /// long ago.
    pub fn idle_for(mut self, least: Duration) -> Self {
        self.filter.idle_for = Some(least);
        self
    }

    /// Prepares to reboot the selected machines that nobody is using.
    pub fn reboot_idle(self) -> Bulk {
        self.action(Action::RebootIdle)
    }

    /// Prepares a power action; machines with sessions are skipped if it would end or cut off the
    /// sessions.
    pub fn power(self, action: PowerAction) -> Bulk {
        self.action(Action::Power {
            action,
            in_use: false,
            force: false,
        })
    }

    /// Prepares to turn maintenance mode on or off; a machine in maintenance mode accepts no new
    /// sessions.
    pub fn maintenance_mode(self, on: bool) -> Bulk {
        self.action(Action::MaintenanceMode(on))
    }
}

impl Selection<Session> {
    /// Selects only sessions on machines whose name, with or without its domain, matches a pattern
    /// with `*` and `?`, ignoring case.
    pub fn machine(mut self, pattern: impl Into<String>) -> Self {
        self.filter.names.push(pattern.into());
        self
    }

    /// Selects only sessions in this state.
    pub fn state(mut self, state: impl Into<SessionState>) -> Self {
        self.filter.sessions.push(state.into());
        self
    }

    /// Prepares to log the users off; unsaved work is lost.
    pub fn logoff(self) -> Bulk {
        self.action(Action::LogoffSessions)
    }

    /// Prepares to disconnect the sessions; they keep running, and their users can reconnect.
    ///
    /// If a request gets no response and the session has changed its state since but is not
    /// disconnected, its user may have reconnected. The outcome is unknown then, and the user is not
    /// cut off twice.
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
    /// use citrix_cloud::bulk::Outcome;
    ///
    /// let site = client.daas().site(ids::SITE_ID);
    /// let active = site.select_sessions().machine("OSPREY").state("Active");
    /// let mut reports = active.disconnect().plan().await?.run();
    /// while let Some(report) = reports.next().await {
    ///     assert!(matches!(report.outcome, Outcome::Done));
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn disconnect(self) -> Bulk {
        self.action(Action::DisconnectSessions)
    }

    /// Prepares to hide the sessions, so that their users get new ones instead of reconnecting.
    ///
    /// For sessions that no longer respond. They keep running until they are logged off;
    /// [`Selection::unhide`] shows them again.
    pub fn hide(self) -> Bulk {
        self.action(Action::HideSessions(true))
    }

    /// Prepares to show hidden sessions again, so that their users can reconnect.
    pub fn unhide(self) -> Bulk {
        self.action(Action::HideSessions(false))
    }

    /// Prepares to show the users a message.
    ///
    /// There is no way to tell later whether a message was shown, so one without a response is not
    /// sent again.
    pub fn send_message(
        self,
        title: impl Into<String>,
        text: impl Into<String>,
        style: impl Into<MessageStyle>,
    ) -> Bulk {
        let (title, text, style) = (title.into(), text.into(), style.into());
        self.action(Action::SendMessage { title, text, style })
    }
}

impl Filter {
    /// Lists the selected objects, each with a decision.
    pub(super) async fn steps(&self, site: &Site, action: &Action) -> Result<Vec<Step>, Error> {
        let way = match (&self.ids, action.is_for_machines()) {
            (Some(_), _) if self.users.is_empty() => None,
            (_, true) => Some(self.way_to_machines(site).await?),
            (None, false) => Some(self.way_to_sessions(site).await?),
            (Some(_), false) => None,
        };
        let matcher = self.matcher(way.as_ref().and_then(|it| it.machines.clone()));
        let machine = |machine: Machine, taken: Instant| {
            let chosen = matcher.matches_machine(&machine);
            let snapshot = Snapshot::from(&machine);
            let id = machine.id.clone().unwrap_or_default();
            let name = machine.name.clone().unwrap_or_default();
            let step = chosen.then(|| Step::new(action, machine.id, name, snapshot, taken));
            Row { id, step }
        };
        let session = |session: Session, taken: Instant| {
            let chosen = matcher.matches_session(&session);
            let place = session.machine.as_ref().and_then(|it| it.name.as_deref());
            let name = session_name(&session, place.unwrap_or_default());
            let snapshot = Snapshot::from(&session);
            let id = session.id.clone().unwrap_or_default();
            let step = chosen.then(|| Step::new(action, session.id, name, snapshot, taken));
            Row { id, step }
        };
        let route = way.map_or(Route::All, |way| way.route);
        match (&self.ids, action.is_for_machines()) {
            (None, true) => {
                let fields = self.machine_fields();
                let pages = match route {
                    Route::Nowhere => return Ok(Vec::new()),
                    Route::All => site.machines().list().fields(fields).pages(),
                    Route::Catalog(catalog) => {
                        let machines = site.machine_catalog(catalog).machines();
                        machines.fields(fields).pages()
                    }
                    Route::Found(search) => site.machines().search(search).fields(fields).pages(),
                };
                listed(pages, machine).await
            }
            (None, false) => {
                let fields = self.session_fields();
                let pages = match route {
                    Route::Nowhere => return Ok(Vec::new()),
                    Route::All | Route::Catalog(_) => site.sessions().list().fields(fields).pages(),
                    Route::Found(search) => site.sessions().search(search).fields(fields).pages(),
                };
                listed(pages, session).await
            }
            (Some(_), true) if route == Route::Nowhere => Ok(Vec::new()),
            (Some(ids), true) => {
                let get = async |id: String| {
                    let request = site.machine(&id).get().fields(self.machine_fields());
                    // The details of a machine include everything that a list returns.
                    request
                        .decoded_by(|response| Reader::of::<GetMachine>(response).json::<Machine>())
                        .await
                };
                named(ids, get, machine).await
            }
            (Some(ids), false) => {
                named(
                    ids,
                    async |id: String| site.session(id).get().await,
                    session,
                )
                .await
            }
        }
    }
}

fn session_name(session: &Session, machine: &str) -> String {
    let user = session.user.as_ref();
    let user = user
        .and_then(|user| user.sam_name.clone().or_else(|| user.display_name.clone()))
        .or_else(|| session.untrusted_user_name.clone());
    match (user, machine) {
        (Some(user), "") => user,
        (Some(user), machine) => format!("{user} on {machine}"),
        (None, _) => session.id.clone().unwrap_or_default(),
    }
}

async fn listed<T: Send + 'static>(
    mut pages: Pages<T>,
    row: impl Fn(T, Instant) -> Row,
) -> Result<Vec<Step>, Error> {
    // A page may be fetched as soon as the previous one has arrived.
    let mut taken = Instant::now();
    let mut rows = Rows::default();
    while let Some(page) = pages.try_next().await? {
        let arrived = Instant::now();
        for item in page.items {
            rows.add(row(item, taken));
        }
        taken = arrived;
    }
    Ok(rows.into_steps())
}

/// Looks up named objects in the given order, each once.
async fn named<T>(
    ids: &[String],
    get: impl AsyncFn(String) -> Result<T, Error>,
    row: impl Fn(T, Instant) -> Row,
) -> Result<Vec<Step>, Error> {
    let found: Vec<Row> = stream::iter(ids.iter().cloned())
        .map(|id| {
            let got = get(id.clone());
            async {
                let taken = Instant::now();
                match got.await {
                    Ok(object) => Ok(row(object, taken)),
                    Err(error) if error.is_not_found() => {
                        let gone = Decision::Skip(SkipReason::Gone);
                        let step = Step::at(id.clone(), String::new(), Snapshot::default(), gone);
                        Ok(Row {
                            id,
                            step: Some(step),
                        })
                    }
                    Err(error) => Err(error),
                }
            }
        })
        .buffered(LOOKUPS)
        .try_collect()
        .await?;
    let mut rows = Rows::default();
    for row in found {
        rows.add(row);
    }
    Ok(rows.into_steps())
}
