//! The route of a call: origin, API version and, for DaaS, the site.

use std::sync::OnceLock;

use bytes::Bytes;
use citrix_cloud_gen::operation::{Meta, Operation as _};
use citrix_cloud_gen::ops::site::GetMe;
use http::{HeaderName, HeaderValue, Request, StatusCode};
use reqwest::Url;

use super::{Call, Decode, Progress, headers, stage};
use crate::decode::Response;
use crate::endpoints::Service;
use crate::{ApiVersion, Error};

/// The operation that reveals the version of the DaaS API.
const ME: Meta = GetMe::META;

/// Remembers which version of the DaaS API responds.
#[derive(Debug, Default)]
pub(crate) struct Router {
    found: OnceLock<ApiVersion>,
    finding: tokio::sync::Mutex<()>,
}

/// The target of a call, or its response if the call was its own probe.
pub(super) enum Routed {
    To(Target),
    Response(Response),
}

/// An origin with a path prefix, and how requests to it name the customer and the site.
#[derive(Debug, Clone)]
pub(super) struct Target {
    base: Url,
    /// The path, if this version of the API has a different one from the operation's.
    path: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Target {
    /// Returns the origin and path prefix that requests go to.
    pub(super) fn base(&self) -> &Url {
        &self.base
    }

    /// Changes the host and keeps the paths.
    pub(super) fn move_to(&mut self, host: &Url) -> bool {
        let mut base = host.clone();
        base.set_path(self.base.path());
        self.base = base;
        true
    }

    /// Builds the request to send to this target, with the path and query of its operation.
    pub(super) fn aim(&self, request: &Request<Bytes>) -> Result<reqwest::Request, Error> {
        let mut url = self.base.clone();
        let prefix = self.base.path().trim_end_matches('/');
        let path = self.path.as_deref().unwrap_or(request.uri().path());
        let path = format!("{prefix}{path}");
        url.set_path(&path);
        if url.path() != path {
            return Err(Error::input(format!("`{path}` cannot be sent as a path")));
        }
        url.set_query(request.uri().query());
        let mut aimed = reqwest::Request::new(request.method().clone(), url);
        *aimed.headers_mut() = request.headers().clone();
        aimed.headers_mut().extend(self.headers.iter().cloned());
        if !request.body().is_empty() {
            *aimed.body_mut() = Some(request.body().clone().into());
        }
        Ok(aimed)
    }
}

impl Router {
    /// Finds the target of a call.
    ///
    /// As long as the version of the DaaS API is unknown, this requests `/me`, first at the current
    /// path. If that is a 404 and the walkthrough's path is not, the version is the preview. If the
    /// call itself is `/me`, it serves as its own probe.
    pub(super) async fn route(
        &self,
        call: &Call,
        request: &Request<Bytes>,
        progress: &mut Progress,
        decode: &mut Decode<'_>,
    ) -> Result<Routed, Error> {
        stage("route");
        if let Some(target) = self.known(call)? {
            return Ok(Routed::To(target));
        }
        let guard = self.finding.lock().await;
        if self.found.get().is_none() {
            if call.meta.id == ME.id {
                let response = Box::pin(self.probe(call, request, progress, decode)).await?;
                return Ok(Routed::Response(response));
            }
            let mut probe = probe_call(call);
            let mut me = Request::new(Bytes::new());
            *me.uri_mut() = http::Uri::from_static("/me");
            headers::insert(&mut me, &probe, &progress.transaction_id)?;
            let response = Box::pin(self.probe(&probe, &me, progress, &mut |_| Ok(()))).await?;
            // If the probe fails, the call fails with its error. The probe is a read, so the outcome
            // of a write is not in doubt.
            probe.meta.id = call.meta.id;
            probe.error_for_status(&response, progress)?;
            progress.attempts = 0;
        }
        drop(guard);
        let target = self.known(call)?;
        target
            .map(Routed::To)
            .ok_or_else(|| Error::config("no API version"))
    }

    /// Returns the target of a call, or `None` while the version of the DaaS API is unknown.
    fn known(&self, call: &Call) -> Result<Option<Target>, Error> {
        let version = call.shared.settings.api_version;
        if call.service() != Service::Daas {
            return platform(call, version).map(Some);
        }
        match (version, self.found.get()) {
            (ApiVersion::Auto, None) => Ok(None),
            (ApiVersion::Auto, Some(found)) => daas(call, *found).map(Some),
            (chosen, _) => daas(call, chosen).map(Some),
        }
    }

    /// Sends a request to the current path and, after a 404, to the walkthrough's; a success tells
    /// the version of the API.
    ///
    /// Callers box it: it runs once per client, and the future of every call would need room for it.
    async fn probe(
        &self,
        call: &Call,
        request: &Request<Bytes>,
        progress: &mut Progress,
        decode: &mut Decode<'_>,
    ) -> Result<Response, Error> {
        let current = daas(call, ApiVersion::Current)?;
        let mut best = call.attempts(request, current, progress, decode).await?;
        let mut api_version = ApiVersion::Current;
        if best.status() == StatusCode::NOT_FOUND {
            let older = daas(call, ApiVersion::Preview)?;
            let response = call.attempts(request, older, progress, decode).await?;
            if response.status() != StatusCode::NOT_FOUND {
                api_version = ApiVersion::Preview;
                best = response;
            }
        }
        // A refusal or a failing gateway proves nothing about the version.
        if best.status().is_success() {
            tracing::debug!(%api_version, "found the version of the DaaS API");
            let _ = self.found.set(api_version);
        }
        Ok(best)
    }
}

/// Returns the best guess at the target without sending anything: the current version of the API.
pub(super) fn guess(call: &Call) -> Result<Target, Error> {
    let router = &call.shared.router;
    match router.known(call)? {
        Some(target) => Ok(target),
        None => daas(call, ApiVersion::Current),
    }
}

/// Returns the call to `/me` that precedes another call.
fn probe_call(call: &Call) -> Call {
    let mut probe = Call::new(&call.shared, ME);
    probe.options.permit = call.options.permit;
    probe.options.timeout = call.options.timeout;
    probe
}

fn platform(call: &Call, version: ApiVersion) -> Result<Target, Error> {
    let settings = &call.shared.settings;
    let customer = settings.credentials.customer();
    // The walkthrough uses separate hosts for these two, with the customer in the path.
    let (service, path) = match (version, call.meta.id) {
        (ApiVersion::Preview, "listResourceLocations") => (
            Service::Registry,
            Some(format!("/{customer}/resourcelocations")),
        ),
        (ApiVersion::Preview, "sendNotification") => (
            Service::Notifications,
            Some(format!("/{customer}/notifications/items")),
        ),
        _ => (call.service(), None),
    };
    let headers = match call.meta.authenticated && !service.has_customer_in_path() {
        true => vec![headers::customer(customer)?],
        false => Vec::new(),
    };
    Ok(Target {
        base: settings.endpoints.of(service)?.clone(),
        path,
        headers,
    })
}

fn daas(call: &Call, version: ApiVersion) -> Result<Target, Error> {
    let settings = &call.shared.settings;
    let mut base = settings.endpoints.api().clone();
    let site = call.site.as_deref().filter(|_| call.is_below_a_site());
    let prefix = base.path().trim_end_matches('/').to_owned();
    let mut headers = vec![headers::customer(settings.credentials.customer())?];
    let path = match (version, site) {
        (ApiVersion::Preview, Some(site)) => format!("{prefix}/cvadapis/{site}"),
        (ApiVersion::Preview, None) => format!("{prefix}/cvadapis"),
        (_, site) => {
            if let Some(site) = site {
                let name = HeaderName::from_static("citrix-instanceid");
                headers.push((name, headers::value(site, "site id")?));
            }
            format!("{prefix}/cvad/manage")
        }
    };
    base.set_path(&path);
    Ok(Target {
        base,
        path: None,
        headers,
    })
}
