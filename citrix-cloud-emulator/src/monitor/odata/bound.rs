//! A query with resolved names and matching types, ready to run.

use super::super::schema::{Navigation, Schema, Set, Type};
use super::super::value::Value;
use super::row::{Bounds, Chunk};
use super::syntax::{Comparison, Method};

/// One navigation on a path to a column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hop {
    pub(crate) navigation: &'static Navigation,
    /// The set that it leads to.
    pub(crate) target: &'static Set,
}

impl Hop {
    pub(crate) fn new(set: &'static Set, navigation: usize) -> Self {
        let navigation = &set.navigations[navigation];
        Self {
            navigation,
            target: &Schema::get().sets[navigation.target],
        }
    }
}

/// An expression with a value.
#[derive(Debug, Clone)]
pub(crate) enum Term {
    Value(Value),
    /// A column of the row at this position of the stack, or of a row reached from it through to-one navigations.
    Column {
        scope: usize,
        hops: Vec<Hop>,
        column: usize,
    },
    Lower(Box<Term>),
    Upper(Box<Term>),
    Truth(Box<Test>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextTest {
    Contains,
    StartsWith,
    EndsWith,
}

/// A condition, which is true, false or unknown.
#[derive(Debug, Clone)]
pub(crate) enum Test {
    Compare(Term, Comparison, Term),
    /// Whether to-one navigations lead to a row.
    Leads {
        scope: usize,
        hops: Vec<Hop>,
    },
    Text(TextTest, Term, Term),
    Is(Term),
    And(Vec<Test>),
    Or(Vec<Test>),
    Not(Box<Test>),
    Rows {
        scope: usize,
        /// The to-one navigations.
        hops: Vec<Hop>,
        /// The to-many navigation.
        many: Hop,
        all: bool,
        condition: Option<Box<Test>>,
        bounds: Bounds,
    },
}

#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) by: Term,
    pub(crate) descending: bool,
}

/// Which rows are shown, and which of their columns.
#[derive(Debug, Clone, Default)]
pub(crate) struct View {
    pub(crate) filter: Option<Test>,
    pub(crate) bounds: Bounds,
    /// Columns in their own order; `None` means all of them.
    pub(crate) select: Option<Vec<usize>>,
    pub(crate) starred: bool,
    pub(crate) expand: Vec<Expansion>,
    pub(crate) order: Vec<Order>,
    pub(crate) top: Option<u64>,
    pub(crate) skip: u64,
    pub(crate) count: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Expansion {
    pub(crate) hop: Hop,
    pub(crate) view: View,
}

/// A column of grouped rows: its name, nested in the names of navigations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) path: Vec<String>,
    pub(crate) of: Option<Type>,
}

#[derive(Debug, Clone)]
pub(crate) struct Total {
    pub(crate) of: Term,
    pub(crate) method: Method,
}

/// A step that is applied to rows after filtering.
#[derive(Debug, Clone)]
pub(crate) enum Stage {
    Group {
        by: Vec<Term>,
        totals: Vec<Total>,
        fields: Vec<Field>,
    },
    Filter(Test),
}

#[derive(Debug, Clone)]
pub(crate) struct Query {
    pub(crate) set: &'static Set,
    /// The filter before grouping; without groups, it is in the view.
    pub(crate) before: Option<Test>,
    /// The bounds of those rows.
    pub(crate) bounds: Bounds,
    pub(crate) stages: Vec<Stage>,
    pub(crate) view: View,
    pub(crate) resume: Option<Resume>,
    /// When the first page was requested, in milliseconds since 1970. The next pages show the same point in time.
    pub(crate) asked_at: Option<i64>,
}

/// The start of a further page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resume {
    /// The number of rows on earlier pages.
    pub(crate) taken: u64,
    pub(crate) chunk: Chunk,
    /// The number of rows of that chunk already processed.
    pub(crate) offset: usize,
}

impl Query {
    /// Returns the columns of grouped rows, if there are groups.
    pub(crate) fn fields(&self) -> Option<&[Field]> {
        self.stages.iter().rev().find_map(|stage| match stage {
            Stage::Group { fields, .. } => Some(fields.as_slice()),
            Stage::Filter(_) => None,
        })
    }
}
