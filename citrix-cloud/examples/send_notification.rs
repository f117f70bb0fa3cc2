//! Sends a notification to all administrators of the customer.
//!
//! Reads its settings from the environment, as `list_machines` explains. **It really sends one.**

use citrix_cloud::models::platform::{NotificationPriority, NotificationSeverity};
use citrix_cloud::{Client, CreateNotification, Error};

#[tokio::main]
async fn main() -> Result<(), Error> {
    let client = Client::from_env()?;
    let dinner = CreateNotification::new("Dinner Time", "Fish and Chips!")
        .severity(NotificationSeverity::Information)
        .priority(NotificationPriority::Normal);
    let sent = client.notifications().send(dinner).await?;
    println!("event {}", sent.event_id.unwrap_or_default());

    for notification in client.notifications().list().all().await? {
        for content in notification.content.unwrap_or_default() {
            println!("{}", content.title.unwrap_or_default());
        }
    }
    Ok(())
}
