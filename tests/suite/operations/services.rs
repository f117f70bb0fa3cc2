//! The guide's table of platform services lists exactly the methods and their requests.

use std::collections::BTreeSet;

use citrix_cloud::models::administrators::{
    AdministratorAccessType, AdministratorProviderType, AdministratorType, CreateAdministrator,
    UpdateAdministratorAccess,
};
use citrix_cloud::{
    ApiVersion, Client, CreateNotification, CreateResourceLocation, CreateWebhookSubscription,
    UpdateResourceLocation,
};
use citrix_cloud_tests::{CUSTOMER, Reply, Scripted, client_of};

/// Sends one request, whose line is compared; the response does not matter here.
struct Sent {
    call: String,
    line: String,
}

async fn server() -> (Scripted, Client) {
    let server = Scripted::start([Reply::token(), Reply::json(404, "{}")]).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    (server, client)
}

/// Returns method and path of the last request, with placeholders for ids as in the documents.
fn line(server: &Scripted, id: &str) -> String {
    let lines = server.lines();
    let line = lines.last().map_or("", String::as_str);
    let line = line.split('?').next().unwrap_or_default();
    let line = line.replace(CUSTOMER, "{}");
    line.replace(id, "{}")
}

macro_rules! sent {
    ($found:ident, $client:ident, $id:ident: $($call:expr $(, $name:ident = $value:expr)?;)*) => {
        $({
            let (server, $client) = server().await;
            $(let $name = $value;)?
            drop(Box::pin(async move { $call.await }).await);
            let call = stringify!($call).replace(char::is_whitespace, "");
            $found.push(Sent { call, line: line(&server, $id) });
        })*
    };
}

macro_rules! listed {
    ($found:ident, $client:ident, $id:ident: $($call:expr;)*) => {
        $({
            let (server, $client) = server().await;
            drop(Box::pin(async move { $call.all().await }).await);
            let call = stringify!($call).replace(char::is_whitespace, "");
            $found.push(Sent { call, line: line(&server, $id) });
        })*
    };
}

/// Calls every method of the services that sends a request.
async fn all() -> Vec<Sent> {
    let mut found = Vec::new();
    let id = "an-id";
    listed! { found, client, id:
        client.service_principals().list();
        client.resource_locations().list();
        client.notifications().list();
        client.service_states().list();
        client.administrators().list();
        client.system_log().records();
        client.connectors().list();
        client.resource_locations().resource_location(id).connectors();
    }
    sent! { found, client, id:
        client.service_principals().create(display_name), display_name = "Robot";
        client.service_principals().service_principal(id).get();
        client.service_principals().service_principal(id).delete();
        client.resource_locations().create(body), body = CreateResourceLocation::new("Lab");
        client.resource_locations().resource_location(id).get();
        client.resource_locations().resource_location(id).update(body),
            body = UpdateResourceLocation::new().name("Lab 2");
        client.resource_locations().resource_location(id).delete();
        client.notifications().send(body), body = CreateNotification::new("Title", "Text");
        client.service_states().in_state(state), state = "ProductionTrial";
        client.administrators().create(body), body = CreateAdministrator::new(
            AdministratorAccessType::Full,
            AdministratorProviderType::CitrixSts,
            AdministratorType::AdministratorUser.as_str(),
        );
        client.administrators().delete_invitation(email), email = "jay@demolab.example";
        client.administrators().administrator(id).get();
        client.administrators().administrator(id).access();
        client.administrators().administrator(id).set_access(body),
            body = UpdateAdministratorAccess::new(AdministratorAccessType::Full);
        client.administrators().administrator(id).delete();
        client.licensing().current_usage();
        client.connectors().outdated();
        client.connectors().connector(id).get();
        client.connectors().connector(id).delete();
        client.webhooks().create(body),
            body = CreateWebhookSubscription::new("https://example.com/hook");
    }
    found
}

/// Returns the rows of the guide's last table: method and request.
fn table() -> BTreeSet<(String, String)> {
    let page = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/src/handles.md");
    let page = std::fs::read_to_string(page).unwrap();
    let (_, table) = page.split_once("## platform services").unwrap();
    let rows = table.lines().filter(|line| line.starts_with("| `client."));
    let rows = rows.map(|row| {
        let cells: Vec<&str> = row.split('`').collect();
        (cells[1].to_owned(), without_names(cells[3]))
    });
    rows.collect()
}

/// Returns a template with unnamed parameters.
fn without_names(path: &str) -> String {
    let mut parts = path.split('{');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + "{}" + part.split_once('}').map_or("", |(_, rest)| rest)
    })
}

#[tokio::test]
async fn every_method_of_a_service_sends_what_the_guide_says() {
    let sent = all().await.into_iter().map(|it| (it.call, it.line));
    let sent: BTreeSet<(String, String)> = sent.collect();
    assert_eq!(sent, table());
    assert_eq!(sent.len(), 28);
}
