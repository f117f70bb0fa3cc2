//! Users and their directory properties.

use super::super::odata::Row;
use super::super::schema::Set;
use super::cells::Cells;
use super::random::hash_text;
use super::snapshot::{Snapshot, User};

/// The domain of machines and users.
pub(super) const DOMAIN: &str = "S-1-5-21-1004336348-1177238915-682003330";

/// Strips the domain from a name.
pub(super) fn short(name: &str) -> &str {
    name.rsplit('\\').next().unwrap_or(name)
}

pub(super) fn upn(user: &User) -> String {
    format!("{}@demolab.example", short(&user.name)).to_lowercase()
}

pub(super) fn full_name(user: &User) -> String {
    let made_up = || {
        let mut letters = short(&user.name).chars();
        let first = letters.next().map(|it| it.to_ascii_uppercase());
        first.into_iter().chain(letters).collect()
    };
    user.full_name.clone().unwrap_or_else(made_up)
}

pub(super) fn user(snapshot: &Snapshot, set: &'static Set, user: &User) -> Row {
    let domain = user.name.split_once('\\').map(|it| it.0.to_owned());
    Cells::of(set)
        .put("Id", user.id)
        .put(
            "Sid",
            format!(
                "{DOMAIN}-{}",
                hash_text(short(&user.name)) % 90_000 + 10_000
            ),
        )
        .put("Upn", upn(user))
        .put("UserName", short(&user.name).to_owned())
        .put("FullName", full_name(user))
        .put("Domain", domain)
        .stamped(snapshot.founded(), snapshot.founded())
        .row()
}
