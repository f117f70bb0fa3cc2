//! Power actions on a machine.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use super::{JobHandle, Site};
use crate::models::MachineDetail;
use crate::{Error, Request};

/// What can be done to a machine's power.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PowerAction {
    /// Start it.
    Start,
    /// Shut it down.
    Shutdown,
    /// Restart it.
    Reboot,
    /// Suspend it.
    Suspend,
    /// Resume it.
    Resume,
}

impl PowerAction {
    /// The verb, as it stands in the path after `$`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Shutdown => "shutdown",
            Self::Reboot => "reboot",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
        }
    }
}

impl fmt::Display for PowerAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A power action with its options; awaiting it asks for it.
///
/// The service answers when it has taken the action up, not when it is done. Awaiting gives the
/// machine as the service then has it, or `None` when the answer has no body.
///
/// # Errors
///
/// When awaited: [`ErrorKind::Api`] with the service's words when the machine cannot do it
/// (`Machine does not support specified power action.`), [`ErrorKind::NotFound`], and
/// [`ErrorKind::OutcomeUnknown`] when the request was sent and no answer came;
/// [`ErrorKind::Input`], before anything is sent, for an option that the action does not have.
///
/// [`ErrorKind::Api`]: crate::ErrorKind::Api
/// [`ErrorKind::NotFound`]: crate::ErrorKind::NotFound
/// [`ErrorKind::OutcomeUnknown`]: crate::ErrorKind::OutcomeUnknown
/// [`ErrorKind::Input`]: crate::ErrorKind::Input
#[derive(Debug, Clone)]
#[must_use = "a power action is asked for when it is awaited"]
pub struct PowerRequest {
    site: Site,
    machine: String,
    action: PowerAction,
    force: Option<bool>,
    delay: Option<Duration>,
    detail: Option<bool>,
}

impl PowerRequest {
    pub(super) fn new(site: Site, machine: String, action: PowerAction) -> Self {
        Self {
            site,
            machine,
            action,
            force: None,
            delay: None,
            detail: None,
        }
    }

    /// Forces a shutdown or reboot without asking the guest. Unsaved work in sessions is lost.
    ///
    /// Not sent unless set.
    pub fn force(mut self, force: bool) -> Self {
        self.force = Some(force);
        self
    }

    /// Delays a shutdown or suspension, in whole seconds.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = Some(delay);
        self
    }

    /// Sets whether the answer has all details of the machine; the service's default is yes.
    pub fn detail(mut self, detail: bool) -> Self {
        self.detail = Some(detail);
        self
    }

    /// The request, for its options.
    pub fn request(self) -> Request<Option<MachineDetail>> {
        self.build()
    }

    /// Asks the service to make a job of it, as [`Request::as_job`].
    ///
    /// # Errors
    ///
    /// As awaiting the action, and as [`Request::as_job`].
    pub async fn as_job(self) -> Result<JobHandle, Error> {
        self.request().as_job().await
    }

    fn refused(&self) -> Option<Error> {
        use PowerAction as A;
        let action = self.action;
        if self.force.is_some() && !matches!(action, A::Shutdown | A::Reboot) {
            return Some(Error::input(format!("`force` does not go with {action}")));
        }
        if self.delay.is_some() && !matches!(action, A::Shutdown | A::Suspend) {
            return Some(Error::input(format!("`delay` does not go with {action}")));
        }
        None
    }

    fn build(self) -> Request<Option<MachineDetail>> {
        // The five operations are alike, but the generator gives each a type of its own.
        macro_rules! operation {
            ($call:ident, $name:ident $(, $option:ident = $value:expr)*) => {{
                let daas = $call.daas();
                let mut operation = daas.$name().name_or_id(self.machine);
                $(if let Some(value) = $value { operation = operation.$option(value); })*
                operation.send().await
            }};
        }
        let refused = self.refused();
        let site = self.site.clone();
        let delay = self
            .delay
            .map(|delay| i64::try_from(delay.as_secs()).unwrap_or(i64::MAX));
        site.request(move |call| async move {
            let detail = self.detail;
            let sent = match self.action {
                PowerAction::Start => operation!(
                    call,
                    machines_start_machine,
                    detail_response_required = detail
                ),
                PowerAction::Shutdown => operation!(
                    call,
                    machines_shutdown_machine,
                    detail_response_required = detail,
                    force = self.force,
                    delay = delay
                ),
                PowerAction::Reboot => operation!(
                    call,
                    machines_reboot_machine,
                    detail_response_required = detail,
                    force = self.force
                ),
                PowerAction::Suspend => operation!(
                    call,
                    machines_suspend_machine,
                    detail_response_required = detail,
                    delay = delay
                ),
                PowerAction::Resume => operation!(
                    call,
                    machines_resume_machine,
                    detail_response_required = detail
                ),
            };
            call.settle_optional(sent).await
        })
        .refuse(refused)
    }
}

impl IntoFuture for PowerRequest {
    type Output = Result<Option<MachineDetail>, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        self.request().into_future()
    }
}
