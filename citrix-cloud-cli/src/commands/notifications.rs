//! `notifications`.

use citrix_cloud::models::platform::{NotificationPriority, NotificationSeverity};
use citrix_cloud::{Client, CreateNotification};
use clap::Subcommand;

use super::daas::show_all;
use crate::arguments::one_of;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::Table;
use crate::sending::Consent;

pub(super) const TABLE: Table<'_> = Table::new(
    "notifications",
    &[
        ("CREATED", "/createdDate"),
        ("SEVERITY", "/severity"),
        ("PRIORITY", "/priority"),
        ("TITLE", "/content/0/title"),
        ("DESCRIPTION", "/content/0/description"),
        ("EVENT ID", "/eventId"),
    ],
);

/// What can be done with notifications.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the notifications; the service keeps them for 90 days.
    List,
    /// Send a notification to all administrators of the customer.
    #[command(
        override_usage = "citrix-cloud notifications send --title T --description D [OPTIONS]"
    )]
    Send {
        /// The title.
        #[arg(long)]
        title: String,
        /// The text.
        #[arg(long)]
        description: String,
        /// The severity.
        #[arg(long, default_value = "Information", ignore_case = true)]
        #[arg(value_parser = one_of(NotificationSeverity::KNOWN))]
        severity: String,
        /// The priority.
        #[arg(long, default_value = "Normal", ignore_case = true)]
        #[arg(value_parser = one_of(NotificationPriority::KNOWN))]
        priority: String,
        #[command(flatten)]
        consent: Consent,
    },
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let out = &context.out;
        match self {
            Self::List => {
                show_all(context, &TABLE, context.client()?.notifications().list()).await?;
            }
            Self::Send {
                title,
                description,
                severity,
                priority,
                consent,
            } => {
                let new = CreateNotification::new(title, description)
                    .severity(severity)
                    .priority(priority);
                let send = |client: &Client| client.notifications().send(new.clone());
                if consent.dry.shows(context, send)? {
                    return Ok(Exit::Done);
                }
                let question = "Send it to all administrators of the customer.";
                consent
                    .given(context, "notifications send", question)
                    .await?;
                let sent = context.client()?.notifications().send(new).json().await?;
                out.object(&TABLE, &sent)?;
            }
        }
        Ok(Exit::Done)
    }
}
