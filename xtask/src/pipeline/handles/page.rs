//! The page of the guide that has every operation with its method.

use std::fmt::Write as _;

use super::{Exceptions, Method};

/// The page, a table for each area.
#[must_use]
pub fn page(methods: &[Method<'_>], exceptions: &Exceptions, roots: [&str; 2]) -> String {
    let mut text = String::from(
        "# Every operation and its method\n\nMade by `cargo xtask regen`. `site` is a \
         `citrix_cloud::daas::Site`, `daas` what `client.daas()` gives.\n",
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
