//! `daas sessions`.

use citrix_cloud::bulk::{Bulk, Selection, SessionSelection};
use citrix_cloud::daas::Site;
use citrix_cloud::models::MessageStyle;
use clap::{Args, Subcommand, ValueEnum};

use super::Where;
use super::bulk::{Acting, Task};
use super::selection::{List, Named, SessionChoice, SessionSelectors};
use crate::arguments::id_or_name;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::Table;

pub(crate) const TABLE: Table<'_> = Table::new(
    "sessions",
    &[
        ("USER", "/User/SamName|/UntrustedUserName|/User/DisplayName"),
        ("MACHINE", "/Machine/Name"),
        ("STATE", "/State"),
        ("STARTED", "/FormattedStartTime|/StartTime"),
        ("ID", "/Id"),
    ],
)
.wide(&[
    ("CHANGED", "/FormattedStateChangeTime|/StateChangeTime"),
    ("CATALOG", "/Machine/MachineCatalog/Name"),
    ("DELIVERY GROUP", "/Machine/DeliveryGroup/Name"),
    ("CLIENT", "/Client/Name"),
    ("ADDRESS", "/Client/IPAddress"),
    ("PROTOCOL", "/Connection/Protocol"),
    ("APPLICATIONS", "/ApplicationsInUse"),
]);

/// Sessions: list, get, logoff, disconnect, hide, message, …
#[derive(Debug, Args)]
pub(crate) struct Sessions {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List sessions.
    ///
    /// Selectors are sent to the service wherever its searches support them. Naming something that does
    /// not exist is an error, unless --allow-empty is given.
    List(List<SessionSelectors>),
    Get(Get),
    /// Log users off; unsaved work is lost.
    #[command(override_usage = "citrix-cloud daas sessions logoff <ID|SELECTORS>...")]
    Logoff(Act),
    /// Disconnect sessions; they keep running, and their users can reconnect.
    #[command(override_usage = "citrix-cloud daas sessions disconnect <ID|SELECTORS>...")]
    Disconnect(Act),
    /// Hide sessions, so that their users get new ones instead of reconnecting.
    ///
    /// For sessions that no longer respond. They keep running until they are logged off; `unhide` shows
    /// them again.
    #[command(override_usage = "citrix-cloud daas sessions hide <ID|SELECTORS>...")]
    Hide(Act),
    /// Show hidden sessions again, so that their users can reconnect.
    #[command(override_usage = "citrix-cloud daas sessions unhide <ID|SELECTORS>...")]
    Unhide(Act),
    Message(Message),
}

impl Sessions {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.command {
            Command::List(command) => command.run(context, &TABLE).await?,
            Command::Get(command) => command.run(context).await?,
            Command::Logoff(command) => return command.run(context, Selection::logoff).await,
            Command::Disconnect(command) => {
                return command.run(context, Selection::disconnect).await;
            }
            Command::Hide(command) => return command.run(context, Selection::hide).await,
            Command::Unhide(command) => return command.run(context, Selection::unhide).await,
            Command::Message(command) => return command.run(context).await,
        }
        Ok(Exit::Done)
    }
}

/// Show everything known about a session.
#[derive(Debug, Args)]
struct Get {
    /// Its id.
    #[arg(value_parser = id_or_name)]
    id: String,
    #[command(flatten)]
    place: Where,
}

impl Get {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let site = self.place.site(context, &context.client()?).await?;
        let session = site.session(self.id).get().json().await?;
        context.out.object(&TABLE, &session)
    }
}

/// What is done to sessions and needs no more to be said.
#[derive(Debug, Args)]
struct Act {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    choice: SessionChoice,
}

impl Act {
    async fn run(
        self,
        context: &Context,
        action: fn(SessionSelection) -> Bulk,
    ) -> Result<Exit, Failure> {
        let task = Task::on(self.choice.named()?);
        let act = |site: &Site, named: &Named| action(self.choice.of(site, named));
        self.acting.perform(context, &self.place, task, act).await
    }
}

/// Show users a message.
///
/// There is no way to tell later whether a message was shown, so one without a response is not sent
/// again.
#[derive(Debug, Args)]
#[command(
    override_usage = "citrix-cloud daas sessions message --title T --text T <ID|SELECTORS>..."
)]
struct Message {
    /// The title of the window.
    #[arg(long)]
    title: String,
    /// The text of the message.
    #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    text: String,
    /// The icon.
    #[arg(long, value_enum, default_value_t)]
    style: Style,
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    choice: SessionChoice,
}

/// What a message looks like.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Style {
    Critical,
    Question,
    Exclamation,
    #[default]
    Information,
}

impl Message {
    async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let style = match self.style {
            Style::Critical => MessageStyle::Critical,
            Style::Question => MessageStyle::Question,
            Style::Exclamation => MessageStyle::Exclamation,
            Style::Information => MessageStyle::Information,
        };
        let task = Task::on(self.choice.named()?);
        let message = |site: &Site, named: &Named| {
            let sessions = self.choice.of(site, named);
            sessions.send_message(self.title, self.text, style)
        };
        self.acting
            .perform(context, &self.place, task, message)
            .await
    }
}
