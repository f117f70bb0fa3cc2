//! Every operation of the SDK that is a single request, as programs call it.

use std::pin::Pin;

use citrix_cloud::connectors::ConnectorHandle;
use citrix_cloud::models::MachineAndSessionSearch;
use citrix_cloud::operations::machines::{CheckMachineExists, DoMachineSearch};
use citrix_cloud::operations::platform::{DeleteServicePrincipal, GetServicePrincipal};
use citrix_cloud::resource_locations::ResourceLocationHandle;
use citrix_cloud::{
    Client, CreateNotification, CreateResourceLocation, CreateWebhookSubscription, Error,
    ErrorKind, Request, UpdateResourceLocation, daas,
};
use citrix_cloud_emulator::ids;

type Calling = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// One operation.
pub(super) struct Operation {
    /// Its name in the emulator.
    pub(super) name: &'static str,
    pub(super) writes: bool,
    pub(super) call: fn(Client) -> Calling,
}

fn site(client: &Client) -> daas::Site {
    client.daas().site(ids::SITE_ID)
}

fn machine(client: &Client) -> citrix_cloud::handles::machines::MachineHandle {
    site(client).machine(ids::KESTREL_ID)
}

/// A job started for this test.
async fn job(client: &Client) -> Result<citrix_cloud::handles::jobs::JobHandle, Error> {
    machine(client).reboot().as_job().await
}

/// Gets and deletes a service principal created for this test.
async fn principal(
    client: &Client,
) -> Result<
    (
        Request<GetServicePrincipal>,
        Request<DeleteServicePrincipal>,
    ),
    Error,
> {
    let principals = client.service_principals();
    let made = principals.create("night-shift").await?;
    let principal = principals.service_principal(&made);
    Ok((principal.get(), principal.delete()))
}

fn location(client: &Client) -> ResourceLocationHandle {
    let locations = client.resource_locations();
    locations.resource_location(ids::RESOURCE_LOCATION_ID)
}

/// Any connector.
async fn connector(client: &Client) -> Result<ConnectorHandle, Error> {
    let all = client.connectors().list().all().await?;
    let first = all
        .first()
        .ok_or_else(|| Error::new(ErrorKind::NotFound, "no connector"))?;
    Ok(client.connectors().connector(first))
}

/// A read by POST.
fn machine_search() -> DoMachineSearch {
    let everything: MachineAndSessionSearch = serde_json::from_str("{}").unwrap();
    DoMachineSearch::new(everything)
}

macro_rules! operations {
    ($($kind:ident $name:literal: |$client:ident| $call:expr;)*) => {
        &[$(Operation {
            name: $name,
            writes: operations!(@ $kind),
            call: |$client| Box::pin(async move { $call.await.map(drop) }),
        },)*]
    };
    (@ read) => { false };
    (@ write) => { true };
}

pub(super) const OPERATIONS: &[Operation] = operations! {
    read "MeGetMe": |client| client.daas().me();
    read "SitesGetSites": |client| site(&client).sites().all();
    read "SitesGetSite": |client| site(&client).get();
    read "MachineCatalogsGetMachineCatalogs": |client| site(&client).machine_catalogs().list().all();
    read "MachineCatalogsGetMachineCatalog": |client| site(&client).machine_catalog(ids::CATALOG_ID).get();
    read "MachineCatalogsGetMachineCatalogMachines":
        |client| site(&client).machine_catalog(ids::CATALOG_ID).machines().all();
    read "MachinesGetMachines": |client| site(&client).machines().list().all();
    read "MachinesGetMachine": |client| machine(&client).get();
    read "MachinesCheckMachineExists":
        |client| site(&client).send(CheckMachineExists::new(ids::KESTREL_ID));
    read "MachinesDoMachineSearch": |client| site(&client).list(machine_search()).all();
    read "MachinesGetMachineSessions": |client| machine(&client).sessions().all();
    write "MachinesStartMachine": |client| site(&client).machine(ids::MERLIN_ID).start();
    write "MachinesShutdownMachine": |client| machine(&client).shutdown();
    write "MachinesRebootMachine": |client| machine(&client).reboot();
    write "MachinesSuspendMachine": |client| machine(&client).suspend();
    write "MachinesUpdateMachineCatalogMachine": |client| machine(&client).maintenance_mode(true);
    read "SessionsGetSessions": |client| site(&client).sessions().list().all();
    read "SessionsGetSession": |client| site(&client).session(ids::ACTIVE_SESSION_ID).get();
    write "SessionsLogoffSession": |client| site(&client).session(ids::ACTIVE_SESSION_ID).logoff();
    write "SessionsDisconnectSession": |client| site(&client).session(ids::ACTIVE_SESSION_ID).disconnect();
    write "SessionsSendSessionMessage": |client|
        site(&client).session(ids::ACTIVE_SESSION_ID).send_message("Title", "Text", "Information");
    read "JobsGetJobs": |client| site(&client).jobs().list().all();
    read "JobsGetJob": |client| job(&client).await?.get();
    write "JobsCancelJob": |client| job(&client).await?.cancel();
    write "JobsDeleteJob": |client| job(&client).await?.delete();
    read "listResourceLocations": |client| client.resource_locations().list().all();
    read "getResourceLocation": |client| location(&client).get();
    write "createResourceLocation":
        |client| client.resource_locations().create(CreateResourceLocation::new("Lyon"));
    write "updateResourceLocation": |client| client
        .resource_locations()
        .resource_location(ids::RESOURCE_LOCATION_ID)
        .update(UpdateResourceLocation::new().name("Lyon"));
    write "deleteResourceLocation": |client| location(&client).delete();
    read "listConnectors": |client| client.connectors().list().all();
    write "deleteConnector": |client| connector(&client).await?.delete();
    read "listServiceStates": |client| client.service_states().list().all();
    read "listNotifications": |client| client.notifications().list().all();
    write "createNotification":
        |client| client.notifications().send(CreateNotification::new("Title", "Text"));
    read "listServicePrincipals": |client| client.service_principals().list().all();
    write "createServicePrincipal": |client| client.service_principals().create("night-shift");
    read "getServicePrincipal": |client| principal(&client).await?.0;
    write "deleteServicePrincipal": |client| principal(&client).await?.1;
    read "getAdministratorAccess":
        |client| client.administrators().administrator(ids::ADMINISTRATOR_ID).access();
    write "createWebhookSubscription":
        |client| client
        .webhooks()
        .create(CreateWebhookSubscription::new("https://hooks.example.test/x"));
    read "listAdministrators": |client| client.administrators().list().all();
    read "listSystemLogRecords":
        |client| client.system_log().records().all();
    read "getCurrentLicenseUsage": |client| client.licensing().current_usage();
};
