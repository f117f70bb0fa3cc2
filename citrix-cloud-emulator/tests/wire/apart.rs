//! Customers share nothing, and two sites of a customer share only the customer's data.

use citrix_cloud_emulator::{Emulator, WorldFile};
use serde_json::{Value, json};

use crate::client::{Cloud, Response};

const FIRST: &str = "11111111-1111-4111-8111-111111111111";
const SECOND: &str = "22222222-2222-4222-8222-222222222222";
const THIRD: &str = "33333333-3333-4333-8333-333333333333";

/// Two customers with credentials of their own, the first with two sites.
fn file() -> WorldFile {
    let catalog = |name: &str, count: u32, pattern: &str| json!([{ "name": name, "machines": { "count": count, "name": pattern } }]);
    let file = json!({
        "customers": [
            {
                "id": "north",
                "services": [{ "name": "xendesktop", "state": "Production" }],
                "resource_locations": [{ "name": "Oslo" }],
                "sites": [
                    { "id": FIRST, "name": "one", "catalogs": catalog("A", 3, r"NORTH\A{}") },
                    { "id": SECOND, "name": "two", "catalogs": catalog("B", 2, r"NORTH\B{}") },
                ],
            },
            {
                "id": "south",
                "sites": [{ "id": THIRD, "name": "one", "catalogs": catalog("C", 1, r"SOUTH\C{}") }],
            },
        ],
        "credentials": [
            { "client_id": "n", "client_secret": "NorthSecret", "customers": ["north"] },
            { "client_id": "s", "client_secret": "SouthSecret", "customers": ["south"] },
        ],
    });
    serde_json::from_value(file).unwrap()
}

struct Caller<'a> {
    cloud: &'a Cloud,
    customer: &'static str,
    authorization: String,
}

impl<'a> Caller<'a> {
    async fn new(cloud: &'a Cloud, customer: &'static str, id: &str, secret: &str) -> Self {
        let form = format!("grant_type=client_credentials&client_id={id}&client_secret={secret}");
        let kind = "application/x-www-form-urlencoded";
        let token = cloud.token_request(kind, &form).await.json();
        let token = token["access_token"].as_str().unwrap();
        Self {
            cloud,
            customer,
            authorization: format!("CwsAuth Bearer={token}"),
        }
    }

    async fn call(
        &self,
        customer: &str,
        site: &str,
        method: &str,
        path: &str,
        body: Value,
    ) -> Response {
        let body = if body.is_null() {
            String::new()
        } else {
            body.to_string()
        };
        let headers = [
            ("authorization", self.authorization.as_str()),
            ("accept", "application/json"),
            ("content-type", "application/json"),
            ("citrix-customerid", customer),
            ("citrix-instanceid", site),
        ];
        self.cloud.send(method, path, &headers, &body).await
    }

    async fn items(&self, site: &str, path: &str) -> Vec<Value> {
        let response = self
            .call(self.customer, site, "GET", path, Value::Null)
            .await;
        assert_eq!(response.status, 200, "{path}: {}", response.body);
        let mut body = response.json();
        let items = if body["Items"].is_array() {
            "Items"
        } else {
            "items"
        };
        body[items].as_array_mut().unwrap().drain(..).collect()
    }

    async fn names(&self, site: &str, path: &str) -> Vec<String> {
        let items = self.items(site, path).await.into_iter();
        let name = |it: &Value| {
            let name = ["Name", "name"].iter().find_map(|key| it[*key].as_str());
            name.unwrap().to_owned()
        };
        items.map(|it| name(&it)).collect()
    }
}

async fn cloud() -> Cloud {
    let emulator: Emulator = file().builder().unwrap().strict().build();
    Cloud {
        emulator,
        token: String::new(),
    }
}

const MACHINES: &str = "/cvad/manage/Machines";

#[tokio::test]
async fn the_sites_of_a_customer_have_machines_and_objects_of_their_own() {
    let cloud = cloud().await;
    let north = Caller::new(&cloud, "north", "n", "NorthSecret").await;
    let (first, second) = (
        north.names(FIRST, MACHINES).await,
        north.names(SECOND, MACHINES).await,
    );
    assert_eq!(first, [r"NORTH\A1", r"NORTH\A2", r"NORTH\A3"]);
    assert_eq!(second, [r"NORTH\B1", r"NORTH\B2"]);
    let tag = json!({ "Name": "Only here" });
    let made = north
        .call("north", FIRST, "POST", "/cvad/manage/Tags", tag)
        .await;
    assert_eq!(made.status, 200, "{}", made.body);
    assert!(
        north
            .names(FIRST, "/cvad/manage/Tags")
            .await
            .contains(&"Only here".to_owned())
    );
    assert!(
        !north
            .names(SECOND, "/cvad/manage/Tags")
            .await
            .contains(&"Only here".to_owned())
    );
    let reboot = format!("{MACHINES}/NORTH%7CB1/$reboot");
    for (site, status) in [(FIRST, 404), (SECOND, 200)] {
        let response = north
            .call("north", site, "POST", &reboot, Value::Null)
            .await;
        assert_eq!(response.status, status, "{}", response.body);
    }
    // A job of one site does not exist in the other.
    let reboot = format!("{MACHINES}/NORTH%7CA1/$reboot?async=true");
    let job = north
        .call("north", FIRST, "POST", &reboot, Value::Null)
        .await;
    let job = job
        .header("location")
        .rsplit('/')
        .next()
        .unwrap()
        .to_owned();
    let job = format!("/cvad/manage/Jobs/{job}");
    for (site, status) in [(FIRST, 200), (SECOND, 404)] {
        let response = north.call("north", site, "GET", &job, Value::Null).await;
        assert_eq!(response.status, status, "{}", response.body);
    }
    // Both zones stand for the customer's location.
    for site in [FIRST, SECOND] {
        let zones = north.items(site, "/cvad/manage/Zones").await;
        assert_eq!(zones[0]["ResourceLocation"]["Name"], "Oslo");
    }
    let me = north
        .call("north", FIRST, "GET", "/cvad/manage/me", Value::Null)
        .await
        .json();
    assert_eq!(me["Customers"].as_array().unwrap().len(), 1);
    let sites = json!([{ "Id": FIRST, "Name": "one" }, { "Id": SECOND, "Name": "two" }]);
    assert_eq!(me["Customers"][0]["Sites"], sites);
    let path = format!("/cvad/manage/Sites/{SECOND}");
    let site = north
        .call("north", FIRST, "GET", &path, Value::Null)
        .await
        .json();
    assert_eq!(site["Name"], "two");
}

#[tokio::test]
async fn two_customers_share_nothing() {
    let cloud = cloud().await;
    let north = Caller::new(&cloud, "north", "n", "NorthSecret").await;
    let south = Caller::new(&cloud, "south", "s", "SouthSecret").await;
    let made = [
        ("/resourcelocations", json!({ "name": "Bergen" })),
        (
            "/serviceprincipals",
            json!({ "displayName": "Night shift" }),
        ),
        (
            "/administrators/$create",
            json!({
                "accessType": "Full", "providerType": "CitrixSts", "type": "AdministratorUser",
                "email": "eve@north.example",
            }),
        ),
        (
            "/notifications",
            json!({
                "destinationAdmin": "*", "component": "c", "createdDate": "2026-01-05T08:30:00Z",
                "eventId": "51a2b3c4-d5e6-4f70-8192-a3b4c5d6e701", "severity": "Error",
                "priority": "High", "content": [{ "languageTag": "en", "title": "t", "description": "d" }],
            }),
        ),
    ];
    for (path, body) in made {
        let response = north.call("north", FIRST, "POST", path, body).await;
        assert!(
            (200..300).contains(&response.status),
            "{path}: {}",
            response.body
        );
    }
    for (path, ours, theirs) in [
        ("/resourcelocations", 2, 1),
        ("/serviceprincipals", 1, 0),
        ("/administrators", 2, 1),
        ("/notifications", 1, 0),
        ("/north/serviceStates", 1, 12),
        ("/systemlog/records", 4, 0),
        (MACHINES, 3, 1),
    ] {
        assert_eq!(north.items(FIRST, path).await.len(), ours, "{path}");
        let path = path.replace("north", "south");
        assert_eq!(south.items(THIRD, &path).await.len(), theirs, "{path}");
    }
    // Even the initial objects have different ids.
    for path in [
        "/resourcelocations",
        "/administrators",
        "/cvad/manage/Zones",
        "/cvad/manage/DeliveryGroups",
        "/cvad/manage/hypervisors",
        "/cvad/manage/Applications",
        "/cvad/manage/Admin/Roles",
    ] {
        let id = |it: &Value| {
            let id = ["Id", "id", "userId"]
                .iter()
                .find_map(|key| it[*key].as_str());
            id.unwrap().to_owned()
        };
        let ours: Vec<_> = north.items(FIRST, path).await.iter().map(id).collect();
        let theirs: Vec<_> = south.items(THIRD, path).await.iter().map(id).collect();
        assert!(!theirs.iter().any(|it| ours.contains(it)), "{path}");
    }
}

#[tokio::test]
async fn a_token_is_good_for_its_own_customer_only() {
    let cloud = cloud().await;
    let north = Caller::new(&cloud, "north", "n", "NorthSecret").await;
    for path in [
        MACHINES,
        "/cvad/manage/me",
        "/cvad/manage/Sites",
        "/resourcelocations",
        "/serviceprincipals",
        "/administrators",
        "/systemlog/records",
        "/south/serviceStates",
        "/south/resourcelocations",
        &format!("/cvadapis/{THIRD}/Machines"),
        &format!("/citrix/orchestration/api/south/{THIRD}/Machines"),
    ] {
        let response = north.call("south", THIRD, "GET", path, Value::Null).await;
        assert_eq!(response.status, 403, "{path}: {}", response.body);
    }
    // The other customer's site does not exist either.
    let response = north
        .call("north", THIRD, "GET", MACHINES, Value::Null)
        .await;
    assert_eq!(response.status, 404, "{}", response.body);
    let form = "grant_type=client_credentials&client_id=n&client_secret=NorthSecret";
    let headers = [("content-type", "application/x-www-form-urlencoded")];
    let response = cloud
        .send(
            "POST",
            "/cctrustoauth2/south/tokens/clients",
            &headers,
            form,
        )
        .await;
    assert_eq!(response.status, 400, "{}", response.body);
}

#[tokio::test]
async fn the_control_api_shows_the_requested_site() {
    let cloud = cloud().await;
    let state = async |query: &str| {
        let headers = [("host", "127.0.0.1")];
        let path = format!("/_emulator/state{query}");
        cloud.send("GET", &path, &headers, "").await
    };
    let summary = state("").await.json();
    assert_eq!(summary["machines"]["total"], 3);
    assert_eq!(summary["sites"].as_array().unwrap().len(), 3);
    assert_eq!(summary["sites"][2]["customer"], "south");
    for (query, machines) in [
        ("?site=two", 2),
        ("?customer=south", 1),
        ("?customer=south&site=one", 1),
    ] {
        assert_eq!(
            state(query).await.json()["machines"]["total"],
            machines,
            "{query}"
        );
        let listed = state(&format!("/machines{query}")).await.json();
        assert_eq!(
            listed["items"].as_array().unwrap().len(),
            machines,
            "{query}"
        );
    }
    assert_eq!(state("/machines?customer=nobody").await.status, 404);
}
