//! The page of the guide that has every operation with its method.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Result, bail, ensure};

use super::exceptions::Service;
use super::{Exceptions, Method};
use crate::pipeline::commands::Command;

/// The page, a table for each area.
#[must_use]
pub fn page(methods: &[Method<'_>], exceptions: &Exceptions, roots: [&str; 2]) -> String {
    let mut text = String::from(
        "# Every operation and its method\n\nMade by `cargo xtask regen`. `site` is a \
         `citrix_cloud::daas::Site`, `daas` what `client.daas()` gives. The services of the platform \
         [come last](#platform-services).\n",
    );
    let mut area = "";
    for method in methods {
        if area != method.area.name {
            area = &method.area.name;
            let feature = method.area.feature.as_ref();
            let feature = feature.filter(|it| !exceptions.always.contains(it));
            let feature = feature.map(|it| format!(" (feature `{it}`)"));
            let _ = write!(
                text,
                "\n## {}{}\n\n| method | request | operation |\n|---|---|---|\n",
                area.replace('_', " "),
                feature.unwrap_or_default()
            );
        }
        let hand = if method.by_hand { " (by hand)" } else { "" };
        let _ = writeln!(
            text,
            "| `{}`{hand} | `{}` | `{}` |",
            method.call(roots),
            method.line(),
            method.id()
        );
    }
    text
}

/// The table of the services whose handles a person wrote.
///
/// # Errors
///
/// Names the operation that is missing, that there is not, that comes twice, or that has neither a
/// method nor a reason, or both.
pub fn services<'a>(
    services: &[Service],
    operations: impl Iterator<Item = &'a Command>,
) -> Result<String> {
    let mut listed = BTreeMap::new();
    for service in services {
        let id = &service.operation;
        ensure!(
            service.calls.is_empty() == service.reason.is_some(),
            "service `{id}`: give `calls`, or the `reason` why there are none"
        );
        let former = listed.insert(id.as_str(), service);
        ensure!(former.is_none(), "service `{id}` comes twice");
    }
    let mut text = String::from(
        "\n## platform services\n\nWritten by hand; `client` is a `citrix_cloud::Client`.\n\n\
         | method | request | operation |\n|---|---|---|\n",
    );
    for operation in operations {
        let id = &operation.id;
        let Some(service) = listed.remove(id.as_str()) else {
            bail!("there is no service `{id}`: say which method sends it");
        };
        let request = format!("`{} {}` | `{id}`", operation.method, operation.path);
        for call in &service.calls {
            let _ = writeln!(text, "| `client.{call}` | {request} |");
        }
        if let Some(reason) = &service.reason {
            let _ = writeln!(text, "| none: {reason} | {request} |");
        }
    }
    if let Some(id) = listed.keys().next() {
        bail!("service `{id}`: there is no such operation");
    }
    Ok(text)
}
