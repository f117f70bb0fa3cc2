//! Where a `DaaS` path has customer and site, and where its operation begins.
//!
//! The journal, the fault rules and the dispatcher all use this, so they agree on the name of every path.

use super::family::{ApiFamily, DIRECT};
use crate::http::Call;

/// First segments of operations that do not belong to a site.
const SITELESS: [&str; 2] = ["me", "sites"];

/// Operations that do not need a site, although the caller may name one.
const OF_ANY_SITE: [&[&str]; 5] = [
    &["about"],
    &["healthcheck"],
    &["me"],
    &["sites"],
    &["timezones", "all"],
];

/// The parts of a path.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) customer: CustomerIn,
    pub(crate) site: SiteIn,
    /// The site that the path refers to, as in `/Sites/{id}`.
    pub(crate) about: Option<String>,
    /// Whether the path is one such as `/me`, for which the named site does not matter.
    pub(crate) of_customer: bool,
    /// The start of a `Location`, after the host.
    pub(crate) base: String,
    /// The number of segments before the operation's own.
    pub(crate) skip: usize,
}

/// Where the customer is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CustomerIn {
    /// In a header, as the gateway requires.
    Header,
    /// Without the gateway: in the header if present, otherwise from the host or from the token's owner.
    HeaderOrHost,
    /// In the path, also without the gateway.
    Path(String),
}

/// Where the site is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SiteIn {
    Given(String),
    /// The header is missing, which is valid where it is optional.
    Missing,
    /// Nowhere: `/me` and `/Sites` do not belong to a site.
    Nowhere,
}

impl Place {
    /// Splits the path of a call; returns `None` if it does not belong to a `DaaS` operation.
    pub(crate) fn of(call: &Call, surface: ApiFamily) -> Option<Self> {
        let mut place = match surface {
            ApiFamily::DaasCurrent => Some(Self::by_header(call)),
            ApiFamily::DaasPreview => Self::by_path(call),
            ApiFamily::DaasDirect => Self::directly(call),
            _ => None,
        }?;
        match place.below(call) {
            below if is_of_any_site(below) => place.of_customer = true,
            [sites, id, ..] if sites.eq_ignore_ascii_case("sites") => {
                place.about = Some(id.clone());
            }
            _ => {}
        }
        Some(place)
    }

    /// Returns the segments of the operation.
    pub(crate) fn below<'c>(&self, call: &'c Call) -> &'c [String] {
        call.segments.get(self.skip..).unwrap_or_default()
    }

    /// `/cvad/manage/...`, where the site is in the header `Citrix-InstanceId`.
    fn by_header(call: &Call) -> Self {
        let first = call.segments.get(2);
        let site = match (first, call.header("citrix-instanceid")) {
            (Some(first), _) if first.eq_ignore_ascii_case("me") => SiteIn::Nowhere,
            (_, Some(site)) => SiteIn::Given(site.to_owned()),
            // One of Citrix's examples lists sites this way.
            (Some(first), None) if is_siteless(first) => SiteIn::Nowhere,
            (_, None) => SiteIn::Missing,
        };
        Self {
            customer: CustomerIn::Header,
            site,
            about: None,
            of_customer: false,
            base: "/cvad/manage".to_owned(),
            skip: 2,
        }
    }

    /// `/cvadapis/me`, `/cvadapis/Sites` and `/cvadapis/{site}/...`.
    fn by_path(call: &Call) -> Option<Self> {
        let first = call.segments.get(1)?;
        let (site, base, skip) = if is_siteless(first) {
            (SiteIn::Nowhere, "/cvadapis".to_owned(), 1)
        } else {
            (
                SiteIn::Given(first.clone()),
                format!("/cvadapis/{first}"),
                2,
            )
        };
        Some(Self {
            customer: CustomerIn::Header,
            site,
            about: None,
            of_customer: false,
            base,
            skip,
        })
    }

    /// `/citrix/orchestration/api/{customer}/{site}/...`; also `/me` and `/Sites` without customer and site, and
    /// `/Sites` with the customer alone. The oldest clients put `techpreview` before the customer.
    fn directly(call: &Call) -> Option<Self> {
        let root = if call.starts_with(&DIRECT) {
            DIRECT.len()
        } else {
            0
        };
        let is_old = |it: &String| it.eq_ignore_ascii_case("techpreview");
        let root = root + usize::from(call.segments.get(root).is_some_and(is_old));
        let base = call.segments.get(..root)?.join("/");
        match call.segments.get(root..)? {
            [first, ..] if is_siteless(first) => Some(Self {
                customer: CustomerIn::HeaderOrHost,
                site: SiteIn::Nowhere,
                about: None,
                of_customer: false,
                base: format!("/{base}"),
                skip: root,
            }),
            [customer, first, ..] if is_siteless(first) => Some(Self {
                customer: CustomerIn::Path(customer.clone()),
                site: SiteIn::Nowhere,
                about: None,
                of_customer: false,
                base: format!("/{base}/{customer}"),
                skip: root + 1,
            }),
            [customer, site, rest @ ..] => Some(Self {
                customer: CustomerIn::Path(customer.clone()),
                site: SiteIn::Given(site.clone()),
                about: None,
                of_customer: false,
                base: format!("/{base}/{customer}/{site}"),
                // The official client sends a double slash here.
                skip: root + 2 + rest.iter().take_while(|it| it.is_empty()).count(),
            }),
            _ => None,
        }
    }
}

fn is_of_any_site(below: &[String]) -> bool {
    OF_ANY_SITE.iter().any(|it| {
        let pairs = it.iter().zip(below);
        it.len() == below.len()
            && pairs
                .into_iter()
                .all(|(it, have)| it.eq_ignore_ascii_case(have))
    })
}

fn is_siteless(segment: &str) -> bool {
    SITELESS.iter().any(|it| it.eq_ignore_ascii_case(segment))
}
