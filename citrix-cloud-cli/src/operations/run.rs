//! Sends an operation and prints its response.

use std::time::Duration;

use citrix_cloud::daas::Site;
use citrix_cloud::operations::{Reads, Scope, Service as Module};
use citrix_cloud::{Client, RawOperation, Request, Service};
use clap::FromArgMatches as _;
use serde_json::Value;

use super::call::{Destination, Secrets};
use super::{Chosen, call, schema, tables};
use crate::commands::daas::{Where, jobs};
use crate::context::Context;
use crate::curl;
use crate::exit::{Exit, Failure};
use crate::output::{Table, escaped};
use crate::sending::note_name;

/// Placeholder for an unknown site, when nothing is sent.
pub(crate) const UNKNOWN_SITE: &str = "SITE_ID";

impl Chosen {
    /// Runs the operation.
    pub(crate) async fn run(mut self, context: &Context) -> Result<Exit, Failure> {
        let operation = self.operation;
        if let Some(body) = &operation.body
            && self.flag("schema")
        {
            let schema = schema::document(body.model);
            context.out.json(&schema.unwrap_or_default())?;
            return Ok(Exit::Done);
        }
        let body = self.body()?;
        let secrets = call::secrets(operation, &self.given)?;
        if self.flag("dry-run") {
            let client = context.unsigned_client()?;
            let site = match self.place()? {
                Some(place) => place.id(context)?,
                None => None,
            };
            let site = site.unwrap_or_else(|| UNKNOWN_SITE.to_owned());
            for (_, _, name) in self.by_name() {
                note_name(context, &name);
            }
            let request = self.request(&client, Some(&client.daas().site(site)), &secrets, body)?;
            context.out.line(&curl::command(&request.preview()?))?;
            return Ok(Exit::Done);
        }
        // A request that cannot be built is rejected before the user is asked or anything is sent.
        self.buildable(&secrets, body.clone())?;
        if operation.asks && !self.flag("yes") {
            self.ask(context).await?;
        }
        let client = context.client()?;
        let site = match self.place()? {
            Some(place) => Some(place.site(context, &client).await?),
            None => None,
        };
        self.ids = self.ids(&client, site.as_ref()).await?;
        let request = self.request(&client, site.as_ref(), &secrets, body)?;
        match self.send(context, request).await {
            Err(Failure::Service(error)) => {
                Err(self.explained(&client, site.as_ref(), error).await)
            }
            sent => sent,
        }
    }

    /// Checks that its request can be built.
    ///
    /// # Errors
    ///
    /// If an argument is invalid, or the body is missing.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        self.buildable(&Secrets::new(), self.body()?)
    }

    fn buildable(&self, secrets: &Secrets, body: Option<String>) -> Result<(), Failure> {
        let (given, ids) = (&self.given, &self.ids);
        call::request(self.operation, given, ids, secrets, Destination::ANY, body).map(drop)
    }

    async fn send(
        &self,
        context: &Context,
        request: Request<RawOperation>,
    ) -> Result<Exit, Failure> {
        let out = &context.out;
        if self.operation.meta.envelope.is_some() {
            let things = self.things();
            let mut list = request.list();
            if let Some(limit) = out.limit() {
                list = list.limit(limit);
            }
            let table = tables::of(self.operation.item, &things);
            out.rows(&table, list.items()).await?;
            return Ok(Exit::Done);
        }
        if self.flag("async") {
            let job = request.as_job().await?;
            out.object(&jobs::TABLE, &job.get().json().await?)?;
            return Ok(Exit::Done);
        }
        if let Some(deadline) = self.given_wait() {
            let job = request.as_job().await?;
            job.wait(deadline).await?;
            out.object(&jobs::TABLE, &job.get().json().await?)?;
            return Ok(Exit::Done);
        }
        let response = match (self.operation.meta.reads, request.await) {
            (Reads::Exists, Ok(_)) => Value::Bool(true),
            (Reads::Exists, Err(error)) if error.is_not_found() => {
                out.object(&Table::new(&self.things(), &[]), &Value::Bool(false))?;
                return Ok(Exit::Missing);
            }
            (_, response) => response?,
        };
        match response {
            Value::Null if !self.operation.meta.safe => out.note("done"),
            Value::Null => {}
            response => out.object(&Table::new(&self.things(), &[]), &response)?,
        }
        Ok(Exit::Done)
    }

    /// Returns the noun, which names an empty list.
    fn things(&self) -> String {
        let noun = match self.operation.words {
            [.., noun, "list" | "list-v2" | "search" | "get"] => noun,
            [.., verb] => verb,
            [] => "items",
        };
        noun.replace('-', " ")
    }

    pub(super) fn flag(&self, name: &str) -> bool {
        matches!(self.given.try_get_one::<bool>(name), Ok(Some(true)))
    }

    fn given_wait(&self) -> Option<Duration> {
        self.given.try_get_one("wait").ok().flatten().copied()
    }

    fn place(&self) -> Result<Option<Where>, Failure> {
        match self.operation.meta.scope {
            Scope::Service => Ok(None),
            Scope::Site => Where::from_arg_matches(&self.given)
                .map(Some)
                .map_err(|error| Failure::Usage(error.to_string())),
        }
    }

    fn request(
        &self,
        client: &Client,
        site: Option<&Site>,
        secrets: &Secrets,
        body: Option<String>,
    ) -> Result<Request<RawOperation>, Failure> {
        let to = Destination {
            customer: client.customer(),
            site: site.map_or("", Site::id),
        };
        let request = call::request(self.operation, &self.given, &self.ids, secrets, to, body)?;
        let meta = self.operation.meta.clone();
        let request = match (meta.scope, site) {
            (Scope::Site, Some(site)) => site.send_raw(request),
            _ => client.send_raw(host(meta.service), request),
        };
        Ok(request.described_as(meta))
    }

    async fn ask(&self, context: &Context) -> Result<(), Failure> {
        let names = self.operation.parameters.iter();
        let names = names.filter_map(|it| self.given.try_get_one::<String>(it.option).ok()?);
        let names: Vec<String> = names.map(|it| escaped(it)).collect();
        let question = format!("{} {}\nContinue?", self.operation.summary, names.join(", "));
        let asking = format!("`{}`", self.operation.command());
        context.terminal.consent(&asking, &question).await
    }
}

impl Destination<'_> {
    /// A placeholder destination, to check whether the rest of a request can be built.
    const ANY: Self = Destination {
        customer: "customer",
        site: UNKNOWN_SITE,
    };
}

/// Returns the service of an operation's module.
pub(crate) fn host(module: Module) -> Service {
    match module {
        Module::Platform
        | Module::Administrators
        | Module::SystemLog
        | Module::Licensing
        | Module::Connectors => Service::Platform,
        Module::Entitlement => Service::Entitlement,
        Module::Registry => Service::Registry,
        Module::Notifications => Service::Notifications,
        Module::Webhooks => Service::Webhooks,
        Module::Daas => Service::Daas,
    }
}
