//! `login`.

use citrix_cloud::models::Me;
use citrix_cloud::{Client, Credentials, ErrorKind, Secret};
use clap::Args;
use serde_json::json;

use super::daas::named_site;
use super::secure_client::SecureClient;
use crate::arguments;
use crate::context::Context;
use crate::exit::{Exit, Failure};
use crate::output::escaped;
use crate::profiles::{Field, Origin, Profile, Settings, kept};
use crate::secrets::{self, SecretKey, StoreKind};
use crate::source::{Source, source};

/// The profile that is created if none is named.
const FIRST_PROFILE: &str = "default";

/// Sign in to a customer and save the credentials in a profile.
///
/// Asks for the API client and the customer on a terminal, or takes them from options, from
/// Citrix's secureclient.csv or from the environment. Signs in at once; if that fails, nothing is
/// saved. The secret is stored in the operating system's keyring or, if there is none, in a file
/// that only you can read.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  citrix-cloud login
  citrix-cloud login --profile work --customer abcd1024xyz --region eu --from-csv secureclient.csv
  pass citrix/work | citrix-cloud login --customer abcd1024xyz --client-id ID --secret-stdin")]
pub(crate) struct Login {
    /// Read the API client from the file that Citrix Cloud's console created, or from standard
    /// input (-).
    #[arg(long, value_name = "FILE", value_parser = source)]
    #[arg(conflicts_with_all = ["client_id", "secret_stdin"])]
    from_csv: Option<Source>,
    /// The id of the API client or service principal.
    #[arg(long, value_name = "ID")]
    client_id: Option<String>,
    /// Read the secret from standard input.
    #[arg(long)]
    secret_stdin: bool,
    /// The default site of commands, by id or name.
    #[arg(long, value_name = "ID|NAME", value_parser = arguments::site)]
    site: Option<String>,
    /// Where to store the secret [default: the keyring, or else the file].
    #[arg(long, value_name = "STORE", value_parser = store_kind())]
    secret_store: Option<StoreKind>,
}

/// The content of the new profile.
struct Asked {
    profile: String,
    client_id: String,
    secret: Secret,
    customer: String,
    fields: Profile,
}

/// Extends the failure of a check, after which nothing is saved.
fn nothing_kept(failure: Failure) -> Failure {
    match failure {
        Failure::Usage(words) => Failure::Usage(format!("{words}; nothing was saved")),
        Failure::Missing(words) => Failure::Missing(format!("{words}; nothing was saved")),
        Failure::Advised(failure, hint) => nothing_kept(*failure).advised(hint),
        other => other,
    }
}

/// Converts a rejected sign-in. The usual advice to sign in makes no sense here.
fn refused(error: citrix_cloud::Error) -> Failure {
    let wrong = error.kind() == ErrorKind::Auth;
    let failure = Failure::from(error);
    match wrong {
        true => failure.advised(
            "nothing was saved; check the client id, the secret, the customer and the region (--region)",
        ),
        false => failure,
    }
}

impl Login {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let config = context.config_file()?.read()?;
        let settings = context.settings_of_new(&config)?;
        let stores = context.secret_stores(self.secret_store)?;
        let asked = self.asked(context, &settings)?;
        if let Some(customer) = config
            .profile(&asked.profile)
            .and_then(|fields| fields.get(&Field::Customer))
            && context.options.profile.is_none()
            && *customer != asked.customer
        {
            return Err(Failure::Usage(format!(
                "profile {} belongs to customer {customer}; name another profile for customer {} with \
                 --profile, or the same one to change it; nothing was saved",
                asked.profile,
                escaped(&asked.customer)
            )));
        }
        let client = settings
            .locate(context.builder())?
            .credentials(Credentials::new(
                &asked.client_id,
                asked.secret.clone(),
                &asked.customer,
            )?)
            .build()?;
        client.sign_in().await.map_err(refused)?;
        let me = self
            .check(context, &client, asked.fields.get(&Field::Site))
            .await
            .map_err(nothing_kept)?;
        self.keep(context, &asked, &stores, me.as_ref())
    }

    /// Collects the settings, and asks for those that are not given.
    fn asked(&self, context: &Context, settings: &Settings) -> Result<Asked, Failure> {
        let terminal = context.terminal;
        let profile = settings.profile().map_or(FIRST_PROFILE, |(name, _)| name);
        let from_csv = match &self.from_csv {
            None => None,
            Some(source) => {
                let read = source.read().and_then(|text| SecureClient::read(&text));
                Some(read.map_err(|words| Failure::Usage(format!("{source}: {words}")))?)
            }
        };
        let csv_customer = from_csv.as_ref().and_then(|it| it.customer.clone());
        let known_id = settings.get(Field::ClientId);
        let (client_id, secret) = match (from_csv, &self.client_id) {
            (Some(client), _) => (client.client_id, Some(client.client_secret)),
            (None, Some(id)) => (id.clone(), None),
            (None, None) => match known_id {
                // Taken from the environment together with its secret, to save what the shell has.
                Some((id, Origin::Environment(_))) => (
                    id.to_owned(),
                    context.secret_set().map(|(secret, _)| secret),
                ),
                known => (ask(context, "Client id", "--client-id", known)?, None),
            },
        };
        let secret: Secret = match secret {
            Some(secret) => secret,
            None if self.secret_stdin => {
                let read = Source::Stdin.read();
                read.map_err(|words| Failure::Usage(format!("standard input: {words}")))?
                    .trim()
                    .to_owned()
                    .into()
            }
            None if terminal.can_ask => terminal.ask_secret("Client secret (not shown): ")?.into(),
            None => {
                return Err(Failure::Usage(
                    "the secret is needed: use --secret-stdin or --from-csv FILE when not running interactively; it cannot be an argument"
                        .to_owned(),
                ));
            }
        };
        let known = settings.get(Field::Customer);
        let customer = match (known, csv_customer) {
            (Some((customer, Origin::Option(_) | Origin::Environment(_))), _) => {
                customer.to_owned()
            }
            (_, Some(customer)) => customer,
            (known, None) => ask(context, "Customer id", "--customer", known)?,
        };
        let mut fields = kept(settings);
        let same = settings.value(Field::Customer) == Some(customer.as_str());
        if !same {
            fields.remove(&Field::Site);
        }
        if let Some(site) = &self.site {
            fields.insert(Field::Site, site.clone());
        }
        fields.insert(Field::Customer, customer.clone());
        fields.insert(Field::ClientId, client_id.clone());
        for (field, value) in &mut fields {
            let checked = field.checked(value);
            *value = checked.map_err(|words| Failure::Usage(format!("{field}: {words}")))?;
        }
        Ok(Asked {
            profile: profile.to_owned(),
            client_id,
            secret,
            customer,
            fields,
        })
    }

    /// Checks the token's customer. Citrix DaaS reports it, but not every customer has that.
    async fn check(
        &self,
        context: &Context,
        client: &Client,
        site: Option<&String>,
    ) -> Result<Option<Me>, Failure> {
        let me = match client.daas().me().await {
            Ok(me) => me,
            Err(error) if refuses(&error) => {
                // Another service can tell whether the customer is wrong.
                let locations = client.resource_locations().list().json_items();
                if locations.collect().await.is_err() {
                    return Err(error.into());
                }
                context.out.note(&format!(
                    "note: Citrix DaaS refuses customer {}, other services do not: {}",
                    client.customer(),
                    escaped(&error.to_string())
                ));
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let seen = me
            .customers
            .iter()
            .flatten()
            .filter_map(|it| it.id.as_deref());
        let seen: Vec<&str> = seen.collect();
        let ours = client.customer();
        if !seen.is_empty() && !seen.iter().any(|it| it.eq_ignore_ascii_case(ours)) {
            return Err(Failure::Usage(format!(
                "this API client is not for customer {ours} but for {}; name that one with --customer",
                escaped(&seen.join(", "))
            )));
        }
        if let Some(site) = site {
            named_site(client, site).await?;
        }
        Ok(Some(me))
    }

    fn keep(
        &self,
        context: &Context,
        asked: &Asked,
        stores: &[Box<dyn secrets::SecretStore>],
        me: Option<&Me>,
    ) -> Result<Exit, Failure> {
        let key = SecretKey {
            profile: asked.profile.clone(),
            client_id: asked.client_id.clone(),
        };
        let kept = secrets::keep(stores, &key, &asked.secret)?;
        let before = context.config_file()?.change(|config| {
            let before = config.profile(&asked.profile).cloned();
            for field in Field::ALL {
                match asked.fields.get(&field) {
                    Some(value) => config.set(&asked.profile, field, value.clone()),
                    None => {
                        config.unset(&asked.profile, field);
                    }
                }
            }
            config.set(&asked.profile, Field::SecretStore, kept.kind.to_string());
            if config.default_profile().is_none() {
                config.set_default(Some(&asked.profile));
            }
            Ok(before)
        })?;
        let replaced = before.as_ref().filter(|fields| {
            let same = |field, value: &str| fields.get(&field).map(String::as_str) == Some(value);
            let kind = kept.kind.to_string();
            !(same(Field::ClientId, &asked.client_id) && same(Field::SecretStore, &kind))
        });
        if let Some(fields) = replaced {
            forget(context, &asked.profile, fields, kept.kind)?;
        }
        let out = &context.out;
        let who = me.and_then(|me| me.display_name.clone().or(me.verified_email.clone()));
        if out.is_json() {
            out.json(&json!({
                "profile": asked.profile,
                "customer": asked.customer,
                "principal": who,
                "secretStore": kept.kind.to_string(),
            }))?;
        } else {
            let who = who
                .map(|it| format!(" as {}", escaped(&it)))
                .unwrap_or_default();
            out.line(&format!(
                "Signed in to customer {}{who}; saved in profile {}",
                asked.customer, asked.profile
            ))?;
            out.line(&format!("The secret is in {}", escaped(&kept.place)))?;
        }
        if kept.kind == StoreKind::File {
            let why = kept
                .instead
                .map(|why| format!(" ({why})"))
                .unwrap_or_default();
            out.note(&format!(
                "note: it is not encrypted there; only you can read the file{why}"
            ));
        }
        if let Some(Source::File(path)) = &self.from_csv {
            let path = escaped(&path.display().to_string());
            out.note(&format!(
                "note: {path} still contains the secret; delete it"
            ));
        }
        Ok(Exit::Done)
    }
}

/// Deletes a profile's previous secret after a new one was saved elsewhere.
fn forget(
    context: &Context,
    profile: &str,
    before: &Profile,
    now: StoreKind,
) -> Result<(), Failure> {
    let (Some(client_id), Some(kind)) = (
        before.get(&Field::ClientId),
        before.get(&Field::SecretStore),
    ) else {
        return Ok(());
    };
    let kind: StoreKind = kind.parse().map_err(Failure::Usage)?;
    let key = SecretKey {
        profile: profile.to_owned(),
        client_id: client_id.clone(),
    };
    let removed = context.secret_store(kind)?.remove(&key).map(drop);
    match removed {
        // If the keyring no longer exists, that is why the other store was used.
        Err(_) if now != kind => Ok(()),
        removed => removed,
    }
}

/// Returns whether the service responded with a rejection.
fn refuses(error: &citrix_cloud::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::Auth | ErrorKind::Forbidden | ErrorKind::NotFound
    )
}

/// Asks for a value; an empty line keeps the known value.
fn ask(
    context: &Context,
    question: &str,
    option: &str,
    known: Option<(&str, &Origin)>,
) -> Result<String, Failure> {
    let terminal = context.terminal;
    let answer = match (terminal.can_ask, known) {
        (false, Some((known, _))) => return Ok(known.to_owned()),
        (false, None) => {
            return Err(Failure::Usage(format!(
                "the {} is needed: give {option} when not running interactively",
                question.to_lowercase()
            )));
        }
        (true, Some((known, _))) => terminal.ask(&format!("{question} [{}]: ", escaped(known)))?,
        (true, None) => terminal.ask(&format!("{question}: "))?,
    };
    match (answer.as_str(), known) {
        ("", Some((known, _))) => Ok(known.to_owned()),
        ("", None) => Err(Failure::Usage(format!(
            "no {} was given; nothing was saved",
            question.to_lowercase()
        ))),
        (answer, _) => Ok(answer.to_owned()),
    }
}

fn store_kind() -> impl clap::builder::TypedValueParser<Value = StoreKind> {
    use clap::builder::{PossibleValuesParser, TypedValueParser as _};
    PossibleValuesParser::new(StoreKind::ALL).try_map(|name| name.parse::<StoreKind>())
}
