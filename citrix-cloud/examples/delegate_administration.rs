//! Creates a role and a scope, and an administrator with both.
//!
//! Reads its settings from the environment, as `list_machines` explains. Run it with
//! `cargo run -p citrix-cloud --features daas-admin --example delegate_administration`.

use citrix_cloud::models::{
    AdminRightInput, AdminRightInputRequired, CreateAdminAdministrator, CreateAdminRole,
    CreateAdminScope, ScopedObjectInput, ScopedObjectType,
};
use citrix_cloud::{Client, Error};

pub(crate) async fn run(client: &Client) -> Result<(), Error> {
    let site = client.daas().only_site().await?;

    // What the role allows; `site.permissions()` lists all permissions.
    let permissions = site.permissions().all().await?;
    let ids = permissions.into_iter().filter_map(|it| it.id);
    let power = ids.filter(|id| id.contains("Power"));
    let role = CreateAdminRole::new("Power operator").permissions(power);
    site.roles().create(role).await?;

    // The objects that it applies to.
    let catalog = ScopedObjectInput::new("Demo Catalog", ScopedObjectType::MachineCatalog);
    let scope = CreateAdminScope::new("Demo only").scoped_objects([catalog]);
    site.scopes().create(scope).await?;

    // The administrator who gets both.
    let right = AdminRightInput::new(AdminRightInputRequired {
        role: "Power operator".into(),
        scope: "Demo only".into(),
    });
    let robin = CreateAdminAdministrator::new()
        .user(r"DEMOLAB\robin")
        .rights([right])
        .enabled(true);
    site.administrators().create(robin).await?;

    let robin = site.administrator(r"DEMOLAB\robin").get().await?;
    for right in robin.scopes_and_roles.unwrap_or_default() {
        let role = right.role.and_then(|it| it.name);
        let scope = right.scope.and_then(|it| it.name);
        println!("{role:?} in {scope:?}");
    }
    Ok(())
}

#[tokio::main]
async fn main() -> Result<(), Error> {
    run(&Client::from_env()?).await
}
