//! Resolves the names in a query, and rejects what cannot be evaluated.

use super::super::schema::{Set, Type};
use super::super::value::Value;
use super::bound::{Expansion, Field, Hop, Order, Stage, Term, Test, TextTest, Total, View};
use super::narrow;
use super::syntax::{
    Aggregate, Comparison, Expand, Expression, Literal, Method, Options, Path, Sort, Step,
};

/// Why a query is invalid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BindError(pub(crate) String);

type Bound<T> = Result<T, BindError>;

fn no<T>(why: impl Into<String>) -> Bound<T> {
    Err(BindError(why.into()))
}

/// The names that are valid in a context.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Names<'a> {
    Of(&'static Set),
    Grouped(&'a [Field]),
}

/// The rows that an expression can refer to, innermost last; all but the first have a name.
struct Scope<'a> {
    first: Names<'a>,
    inner: Vec<(String, &'static Set)>,
}

/// The result of resolving a path.
enum Goal {
    Column(Term, Option<Type>),
    One(usize, Vec<Hop>),
    Many(usize, Vec<Hop>, Hop),
}

impl<'a> Scope<'a> {
    fn new(first: Names<'a>) -> Self {
        let inner = Vec::new();
        Self { first, inner }
    }

    fn goal(&self, path: &[String]) -> Bound<Goal> {
        let named = path.first().and_then(|name| {
            let mut inner = self.inner.iter().enumerate().rev();
            inner.find(|(_, (it, _))| it == name)
        });
        if let Some((place, (_, set))) = named {
            return walk(place + 1, set, &path[1..], path);
        }
        match self.first {
            Names::Of(set) => walk(0, set, path, path),
            Names::Grouped(fields) => {
                let same = |field: &&Field| {
                    let pairs = || field.path.iter().zip(path);
                    field.path.len() == path.len()
                        && pairs().all(|(one, two)| one.eq_ignore_ascii_case(two))
                };
                let Some(field) = fields.iter().find(same) else {
                    return no(format!("There is no '{}' after the groups", path.join("/")));
                };
                let column = fields.iter().position(|it| it == field).unwrap_or(0);
                let (scope, hops) = (0, Vec::new());
                let term = Term::Column {
                    scope,
                    hops,
                    column,
                };
                Ok(Goal::Column(term, field.of))
            }
        }
    }

    fn term(&self, expression: &Expression) -> Bound<(Term, Option<Type>)> {
        Ok(match expression {
            Expression::Literal(literal) => value(literal),
            Expression::Path(path) => match self.goal(path)? {
                Goal::Column(term, of) => (term, of),
                Goal::One(..) | Goal::Many(..) => {
                    return no(format!("'{}' is not a column", path.join("/")));
                }
            },
            Expression::Call(name, arguments) if name == "tolower" || name == "toupper" => {
                let [inner] = self.texts(name, arguments)?;
                let inner = Box::new(inner);
                let term = if name == "tolower" {
                    Term::Lower(inner)
                } else {
                    Term::Upper(inner)
                };
                (term, Some(Type::Text))
            }
            other => (Term::Truth(Box::new(self.test(other)?)), Some(Type::Bool)),
        })
    }

    fn texts<const N: usize>(&self, name: &str, arguments: &[Expression]) -> Bound<[Term; N]> {
        let mut terms = Vec::new();
        for argument in arguments {
            let (term, of) = self.term(argument)?;
            if of.is_some_and(|it| it != Type::Text) {
                return no(format!("The function '{name}' takes strings only"));
            }
            terms.push(term);
        }
        let wrong = |_| BindError(format!("The function '{name}' takes {N} arguments"));
        terms.try_into().map_err(wrong)
    }

    fn test(&self, expression: &Expression) -> Bound<Test> {
        Ok(match expression {
            Expression::And(terms) => Test::And(self.tests(terms)?),
            Expression::Or(terms) => Test::Or(self.tests(terms)?),
            Expression::Not(inner) => Test::Not(Box::new(self.test(inner)?)),
            Expression::Compare(left, by, right) => self.comparison(left, *by, right)?,
            Expression::Call(name, arguments) => {
                let test = match name.as_str() {
                    "contains" => TextTest::Contains,
                    "startswith" => TextTest::StartsWith,
                    "endswith" => TextTest::EndsWith,
                    "tolower" | "toupper" => return no("A string is not a condition"),
                    _ => return no(format!("There is no function '{name}'")),
                };
                let [one, two] = self.texts(name, arguments)?;
                Test::Text(test, one, two)
            }
            Expression::Lambda {
                path,
                all,
                condition,
            } => self.lambda(path, *all, condition.as_ref())?,
            Expression::Path(_) | Expression::Literal(_) => {
                let (term, of) = self.term(expression)?;
                if of.is_some_and(|it| it != Type::Bool) {
                    return no("The condition is neither true nor false");
                }
                Test::Is(term)
            }
        })
    }

    fn tests(&self, expressions: &[Expression]) -> Bound<Vec<Test>> {
        expressions.iter().map(|it| self.test(it)).collect()
    }

    fn comparison(&self, left: &Expression, by: Comparison, right: &Expression) -> Bound<Test> {
        if let (Expression::Path(path), Expression::Literal(Literal::Null)) = (left, right)
            && let Goal::One(scope, hops) = self.goal(path)?
        {
            let leads = Test::Leads { scope, hops };
            return match by {
                Comparison::Eq => Ok(Test::Not(Box::new(leads))),
                Comparison::Ne => Ok(leads),
                _ => no(format!("'{}' has no order", path.join("/"))),
            };
        }
        let ((left, one), (right, two)) = (self.term(left)?, self.term(right)?);
        if let (Some(one), Some(two)) = (one, two) {
            let fit = one == two || (one.is_number() && two.is_number());
            if !fit || one == Type::List {
                let (one, two) = (one.edm(), two.edm());
                return no(format!("'{one}' and '{two}' cannot be compared"));
            }
        }
        Ok(Test::Compare(left, by, right))
    }

    fn lambda(
        &self,
        path: &Path,
        all: bool,
        condition: Option<&(String, Box<Expression>)>,
    ) -> Bound<Test> {
        let Goal::Many(scope, hops, many) = self.goal(path)? else {
            return no(format!("'{}' is not a collection", path.join("/")));
        };
        let Names::Of(_) = self.first else {
            return no("Groups have no collections");
        };
        let (condition, bounds) = match condition {
            None if all => return no("'all' needs a condition"),
            None => (None, Default::default()),
            Some((name, inner)) => {
                let mut scope = Scope::new(self.first);
                scope.inner.clone_from(&self.inner);
                scope.inner.push((name.clone(), many.target));
                let test = scope.test(inner)?;
                // `all` must also read the rows that do not match, so it has no bounds.
                let bounds = match all {
                    true => Default::default(),
                    false => narrow::bounds(&test, scope.inner.len()),
                };
                (Some(Box::new(test)), bounds)
            }
        };
        Ok(Test::Rows {
            scope,
            hops,
            many,
            all,
            condition,
            bounds,
        })
    }
}

/// Resolves a path from one row.
fn walk(scope: usize, set: &'static Set, path: &[String], whole: &[String]) -> Bound<Goal> {
    let (mut set, mut hops) = (set, Vec::new());
    for (place, name) in path.iter().enumerate() {
        let is_last = place + 1 == path.len();
        if let Some(column) = set.column(name).filter(|_| is_last) {
            let of = Some(set.columns[column].of);
            let term = Term::Column {
                scope,
                hops,
                column,
            };
            return Ok(Goal::Column(term, of));
        }
        let Some(navigation) = set.navigation(name) else {
            let (set, model) = (set.name, set.model);
            return no(format!(
                "Could not find a property named '{name}' on type '{model}' of the set '{set}'"
            ));
        };
        let hop = Hop::new(set, navigation);
        if hop.navigation.many {
            if is_last {
                return Ok(Goal::Many(scope, hops, hop));
            }
            return no(format!(
                "'{}' goes through the collection '{name}'; use any",
                whole.join("/")
            ));
        }
        set = hop.target;
        hops.push(hop);
    }
    if hops.is_empty() {
        return no(format!("'{}' is not a column", whole.join("/")));
    }
    Ok(Goal::One(scope, hops))
}

fn value(literal: &Literal) -> (Term, Option<Type>) {
    let (value, of) = match literal {
        Literal::Null => (Value::Null, None),
        Literal::Bool(it) => (Value::Bool(*it), Some(Type::Bool)),
        Literal::Int(it) => (Value::Int(*it), Some(Type::Int)),
        Literal::Double(it) => (Value::Double(*it), Some(Type::Double)),
        Literal::Text(it) => (Value::text(it.as_str()), Some(Type::Text)),
        Literal::Guid(it) => (Value::Guid(*it), Some(Type::Guid)),
        Literal::Time(it) => (Value::Time(*it), Some(Type::Time)),
    };
    (Term::Value(value), of)
}

/// Resolves a condition over the rows of a set or of groups.
pub(crate) fn condition(names: Names<'_>, expression: &Expression) -> Bound<Test> {
    Scope::new(names).test(expression)
}

/// Resolves everything except expands, which grouped rows do not have.
pub(crate) fn order(names: Names<'_>, sorts: &[Sort]) -> Bound<Vec<Order>> {
    let scope = Scope::new(names);
    let order = |sort: &Sort| match scope.goal(&sort.path)? {
        Goal::Column(_, Some(Type::List)) => no("A list has no order"),
        Goal::Column(by, _) => Ok(Order {
            by,
            descending: sort.descending,
        }),
        _ => no(format!("'{}' is not a column", sort.path.join("/"))),
    };
    sorts.iter().map(order).collect()
}

/// Resolves the options for the rows of a set, including nested ones.
pub(crate) fn view(set: &'static Set, options: &Options) -> Bound<View> {
    let names = Names::Of(set);
    let filter = options.filter.as_ref();
    let filter = filter.map(|it| condition(names, it)).transpose()?;
    let bounds = filter.as_ref().map(|it| narrow::bounds(it, 0));
    let (select, starred) = match &options.select {
        None => (None, false),
        Some(names) => (select(set, names)?, names.iter().any(|it| it == "*")),
    };
    Ok(View {
        bounds: bounds.unwrap_or_default(),
        filter,
        select,
        starred,
        expand: expand(set, &options.expand)?,
        order: order(names, &options.order)?,
        top: options.top,
        skip: options.skip.unwrap_or(0),
        count: options.count,
    })
}

/// Returns the selected columns in the set's order; `None` means all of them.
fn select(set: &'static Set, names: &[String]) -> Bound<Option<Vec<usize>>> {
    let mut columns = Vec::new();
    for name in names.iter().filter(|it| *it != "*") {
        match set.column(name) {
            Some(column) => columns.push(column),
            // A navigation among the names adds nothing to its expand.
            None if set.navigation(name).is_some() => {}
            None => {
                let model = set.model;
                return no(format!(
                    "Could not find a property named '{name}' on type '{model}'"
                ));
            }
        }
    }
    columns.sort_unstable();
    columns.dedup();
    let is_all = names.iter().any(|it| it == "*");
    Ok((!is_all).then_some(columns))
}

/// Returns the selected columns of groups; `None` means all of them.
pub(crate) fn fields(fields: &[Field], names: &[String]) -> Bound<Option<Vec<usize>>> {
    if names.iter().any(|it| it == "*") {
        return Ok(None);
    }
    let mut columns = Vec::new();
    for name in names {
        let place = |it: &Field| {
            it.path
                .first()
                .is_some_and(|it| it.eq_ignore_ascii_case(name))
        };
        let before = columns.len();
        columns.extend((0..fields.len()).filter(|it| place(&fields[*it])));
        if columns.len() == before {
            return no(format!("There is no '{name}' after the groups"));
        }
    }
    columns.sort_unstable();
    columns.dedup();
    Ok(Some(columns))
}

/// Resolves expands. If a navigation is named twice, as in one of Citrix's own samples, the last one counts.
fn expand(set: &'static Set, expands: &[Expand]) -> Bound<Vec<Expansion>> {
    let mut bound: Vec<Expansion> = Vec::new();
    for one in expands {
        let Some(navigation) = set.navigation(&one.navigation) else {
            let (name, model) = (&one.navigation, set.model);
            return no(format!(
                "Could not find a navigation property named '{name}' on type '{model}'"
            ));
        };
        let hop = Hop::new(set, navigation);
        let view = view(hop.target, &one.options)?;
        bound.retain(|it| it.hop.navigation.name != hop.navigation.name);
        bound.push(Expansion { hop, view });
    }
    Ok(bound)
}

/// Resolves the steps of `$apply`: everything before the first grouping as one condition, and the rest.
pub(crate) fn stages(set: &'static Set, steps: &[Step]) -> Bound<(Vec<Test>, Vec<Stage>)> {
    let (mut before, mut stages) = (Vec::new(), Vec::<Stage>::new());
    let mut grouped: Option<Vec<Field>> = None;
    for step in steps {
        let names = grouped.as_deref().map_or(Names::Of(set), Names::Grouped);
        match step {
            Step::Filter(it) if grouped.is_none() => before.push(condition(names, it)?),
            Step::Filter(it) => stages.push(Stage::Filter(condition(names, it)?)),
            Step::Group { by, aggregates } => {
                let stage = group(names, by, aggregates)?;
                if let Stage::Group { fields, .. } = &stage {
                    grouped = Some(fields.clone());
                }
                stages.push(stage);
            }
        }
    }
    Ok((before, stages))
}

fn group(names: Names<'_>, by: &[Path], aggregates: &[Aggregate]) -> Bound<Stage> {
    let scope = Scope::new(names);
    let (mut terms, mut totals, mut fields) = (Vec::new(), Vec::new(), Vec::<Field>::new());
    for path in by {
        let Goal::Column(term, of) = scope.goal(path)? else {
            return no(format!("'{}' is not a column", path.join("/")));
        };
        terms.push(term);
        let path = spelled(names, path);
        fields.push(Field { path, of });
    }
    for aggregate in aggregates {
        let Goal::Column(of, kind) = scope.goal(&aggregate.path)? else {
            return no(format!("'{}' is not a column", aggregate.path.join("/")));
        };
        let method = aggregate.method;
        let is_sum = matches!(method, Method::Sum | Method::Average);
        if is_sum && kind.is_some_and(|it| !it.is_number()) {
            return no(format!("'{}' is not a number", aggregate.path.join("/")));
        }
        let path = vec![aggregate.alias.clone()];
        if fields.iter().any(|it| it.path == path) {
            return no(format!("'{}' appears twice", aggregate.alias));
        }
        let kind = match method {
            Method::Average => Some(Type::Double),
            Method::CountDistinct => Some(Type::Int),
            Method::Sum | Method::Min | Method::Max => kind,
        };
        totals.push(Total { of, method });
        fields.push(Field { path, of: kind });
    }
    Ok(Stage::Group {
        by: terms,
        totals,
        fields,
    })
}

/// Spells a path as the set does, whatever its case.
fn spelled(names: Names<'_>, path: &Path) -> Path {
    let Names::Of(mut set) = names else {
        return path.clone();
    };
    let mut spelled = Path::new();
    for name in path {
        if let Some(column) = set.column(name) {
            spelled.push(set.columns[column].name.to_owned());
        } else if let Some(navigation) = set.navigation(name) {
            let hop = Hop::new(set, navigation);
            spelled.push(hop.navigation.name.to_owned());
            set = hop.target;
        }
    }
    spelled
}

#[cfg(test)]
#[path = "tests/bind.rs"]
mod tests;
