//! Filters for `$search`: a property, a comparison and a value, joined by *and* and *or*.
//!
//! Every search of Citrix DaaS has its own properties. A comparison of one is a [`Filter`], which is a
//! body of that search; so is a text that was read into one. One request finds what a list would have
//! to be read for whole.
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

/// What machines are searched by.
pub type MachineProperty = models::MachineAndSessionSearchProperty;

/// What sessions are searched by: the same as machines.
pub type SessionProperty = models::MachineAndSessionSearchProperty;

/// What machine catalogs are searched by.
pub type CatalogProperty = models::CatalogSearchProperty;

/// What applications and application groups are searched by.
#[cfg(feature = "daas-applications")]
pub type ApplicationProperty = models::AppSearchProperty;

/// What delivery groups are searched by.
#[cfg(feature = "daas-delivery-groups")]
pub type DeliveryGroupProperty = models::DeliveryGroupSearchProperty;

/// What the operations of the configuration log are searched by.
#[cfg(feature = "daas-admin")]
pub type LogProperty = models::LogOperationSearchProperty;

/// What maintenance cycles are searched by.
#[cfg(feature = "daas-images")]
pub type MaintenanceCycleProperty = models::MaintenanceCycleSearchProperty;

/// What the jobs of maintenance cycles are searched by.
#[cfg(feature = "daas-images")]
pub type MaintenanceCycleJobProperty = models::MaintenanceCycleVmOperationJobSearchProperty;

/// How a property is compared; what the service has beyond these goes through the models themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Comparison {
    /// The same, whatever the case of letters.
    Equals,
    /// Smaller, or earlier.
    LessThan,
    /// Smaller or the same.
    AtMost,
    /// Larger, or later.
    GreaterThan,
    /// Larger or the same.
    AtLeast,
    /// Text with `*` for any letters.
    Like,
    /// Text, or a list, that has the value in it.
    Contains,
    /// Text that begins so.
    StartsWith,
    /// Text that ends so.
    EndsWith,
}

/// What a search looks for.
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

/// A property that a search knows.
///
/// Values are anything that has a text: a name, a number, a truth value, a listed value such as
/// `PowerState::Off`, a time (`jiff::Timestamp`).
pub trait Property: Clone + fmt::Display + for<'a> From<&'a str> + 'static {
    /// The names that are documented.
    const NAMES: &'static [&'static str];

    /// The property compared with a value.
    fn compared(self, comparison: Comparison, value: impl ToString) -> Filter<Self> {
        Filter(Node::Is(Condition {
            property: self,
            negated: false,
            comparison,
            value: value.to_string(),
        }))
    }

    /// The property is the value, whatever the case of letters.
    fn equals(self, value: impl ToString) -> Filter<Self> {
        self.compared(Comparison::Equals, value)
    }

    /// The property is one of some values.
    fn one_of<V: ToString>(self, values: impl IntoIterator<Item = V>) -> Filter<Self> {
        let values = values.into_iter();
        let all = values.map(|value| self.clone().equals(value).0);
        Filter(Node::Any(all.collect()))
    }

    /// The property is less than the value, or earlier.
    fn less_than(self, value: impl ToString) -> Filter<Self> {
        self.compared(Comparison::LessThan, value)
    }

    /// The property is the value or less.
    fn at_most(self, value: impl ToString) -> Filter<Self> {
        self.compared(Comparison::AtMost, value)
    }

    /// The property is more than the value, or later.
    fn greater_than(self, value: impl ToString) -> Filter<Self> {
        self.compared(Comparison::GreaterThan, value)
    }

    /// The property is the value or more.
    fn at_least(self, value: impl ToString) -> Filter<Self> {
        self.compared(Comparison::AtLeast, value)
    }

    /// The property fits a pattern in which `*` stands for any letters.
    fn like(self, pattern: impl ToString) -> Filter<Self> {
        self.compared(Comparison::Like, pattern)
    }

    /// The property has the value in it.
    fn contains(self, value: impl ToString) -> Filter<Self> {
        self.compared(Comparison::Contains, value)
    }

    /// The property begins with the value.
    fn starts_with(self, value: impl ToString) -> Filter<Self> {
        self.compared(Comparison::StartsWith, value)
    }

    /// The property ends with the value.
    fn ends_with(self, value: impl ToString) -> Filter<Self> {
        self.compared(Comparison::EndsWith, value)
    }
}

impl<P> Filter<P> {
    /// Both this and the other.
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

    /// This or the other, or both.
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

    /// Everything but what this looks for.
    fn not(self) -> Self {
        Self(self.0.negated())
    }
}

impl<P> Node<P> {
    /// The opposite: the service has no *not* for groups, so it goes to the comparisons.
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
    /// The comparison as it stands on the wire.
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
