//! `daas sessions`.

use citrix_cloud::daas::Site;
use citrix_cloud::models::MessageStyle;
use clap::{Args, Subcommand, ValueEnum};

use super::Where;
use super::bulk::{Acting, Found, Named, SessionChoice, SessionSelectors, Task};
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

/// Sessions: list, get, logoff, message, disconnect, …
#[derive(Debug, Args)]
pub(crate) struct Sessions {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(List),
    Get(Get),
    Logoff(Logoff),
    Message(Message),
}

impl Sessions {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.command {
            Command::List(command) => command.run(context).await?,
            Command::Get(command) => command.run(context).await?,
            Command::Logoff(command) => return command.run(context).await,
            Command::Message(command) => return command.run(context).await,
        }
        Ok(Exit::Done)
    }
}

/// List sessions.
///
/// Selectors are sent to the service wherever its searches support them. Naming something that does
/// not exist is an error, unless --allow-empty is given.
#[derive(Debug, Args)]
struct List {
    #[command(flatten)]
    found: Found,
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    selectors: SessionSelectors,
}

impl List {
    async fn run(self, context: &Context) -> Result<(), Failure> {
        let site = self.place.site(context, &context.client()?).await?;
        let out = &context.out;
        let fields = out.fields(&TABLE).unwrap_or_default();
        let chosen = self.selectors.of(&site);
        let sessions = chosen.raw_items(fields, out.limit()).await;
        self.found
            .print(context, &TABLE, &site, sessions, self.selectors.named())
            .await
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

/// Log users off; unsaved work is lost.
#[derive(Debug, Args)]
#[command(override_usage = "citrix-cloud daas sessions logoff SELECTORS...")]
struct Logoff {
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    acting: Acting,
    #[command(flatten)]
    choice: SessionChoice,
}

impl Logoff {
    async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let task = Task::on(self.choice.named()?);
        let logoff = |site: &Site, named: &Named| self.choice.of(site, named).logoff();
        self.acting
            .perform(context, &self.place, task, logoff)
            .await
    }
}

/// Show users a message.
///
/// There is no way to tell later whether a message was shown, so one without a response is not sent
/// again.
#[derive(Debug, Args)]
#[command(override_usage = "citrix-cloud daas sessions message --title T --text T SELECTORS...")]
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
