//! What somebody writes who has reqwest, `serde_json` and the types, and nothing else.

use std::env;
use std::hint::black_box;
use std::time::Instant;

use citrix_cloud::models::MachineCollection as Page;
use citrix_cloud::models::{Machine, MachineDetail};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, HeaderMap};
use serde_json::Value;

use crate::{Done, Outcome};

/// How many machines a page has.
const PAGE: usize = 1000;

/// A connection with everything that each request carries.
pub(crate) struct Bare {
    http: reqwest::Client,
    manage: String,
    catalog: String,
}

impl Bare {
    /// Signs in.
    pub(crate) async fn from_env() -> Outcome<Self> {
        let endpoint = env::var("CITRIX_CLOUD_ENDPOINT")?;
        let signing_in = reqwest::Client::new()
            .post(format!("{endpoint}/cctrustoauth2/root/tokens/clients"))
            .form(&[
                ("grant_type", "client_credentials"),
                ("client_id", &env::var("CITRIX_CLIENT_ID")?),
                ("client_secret", &env::var("CITRIX_CLIENT_SECRET")?),
            ]);
        let response = signing_in.send().await?.error_for_status()?;
        let response: Value = response.json().await?;
        let token = response["access_token"].as_str().ok_or("no token")?;
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, "application/json".parse()?);
        headers.insert(AUTHORIZATION, format!("CwsAuth Bearer={token}").parse()?);
        headers.insert(
            "Citrix-CustomerId",
            env::var("CITRIX_CUSTOMER_ID")?.parse()?,
        );
        headers.insert("Citrix-InstanceId", env::var("BENCH_SITE")?.parse()?);
        Ok(Self {
            http: reqwest::Client::builder()
                .default_headers(headers)
                .build()?,
            manage: format!("{endpoint}/cvad/manage"),
            catalog: env::var("BENCH_CATALOG")?,
        })
    }

    /// Reboots one idle machine after another.
    pub(crate) async fn reboot(&self) -> Outcome<Done> {
        let (mut token, mut rebooted) = (None, 0);
        loop {
            let page = self.page(token.as_deref(), 250).await?;
            let page: Page = serde_json::from_slice(&page)?;
            for machine in &page.items {
                let (Some(id), Some(0)) = (&machine.id, machine.session_count) else {
                    continue;
                };
                let url = format!("{}/Machines/{id}/$reboot", self.manage);
                let asking = self.http.post(url).header(CONTENT_LENGTH, 0);
                asking.send().await?.error_for_status()?.bytes().await?;
                rebooted += 1;
            }
            token = page.continuation_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(Done::whole(rebooted));
            }
        }
    }

    /// Fetches and decodes one page after another.
    pub(crate) async fn list(&self) -> Outcome<Done> {
        let (mut token, mut machines) = (None, 0);
        loop {
            let page = self.page(token.as_deref(), PAGE).await?;
            let page: Page = serde_json::from_slice(&page)?;
            machines += page.items.iter().filter(|it| it.id.is_some()).count();
            token = page.continuation_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(Done::whole(machines));
            }
        }
    }

    /// Gets one machine again and again.
    pub(crate) async fn call(&self, rounds: usize) -> Outcome<Done> {
        let url = format!("{}/Machines/{}", self.manage, self.first().await?);
        let began = Instant::now();
        for _ in 0..rounds {
            let response = self.http.get(&url).send().await?.error_for_status()?;
            let machine: MachineDetail = serde_json::from_slice(&response.bytes().await?)?;
            black_box(machine);
        }
        Ok(Done::rounds(rounds, began, rounds))
    }

    /// Decodes one page again and again.
    pub(crate) async fn decode(&self, rounds: usize) -> Outcome<Done> {
        let body = self.page(None, PAGE).await?;
        let (began, mut machines) = (Instant::now(), 0);
        for _ in 0..rounds {
            let page: Page = serde_json::from_slice(&body)?;
            machines += black_box(page).items.len();
        }
        Ok(Done::rounds(machines, began, rounds))
    }

    /// The id of the first machine.
    pub(crate) async fn first(&self) -> Outcome<String> {
        let page: Page = serde_json::from_slice(&self.page(None, 1).await?)?;
        let first: Option<Machine> = page.items.into_iter().next();
        Ok(first.and_then(|it| it.id).ok_or("there is no machine")?)
    }

    /// The body of a page of the catalog's machines.
    pub(crate) async fn page(&self, token: Option<&str>, limit: usize) -> Outcome<bytes::Bytes> {
        let url = format!("{}/MachineCatalogs/{}/Machines", self.manage, self.catalog);
        let mut asking = self.http.get(url).query(&[("limit", limit)]);
        if let Some(token) = token {
            asking = asking.query(&[("continuationToken", token)]);
        }
        Ok(asking.send().await?.error_for_status()?.bytes().await?)
    }
}
