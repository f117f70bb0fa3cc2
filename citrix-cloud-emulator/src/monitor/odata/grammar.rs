//! The grammar of query options.
//!
//! Each text is read once from left to right without backtracking over words, so parsing always takes linear time.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use uuid::Uuid;
use winnow::Result;
use winnow::combinator::{alt, delimited, opt, preceded, repeat, separated, terminated};
use winnow::error::{ContextError, ParserError};
use winnow::prelude::*;
use winnow::token::{literal, take_till, take_while};

use super::syntax::{
    Aggregate, Comparison, Expand, Expression, Literal, Method, Options, Path, Sort, Step,
};

/// The maximum depth of parentheses; real queries stay below ten.
const DEEPEST: usize = 64;

/// Why a text is not a valid query: a message, and the byte position of the error.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    pub(crate) at: usize,
    pub(crate) why: &'static str,
}

pub(crate) fn filter(text: &str) -> std::result::Result<Expression, SyntaxError> {
    whole(text, expression)
}

pub(crate) fn select(text: &str) -> std::result::Result<Vec<String>, SyntaxError> {
    whole(text, names)
}

pub(crate) fn expand(text: &str) -> std::result::Result<Vec<Expand>, SyntaxError> {
    whole(text, expands)
}

pub(crate) fn order(text: &str) -> std::result::Result<Vec<Sort>, SyntaxError> {
    whole(text, sorts)
}

pub(crate) fn apply(text: &str) -> std::result::Result<Vec<Step>, SyntaxError> {
    whole(text, steps)
}

fn whole<'a, T>(
    text: &'a str,
    parser: impl Parser<&'a str, T, ContextError>,
) -> std::result::Result<T, SyntaxError> {
    if let Some(at) = too_deep(text) {
        let why = "parentheses are nested too deeply";
        return Err(SyntaxError { at, why });
    }
    let parsed = terminated(preceded(blanks, parser), blanks).parse(text);
    parsed.map_err(|error| SyntaxError {
        at: error.offset(),
        why: "the text makes no sense from here on",
    })
}

/// Finds the first parenthesis that exceeds the maximum depth.
fn too_deep(text: &str) -> Option<usize> {
    let (mut depth, mut quoted) = (0_usize, false);
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\'' => quoted = !quoted,
            b'(' if !quoted => depth += 1,
            b')' if !quoted => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return Some(at);
        }
    }
    None
}

fn blanks(input: &mut &str) -> Result<()> {
    take_while(0.., [' ', '\t']).void().parse_next(input)
}

/// A character, surrounded by optional blanks.
fn sign<'a>(of: char) -> impl Parser<&'a str, (), ContextError> {
    delimited(blanks, of, blanks).void()
}

fn name(input: &mut &str) -> Result<String> {
    let first = |it: char| it.is_ascii_alphabetic() || it == '_';
    let rest = |it: char| it.is_ascii_alphanumeric() || it == '_';
    (take_while(1, first), take_while(0.., rest))
        .take()
        .map(str::to_owned)
        .parse_next(input)
}

fn path(input: &mut &str) -> Result<Path> {
    separated(1.., name, '/').parse_next(input)
}

// Expressions.

fn expression(input: &mut &str) -> Result<Expression> {
    let terms: Vec<Expression> = separated(1.., conjunction, word("or")).parse_next(input)?;
    Ok(joined(terms, Expression::Or))
}

fn conjunction(input: &mut &str) -> Result<Expression> {
    let terms: Vec<Expression> = separated(1.., negation, word("and")).parse_next(input)?;
    Ok(joined(terms, Expression::And))
}

fn joined(mut terms: Vec<Expression>, join: fn(Vec<Expression>) -> Expression) -> Expression {
    match terms.pop() {
        Some(only) if terms.is_empty() => only,
        last => {
            terms.extend(last);
            join(terms)
        }
    }
}

/// A word with at least one blank before and after it.
fn word<'a>(of: &'static str) -> impl Parser<&'a str, (), ContextError> {
    let blank = || take_while(1.., [' ', '\t']);
    (blank(), literal(of), blank()).void()
}

fn negation(input: &mut &str) -> Result<Expression> {
    let not = terminated(
        "not",
        alt((take_while(1.., [' ', '\t']), winnow::combinator::peek("("))),
    );
    let nots: usize = repeat(0.., not).parse_next(input)?;
    let inner = comparison(input)?;
    Ok(match nots % 2 {
        // A double negation is dropped, but its operand must still be a condition.
        0 if nots > 0 => Expression::Not(Box::new(Expression::Not(Box::new(inner)))),
        0 => inner,
        _ => Expression::Not(Box::new(inner)),
    })
}

fn comparison(input: &mut &str) -> Result<Expression> {
    let left = operand(input)?;
    let operator = alt((
        word("eq").value(Comparison::Eq),
        word("ne").value(Comparison::Ne),
        word("gt").value(Comparison::Gt),
        word("ge").value(Comparison::Ge),
        word("lt").value(Comparison::Lt),
        word("le").value(Comparison::Le),
    ));
    match opt((operator, operand)).parse_next(input)? {
        None => Ok(left),
        Some((operator, right)) => Ok(Expression::Compare(
            Box::new(left),
            operator,
            Box::new(right),
        )),
    }
}

fn operand(input: &mut &str) -> Result<Expression> {
    match input.as_bytes().first() {
        Some(b'(') => delimited(sign_open, expression, sign_close).parse_next(input),
        Some(b'\'') => text.map(Expression::Literal).parse_next(input),
        Some(first) if first.is_ascii_alphabetic() && !starts_guid(input) => named_operand(input),
        _ => bare_literal.map(Expression::Literal).parse_next(input),
    }
}

fn sign_open(input: &mut &str) -> Result<()> {
    terminated('(', blanks).void().parse_next(input)
}

fn sign_close(input: &mut &str) -> Result<()> {
    preceded(blanks, ')').void().parse_next(input)
}

/// Returns whether the text starts with a GUID, which may start with a letter as names do.
fn starts_guid(input: &str) -> bool {
    input
        .get(..36)
        .is_some_and(|it| Uuid::try_parse(it).is_ok())
}

/// A path, a call or a lambda, all of which start with a name.
fn named_operand(input: &mut &str) -> Result<Expression> {
    let mut path = path(input)?;
    if !input.starts_with('(') {
        return Ok(match (path.as_slice(), path.first().map(String::as_str)) {
            ([_], Some("null")) => Expression::Literal(Literal::Null),
            ([_], Some("true")) => Expression::Literal(Literal::Bool(true)),
            ([_], Some("false")) => Expression::Literal(Literal::Bool(false)),
            _ => Expression::Path(path),
        });
    }
    let last = path.pop().unwrap_or_default();
    if path.is_empty() && last == "cast" {
        let (value, _) = delimited(
            sign_open,
            (operand, preceded(sign(','), type_name)),
            sign_close,
        )
        .parse_next(input)?;
        return Ok(value);
    }
    if path.is_empty() {
        let arguments = separated(0.., expression, sign(','));
        let arguments = delimited(sign_open, arguments, sign_close).parse_next(input)?;
        return Ok(Expression::Call(last, arguments));
    }
    let all = match last.as_str() {
        "any" => false,
        "all" => true,
        _ => return Err(ParserError::from_input(input)),
    };
    let condition = (terminated(name, sign(':')), expression.map(Box::new));
    let condition = delimited(sign_open, opt(condition), sign_close).parse_next(input)?;
    Ok(Expression::Lambda {
        path,
        all,
        condition,
    })
}

/// The only type to which Citrix's own queries cast; casting a time to it changes nothing.
fn type_name(input: &mut &str) -> Result<()> {
    alt(("Edm.DateTimeOffset", "'Edm.DateTimeOffset'"))
        .void()
        .parse_next(input)
}

fn text(input: &mut &str) -> Result<Literal> {
    let part = || delimited('\'', take_till(0.., '\''), '\'');
    // Two quotes stand for one within the text.
    let parts: Vec<&str> = repeat(1.., part()).parse_next(input)?;
    Ok(Literal::Text(parts.join("'")))
}

fn bare_literal(input: &mut &str) -> Result<Literal> {
    let letters = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '.' | ':' | '+');
    take_while(1.., letters)
        .verify_map(literal_of)
        .parse_next(input)
}

fn literal_of(word: &str) -> Option<Literal> {
    if let Ok(number) = word.parse() {
        return Some(Literal::Int(number));
    }
    let is_number = |it: char| it.is_ascii_digit() || matches!(it, '-' | '.' | 'e' | 'E' | '+');
    if word.len() == 36 && word.matches('-').count() == 4 {
        return Uuid::try_parse(word).ok().map(Literal::Guid);
    }
    if word.contains('T') {
        return word.parse().ok().map(Literal::Time);
    }
    if word.get(1..).is_some_and(|it| it.contains('-')) && !word.contains(['e', 'E']) {
        return midnight(word).map(Literal::Time);
    }
    let number: f64 = word.chars().all(is_number).then(|| word.parse().ok())??;
    number.is_finite().then_some(Literal::Double(number))
}

/// A date stands for its first moment.
fn midnight(day: &str) -> Option<Timestamp> {
    let day: Date = day.parse().ok()?;
    Some(day.to_zoned(TimeZone::UTC).ok()?.timestamp())
}

// Lists.

fn names(input: &mut &str) -> Result<Vec<String>> {
    let star = '*'.map(|_| "*".to_owned());
    separated(1.., alt((star, name)), sign(',')).parse_next(input)
}

fn sorts(input: &mut &str) -> Result<Vec<Sort>> {
    let direction = alt((word_end("asc").value(false), word_end("desc").value(true)));
    let sort = (path, opt(direction)).map(|(path, descending)| Sort {
        path,
        descending: descending.unwrap_or(false),
    });
    separated(1.., sort, sign(',')).parse_next(input)
}

/// A word with a blank before it.
fn word_end<'a>(of: &'static str) -> impl Parser<&'a str, (), ContextError> {
    (take_while(1.., [' ', '\t']), literal(of)).void()
}

fn expands(input: &mut &str) -> Result<Vec<Expand>> {
    separated(1.., one_expand, sign(',')).parse_next(input)
}

fn one_expand(input: &mut &str) -> Result<Expand> {
    let navigation = name(input)?;
    let settings = separated(1.., setting, sign(';'));
    let settings: Option<Vec<Setting>> =
        opt(delimited(sign_open, settings, sign_close)).parse_next(input)?;
    let mut options = Options::default();
    for setting in settings.into_iter().flatten() {
        match setting {
            Setting::Filter(it) => options.filter = Some(it),
            Setting::Select(it) => options.select = Some(it),
            Setting::Expand(it) => options.expand = it,
            Setting::Order(it) => options.order = it,
            Setting::Top(it) => options.top = Some(it),
            Setting::Skip(it) => options.skip = Some(it),
            Setting::Count(it) => options.count = it,
        }
    }
    Ok(Expand {
        navigation,
        options,
    })
}

/// One option within the parentheses of an expand.
#[derive(Debug, Clone)]
enum Setting {
    Filter(Expression),
    Select(Vec<String>),
    Expand(Vec<Expand>),
    Order(Vec<Sort>),
    Top(u64),
    Skip(u64),
    Count(bool),
}

fn setting(input: &mut &str) -> Result<Setting> {
    let named = terminated(preceded('$', name), sign('=')).parse_next(input)?;
    match named.to_ascii_lowercase().as_str() {
        "filter" => expression.map(Setting::Filter).parse_next(input),
        "select" => names.map(Setting::Select).parse_next(input),
        "expand" => expands.map(Setting::Expand).parse_next(input),
        "orderby" => sorts.map(Setting::Order).parse_next(input),
        "top" => number.map(Setting::Top).parse_next(input),
        "skip" => number.map(Setting::Skip).parse_next(input),
        "count" => alt(("true".value(true), "false".value(false)))
            .map(Setting::Count)
            .parse_next(input),
        _ => Err(ParserError::from_input(input)),
    }
}

fn number(input: &mut &str) -> Result<u64> {
    take_while(1.., |it: char| it.is_ascii_digit())
        .verify_map(|it: &str| it.parse().ok())
        .parse_next(input)
}

// Steps of `$apply`.

fn steps(input: &mut &str) -> Result<Vec<Step>> {
    separated(1.., step, sign('/')).parse_next(input)
}

fn step(input: &mut &str) -> Result<Step> {
    let named = terminated(name, sign_open).parse_next(input)?;
    let step = match named.as_str() {
        "filter" => expression.map(Step::Filter).parse_next(input),
        "aggregate" => aggregates
            .map(|aggregates| Step::Group {
                by: Vec::new(),
                aggregates,
            })
            .parse_next(input),
        "groupby" => grouping(input),
        _ => Err(ParserError::from_input(input)),
    }?;
    sign_close(input)?;
    Ok(step)
}

fn grouping(input: &mut &str) -> Result<Step> {
    let paths = separated(1.., path, sign(','));
    let by = delimited(sign_open, paths, sign_close).parse_next(input)?;
    let inner = delimited(("aggregate", sign_open), aggregates, sign_close);
    let aggregates = opt(preceded(sign(','), inner)).parse_next(input)?;
    Ok(Step::Group {
        by,
        aggregates: aggregates.unwrap_or_default(),
    })
}

fn aggregates(input: &mut &str) -> Result<Vec<Aggregate>> {
    separated(1.., aggregate, sign(',')).parse_next(input)
}

fn aggregate(input: &mut &str) -> Result<Aggregate> {
    let method = alt((
        "sum".value(Method::Sum),
        "min".value(Method::Min),
        "max".value(Method::Max),
        "average".value(Method::Average),
        "countdistinct".value(Method::CountDistinct),
    ));
    (path, word("with"), method, word("as"), name)
        .map(|(path, (), method, (), alias)| Aggregate {
            path,
            method,
            alias,
        })
        .parse_next(input)
}

#[cfg(test)]
#[path = "tests/grammar.rs"]
mod tests;
