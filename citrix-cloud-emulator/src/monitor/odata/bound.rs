//! A query whose names exist and whose types fit, ready to be carried out.

use super::super::schema::{Navigation, Schema, Set, Type};
use super::super::value::Value;
use super::row::{Bounds, Chunk};
use super::syntax::{Comparison, Method};

/// One navigation on the way to a column.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hop {
    pub(crate) navigation: &'static Navigation,
    /// What it leads to.
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

/// Something with a value.
#[derive(Debug, Clone)]
pub(crate) enum Term {
    Value(Value),
    /// A column of the row in this place of the stack, or of a row that navigations to one lead to from there.
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

/// Something that is true, false or unknown.
#[derive(Debug, Clone)]
pub(crate) enum Test {
    Compare(Term, Comparison, Term),
    /// Whether navigations to one lead to a row.
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
        /// Navigations to one.
        hops: Vec<Hop>,
        /// The navigation to many.
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

/// What is shown of rows, and of which.
#[derive(Debug, Clone, Default)]
pub(crate) struct View {
    pub(crate) filter: Option<Test>,
    pub(crate) bounds: Bounds,
    /// Columns in their own order; `None` is all of them.
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

/// A column of rows that were grouped: its name, within the names of navigations.
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

/// What is done with rows after those that are not wanted are gone.
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
    /// Which rows are grouped; without groups, it is in the view's filter.
    pub(crate) before: Option<Test>,
    /// What is known of those.
    pub(crate) bounds: Bounds,
    pub(crate) stages: Vec<Stage>,
    pub(crate) view: View,
    pub(crate) resume: Option<Resume>,
    /// When the first page was asked for, whose moment the next ones show too; in milliseconds since 1970.
    pub(crate) asked_at: Option<i64>,
}

/// Where a page goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resume {
    /// Rows on the pages before.
    pub(crate) taken: u64,
    pub(crate) chunk: Chunk,
    /// Rows of that chunk that are done with.
    pub(crate) offset: usize,
}

impl Query {
    /// The columns of grouped rows, if there are any groups.
    pub(crate) fn fields(&self) -> Option<&[Field]> {
        self.stages.iter().rev().find_map(|stage| match stage {
            Stage::Group { fields, .. } => Some(fields.as_slice()),
            Stage::Filter(_) => None,
        })
    }
}
