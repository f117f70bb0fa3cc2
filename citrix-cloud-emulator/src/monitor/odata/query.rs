//! Parses the parameters of a URL into a query.

use jiff::Timestamp;

use super::super::schema::Set;
use super::bind::{self, BindError, Names};
use super::bound::{Query, Resume, Test};
use super::grammar::{self, SyntaxError};
use super::narrow;
use super::row::Chunk;
use super::syntax::{Expression, Options, Sort};

/// Why parameters are not a valid query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum QueryError {
    /// The text cannot be parsed, or contains unknown names.
    Query(String),
    /// `OData` has this option, but it is unknown how the service responds to it.
    Unknown(&'static str),
}

impl From<BindError> for QueryError {
    fn from(unbound: BindError) -> Self {
        Self::Query(unbound.0)
    }
}

/// Options of `OData` that no source mentions.
const UNKNOWN: [&str; 5] = ["$search", "$compute", "$levels", "$deltatoken", "$index"];

/// Parses the parameters of a query. Names are case-insensitive, and parameters that are not part of `OData` are
/// ignored.
pub(crate) fn read<'a>(
    set: &'static Set,
    parameter: impl Fn(&str) -> Option<&'a str>,
) -> Result<Query, QueryError> {
    if let Some(unknown) = UNKNOWN.into_iter().find(|it| parameter(it).is_some()) {
        return Err(QueryError::Unknown(unknown));
    }
    let apply = parsed("$apply", parameter("$apply"), grammar::apply)?;
    let filter: Option<Expression> = parsed("$filter", parameter("$filter"), grammar::filter)?;
    let order: Vec<Sort> =
        parsed("$orderby", parameter("$orderby"), grammar::order)?.unwrap_or_default();
    let options = Options {
        filter: None,
        select: parsed("$select", parameter("$select"), grammar::select)?,
        expand: parsed("$expand", parameter("$expand"), grammar::expand)?.unwrap_or_default(),
        order: Vec::new(),
        top: number("$top", parameter("$top"))?,
        skip: number("$skip", parameter("$skip"))?,
        count: flag("$count", parameter("$count"))?,
    };
    let steps = apply.unwrap_or_default();
    let (before, stages) = bind::stages(set, &steps)?;
    let (resume, asked_at) = parameter("$skiptoken").map(resume).transpose()?.unzip();
    let mut query = Query {
        set,
        before: None,
        bounds: Default::default(),
        stages,
        view: Default::default(),
        resume,
        asked_at,
    };
    if let Some(fields) = query.fields().map(<[_]>::to_vec) {
        if !options.expand.is_empty() {
            return Err(QueryError::Query("Groups cannot be expanded".to_owned()));
        }
        let names = Names::Grouped(&fields);
        let filter = filter.as_ref().map(|it| bind::condition(names, it));
        query.view.filter = filter.transpose()?;
        query.view.order = bind::order(names, &order)?;
        query.view.select = options
            .select
            .as_deref()
            .map(|it| bind::fields(&fields, it))
            .transpose()?
            .flatten();
        query.view.top = options.top;
        query.view.skip = options.skip.unwrap_or(0);
        query.view.count = options.count;
        query.before = joined(before);
        let bounds = query.before.as_ref().map(|it| narrow::bounds(it, 0));
        query.bounds = bounds.unwrap_or_default();
    } else {
        query.view = bind::view(set, &options)?;
        let names = Names::Of(set);
        let filter = filter.as_ref().map(|it| bind::condition(names, it));
        let mut tests = before;
        tests.extend(filter.transpose()?);
        query.view.filter = joined(tests);
        let bounds = query.view.filter.as_ref().map(|it| narrow::bounds(it, 0));
        query.view.bounds = bounds.unwrap_or_default();
        query.view.order = bind::order(names, &order)?;
    }
    Ok(query)
}

fn joined(mut tests: Vec<Test>) -> Option<Test> {
    if tests.len() > 1 {
        return Some(Test::And(tests));
    }
    tests.pop()
}

fn parsed<T>(
    name: &str,
    text: Option<&str>,
    parse: fn(&str) -> Result<T, SyntaxError>,
) -> Result<Option<T>, QueryError> {
    let Some(text) = text.filter(|it| !it.trim().is_empty()) else {
        return Ok(None);
    };
    let parsed = parse(text).map_err(|SyntaxError { at, why }| {
        QueryError::Query(format!(
            "Syntax error at position {at} in '{text}' of {name}: {why}"
        ))
    })?;
    Ok(Some(parsed))
}

fn number(name: &str, text: Option<&str>) -> Result<Option<u64>, QueryError> {
    let Some(text) = text else { return Ok(None) };
    let number = text.trim().parse().map_err(|_| {
        QueryError::Query(format!(
            "The value '{text}' of {name} is not a non-negative integer"
        ))
    })?;
    Ok(Some(number))
}

fn flag(name: &str, text: Option<&str>) -> Result<bool, QueryError> {
    match text.map(str::trim) {
        None | Some("") => Ok(false),
        Some(it) if it.eq_ignore_ascii_case("true") => Ok(true),
        Some(it) if it.eq_ignore_ascii_case("false") => Ok(false),
        Some(it) => Err(QueryError::Query(format!(
            "The value '{it}' of {name} is neither true nor false"
        ))),
    }
}

/// Decodes the token of a next page.
fn resume(token: &str) -> Result<(Resume, i64), QueryError> {
    let wrong = || {
        QueryError::Query(format!(
            "The $skiptoken '{token}' was not issued by this service"
        ))
    };
    let parts: Vec<&str> = token.split('-').collect();
    let [taken, day, place, offset, asked_at] = parts.as_slice() else {
        return Err(wrong());
    };
    let day: u32 = day.parse().map_err(|_| wrong())?;
    let resume = Resume {
        taken: taken.parse().map_err(|_| wrong())?,
        chunk: Chunk {
            day: i32::try_from(day).map_err(|_| wrong())?,
            place: place.parse().map_err(|_| wrong())?,
        },
        offset: offset.parse().map_err(|_| wrong())?,
    };
    let asked_at = asked_at.parse().map_err(|_| wrong())?;
    let asked_at = Timestamp::from_millisecond(asked_at).map_err(|_| wrong())?;
    Ok((resume, asked_at.as_millisecond()))
}

/// Encodes the token of a next page.
pub(crate) fn token(resume: &Resume, asked_at: i64) -> String {
    let Resume {
        taken,
        chunk: Chunk { day, place },
        offset,
    } = resume;
    format!("{taken}-{day}-{place}-{offset}-{asked_at}")
}

#[cfg(test)]
#[path = "tests/query.rs"]
mod tests;
