//! Typed columns and navigations, and conditions on them.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use super::condition::{AnyColumn, Condition, Literal, column};
use super::expand::Expand;
use super::group::Aggregate;
use super::kind::{Comparable, Numeric, Ordered, Text};

/// Marks columns of the set itself.
#[derive(Debug, Clone, Copy)]
pub enum Own {}

/// Marks columns behind a navigation.
#[derive(Debug, Clone, Copy)]
pub enum Behind {}

/// A navigation to one row.
#[derive(Debug, Clone, Copy)]
pub enum One {}

/// A navigation to many rows.
#[derive(Debug, Clone, Copy)]
pub enum Many {}

/// Ties a value to types without requiring traits of them.
type Of<T> = PhantomData<fn() -> T>;

/// A column of the set `S` with values of the kind `K`; either the set's own, or one behind a
/// navigation.
pub struct Column<S, K, P = Own> {
    path: Cow<'static, str>,
    of: Of<(S, K, P)>,
}

impl<S, K> Column<S, K> {
    pub(super) const fn named(name: &'static str) -> Self {
        Self::with(Cow::Borrowed(name))
    }
}

impl<S, K, P> Column<S, K, P> {
    const fn with(path: Cow<'static, str>) -> Self {
        Self {
            path,
            of: PhantomData,
        }
    }

    fn any(self) -> AnyColumn {
        column(self.path)
    }

    /// Sorts by the column, in ascending order.
    pub fn asc(self) -> Order<S> {
        Order::new(self.path, false)
    }

    /// Sorts by the column, in descending order.
    pub fn desc(self) -> Order<S> {
        Order::new(self.path, true)
    }

    /// Matches if the column is null.
    pub fn is_null(self) -> Filter<S> {
        Filter::of(self.any().is_null())
    }

    /// Matches if the column is not null.
    pub fn is_not_null(self) -> Filter<S> {
        Filter::of(self.any().is_not_null())
    }

    /// Counts the distinct values, under a name; with the key of the set, this counts rows.
    pub fn count_distinct(self, name: impl Into<String>) -> Computed<S> {
        Computed::of(Aggregate::count_distinct(self.path, name))
    }
}

impl<S, K: Comparable, P> Column<S, K, P> {
    /// Matches if the column equals a value.
    pub fn eq(self, value: impl Into<K::Value>) -> Filter<S> {
        Filter::of(self.any().eq(literal::<K>(value)))
    }

    /// Matches if the column does not equal a value.
    pub fn ne(self, value: impl Into<K::Value>) -> Filter<S> {
        Filter::of(self.any().ne(literal::<K>(value)))
    }
}

impl<S, K: Ordered, P> Column<S, K, P> {
    /// Matches if the column is less than a value, or earlier.
    pub fn lt(self, value: impl Into<K::Value>) -> Filter<S> {
        Filter::of(self.any().lt(literal::<K>(value)))
    }

    /// Matches if the column is less than or equal to a value.
    pub fn le(self, value: impl Into<K::Value>) -> Filter<S> {
        Filter::of(self.any().le(literal::<K>(value)))
    }

    /// Matches if the column is greater than a value, or later.
    pub fn gt(self, value: impl Into<K::Value>) -> Filter<S> {
        Filter::of(self.any().gt(literal::<K>(value)))
    }

    /// Matches if the column is greater than or equal to a value.
    pub fn ge(self, value: impl Into<K::Value>) -> Filter<S> {
        Filter::of(self.any().ge(literal::<K>(value)))
    }

    /// Computes the minimum, under a name.
    pub fn min(self, name: impl Into<String>) -> Computed<S> {
        Computed::of(Aggregate::min(self.path, name))
    }

    /// Computes the maximum, under a name.
    pub fn max(self, name: impl Into<String>) -> Computed<S> {
        Computed::of(Aggregate::max(self.path, name))
    }
}

impl<S, K: Numeric, P> Column<S, K, P> {
    /// Computes the sum, under a name.
    pub fn sum(self, name: impl Into<String>) -> Computed<S> {
        Computed::of(Aggregate::sum(self.path, name))
    }

    /// Computes the average, under a name.
    pub fn average(self, name: impl Into<String>) -> Computed<S> {
        Computed::of(Aggregate::average(self.path, name))
    }
}

impl<S, P> Column<S, Text, P> {
    /// Matches if the column contains a text.
    pub fn contains(self, text: &str) -> Filter<S> {
        Filter::of(self.any().contains(text))
    }

    /// Matches if the column starts with a text.
    pub fn starts_with(self, text: &str) -> Filter<S> {
        Filter::of(self.any().starts_with(text))
    }

    /// Matches if the column ends with a text.
    pub fn ends_with(self, text: &str) -> Filter<S> {
        Filter::of(self.any().ends_with(text))
    }
}

fn literal<K: Comparable>(value: impl Into<K::Value>) -> Literal {
    let value: K::Value = value.into();
    value.into()
}

/// A navigation from rows of `S` to one or many rows of `T`.
pub struct Navigation<S, T, N, P = Own> {
    path: Cow<'static, str>,
    of: Of<(S, T, N, P)>,
}

impl<S, T, N> Navigation<S, T, N> {
    pub(super) const fn named(name: &'static str) -> Self {
        Self {
            path: Cow::Borrowed(name),
            of: PhantomData,
        }
    }

    /// Includes only these columns.
    pub fn select(self, columns: impl Columns<T, Own>) -> Expansion<S, T, N> {
        Expansion::from(self).select(columns)
    }

    /// Includes a further navigation from there.
    pub fn expand(self, further: impl Into<Brought<T>>) -> Expansion<S, T, N> {
        Expansion::from(self).expand(further)
    }
}

impl<S, T> Navigation<S, T, Many> {
    /// Includes only rows that meet a condition.
    pub fn filter(self, condition: Filter<T>) -> Expansion<S, T, Many> {
        Expansion::from(self).filter(condition)
    }

    /// Sorts the included rows.
    pub fn order_by(self, order: impl Into<Order<T>>) -> Expansion<S, T, Many> {
        Expansion::from(self).order_by(order)
    }

    /// Includes at most this many rows.
    pub fn top(self, rows: u64) -> Expansion<S, T, Many> {
        Expansion::from(self).top(rows)
    }
}

impl<S, T, P> Navigation<S, T, Many, P> {
    /// Matches if at least one of the rows meets a condition.
    pub fn any(self, condition: Filter<T>) -> Filter<S> {
        Filter::of(column(self.path).any(condition.into_condition()))
    }
}

impl<S, T, P> Navigation<S, T, One, P> {
    /// Matches if there is no row.
    pub fn is_null(self) -> Filter<S> {
        Filter::of(column(self.path).is_null())
    }

    /// Matches if there is a row.
    pub fn is_not_null(self) -> Filter<S> {
        Filter::of(column(self.path).is_not_null())
    }

    pub(super) fn column<K>(self, name: &'static str) -> Column<S, K, Behind> {
        Column::with(Cow::Owned(format!("{}/{name}", self.path)))
    }

    pub(super) fn further<U, N>(self, name: &'static str) -> Navigation<S, U, N, Behind> {
        Navigation {
            path: Cow::Owned(format!("{}/{name}", self.path)),
            of: PhantomData,
        }
    }
}

/// A navigation that a query includes, with its options.
#[must_use = "it does nothing until it is added to a query"]
pub struct Expansion<S, T, N> {
    expand: Expand,
    of: Of<(S, T, N)>,
}

impl<S, T, N> From<Navigation<S, T, N>> for Expansion<S, T, N> {
    fn from(navigation: Navigation<S, T, N>) -> Self {
        Self::of(Expand::new(navigation.path))
    }
}

impl<S, T, N> Expansion<S, T, N> {
    fn of(expand: Expand) -> Self {
        Self {
            expand,
            of: PhantomData,
        }
    }

    /// Includes only these columns.
    pub fn select(self, columns: impl Columns<T, Own>) -> Self {
        Self::of(self.expand.select(columns.names()))
    }

    /// Includes a further navigation from there.
    pub fn expand(self, further: impl Into<Brought<T>>) -> Self {
        Self::of(self.expand.expand(further.into().expand))
    }
}

impl<S, T> Expansion<S, T, Many> {
    /// Includes only rows that meet a condition.
    pub fn filter(self, condition: Filter<T>) -> Self {
        Self::of(self.expand.filter(condition.into_condition()))
    }

    /// Sorts the included rows.
    pub fn order_by(self, order: impl Into<Order<T>>) -> Self {
        let order = order.into();
        Self::of(match order.descending {
            true => self.expand.order_by_descending(order.path),
            false => self.expand.order_by(order.path),
        })
    }

    /// Includes at most this many rows.
    pub fn top(self, rows: u64) -> Self {
        Self::of(self.expand.top(rows))
    }
}

/// Any navigation that a query of `S` includes.
#[must_use = "it does nothing until it is added to a query"]
pub struct Brought<S> {
    pub(super) expand: Expand,
    of: Of<S>,
}

impl<S, T, N> From<Navigation<S, T, N>> for Brought<S> {
    fn from(navigation: Navigation<S, T, N>) -> Self {
        Expansion::from(navigation).into()
    }
}

impl<S, T, N> From<Expansion<S, T, N>> for Brought<S> {
    fn from(expansion: Expansion<S, T, N>) -> Self {
        Self {
            expand: expansion.expand,
            of: PhantomData,
        }
    }
}

/// A condition that rows of `S` must meet.
#[must_use = "a condition does nothing until it is added to a query"]
pub struct Filter<S> {
    condition: Condition,
    of: Of<S>,
}

impl<S> Filter<S> {
    fn of(condition: Condition) -> Self {
        Self {
            condition,
            of: PhantomData,
        }
    }

    /// Matches if both conditions do.
    pub fn and(self, other: Self) -> Self {
        Self::of(self.condition.and(other.condition))
    }

    /// Matches if at least one of the conditions does.
    pub fn or(self, other: Self) -> Self {
        Self::of(self.condition.or(other.condition))
    }

    /// Matches if the condition does not.
    #[expect(clippy::should_implement_trait, reason = "reads as `and` and `or` do")]
    pub fn not(self) -> Self {
        Self::of(self.condition.not())
    }

    /// Converts it into a condition for an untyped query.
    pub fn into_condition(self) -> Condition {
        self.condition
    }
}

/// A column that rows of `S` are sorted by.
#[derive(Debug, Clone)]
pub struct Order<S> {
    pub(super) path: String,
    pub(super) descending: bool,
    of: Of<S>,
}

impl<S> Order<S> {
    fn new(path: Cow<'static, str>, descending: bool) -> Self {
        Self {
            path: path.into_owned(),
            descending,
            of: PhantomData,
        }
    }
}

impl<S, K, P> From<Column<S, K, P>> for Order<S> {
    fn from(column: Column<S, K, P>) -> Self {
        column.asc()
    }
}

/// A number computed over rows of `S`.
#[must_use = "it does nothing until it is added to a query"]
pub struct Computed<S> {
    pub(super) aggregate: Aggregate,
    of: Of<S>,
}

impl<S> Computed<S> {
    fn of(aggregate: Aggregate) -> Self {
        Self {
            aggregate,
            of: PhantomData,
        }
    }
}

/// One or several columns of `S`: a single column, an array, or a tuple of up to 16. With [`Own`]
/// as `P`, only the set's own columns.
pub trait Columns<S, P> {
    /// Returns their names on the wire.
    fn names(self) -> Vec<String>;
}

/// A column of `S`; with [`Own`] as `P`, only one of the set's own.
pub trait Named<S, P> {
    /// Returns its name on the wire.
    fn name(self) -> String;
}

/// Marks any column, the set's own or one behind a navigation.
#[derive(Debug, Clone, Copy)]
pub enum Any {}

impl<S, K> Named<S, Own> for Column<S, K> {
    fn name(self) -> String {
        self.path.into_owned()
    }
}

impl<S, K, P> Named<S, Any> for Column<S, K, P> {
    fn name(self) -> String {
        self.path.into_owned()
    }
}

impl<S, K, P, Q> Columns<S, Q> for Column<S, K, P>
where
    Self: Named<S, Q>,
{
    fn names(self) -> Vec<String> {
        vec![self.name()]
    }
}

impl<S, P, C: Named<S, P>, const N: usize> Columns<S, P> for [C; N] {
    fn names(self) -> Vec<String> {
        self.into_iter().map(Named::name).collect()
    }
}

macro_rules! tuples {
    ($($name:ident)*) => { tuples!(@ [] $($name)*); };
    (@ [$($before:ident)*] $next:ident $($rest:ident)*) => {
        tuples!(@impl $($before)* $next);
        tuples!(@ [$($before)* $next] $($rest)*);
    };
    (@ [$($before:ident)*]) => {};
    (@impl $($name:ident)*) => {
        impl<S, P, $($name: Named<S, P>),*> Columns<S, P> for ($($name,)*) {
            fn names(self) -> Vec<String> {
                #[allow(non_snake_case)]
                let ($($name,)*) = self;
                vec![$($name.name()),*]
            }
        }
    };
}

tuples!(A B C D E F G H I J K L M N O Q);

macro_rules! shown {
    ($($name:ident<$($of:ident),*> $field:ident;)*) => {$(
        impl<$($of),*> fmt::Debug for $name<$($of),*> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_tuple(stringify!($name)).field(&self.$field).finish()
            }
        }

        impl<$($of),*> Clone for $name<$($of),*> {
            fn clone(&self) -> Self {
                Self {
                    $field: self.$field.clone(),
                    of: PhantomData,
                }
            }
        }
    )*};
}

shown! {
    Column<S, K, P> path;
    Navigation<S, T, N, P> path;
    Expansion<S, T, N> expand;
    Brought<S> expand;
    Filter<S> condition;
    Computed<S> aggregate;
}
