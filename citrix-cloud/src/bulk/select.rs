//! Which machines or sessions an action is for.

use std::marker::PhantomData;
use std::time::Duration;

use citrix_cloud_gen::operation::Answer as _;
use citrix_cloud_gen::ops::machines::GetMachine;
use futures_util::{StreamExt as _, TryStreamExt as _, stream};
use tokio::time::Instant;

use super::Bulk;
use super::action::Action;
use super::decision::{Decision, SkipReason};
use super::filter::Filter;
use super::plan::Step;
use super::rows::{Row, Rows};
use super::search::Route;
use super::snapshot::Snapshot;
use crate::Error;
use crate::daas::{PowerAction, Site};
use crate::decode::Reader;
use crate::handles::catalogs::MachineCatalogHandle;
use crate::models::{
    Machine, MessageStyle, PowerState, RegistrationState, Session, SessionState, SummaryState,
};
use crate::paging::Pages;

/// How many objects that were named are looked up at the same time.
const LOOKUPS: usize = 16;

impl Site {
    /// Chooses machines to act on; nothing is sent.
    pub fn select_machines(&self) -> MachineSelection {
        MachineSelection::new(self.clone())
    }

    /// Chooses sessions to act on; nothing is sent.
    pub fn select_sessions(&self) -> SessionSelection {
        SessionSelection::new(self.clone())
    }
}

impl MachineCatalogHandle {
    /// Prepares to reboot the machines of the catalog that nobody uses; nothing is sent.
    pub fn reboot_idle(&self) -> Bulk {
        let machines = self.at.select_machines();
        machines.machine_catalog(self.name_or_id()).reboot_idle()
    }
}

/// Machines or sessions to act on, or to list. Filters of different kinds narrow each other, and a
/// repeated one widens: machines of either catalog, that are off.
///
/// Nothing says whether a name that a filter was given exists: one that does not chooses nothing.
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

/// Machines to act on, or to list.
pub type MachineSelection = Selection<Machine>;

/// Sessions to act on, or to list.
pub type SessionSelection = Selection<Session>;

/// What machines are chosen by, and sessions by the machine they are on.
impl<T> Selection<T> {
    pub(crate) fn new(site: Site) -> Self {
        Self {
            site,
            filter: Filter::default(),
            objects: PhantomData,
        }
    }

    /// Only machines of this machine catalog, or sessions on them; by id or name, in any case.
    pub fn machine_catalog(mut self, name_or_id: impl Into<String>) -> Self {
        self.filter.catalogs.push(name_or_id.into());
        self
    }

    /// Only machines of this delivery group, or sessions on them; by id or name, in any case.
    pub fn delivery_group(mut self, name_or_id: impl Into<String>) -> Self {
        self.filter.groups.push(name_or_id.into());
        self
    }

    /// Only machines in this zone, or sessions on them; by id or name, in any case.
    pub fn zone(mut self, name_or_id: impl Into<String>) -> Self {
        self.filter.zones.push(name_or_id.into());
        self
    }

    /// Only machines with this tag, or sessions on them.
    pub fn tag(mut self, name: impl Into<String>) -> Self {
        self.filter.tags.push(name.into());
        self
    }

    /// Only machines in this power state, or sessions on them.
    pub fn power_state(mut self, state: impl Into<PowerState>) -> Self {
        self.filter.powers.push(state.into());
        self
    }

    /// Only machines in this registration state, or sessions on them.
    pub fn registration_state(mut self, state: impl Into<RegistrationState>) -> Self {
        self.filter.registrations.push(state.into());
        self
    }

    /// Only sessions of users whose name, with or without its domain, matches a pattern with `*` and
    /// `?`, in any case; or machines with such a session.
    pub fn user(mut self, pattern: impl Into<String>) -> Self {
        self.filter.users.push(pattern.into());
        self
    }

    /// Only sessions that are known to have been disconnected for at least this long; or machines
    /// whose one session has.
    pub fn disconnected_for(mut self, least: Duration) -> Self {
        self.filter.disconnected_for = Some(least);
        self
    }

    /// Only these, by id, machines also by name; one that does not exist is skipped with a reason.
    pub fn ids<S: Into<String>>(mut self, ids: impl IntoIterator<Item = S>) -> Self {
        self.filter.ids = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    fn action(self, action: Action) -> Bulk {
        Bulk::new(self.site, self.filter, action)
    }
}

impl Selection<Machine> {
    /// Only those whose name, with or without its domain, matches a pattern with `*` and `?`, in any
    /// case.
    pub fn name(mut self, pattern: impl Into<String>) -> Self {
        self.filter.names.push(pattern.into());
        self
    }

    /// Only those whose state in one word is this one.
    pub fn summary_state(mut self, state: impl Into<SummaryState>) -> Self {
        self.filter.summaries.push(state.into());
        self
    }

    /// Only those without sessions whose last connection is known to be at least this long ago.
    pub fn idle_for(mut self, least: Duration) -> Self {
        self.filter.idle_for = Some(least);
        self
    }

    /// Reboots those that nobody uses.
    pub fn reboot_idle(self) -> Bulk {
        self.action(Action::RebootIdle)
    }

    /// Changes their power; sessions keep a machine from what would end them or cut them off.
    pub fn power(self, action: PowerAction) -> Bulk {
        self.action(Action::Power {
            action,
            in_use: false,
            force: false,
        })
    }

    /// Puts them into maintenance mode, in which they take no new sessions, or out of it.
    pub fn maintenance_mode(self, on: bool) -> Bulk {
        self.action(Action::MaintenanceMode(on))
    }
}

impl Selection<Session> {
    /// Only those on machines whose name, with or without its domain, matches a pattern with `*` and
    /// `?`, in any case.
    pub fn machine(mut self, pattern: impl Into<String>) -> Self {
        self.filter.names.push(pattern.into());
        self
    }

    /// Only those in this state.
    pub fn state(mut self, state: impl Into<SessionState>) -> Self {
        self.filter.sessions.push(state.into());
        self
    }

    /// Logs the users off; unsaved work is lost.
    pub fn logoff(self) -> Bulk {
        self.action(Action::LogoffSessions)
    }

    /// Disconnects them; they go on running, and their users can connect again.
    ///
    /// A session that changed its state after a request without an answer and is not disconnected may
    /// have been connected to again, so that its outcome is unknown and its user is not cut off twice.
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

    /// Hides them, so that their users get new sessions instead of these; they go on running.
    ///
    /// For a session that its user cannot use any more. [`Selection::unhide`] shows it again.
    pub fn hide(self) -> Bulk {
        self.action(Action::HideSessions(true))
    }

    /// Shows them again after they were hidden.
    pub fn unhide(self) -> Bulk {
        self.action(Action::HideSessions(false))
    }

    /// Shows the users a message.
    ///
    /// Nothing tells later whether a message was shown, so one without an answer is not sent again.
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
    /// Lists what is chosen, each with a decision.
    pub(super) async fn steps(&self, site: &Site, action: &Action) -> Result<Vec<Step>, Error> {
        let way = match (&self.ids, action.is_for_machines()) {
            (Some(_), _) if self.users.is_empty() => None,
            (_, true) => Some(self.way_to_machines(site).await?),
            (None, false) => Some(self.way_to_sessions(site).await?),
            (Some(_), false) => None,
        };
        let judge = self.judge(way.as_ref().and_then(|it| it.machines.clone()));
        let machine = |machine: Machine, taken: Instant| {
            let chosen = judge.chooses_machine(&machine);
            let snapshot = Snapshot::from(&machine);
            let id = machine.id.clone().unwrap_or_default();
            let name = machine.name.clone().unwrap_or_default();
            let step = chosen.then(|| Step::new(action, machine.id, name, snapshot, taken));
            Row { id, step }
        };
        let session = |session: Session, taken: Instant| {
            let chosen = judge.chooses_session(&session);
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
                    // A machine's details say all that a list says.
                    request
                        .decoded_by(|answer| Reader::of::<GetMachine>(answer).json::<Machine>())
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
    // A page may be fetched as soon as the one before it is there.
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

/// Looks up what was named, in that order, each object once.
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
