//! Monitor belongs to a customer: it shows all of the customer's sites, and nothing of other customers.

use std::collections::BTreeSet;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use citrix_cloud_emulator::{EmulatorBuilder, ResourceKind, Site, WorldFile, ids};
use serde_json::{Value, json};

use crate::client::{NOW, Office, Response};

const FIRST: &str = "11111111-1111-4111-8111-111111111111";
const SECOND: &str = "22222222-2222-4222-8222-222222222222";
const THIRD: &str = "33333333-3333-4333-8333-333333333333";

/// Two customers with credentials of their own, the first with two sites.
fn companies() -> EmulatorBuilder {
    let content = |name: &str, pattern: &str| {
        let machines = json!({ "count": 12, "name": pattern, "in_use": 0.5 });
        json!([{ "name": name, "delivery_group": name, "machines": machines }])
    };
    let site = |id: &str, name: &str, pattern: &str| {
        json!({
            "id": id,
            "name": name,
            "delivery_groups": [{ "name": name }],
            "catalogs": content(name, pattern),
            "sessions": { "every": "10m", "stay": "1h" },
        })
    };
    let file = json!({
        "clock": { "start": NOW, "frozen": true },
        "customers": [
            {
                "id": "north",
                "sites": [site(FIRST, "one", r"NORTH\A{}"), site(SECOND, "two", r"NORTH\B{}")],
            },
            { "id": "south", "sites": [site(THIRD, "three", r"SOUTH\C{}")] },
        ],
        "credentials": [
            { "client_id": ids::CLIENT_ID, "client_secret": ids::CLIENT_SECRET, "customers": ["north"] },
            { "client_id": "s", "client_secret": "SouthSecret", "customers": ["south"] },
        ],
    });
    let file: WorldFile = serde_json::from_value(file).unwrap();
    file.builder().unwrap()
}

/// Both customers, and their authorization headers.
struct Companies {
    office: Office,
    south: String,
}

impl Companies {
    async fn of(builder: EmulatorBuilder) -> Self {
        let mut both = Self {
            office: Office::of(builder).await,
            south: String::new(),
        };
        both.sign_in().await;
        both
    }

    async fn sign_in(&mut self) {
        self.office.sign_in().await;
        self.south = self.office.token_of("s", "SouthSecret").await;
    }

    async fn get(&self, customer: &str, token: &str, query: &str) -> Response {
        let query = query.replace(' ', "%20");
        let request = format!(
            "GET /monitorodata/{query} HTTP/1.1\r\nHost: api.cloud.com\r\n\
             Authorization: CWSAuth Bearer={token}\r\nCitrix-CustomerId: {customer}\r\n\
             Connection: close\r\n\r\n"
        );
        self.office.raw(&request).await
    }

    /// Returns a column of the rows on the first page.
    async fn column(&self, customer: &str, query: &str, column: &str) -> Vec<String> {
        let token = match customer {
            "north" => &self.office.token,
            _ => &self.south,
        };
        let response = self.get(customer, token, query).await;
        assert_eq!(response.status, 200, "{query}: {}", response.body);
        let page = response.json();
        assert_eq!(page["@odata.nextLink"], Value::Null, "{query}");
        let rows = page["value"].as_array().unwrap().iter();
        rows.map(|row| match &row[column] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
        .collect()
    }

    /// Returns the users with sessions, according to Monitor and according to the sites.
    async fn running(&self, customer: &str) -> [BTreeSet<String>; 2] {
        let open = "Sessions?$filter=EndDate eq null&$select=SessionKey";
        let shown = self.column(customer, open, "SessionKey").await;
        let live = self.office.emulator.read(|world| {
            let sites = world.customer(customer).unwrap().sites().iter();
            let sessions = sites.flat_map(|site| site.sessions.iter());
            sessions.map(|it| it.id().to_owned()).collect()
        });
        [shown.into_iter().collect(), live]
    }

    fn change<R>(&self, customer: &str, site: &str, change: impl FnOnce(&mut Site) -> R) -> R {
        let emulator = &self.office.emulator;
        emulator.update(|world| change(world.site_mut(customer, site).unwrap()))
    }
}

#[tokio::test]
async fn a_customer_sees_all_of_its_own_sites_and_no_others() {
    let both = Companies::of(companies()).await;
    let names = both.column("north", "Machines?$select=Name", "Name").await;
    let first = (1..=12).map(|it| format!(r"NORTH\A{it}"));
    let all: Vec<String> = first
        .chain((1..=12).map(|it| format!(r"NORTH\B{it}")))
        .collect();
    assert_eq!(names, all);
    let names = both.column("south", "Machines?$select=Name", "Name").await;
    let all: Vec<String> = (1..=12).map(|it| format!(r"SOUTH\C{it}")).collect();
    assert_eq!(names, all);
    let catalogs = both.column("north", "Catalogs", "Name").await;
    assert_eq!(catalogs, ["one", "two"]);
    let zones = both.column("north", "Catalogs", "ZoneName").await;
    let primary = both.office.emulator.read(|world| {
        let site = &world.customer("north").unwrap().sites()[0];
        let zone = site.resources(ResourceKind::Zone).get(site.primary_zone());
        zone.unwrap().name.clone()
    });
    assert_eq!(zones, [primary.as_str(), primary.as_str()]);
    let groups = both.column("south", "DesktopGroups", "Name").await;
    assert!(groups.contains(&"three".to_owned()), "{groups:?}");
    assert!(!groups.contains(&"one".to_owned()), "{groups:?}");
    for customer in ["north", "south"] {
        let [shown, live] = both.running(customer).await;
        assert_eq!(shown, live, "{customer}");
        assert!(live.len() > 3, "{customer}");
    }
    // The history includes both sites, with each session once, and its key finds it.
    let past = "Sessions?$filter=StartDate ge 2026-01-02 and EndDate ne null&$expand=Machine($select=Name)";
    let response = both.get("north", &both.office.token, past).await.json();
    let rows = response["value"].as_array().unwrap();
    let keys: BTreeSet<_> = rows.iter().map(|it| it["SessionKey"].as_str()).collect();
    assert_eq!(keys.len(), rows.len());
    for site in [r"NORTH\A", r"NORTH\B"] {
        let is_here = |it: &&Value| it["Machine"]["Name"].as_str().unwrap().starts_with(site);
        let of_site: Vec<&Value> = rows.iter().filter(is_here).collect();
        assert!(of_site.len() > 3, "{site}");
        let key = of_site[0]["SessionKey"].as_str().unwrap();
        let query = format!("Sessions?$filter=SessionKey eq {key}");
        assert_eq!(both.column("north", &query, "SessionKey").await, [key]);
        assert_eq!(both.column("south", &query, "SessionKey").await, [""; 0]);
    }
}

#[tokio::test]
async fn a_token_opens_only_its_own_customers_monitor() {
    let both = Companies::of(companies()).await;
    let query = "Machines?$top=1";
    for (customer, token, status) in [
        ("north", &both.office.token, 200),
        ("NORTH", &both.office.token, 200),
        ("south", &both.office.token, 403),
        ("south", &both.south, 200),
        ("north", &both.south, 403),
    ] {
        let response = both.get(customer, token, query).await;
        assert_eq!(response.status, status, "{customer}");
    }
    // An on-premises controller identifies the customer by the caller.
    let pair = BASE64_STANDARD.encode(r"SOUTH\s:SouthSecret");
    let request = format!(
        "GET /Citrix/Monitor/OData/v4/Data/{query} HTTP/1.1\r\nHost: controller\r\n\
         Authorization: Basic {pair}\r\nConnection: close\r\n\r\n"
    );
    let response = both.office.raw(&request).await.json();
    assert_eq!(response["value"][0]["Name"], r"SOUTH\C1");
}

#[tokio::test]
async fn changes_in_a_site_show_up_for_its_customer_only() {
    let mut both = Companies::of(companies()).await;
    let clock = both.office.emulator.clock();
    let gone = both.change("north", SECOND, |site| {
        let first = site.sessions.iter().next().unwrap().id().to_owned();
        site.end_session(&first).unwrap().id().to_owned()
    });
    clock.advance(Duration::from_secs(600));
    let ended = format!("Sessions?$filter=SessionKey eq {gone}&$select=EndDate");
    let end = both.column("north", &ended, "EndDate").await;
    assert_eq!(end, ["2026-01-05T08:30:00Z"]);
    assert_eq!(both.column("south", &ended, "EndDate").await, [""; 0]);
    // Sessions start and end in all sites while nobody reads them.
    clock.advance(Duration::from_secs(20 * 3600));
    both.sign_in().await;
    let past = "Sessions?$filter=StartDate gt 2026-01-05T08:30:00Z and EndDate ne null&$expand=Machine($select=Name)";
    for (customer, token, sites) in [
        ("north", &both.office.token, &[r"NORTH\A", r"NORTH\B"][..]),
        ("south", &both.south, &[r"SOUTH\C"][..]),
    ] {
        let response = both.get(customer, token, past).await.json();
        let rows = response["value"].as_array().unwrap();
        let name = |it: &Value| it["Machine"]["Name"].as_str().unwrap().to_owned();
        let names: Vec<String> = rows.iter().map(name).collect();
        for site in sites {
            let here = names.iter().filter(|it| it.starts_with(site)).count();
            assert!(here > 20, "{site}: {here}");
        }
        let known = |it: &&String| sites.iter().any(|site| it.starts_with(site));
        assert_eq!(names.iter().filter(known).count(), names.len());
        let [shown, live] = both.running(customer).await;
        assert_eq!(shown, live, "{customer}");
    }
    // A deleted machine remains in the history.
    both.change("north", SECOND, |site| site.machines.remove(r"NORTH\B3"));
    let query = r"Machines?$filter=Name eq 'NORTH\B3'&$select=LifecycleState";
    let states = both.column("north", query, "LifecycleState").await;
    assert_eq!(states, ["1"]);
    both.office.emulator.reset();
    both.sign_in().await;
    let states = both.column("north", query, "LifecycleState").await;
    assert_eq!(states, ["0"]);
    let [shown, live] = both.running("north").await;
    assert_eq!(shown, live);
    assert!(live.contains(&gone));
}

#[tokio::test]
async fn a_site_that_is_added_shows_and_has_no_past() {
    let both = Companies::of(companies()).await;
    let count = "Sessions?$top=0&$count=true";
    let before = both.get("south", &both.south, count).await.json();
    both.office.emulator.update(|world| {
        let mut site = Site::new("44444444-4444-4444-8444-444444444444", "four");
        let first = world.site("south", THIRD).unwrap().machines.iter().next();
        site.machines.push(first.unwrap().clone().with_id(FIRST));
        world.customer_mut("south").unwrap().add_site(site);
    });
    let ids = both.column("south", "Machines?$select=Id", "Id").await;
    assert_eq!(ids.len(), 13);
    assert!(ids.contains(&FIRST.to_owned()));
    let after = both.get("south", &both.south, count).await.json();
    assert_eq!(before["@odata.count"], after["@odata.count"]);
}

#[tokio::test]
async fn each_customer_has_one_query_at_a_time() {
    let both = Companies::of(companies().latency(Duration::from_millis(300))).await;
    let query = "Machines?$top=1";
    let ask = |customer: &'static str, token: &str| {
        let token = token.to_owned();
        let both = &both;
        async move { both.get(customer, &token, query).await.status }
    };
    let (north, south) = (&both.office.token, &both.south);
    let (one, other) = tokio::join!(ask("north", north), ask("south", south));
    assert_eq!([one, other], [200, 200]);
    let (one, other) = tokio::join!(ask("north", north), ask("North", north));
    assert_eq!(one.min(other), 200);
    assert_eq!(one.max(other), 429);
}
