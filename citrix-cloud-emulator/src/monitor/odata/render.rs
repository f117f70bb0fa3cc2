//! Writes pages as JSON.

use serde_json::to_writer;

use super::super::schema::Set;
use super::super::value::Value;
use super::bound::{Expansion, Field, Query, View};
use super::reader::{Reader, RowLimitExceeded};
use super::row::Row;
use super::run::{Page, by_keys, keys};

/// Writes a page. `base` is the prefix of every URL of the service.
pub(crate) fn page(
    query: &Query,
    page: &Page,
    reader: &Reader<'_>,
    base: &str,
    next: Option<&str>,
) -> Result<Vec<u8>, RowLimitExceeded> {
    let mut json = Vec::new();
    let context = format!("{base}/$metadata#{}", context(query));
    json.extend_from_slice(br#"{"@odata.context":"#);
    write(&mut json, &Value::text(context));
    if let Some(count) = page.count {
        json.extend_from_slice(format!(r#","@odata.count":{count}"#).as_bytes());
    }
    json.extend_from_slice(br#","value":["#);
    for (number, row) in page.rows.iter().enumerate() {
        if number > 0 {
            json.push(b',');
        }
        match query.fields() {
            Some(fields) => group(&mut json, fields, &query.view, row),
            None => one(&mut json, query.set, &query.view, row, reader)?,
        }
    }
    json.push(b']');
    if let Some(next) = next {
        json.extend_from_slice(br#","@odata.nextLink":"#);
        write(&mut json, &Value::text(next));
    }
    json.push(b'}');
    Ok(json)
}

fn write(json: &mut Vec<u8>, value: &Value) {
    // Writing plain values to memory cannot fail.
    let _ = to_writer(json, value);
}

fn named(json: &mut Vec<u8>, name: &str, first: &mut bool) {
    if !std::mem::take(first) {
        json.push(b',');
    }
    write(json, &Value::text(name));
    json.push(b':');
}

fn one(
    json: &mut Vec<u8>,
    set: &'static Set,
    view: &View,
    row: &Row,
    reader: &Reader<'_>,
) -> Result<(), RowLimitExceeded> {
    json.push(b'{');
    let mut first = true;
    for (number, (column, value)) in set.columns.iter().zip(row).enumerate() {
        let is_wanted = view.select.as_ref().is_none_or(|it| it.contains(&number));
        if is_wanted {
            named(json, column.name, &mut first);
            write(json, value);
        }
    }
    for Expansion { hop, view } in &view.expand {
        if !hop.navigation.many {
            named(json, hop.navigation.name, &mut first);
            match reader.one(row, &[*hop])? {
                Some(inner) if reader.holds(view.filter.as_ref(), &inner)? => {
                    one(json, hop.target, view, &inner, reader)?;
                }
                _ => write(json, &Value::Null),
            }
            continue;
        }
        let (rows, count) = inside(row, hop, view, reader)?;
        if view.count {
            named(
                json,
                &format!("{}@odata.count", hop.navigation.name),
                &mut first,
            );
            write(json, &count.into());
        }
        named(json, hop.navigation.name, &mut first);
        json.push(b'[');
        for (number, inner) in rows.iter().enumerate() {
            if number > 0 {
                json.push(b',');
            }
            one(json, hop.target, view, inner, reader)?;
        }
        json.push(b']');
    }
    json.push(b'}');
    Ok(())
}

/// Returns the rows nested in a row, and their number regardless of `$top` and `$skip`.
fn inside(
    row: &Row,
    hop: &super::bound::Hop,
    view: &View,
    reader: &Reader<'_>,
) -> Result<(Vec<Row>, usize), RowLimitExceeded> {
    let mut rows = Vec::new();
    for inner in reader.many(row, hop, &view.bounds)? {
        if reader.holds(view.filter.as_ref(), &inner)? {
            rows.push((keys(reader, &view.order, &inner)?, inner));
        }
    }
    rows.sort_by(|one, two| by_keys(&view.order, &one.0, &two.0));
    let count = rows.len();
    let number = |it: u64| usize::try_from(it).unwrap_or(usize::MAX);
    let rows = rows.into_iter().map(|(_, row)| row);
    let rows = rows.skip(number(view.skip));
    let rows = rows.take(view.top.map_or(usize::MAX, number));
    Ok((rows.collect(), count))
}

/// Writes a group: its keys, nested in their navigations, then its totals.
fn group(json: &mut Vec<u8>, fields: &[Field], view: &View, row: &Row) {
    let wanted = (0..fields.len()).filter(|it| {
        let select = view.select.as_ref();
        select.is_none_or(|columns| columns.contains(it))
    });
    let columns = wanted.map(|it| (fields[it].path.as_slice(), &row[it]));
    nested(json, &columns.collect::<Vec<_>>());
}

fn nested(json: &mut Vec<u8>, columns: &[(&[String], &Value)]) {
    json.extend_from_slice(br#"{"@odata.id":null"#);
    let mut first = false;
    let mut done: Vec<&String> = Vec::new();
    for (path, value) in columns {
        match path {
            [name] => {
                named(json, name, &mut first);
                write(json, value);
            }
            [name, ..] if !done.contains(&name) => {
                done.push(name);
                let inner = columns.iter().filter_map(|(path, value)| match path {
                    [it, rest @ ..] if it == name && !rest.is_empty() => Some((rest, *value)),
                    _ => None,
                });
                named(json, name, &mut first);
                nested(json, &inner.collect::<Vec<_>>());
            }
            _ => {}
        }
    }
    json.push(b'}');
}

/// Describes the rows as in the metadata.
fn context(query: &Query) -> String {
    let name = query.set.name;
    let inside = match query.fields() {
        Some(fields) => {
            let paths = fields.iter().map(|it| match it.path.as_slice() {
                [first, rest @ ..] => rest
                    .iter()
                    .rev()
                    .fold(None, |inner: Option<String>, it| Some(within(it, inner)))
                    .map_or_else(|| first.clone(), |inner| within(first, Some(inner))),
                [] => String::new(),
            });
            paths.collect::<Vec<_>>().join(",")
        }
        None => shown(query.set, &query.view),
    };
    if inside.is_empty() {
        name.to_owned()
    } else {
        format!("{name}({inside})")
    }
}

fn within(name: &str, inner: Option<String>) -> String {
    match inner {
        Some(inner) => format!("{name}({inner})"),
        None => name.to_owned(),
    }
}

/// Describes what is selected and expanded.
fn shown(set: &'static Set, view: &View) -> String {
    let star = view.starred.then(|| "*".to_owned());
    let columns = view.select.iter().flatten();
    let columns = columns.map(|it| set.columns[*it].name.to_owned());
    let expands = view.expand.iter().map(|it| {
        let inner = shown(it.hop.target, &it.view);
        format!("{}({inner})", it.hop.navigation.name)
    });
    let all = star.into_iter().chain(columns).chain(expands);
    all.collect::<Vec<_>>().join(",")
}
