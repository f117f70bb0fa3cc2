//! The fields of a profile.

use std::fmt;
use std::str::FromStr;

use citrix_cloud::{ApiVersion, Credentials, Endpoints, Region};

use crate::arguments::site;
use crate::near::near;
use crate::secrets::StoreKind;

/// A field of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Field {
    Customer,
    ClientId,
    Region,
    Endpoint,
    ApiVersion,
    Site,
    SecretStore,
}

impl Field {
    /// Every field, in display order.
    pub(crate) const ALL: [Self; 7] = [
        Self::Customer,
        Self::ClientId,
        Self::Region,
        Self::Endpoint,
        Self::ApiVersion,
        Self::Site,
        Self::SecretStore,
    ];

    /// Returns its name in the file.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::ClientId => "client_id",
            Self::Region => "region",
            Self::Endpoint => "endpoint",
            Self::ApiVersion => "api_version",
            Self::Site => "site",
            Self::SecretStore => "secret_store",
        }
    }

    /// Returns the option that sets it for one command.
    pub(super) fn option(self) -> Option<&'static str> {
        match self {
            Self::Customer => Some("--customer"),
            Self::Region => Some("--region"),
            Self::Endpoint => Some("--endpoint"),
            Self::ApiVersion => Some("--api-version"),
            // Not every command has `--site`, and the others are options of `login`.
            Self::ClientId | Self::Site | Self::SecretStore => None,
        }
    }

    /// Returns its variables; the first one that is set wins.
    pub(super) fn variables(self) -> &'static [&'static str] {
        match self {
            Self::Customer => &["CITRIX_CUSTOMER_ID", "CUSTOMER_ID"],
            Self::ClientId => &["CITRIX_CLIENT_ID", "CLIENT_ID"],
            Self::Region => &["CITRIX_CLOUD_REGION"],
            Self::Endpoint => &["CITRIX_CLOUD_ENDPOINT"],
            Self::ApiVersion => &["CITRIX_CLOUD_API_VERSION"],
            Self::Site => &["CITRIX_CLOUD_SITE"],
            // Naming another store does not move a secret; `login` has its own variable.
            Self::SecretStore => &[],
        }
    }

    /// Returns whether only `login` sets it, together with the matching secret.
    pub(crate) fn is_of_login(self) -> bool {
        matches!(self, Self::ClientId | Self::SecretStore)
    }

    /// Validates a value and returns it in the stored form.
    ///
    /// # Errors
    ///
    /// A message that describes the problem.
    pub(crate) fn checked(self, value: &str) -> Result<String, String> {
        let words = |error: citrix_cloud::Error| error.to_string();
        let value = value.trim();
        match self {
            Self::Customer => Credentials::new("-", "-", value)
                .map(|it| it.customer().to_owned())
                .map_err(words),
            Self::ClientId if value.is_empty() || value.contains(char::is_control) => {
                Err("not a client id".to_owned())
            }
            Self::ClientId => Ok(value.to_owned()),
            Self::Region => value
                .parse::<Region>()
                .map(|it| it.to_string())
                .map_err(words),
            Self::Endpoint => Endpoints::single(value)
                .map(|_| value.to_owned())
                .map_err(words),
            Self::ApiVersion => value
                .parse::<ApiVersion>()
                .map(|it| it.to_string())
                .map_err(words),
            Self::Site => site(value),
            Self::SecretStore => value.parse::<StoreKind>().map(|it| it.to_string()),
        }
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Field {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let name = text.replace('-', "_").to_lowercase();
        let found = Self::ALL.into_iter().find(|field| field.name() == name);
        found.ok_or_else(|| unknown(text))
    }
}

/// Returns the error for an unknown field.
pub(super) fn unknown(name: &str) -> String {
    if name.contains("secret") || name.contains("password") {
        return format!(
            "`{name}` does not belong here: secrets are never stored in this file; `citrix-cloud login` stores them safely"
        );
    }
    let names = Field::ALL.map(Field::name);
    match near(name, names).as_slice() {
        [] => format!("unknown field `{name}`; known fields: {}", names.join(", ")),
        near => format!("unknown field `{name}`; did you mean {}?", near.join(", ")),
    }
}
