//! `overview`: a site at a glance.

use std::path::PathBuf;

use citrix_cloud::daas::Site;
use citrix_cloud::operations::{HasFields, Listed};
use citrix_cloud::paging::List;
use clap::Args;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::daas::Where;
use crate::context::Context;
use crate::exit::Failure;
use crate::output::{Table, escaped};
use crate::page::{self, model::Cell};

mod picture;

/// The columns of an overview in a list of several.
const OVERVIEW: Table<'_> = Table::new(
    "overviews",
    &[
        ("MACHINES", "/machines/total"),
        ("ON", "/machines/power/On"),
        ("OFF", "/machines/power/Off"),
        ("UNREGISTERED", "/machines/registration/Unregistered"),
        ("MAINTENANCE", "/machines/inMaintenanceMode/true"),
        ("SESSIONS", "/sessions/total"),
        ("DISCONNECTED", "/sessions/state/Disconnected"),
        ("JOBS", "/jobs/total"),
    ],
);

/// Columns that are empty if the objects were not counted.
const COUNTED: [(&str, &str, &str); 5] = [
    ("machines", "power", "On"),
    ("machines", "power", "Off"),
    ("machines", "registration", "Unregistered"),
    ("machines", "inMaintenanceMode", "true"),
    ("sessions", "state", "Disconnected"),
];

/// The number of latest changes shown.
const CHANGES: usize = 5;

/// The length of the bar for all objects.
const BAR: usize = 30;

/// The number of objects read per request.
const PAGE: u32 = 1000;

/// The counted properties: name in the overview and name in JSON.
const OF_MACHINES: [(&str, &str); 3] = [
    ("power", "PowerState"),
    ("registration", "RegistrationState"),
    ("inMaintenanceMode", "InMaintenanceMode"),
];
const OF_SESSIONS: [(&str, &str); 1] = [("state", "State")];
const OF_JOBS: [(&str, &str); 1] = [("status", "Status")];

/// Show a site at a glance: machines, sessions, jobs and the latest configuration changes.
///
/// Reads a few properties of every machine and session, a thousand objects per request.
#[derive(Debug, Args)]
pub(crate) struct Overview {
    #[command(flatten)]
    place: Where,
    /// Write a page with charts to this file instead; an existing file is replaced.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

impl Overview {
    /// Returns whether it writes a single file, which cannot be shared by several profiles.
    pub(crate) fn writes_a_file(&self) -> bool {
        self.html.is_some()
    }

    pub(super) async fn run(self, context: &Context) -> Result<(), Failure> {
        let out = &context.out;
        if !out.is_whole() && !out.is_collecting() {
            out.check_report()?;
        }
        let client = context.client()?;
        let site = self.place.site(context, &client).await?;
        let mut overview = read(&site).await?;
        if let Some(file) = &self.html {
            let (customer, now) = (client.customer(), Cell::At(Timestamp::now()).shown());
            let about = format!("Customer {customer}, site {}, {now} UTC", site.id());
            return page::write(file, &picture::report(&overview), &about, out);
        }
        if out.is_collecting() {
            for (part, property, value) in COUNTED {
                if let Some(counts) = overview[part][property].as_object_mut() {
                    counts.entry(value).or_insert(json!(0));
                }
            }
            return out.list(&OVERVIEW, &[overview]);
        }
        match out.is_whole() {
            true => out.any(&OVERVIEW, &overview),
            false => show(context, &overview),
        }
    }
}

async fn read(site: &Site) -> Result<Value, Failure> {
    let log = http::Request::get(format!("/ConfigLog/Operations?limit={CHANGES}")).body("");
    let log = log.map_err(std::io::Error::other)?;
    let log = site.list_raw::<Value>(log).limit(CHANGES);
    let jobs: Vec<Value> = site.jobs().list().json_items().collect().await?;
    let mut of_jobs = Counts::new(&OF_JOBS);
    jobs.iter().for_each(|job| of_jobs.add(job));
    Ok(json!({
        "site": site.id(),
        "machines": counted(site.machines().list(), &OF_MACHINES).await?,
        "sessions": counted(site.sessions().list(), &OF_SESSIONS).await?,
        "jobs": of_jobs.into_value(),
        "lastChanges": log.items().collect().await?,
    }))
}

async fn counted<O: Listed + HasFields>(
    list: List<O>,
    properties: &[(&'static str, &'static str)],
) -> Result<Value, Failure> {
    let fields = properties.iter().map(|(_, property)| *property);
    let mut objects = list.fields(fields).page_size(PAGE).json_items();
    let mut counts = Counts::new(properties);
    while let Some(object) = objects.try_next().await? {
        counts.add(&object);
    }
    Ok(counts.into_value())
}

/// The number of objects by value of a property.
struct Counts<'a> {
    properties: &'a [(&'static str, &'static str)],
    total: u64,
    counts: Vec<Map<String, Value>>,
}

impl<'a> Counts<'a> {
    fn new(properties: &'a [(&'static str, &'static str)]) -> Self {
        Self {
            properties,
            total: 0,
            counts: vec![Map::new(); properties.len()],
        }
    }

    fn add(&mut self, object: &Value) {
        self.total += 1;
        for ((_, property), counts) in self.properties.iter().zip(&mut self.counts) {
            let value = match &object[*property] {
                // The service did not return a value.
                Value::Null => "Unknown".to_owned(),
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let count = counts.get(&value).and_then(Value::as_u64);
            counts.insert(value, json!(count.unwrap_or_default() + 1));
        }
    }

    fn into_value(self) -> Value {
        let names = self.properties.iter().map(|(name, _)| (*name).to_owned());
        let counts = self.counts.into_iter().map(Value::Object);
        let mut value = Map::from_iter([("total".to_owned(), json!(self.total))]);
        value.extend(names.zip(counts));
        Value::Object(value)
    }
}

fn show(context: &Context, overview: &Value) -> Result<(), Failure> {
    let out = &context.out;
    for (title, part, properties) in [
        ("Machines", "machines", &OF_MACHINES[..]),
        ("Sessions", "sessions", &OF_SESSIONS),
        ("Jobs", "jobs", &OF_JOBS),
    ] {
        let total = overview[part]["total"].as_u64().unwrap_or_default();
        out.line(&format!("{title:<35}{total:>8}"))?;
        for (name, _) in properties {
            let counts = counts(overview, part, name);
            for (place, (value, count)) in counts.into_iter().enumerate() {
                let name = if place == 0 {
                    spoken(name)
                } else {
                    String::new()
                };
                let value = escaped(in_words(value));
                let gap = " ".repeat(20_usize.saturating_sub(value.chars().count()));
                let value = out.state(&value);
                let bar = match out.is_terminal() {
                    true => format!("  {}", bar(count, total)),
                    false => String::new(),
                };
                out.line(&format!("  {name:<12} {value}{gap}{count:>8}{bar}"))?;
            }
        }
        out.line("")?;
    }
    changes(context, &overview["lastChanges"])
}

/// Returns the number of objects by value of a property, highest first.
fn counts<'a>(overview: &'a Value, part: &str, name: &str) -> Vec<(&'a str, u64)> {
    let counts = overview[part][name].as_object().into_iter().flatten();
    let counts = counts.map(|(value, count)| (value.as_str(), count.as_u64().unwrap_or_default()));
    let mut counts: Vec<(&str, u64)> = counts.collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    counts
}

fn changes(context: &Context, changes: &Value) -> Result<(), Failure> {
    let table = Table::new(
        "changes",
        &[
            ("LAST CHANGES", "/FormattedStartTime|/StartTime"),
            ("BY", "/User"),
            ("WHAT", "/Text"),
        ],
    );
    context
        .out
        .list(&table, changes.as_array().map_or(&[], Vec::as_slice))
}

/// Returns a bar in proportion to the whole; anything above 0 is visible.
fn bar(count: u64, total: u64) -> String {
    let longest = u64::try_from(BAR).unwrap_or_default();
    let length = (count * longest).div_ceil(total.max(1));
    "█".repeat(usize::try_from(length).unwrap_or_default())
}

/// Splits a name into words.
fn spoken(name: &str) -> String {
    match name {
        "inMaintenanceMode" => "maintenance".to_owned(),
        other => other.to_owned(),
    }
}

/// Returns the words for a Boolean value.
fn in_words(value: &str) -> &str {
    match value {
        "true" => "on",
        "false" => "off",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_a_part_of_the_longest() {
        for (count, total, length) in [
            (0, 8, 0),
            (1, 100_000, 1),
            (4, 8, 15),
            (8, 8, 30),
            (0, 0, 0),
        ] {
            assert_eq!(
                bar(count, total).chars().count(),
                length,
                "{count} of {total}"
            );
        }
    }
}
