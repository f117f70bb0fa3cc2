//! `notifications`.

use citrix_cloud::CreateNotification;
use citrix_cloud::models::platform::{NotificationPriority, NotificationSeverity};
use clap::Subcommand;

use super::daas::show_all;
use crate::arguments::one_of;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::Table;

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
        /// Its title.
        #[arg(long)]
        title: String,
        /// Its text.
        #[arg(long)]
        description: String,
        /// How serious it is.
        #[arg(long, default_value = "Information", ignore_case = true)]
        #[arg(value_parser = one_of(NotificationSeverity::KNOWN))]
        severity: String,
        /// How urgent it is.
        #[arg(long, default_value = "Normal", ignore_case = true)]
        #[arg(value_parser = one_of(NotificationPriority::KNOWN))]
        priority: String,
    },
}

impl Command {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let out = &context.out;
        let notifications = context.client()?.notifications();
        match self {
            Self::List => show_all(context, &TABLE, notifications.list()).await?,
            Self::Send {
                title,
                description,
                severity,
                priority,
            } => {
                let new = CreateNotification::new(title, description)
                    .severity(severity)
                    .priority(priority);
                out.object(&TABLE, &notifications.send(new).json().await?)?;
            }
        }
        Ok(Exit::Done)
    }
}
