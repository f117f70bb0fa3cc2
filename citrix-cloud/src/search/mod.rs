//! Filters for `$search`: a property, a comparison and a value, joined by *and* and *or*.
//!
//! Every search of Citrix DaaS has its own properties. Comparing a property yields a [`Filter`],
//! which converts into the body of that search; a filter can also be parsed from text. A search
//! finds in one request what would otherwise require reading the whole list.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let emulator = citrix_cloud_emulator::Emulator::default().serve("127.0.0.1:0".parse()?).await?;
//! # use citrix_cloud_emulator::ids;
//! # let client = citrix_cloud::Client::builder()
//! #     .credentials(citrix_cloud::Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID)?)
//! #     .endpoint(emulator.url())
//! #     .build()?;
//! # let site = client.daas().only_site().await?;
//! use citrix_cloud::models::PowerState;
//! use citrix_cloud::search::{Filter, MachineProperty, Property as _, SessionProperty};
//!
//! let off = MachineProperty::PowerState.equals(PowerState::Off);
//! let machines = site.machines().search(off.and(MachineProperty::SessionCount.equals(0)));
//! let machines = machines.items().collect().await?;
//!
//! let of_pat = SessionProperty::UserName.ends_with(r"\pat");
//! let sessions = site.sessions().search(of_pat).items().collect().await?;
//!
//! let written: Filter<MachineProperty> = "PowerState = Off and not DnsName startswith 'kes'".parse()?;
//! let same = site.machines().search(written).items().collect().await?;
//! # assert!(machines.len() + sessions.len() + same.len() > 0);
//! # Ok(())
//! # }
//! ```

use std::fmt;

use crate::models;

mod body;
mod text;

/// The properties that machines are searched by.
pub type MachineProperty = models::MachineAndSessionSearchProperty;

/// The properties that sessions are searched by, which are the same as for machines.
pub type SessionProperty = models::MachineAndSessionSearchProperty;

/// The properties that machine catalogs are searched by.
pub type CatalogProperty = models::CatalogSearchProperty;

/// The properties that applications and application groups are searched by.
#[cfg(feature = "daas-applications")]
pub type ApplicationProperty = models::AppSearchProperty;

/// The properties that delivery groups are searched by.
#[cfg(feature = "daas-delivery-groups")]
pub type DeliveryGroupProperty = models::DeliveryGroupSearchProperty;

/// The properties that operations in the configuration log are searched by.
#[cfg(feature = "daas-admin")]
pub type LogProperty = models::LogOperationSearchProperty;

/// The properties that maintenance cycles are searched by.
#[cfg(feature = "daas-images")]
pub type MaintenanceCycleProperty = models::MaintenanceCycleSearchProperty;

/// The properties that jobs of maintenance cycles are searched by.
#[cfg(feature = "daas-images")]
pub type MaintenanceCycleJobProperty = models::MaintenanceCycleVmOperationJobSearchProperty;

/// How a property is compared. For comparisons that the service supports beyond these, use the
/// models directly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Comparison {
    /// Equal, ignoring case.
    Equals,
    /// Less, or earlier.
    LessThan,
    /// Less than or equal.
    AtMost,
    /// Greater, or later.
    GreaterThan,
    /// Greater than or equal.
    AtLeast,
    /// Matches a pattern in which `*` stands for any characters.
    Like,
    /// A text or list that contains the value.
    Contains,
    /// A text that starts with the value.
    StartsWith,
    /// A text that ends with the value.
    EndsWith,
}

/// A filter for a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Filter<P>(Node<P>);

#[derive(Debug, Clone, PartialEq)]
enum Node<P> {
    Is(Condition<P>),
    All(Vec<Self>),
    Any(Vec<Self>),
}

/// One comparison.
#[derive(Debug, Clone, PartialEq)]
struct Condition<P> {
    property: P,
    negated: bool,
    comparison: Comparison,
    value: String,
}

/// A property that a search supports.
///
/// A value is anything that implements `ToString`: a name, a number, a boolean, an enum such as
/// `PowerState::Off`, a time (`jiff::Timestamp`).
pub trait Property: Clone + fmt::Display + for<'a> From<&'a str> + 'static {
    /// The documented names.
    const NAMES: &'static [&'static str];

    /// Compares the property with a value.
    fn compared(self, comparison: Comparison, value: impl ToString) -> Filter<Self> {
        Filter(Node::Is(Condition {
            property: self,
            negated: false,
            comparison,
            value: value.to_string(),
        }))
    }

    /// Matches if the property equals the value, ignoring case.
    fn equals(self, value: impl ToString) -> Filter<Self> {
        self.compared(Comparison::Equals, value)
    }

    /// Matches if the property equals one of several values.
    fn one_of<V: ToString>(self, values: impl IntoIterator<Item = V>) -> Filter<Self> {
        let values = values.into_iter();
        let all = values.map(|value| self.clone().equals(value).0);
        Filter(Node::Any(all.collect()))
    }

    /// Matches if the property is less than the value, or earlier.
    fn less_than(self, value: impl ToString) -> Filter<Self> {
        self.compared(Comparison::LessThan, value)
    }

    /// Matches if the property is less than or equal to the value.
    fn at_most(self, value: impl ToString) -> Filter<Self> {
        self.compared(Comparison::AtMost, value)
    }

    /// Matches if the property is greater than the value, or later.
    fn greater_than(self, value: impl ToString) -> Filter<Self> {
        self.compared(Comparison::GreaterThan, value)
    }

    /// Matches if the property is greater than or equal to the value.
    fn at_least(self, value: impl ToString) -> Filter<Self> {
        self.compared(Comparison::AtLeast, value)
    }

    /// Matches if the property fits a pattern in which `*` stands for any characters.
    fn like(self, pattern: impl ToString) -> Filter<Self> {
        self.compared(Comparison::Like, pattern)
    }

    /// Matches if the property contains the value.
    fn contains(self, value: impl ToString) -> Filter<Self> {
        self.compared(Comparison::Contains, value)
    }

    /// Matches if the property starts with the value.
    fn starts_with(self, value: impl ToString) -> Filter<Self> {
        self.compared(Comparison::StartsWith, value)
    }

    /// Matches if the property ends with the value.
    fn ends_with(self, value: impl ToString) -> Filter<Self> {
        self.compared(Comparison::EndsWith, value)
    }
}

impl<P> Filter<P> {
    /// Matches if both filters do.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(match (self.0, other.0) {
            (Node::All(mut all), Node::All(others)) => {
                all.extend(others);
                Node::All(all)
            }
            (Node::All(mut all), one) => {
                all.push(one);
                Node::All(all)
            }
            (one, other) => Node::All(vec![one, other]),
        })
    }

    /// Matches if at least one of the filters does.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self(match (self.0, other.0) {
            (Node::Any(mut any), Node::Any(others)) => {
                any.extend(others);
                Node::Any(any)
            }
            (Node::Any(mut any), one) => {
                any.push(one);
                Node::Any(any)
            }
            (one, other) => Node::Any(vec![one, other]),
        })
    }
}

impl<P> std::ops::Not for Filter<P> {
    type Output = Self;

    /// Matches everything that the filter does not.
    fn not(self) -> Self {
        Self(self.0.negated())
    }
}

impl<P> Node<P> {
    /// Negates the filter. The service has no *not* for groups, so it is pushed down to the
    /// comparisons.
    fn negated(self) -> Self {
        let each = |nodes: Vec<Self>| nodes.into_iter().map(Self::negated).collect();
        match self {
            Self::Is(condition) => Self::Is(Condition {
                negated: !condition.negated,
                ..condition
            }),
            Self::All(nodes) => Self::Any(each(nodes)),
            Self::Any(nodes) => Self::All(each(nodes)),
        }
    }
}

impl<P> Condition<P> {
    /// Returns the wire name of the comparison.
    fn operator(&self) -> &'static str {
        match (self.comparison, self.negated) {
            (Comparison::Equals, false) => "Equals",
            (Comparison::Equals, true) => "NotEquals",
            (Comparison::LessThan, false) | (Comparison::AtLeast, true) => "LessThan",
            (Comparison::AtMost, false) | (Comparison::GreaterThan, true) => "LessThanOrEquals",
            (Comparison::GreaterThan, false) | (Comparison::AtMost, true) => "GreaterThan",
            (Comparison::AtLeast, false) | (Comparison::LessThan, true) => "GreaterThanOrEquals",
            (Comparison::Like, false) => "Like",
            (Comparison::Like, true) => "NotLike",
            (Comparison::Contains, false) => "Contains",
            (Comparison::Contains, true) => "NotContains",
            (Comparison::StartsWith, false) => "StartsWith",
            (Comparison::StartsWith, true) => "NotStartsWith",
            (Comparison::EndsWith, false) => "EndsWith",
            (Comparison::EndsWith, true) => "NotEndsWith",
        }
    }
}
