//! Where a path of `DaaS` has customer and site, and where its operation begins.
//!
//! Journal, faults and the dispatch of a call all go by this, so that they name every path alike.

use super::family::{ApiFamily, DIRECT};
use crate::http::Call;

/// Operations that belong to no site, by their first segment.
const SITELESS: [&str; 2] = ["me", "sites"];

/// Operations that need no site, though one may be named.
const OF_ANY_SITE: [&[&str]; 5] = [
    &["about"],
    &["healthcheck"],
    &["me"],
    &["sites"],
    &["timezones", "all"],
];

/// Where a path has what.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) customer: CustomerIn,
    pub(crate) site: SiteIn,
    /// The site that the path is about, as `/Sites/{id}` is.
    pub(crate) about: Option<String>,
    /// Whether it is a path such as `/me`, for which it does not matter which site is named.
    pub(crate) of_customer: bool,
    /// What a `Location` starts with, behind the host.
    pub(crate) base: String,
    /// How many segments there are before the operation's own.
    pub(crate) skip: usize,
}

/// Where the customer is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CustomerIn {
    /// As the gateway wants it.
    Header,
    /// Past the gateway: the header where it is, else the host or whoever the token belongs to.
    HeaderOrHost,
    /// Past the gateway as well.
    Path(String),
}

/// Where the site is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SiteIn {
    Given(String),
    /// The header, which may be missing where it need not be there.
    Missing,
    /// `/me` and `/Sites` belong to no site.
    Nowhere,
}

impl Place {
    /// Takes the path of a call apart; `None` where it belongs to no operation of `DaaS`.
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

    /// The segments of the operation.
    pub(crate) fn below<'c>(&self, call: &'c Call) -> &'c [String] {
        call.segments.get(self.skip..).unwrap_or_default()
    }

    /// `/cvad/manage/...`, where the site is in the header `Citrix-InstanceId`.
    fn by_header(call: &Call) -> Self {
        let first = call.segments.get(2);
        let site = match (first, call.header("citrix-instanceid")) {
            (Some(first), _) if first.eq_ignore_ascii_case("me") => SiteIn::Nowhere,
            (_, Some(site)) => SiteIn::Given(site.to_owned()),
            // One of Citrix's examples lists the sites like this.
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

    /// `/citrix/orchestration/api/{customer}/{site}/...`, `/me` and `/Sites` there without the two, and `/Sites` with
    /// the customer alone. The oldest clients have `techpreview` before the customer.
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
                // The official client doubles the slash here.
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
