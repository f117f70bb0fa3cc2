//! `daas sessions`.

use citrix_cloud::daas::Site;
use citrix_cloud::models::MessageStyle;
use clap::{Args, Subcommand, ValueEnum};

use super::bulk::{Acting, Named, SessionChoice, Task};
use super::{Where, show};
use crate::arguments::id_or_name;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::Table;

const TABLE: Table<'_> = Table::new(
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

/// List the sessions of a site or of one machine, or act on them.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Sessions {
    /// Only those on this machine, by id or name (`DOMAIN\NAME`).
    #[arg(long, value_name = "ID|NAME", value_parser = id_or_name)]
    machine: Option<String>,
    #[command(flatten)]
    place: Where,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Logoff(Logoff),
    Message(Message),
}

impl Sessions {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.command {
            Some(Command::Logoff(command)) => return command.run(context).await,
            Some(Command::Message(command)) => return command.run(context).await,
            None => {}
        }
        let site = self.place.site(&context.client()?).await?;
        match self.machine {
            Some(machine) => {
                let sessions = site
                    .machine(machine)
                    .sessions()
                    .json_items()
                    .collect()
                    .await?;
                context.out.list(&TABLE, &sessions)?;
            }
            None => show(context, &TABLE, site.sessions().list()).await?,
        }
        Ok(Exit::Done)
    }
}

/// Log users off; what they have not saved is lost.
#[derive(Debug, Args)]
struct Logoff {
    #[command(flatten)]
    choice: SessionChoice,
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    acting: Acting,
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
struct Message {
    /// The title of the window.
    #[arg(long)]
    title: String,
    /// The text.
    #[arg(long, value_parser = clap::builder::NonEmptyStringValueParser::new())]
    text: String,
    /// The symbol beside it.
    #[arg(long, value_enum, default_value_t)]
    style: Style,
    #[command(flatten)]
    choice: SessionChoice,
    #[command(flatten)]
    place: Where,
    #[command(flatten)]
    acting: Acting,
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
