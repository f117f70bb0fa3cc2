//! `api`: sends a request to any path of a service.

use citrix_cloud::daas::Site;
use citrix_cloud::http::{Method, Request, Uri};
use citrix_cloud::paging::Items;
use citrix_cloud::{Client, RawOperation, Service};
use clap::{Args, ValueEnum};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::daas::Where;
use crate::context::Context;
use crate::curl;
use crate::exit::{Exit, Failure};
use crate::operations::UNKNOWN_SITE;
use crate::output::Table;
use crate::source::Source;

const ITEMS: Table<'_> = Table::new("items", &[]);

/// Send a request to any path, with token, headers, rate limits and retries, and print its response.
///
/// Writes ask for confirmation on a terminal, and need --yes without one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  citrix-cloud api GET '/Machines?limit=5'
  citrix-cloud api GET /DeliveryGroups --paginate
  citrix-cloud api POST '/Machines/DEMOLAB%7CKESTREL/$reboot' --yes
  citrix-cloud api PATCH /Machines/ID -F InMaintenanceMode=true --yes
  citrix-cloud api GET /resourcelocations --service platform")]
pub(crate) struct Api {
    /// GET, HEAD, POST, PUT, PATCH or DELETE.
    #[arg(value_parser = method)]
    method: Method,
    /// The path relative to the service, including the query, percent-encoded.
    #[arg(value_parser = path)]
    path: Uri,
    /// The service; for daas, the path is relative to the site.
    #[arg(long, value_enum, default_value_t)]
    service: ServiceName,
    /// A property of the body as text; for GET and HEAD, a query parameter.
    #[arg(short = 'f', long, value_name = "NAME=VALUE", value_parser = pair)]
    raw_field: Vec<(String, String)>,
    /// The same, but true, false, null and JSON are sent as such rather than as text.
    #[arg(short = 'F', long, value_name = "NAME=VALUE", value_parser = pair)]
    field: Vec<(String, String)>,
    /// The body, from a file or from standard input (-).
    #[arg(long, value_name = "FILE", value_parser = |it: &str| Ok::<_, String>(Source::from(it)))]
    #[arg(conflicts_with_all = ["raw_field", "field"])]
    input: Option<Source>,
    /// Follow the pages of a list and print its items as one array.
    #[arg(long)]
    paginate: bool,
    /// Print the request as a curl command without sending it.
    #[arg(long)]
    dry_run: bool,
    /// Do not ask for confirmation before a write.
    #[arg(short, long)]
    yes: bool,
    #[command(flatten)]
    place: Where,
}

/// A service by its name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum ServiceName {
    #[default]
    Daas,
    Platform,
    Entitlement,
    Registry,
    Notifications,
    Webhooks,
}

/// The destination of a command's requests.
enum Target {
    Site(Site),
    Service(Client, Service),
}

impl Target {
    fn send(&self, request: Request<String>) -> citrix_cloud::Request<RawOperation> {
        match self {
            Self::Site(site) => site.send_raw(request),
            Self::Service(client, service) => client.send_raw(*service, request),
        }
    }

    fn list(&self, request: Request<String>, limit: Option<usize>) -> Items<Box<RawValue>> {
        let list = match self {
            Self::Site(site) => site.list_raw(request),
            Self::Service(client, service) => client.list_raw(*service, request),
        };
        match limit {
            Some(limit) => list.limit(limit).items(),
            None => list.items(),
        }
    }
}

impl Api {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let request = self.request()?;
        if self.dry_run {
            return self.show(context, request);
        }
        let client = context.client()?;
        if !self.reads() && !self.yes {
            let question = format!("Send {} {}?", self.method, self.path);
            context.terminal.consent("a write", &question).await?;
        }
        let site = match self.service {
            ServiceName::Daas => Some(self.place.site(context, &client).await?),
            _ => None,
        };
        let target = self.target(client, site);
        match self.paginate {
            true => pages(context, &target, request).await?,
            false => {
                let response = target.send(request).await?;
                if !response.is_null() {
                    context.out.any(&ITEMS, &response)?;
                }
            }
        }
        Ok(Exit::Done)
    }

    /// Returns the destination of requests; without a site, the service itself.
    fn target(&self, client: Client, site: Option<Site>) -> Target {
        let service = match (self.service, site) {
            (ServiceName::Daas, Some(site)) => return Target::Site(site),
            (ServiceName::Daas, None) => Service::Daas,
            (ServiceName::Platform, _) => Service::Platform,
            (ServiceName::Entitlement, _) => Service::Entitlement,
            (ServiceName::Registry, _) => Service::Registry,
            (ServiceName::Notifications, _) => Service::Notifications,
            (ServiceName::Webhooks, _) => Service::Webhooks,
        };
        Target::Service(client, service)
    }

    fn reads(&self) -> bool {
        self.method == Method::GET || self.method == Method::HEAD
    }

    fn request(&self) -> Result<Request<String>, Failure> {
        let mut fields = Map::new();
        for (name, text) in &self.raw_field {
            fields.insert(name.clone(), Value::from(text.as_str()));
        }
        for (name, text) in &self.field {
            let value = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text.as_str()));
            fields.insert(name.clone(), value);
        }
        let (mut uri, mut body) = (self.path.clone(), String::new());
        if let Some(source) = &self.input {
            let read = source.read();
            body = read.map_err(|words| Failure::Usage(format!("{source}: {words}")))?;
            serde_json::from_str::<serde::de::IgnoredAny>(&body).map_err(|error| {
                Failure::Usage(format!(
                    "{source}: not valid JSON: {error}; nothing was sent"
                ))
            })?;
        } else if self.reads() {
            for (name, value) in &fields {
                uri = with_pair(&uri, name, &text(value))?;
            }
        } else if !fields.is_empty() {
            body = Value::Object(fields).to_string();
        }
        let mut request = Request::new(body);
        *request.method_mut() = self.method.clone();
        *request.uri_mut() = uri;
        Ok(request)
    }

    fn show(&self, context: &Context, request: Request<String>) -> Result<Exit, Failure> {
        let client = context.unsigned_client()?;
        let site = self.place.id(context)?;
        let site = site.unwrap_or_else(|| UNKNOWN_SITE.to_owned());
        let site = client.daas().site(site);
        let preview = self.target(client, Some(site)).send(request).preview()?;
        context.out.line(&curl::command(&preview))?;
        Ok(Exit::Done)
    }
}

/// Prints the items of all pages as one array, as they arrive.
async fn pages(context: &Context, target: &Target, first: Request<String>) -> Result<(), Failure> {
    let limit = context.out.limit();
    context
        .out
        .any_rows(&ITEMS, target.list(first, limit))
        .await
}

/// Adds a pair to the query of a path.
fn with_pair(uri: &Uri, name: &str, value: &str) -> Result<Uri, Failure> {
    let separator = if uri.query().is_some() { '&' } else { '?' };
    let pair = format!("{}={}", encoded(name), encoded(value));
    format!("{uri}{separator}{pair}")
        .parse()
        .map_err(|_| Failure::Usage(format!("`{name}` makes the URL too long")))
}

fn encoded(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'-' | b'_' | b'.' => char::from(byte).to_string(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn method(text: &str) -> Result<Method, String> {
    let upper = text.to_ascii_uppercase();
    let known = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
    known
        .contains(&upper.as_str())
        .then(|| Method::from_bytes(upper.as_bytes()).ok())
        .flatten()
        .ok_or_else(|| "GET, HEAD, POST, PUT, PATCH or DELETE".to_owned())
}

fn path(text: &str) -> Result<Uri, String> {
    let uri = text.parse::<Uri>().ok();
    uri.filter(|_| text.starts_with('/') && !text.contains('#'))
        .ok_or_else(|| {
            "a path that starts with `/`, with special characters percent-encoded".to_owned()
        })
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("a name, `=` and a value")?;
    match name.is_empty() {
        true => Err("the name is empty".to_owned()),
        false => Ok((name.to_owned(), value.to_owned())),
    }
}
