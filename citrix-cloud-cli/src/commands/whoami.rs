//! `whoami`.

use clap::Args;
use serde_json::{Map, Value, json};

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::Table;
use crate::profiles::{Field, Settings};

const TABLE: Table<'_> = Table::new(
    "settings",
    &[
        ("SETTING", "/setting"),
        ("VALUE", "/value"),
        ("FROM", "/from"),
    ],
);

/// The origin of values that come from neither options, environment nor profile.
const SERVICE: &str = "the service";
const DEFAULT: &str = "default";

/// Show who is signed in to which customer, and where each setting comes from.
#[derive(Debug, Args)]
pub(crate) struct Whoami {}

struct Row {
    setting: &'static str,
    value: Option<String>,
    from: String,
}

impl Whoami {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let settings = context.settings()?;
        let client = context.client()?;
        let me = client.daas().me().await?;
        let mut rows = Vec::new();
        let mut add = |setting, value: Option<String>, from: String| {
            rows.push(Row {
                setting,
                value,
                from,
            });
        };
        match settings.profile() {
            Some((name, origin)) if origin.is_profile() => {
                add(
                    "profile",
                    Some(name.to_owned()),
                    "default_profile".to_owned(),
                );
            }
            Some((name, origin)) => add("profile", Some(name.to_owned()), origin.to_string()),
            None => add("profile", None, "none in use".to_owned()),
        }
        let customer = client.customer().to_owned();
        add(
            "customer",
            Some(customer.clone()),
            said(&settings, Field::Customer, "asked for"),
        );
        add("principal", me.display_name, SERVICE.to_owned());
        add("e-mail", me.verified_email, SERVICE.to_owned());
        let id = settings.value(Field::ClientId).map(str::to_owned);
        add(
            "client id",
            id,
            said(&settings, Field::ClientId, "asked for"),
        );
        add("secret", None, context.secret_place(&settings)?);
        match settings.get(Field::Endpoint) {
            Some((url, origin)) => add("endpoint", Some(url.to_owned()), origin.to_string()),
            None => {
                let region = settings.value(Field::Region).unwrap_or("global").to_owned();
                add(
                    "region",
                    Some(region),
                    said(&settings, Field::Region, DEFAULT),
                );
            }
        }
        let version = client.api_version().to_string();
        add(
            "API version",
            Some(version),
            said(&settings, Field::ApiVersion, DEFAULT),
        );
        let sites = me
            .customers
            .into_iter()
            .flatten()
            .find(|it| {
                it.id
                    .as_deref()
                    .is_some_and(|id| id.eq_ignore_ascii_case(&customer))
            })
            .and_then(|it| it.sites)
            .unwrap_or_default();
        let label = |site: &citrix_cloud::models::MySite| {
            let id = site.id.clone().unwrap_or_default();
            match &site.name {
                Some(name) => format!("{name} ({id})"),
                None => id,
            }
        };
        match (settings.get(Field::Site), sites.as_slice()) {
            (Some((wanted, origin)), sites) => {
                let is = |text: &Option<String>| {
                    text.as_deref()
                        .is_some_and(|it| it.eq_ignore_ascii_case(wanted))
                };
                let found = sites.iter().find(|site| is(&site.id) || is(&site.name));
                let from = match found {
                    Some(_) => origin.to_string(),
                    None => format!("{origin}; the customer has no such site"),
                };
                add(
                    "site",
                    Some(found.map_or_else(|| wanted.to_owned(), label)),
                    from,
                );
            }
            (None, [site]) => add(
                "site",
                Some(label(site)),
                "the customer's only one".to_owned(),
            ),
            (None, []) => add("site", None, "the customer has none".to_owned()),
            (None, several) => add(
                "site",
                None,
                format!(
                    "{}: choose one with --site",
                    several.iter().map(label).collect::<Vec<_>>().join(", ")
                ),
            ),
        }
        print(context, rows)
    }
}

fn said(settings: &Settings, field: Field, or: &str) -> String {
    let origin = settings.get(field).map(|(_, origin)| origin.to_string());
    origin.unwrap_or_else(|| or.to_owned())
}

fn print(context: &Context, rows: Vec<Row>) -> Result<Exit, Failure> {
    if context.out.is_json() {
        let object = rows.into_iter().map(|row| {
            let said = json!({ "value": row.value, "from": row.from });
            (row.setting.replace([' ', '-'], "_").to_lowercase(), said)
        });
        context
            .out
            .json(&Value::Object(object.collect::<Map<_, _>>()))?;
        return Ok(Exit::Done);
    }
    let rows = rows
        .into_iter()
        .map(|row| json!({ "setting": row.setting, "value": row.value, "from": row.from }));
    context.out.list(&TABLE, &rows.collect::<Vec<_>>())?;
    Ok(Exit::Done)
}
