//! `config list`, `get`, `set` and `unset`.

use clap::Subcommand;
use serde_json::{Value, json};

use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::Table;
use crate::profiles::{Config, Field, profile_name};

const TABLE: Table<'_> = Table::new(
    "profiles",
    &[
        ("PROFILE", "/profile"),
        ("DEFAULT", "/default"),
        ("CUSTOMER", "/customer"),
        ("CLIENT ID", "/client_id"),
        ("REGION", "/endpoint|/region"),
        ("SITE", "/site"),
        ("SECRET", "/secret_store"),
    ],
);

/// What is done with the profiles.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// List the profiles.
    List,
    /// Show a field of the profile; `config set --help` lists the fields.
    Get {
        /// The name of the field.
        field: Setting,
    },
    /// Set a field of the profile: `customer`, `region`, `endpoint`, `api_version` or `site`; or
    /// `default_profile`.
    Set {
        /// The name of the field.
        field: Setting,
        /// The value of the field.
        value: String,
    },
    /// Remove a field from the profile.
    Unset {
        /// The name of the field.
        field: Setting,
    },
}

/// A setting of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Setting {
    /// The profile of commands that do not name one.
    DefaultProfile,
    /// A field of a profile.
    Field(Field),
}

impl std::str::FromStr for Setting {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.replace('-', "_").as_str() {
            "default_profile" => Ok(Self::DefaultProfile),
            name => name.parse().map(Self::Field),
        }
    }
}

impl Command {
    pub(super) fn run(self, context: &Context) -> Result<Exit, Failure> {
        let file = context.config_file()?;
        match self {
            Self::List => {
                let config = file.read()?;
                let rows: Vec<Value> = config.profiles().map(|it| row(&config, it)).collect();
                context.out.list(&TABLE, &rows)?;
            }
            Self::Get { field } => return get(context, &file.read()?, field),
            Self::Set { field, value } => file.change(|config| {
                let Setting::Field(field) = field else {
                    profile_name(&value).map_err(Failure::Usage)?;
                    if config.profile(&value).is_none() {
                        return Err(Failure::Missing(config.unknown(&value)));
                    }
                    config.set_default(Some(&value));
                    return Ok(());
                };
                let profile = profile(context, config)?;
                let checked = field.checked(&value);
                let value = checked.map_err(|words| Failure::Usage(format!("{field}: {words}")))?;
                refuse_of_login(field, &profile)?;
                match field {
                    Field::Region => config.unset(&profile, Field::Endpoint),
                    Field::Endpoint => config.unset(&profile, Field::Region),
                    _ => false,
                };
                config.set(&profile, field, value);
                Ok(())
            })?,
            Self::Unset { field } => file.change(|config| {
                let Setting::Field(field) = field else {
                    config.set_default(None);
                    return Ok(());
                };
                let profile = profile(context, config)?;
                refuse_of_login(field, &profile)?;
                config.unset(&profile, field);
                Ok(())
            })?,
        }
        Ok(Exit::Done)
    }
}

/// Returns the selected profile, which must exist.
fn profile(context: &Context, config: &Config) -> Result<String, Failure> {
    let settings = context.settings()?;
    let profile = settings.profile().map(|(name, _)| name.to_owned());
    let profile = profile.ok_or_else(|| {
        Failure::Usage("no profile is in use; name one with --profile".to_owned())
    })?;
    match config.profile(&profile) {
        Some(_) => Ok(profile),
        None => Err(Failure::Missing(config.unknown(&profile))),
    }
}

fn refuse_of_login(field: Field, profile: &str) -> Result<(), Failure> {
    match field.is_of_login() {
        false => Ok(()),
        true => Err(Failure::Usage(format!(
            "{field} belongs to the secret; to change it, sign in again with `citrix-cloud login --profile \
             {profile}`; to remove it, use `citrix-cloud logout`"
        ))),
    }
}

fn get(context: &Context, config: &Config, setting: Setting) -> Result<Exit, Failure> {
    let value = match setting {
        Setting::DefaultProfile => config.default_profile(),
        Setting::Field(field) => {
            let profile = profile(context, config)?;
            let fields = config.profile(&profile);
            fields.and_then(|it| it.get(&field)).map(String::as_str)
        }
    };
    match value {
        Some(value) if context.out.is_json() => context.out.json(&Value::from(value))?,
        Some(value) => context.out.line(&crate::output::escaped(value))?,
        None if context.out.is_json() => context.out.json(&Value::Null)?,
        None => return Ok(Exit::Missing),
    }
    Ok(Exit::Done)
}

fn row(config: &Config, (name, fields): (&str, &crate::profiles::Profile)) -> Value {
    let mut row = json!({
        "profile": name,
        "default": config.default_profile() == Some(name),
    });
    for (field, value) in fields {
        row[field.name()] = Value::from(value.as_str());
    }
    row
}
