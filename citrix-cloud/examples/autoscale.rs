//! Turns Autoscale on for a delivery group, and restarts its machines every Sunday night.
//!
//! Reads its settings from the environment, as `list_machines` explains. Run it with
//! `cargo run -p citrix-cloud --features daas-delivery-groups --example autoscale`.

use citrix_cloud::models::{
    PoolSizeScheduleInput, PowerTimeSchemeInput, RebootScheduleDays, RebootScheduleFrequency,
    RebootScheduleInput, TimeSchemeDays, UpdateDeliveryGroup,
};
use citrix_cloud::{Client, Error};

pub(crate) async fn run(client: &Client) -> Result<(), Error> {
    let site = client.daas().only_site().await?;
    let group = site.delivery_group("Demo Desktops");

    // Keeps machines ready beyond those in use.
    let settings = UpdateDeliveryGroup::new()
        .auto_scale_enabled(true)
        .peak_buffer_size_percent(20)
        .off_peak_buffer_size_percent(5);
    group.update(settings).await?;

    // Keeps machines on whether anybody uses them or not.
    let mornings = PoolSizeScheduleInput::new()
        .time_range("07:00-12:00")
        .pool_size(4);
    let saturdays = PowerTimeSchemeInput::new()
        .name("Saturdays")
        .display_name("Saturdays")
        .days_of_week([TimeSchemeDays::Saturday])
        .peak_time_ranges(["07:00-12:00"])
        .pool_size_schedule([mornings]);
    group.create_power_time_scheme(saturdays).await?;

    let sundays = RebootScheduleInput::new()
        .name("Sunday nights")
        .enabled(true)
        .frequency(RebootScheduleFrequency::Weekly)
        .days_in_week([RebootScheduleDays::Sunday])
        .start_time("02:00")
        .reboot_duration_minutes(120)
        .warning_duration_minutes(15)
        .warning_title("Restart")
        .warning_message("This machine restarts in a quarter of an hour. Please save your work.");
    group.create_reboot_schedule(sundays).await?;

    for scheme in group.power_time_schemes().all().await? {
        println!(
            "power {:?} on {:?}",
            scheme.display_name, scheme.days_of_week
        );
    }
    for schedule in group.reboot_schedules().all().await? {
        println!("restart {:?} at {:?}", schedule.name, schedule.start_time);
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    run(&Client::from_env()?).await
}
