//! The syntax tree of a query, before its names are resolved.

use jiff::Timestamp;
use uuid::Uuid;

/// Names separated by slashes, such as `Machine/DesktopGroup/Name`.
pub(crate) type Path = Vec<String>;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Int(i64),
    Double(f64),
    Text(String),
    Guid(Uuid),
    Time(Timestamp),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Comparison {
    Eq,
    Ne,
    Gt,
    Ge,
    Lt,
    Le,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expression {
    Literal(Literal),
    Path(Path),
    Compare(Box<Expression>, Comparison, Box<Expression>),
    And(Vec<Expression>),
    Or(Vec<Expression>),
    Not(Box<Expression>),
    Call(String, Vec<Expression>),
    /// A condition over the rows at a path; without one, whether there is any row.
    Lambda {
        path: Path,
        all: bool,
        condition: Option<(String, Box<Expression>)>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sort {
    pub(crate) path: Path,
    pub(crate) descending: bool,
}

/// The options for a list of rows, which may be the response or nested in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Options {
    pub(crate) filter: Option<Expression>,
    /// `None` means every column, as does a star among the names.
    pub(crate) select: Option<Vec<String>>,
    pub(crate) expand: Vec<Expand>,
    pub(crate) order: Vec<Sort>,
    pub(crate) top: Option<u64>,
    pub(crate) skip: Option<u64>,
    pub(crate) count: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Expand {
    pub(crate) navigation: String,
    pub(crate) options: Options,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Sum,
    Min,
    Max,
    Average,
    CountDistinct,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Aggregate {
    pub(crate) path: Path,
    pub(crate) method: Method,
    pub(crate) alias: String,
}

/// One step of `$apply`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Step {
    Filter(Expression),
    Group {
        by: Vec<Path>,
        aggregates: Vec<Aggregate>,
    },
}
