//! Where a call goes: origin, API version and, for DaaS, the site.

use http::{HeaderValue, StatusCode};
use reqwest::{Request, Url};
use std::sync::OnceLock;

use super::{Answer, Call, header_value};
use crate::{ApiVersion, Error, Service};

/// The one DaaS operation that is not below a site.
pub(super) const ME: &str = "me_get_me";

/// Remembers which version of the DaaS API answers.
#[derive(Debug, Default)]
pub(crate) struct Router {
    found: OnceLock<ApiVersion>,
    finding: tokio::sync::Mutex<()>,
}

/// An origin with a path prefix, and the site as the API version wants it said.
#[derive(Debug, Clone)]
pub(super) struct Target {
    base: Url,
    instance: Option<HeaderValue>,
}

impl Target {
    /// The origin and path prefix that requests go to.
    pub(super) fn base(&self) -> &Url {
        &self.base
    }

    /// Goes to another host with the same paths.
    pub(super) fn move_to(&mut self, host: &Url) -> bool {
        let mut base = host.clone();
        base.set_path(self.base.path());
        self.base = base;
        true
    }

    /// Points a request here, keeping the path and query that its operation gave it.
    pub(super) fn aim(&self, request: &mut Request) -> Result<(), Error> {
        let mut url = self.base.clone();
        let path = format!(
            "{}{}",
            self.base.path().trim_end_matches('/'),
            request.url().path()
        );
        url.set_path(&path);
        if url.path() != path {
            return Err(Error::input(format!(
                "`{path}` is not a path that can be sent as it is"
            )));
        }
        // The generator writes a space as a form does; a plus sign of its own is encoded by then.
        let query = request.url().query().map(|query| query.replace('+', "%20"));
        url.set_query(query.as_deref());
        *request.url_mut() = url;
        if let Some(instance) = &self.instance {
            request
                .headers_mut()
                .insert("citrix-instanceid", instance.clone());
        }
        Ok(())
    }
}

impl Router {
    /// The target of a call, or nothing while the version of the DaaS API is not known yet.
    pub(super) fn known(&self, call: &Call, operation: &str) -> Result<Option<Target>, Error> {
        if call.service != Service::Daas {
            let base = call.shared.settings.endpoints.of(call.service)?.clone();
            return Ok(Some(Target {
                base,
                instance: None,
            }));
        }
        match call.shared.settings.api_version {
            ApiVersion::Auto => match self.found.get() {
                Some(found) => daas(call, *found, operation).map(Some),
                None => Ok(None),
            },
            chosen => daas(call, chosen, operation).map(Some),
        }
    }

    /// Asks `/me` which API version is there, remembers the answer, and sends the call.
    ///
    /// The current paths are asked first; 404 there, and another answer from the walkthrough's,
    /// means that version. A call of `/me` itself is its own question.
    pub(super) async fn find_out(
        &self,
        call: &Call,
        request: &Request,
        operation: &'static str,
    ) -> Result<Answer, Error> {
        let guard = self.finding.lock().await;
        if self.found.get().is_none() {
            // What is sent now is a question, whatever the call is; its failure is no write's.
            let writes = call.record().writes;
            call.keep(|record| record.writes = false);
            let asked = match operation {
                ME => super::duplicate(request)?,
                _ => question(request),
            };
            let answer = self.ask(call, &asked).await?;
            if operation == ME || !answer.status().is_success() {
                return Ok(answer);
            }
            call.keep(|record| {
                record.writes = writes;
                record.attempts = 0;
            });
        }
        drop(guard);
        let target = self
            .known(call, operation)?
            .ok_or_else(|| Error::config("no API version"))?;
        call.attempt(request, target, operation).await
    }

    async fn ask(&self, call: &Call, request: &Request) -> Result<Answer, Error> {
        let current = daas(call, ApiVersion::Current, ME)?;
        let mut best = call.attempt(request, current, ME).await?;
        let mut api_version = ApiVersion::Current;
        if best.status() == StatusCode::NOT_FOUND {
            let older = daas(call, ApiVersion::Preview, ME)?;
            let answer = call.attempt(request, older, ME).await?;
            if answer.status() != StatusCode::NOT_FOUND {
                api_version = ApiVersion::Preview;
                best = answer;
            }
        }
        // A refusal or a failing gateway proves nothing; it is the answer to the call instead.
        if best.status().is_success() {
            tracing::debug!(%api_version, "DaaS answers to this version of the API");
            let _ = self.found.set(api_version);
        }
        Ok(best)
    }
}

/// A `/me` request with the headers of `request`.
fn question(request: &Request) -> Request {
    let mut url = request.url().clone();
    url.set_path("/me");
    url.set_query(None);
    let mut asked = Request::new(http::Method::GET, url);
    for name in ["accept", "citrix-customerid", "citrix-transactionid"] {
        if let Some(value) = request.headers().get(name) {
            asked.headers_mut().insert(name, value.clone());
        }
    }
    asked
}

fn daas(call: &Call, api_version: ApiVersion, operation: &str) -> Result<Target, Error> {
    let mut base = call.shared.settings.endpoints.api().clone();
    let site = call.site.as_deref().filter(|_| operation != ME);
    let prefix = base.path().trim_end_matches('/').to_owned();
    let (path, instance) = match (api_version, site) {
        (ApiVersion::Preview, Some(site)) => (format!("{prefix}/cvadapis/{site}"), None),
        (ApiVersion::Preview, None) => (format!("{prefix}/cvadapis"), None),
        (_, site) => (
            format!("{prefix}/cvad/manage"),
            site.map(|site| header_value(site, "site id")).transpose()?,
        ),
    };
    base.set_path(&path);
    Ok(Target { base, instance })
}
