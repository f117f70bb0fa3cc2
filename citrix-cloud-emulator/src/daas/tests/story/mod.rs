//! All operations in daily use, one after another on one site.

mod applications;
mod hosting;
mod machines;
mod site_and_people;

use serde_json::Value;

use super::site::{Site, daily};

/// Shorthand for a call without a body.
const NONE: Value = Value::Null;

#[tokio::test]
async fn every_operation_in_daily_use_works_and_returns_its_model() {
    let site = Site::new().await;
    site_and_people::sites(&site).await;
    site_and_people::administration(&site).await;
    applications::folders_and_applications(&site).await;
    applications::tags_and_zones(&site).await;
    machines::machines(&site).await;
    machines::catalogs(&site).await;
    machines::delivery_groups(&site).await;
    machines::autoscale(&site).await;
    applications::policies(&site).await;
    hosting::hypervisors(&site).await;
    hosting::images(&site).await;
    site_and_people::directory(&site).await;
    machines::sessions(&site).await;
    hosting::others(&site).await;
    hosting::jobs(&site).await;
    let called = site.called();
    let left: Vec<_> = daily()
        .map(|it| it.name)
        .filter(|it| !called.contains(it))
        .collect();
    assert_eq!(left, Vec::<&str>::new(), "operations that nobody called");
    assert_eq!(daily().count(), 197);
}
