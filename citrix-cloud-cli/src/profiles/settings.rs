//! The effective settings of a command, from options, environment and profile, in this order.

use std::collections::BTreeMap;

use citrix_cloud::{ApiVersion, ClientBuilder, Region};

use super::config::{Config, Profile, profile_name};
use super::field::Field;
use super::origin::Origin;
use crate::credentials::Environment;
use crate::exit::Failure;
use crate::options::Options;

/// The variable that names the profile.
const PROFILE: &str = "CITRIX_CLOUD_PROFILE";

/// Whether the named profile must exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Missing {
    /// It must exist.
    Refused,
    /// It may be missing, because it is about to be created.
    Fine,
}

/// The effective settings and their origins.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settings {
    profile: Option<(String, Origin)>,
    values: BTreeMap<Field, (String, Origin)>,
}

impl Settings {
    /// Combines options, environment and profile.
    ///
    /// # Errors
    ///
    /// If the named profile does not exist.
    pub(crate) fn resolve(
        options: &Options,
        environment: Environment,
        config: &Config,
        missing: Missing,
    ) -> Result<Self, Failure> {
        let profile = active(options, environment, config, missing)?;
        let fields = profile.as_ref().and_then(|(name, _)| config.profile(name));
        let of_profile = profile.as_ref().map(|(name, origin)| match origin {
            Origin::Option(_) => Origin::NamedProfile(name.clone()),
            _ => Origin::Profile(name.clone()),
        });
        let mut values = BTreeMap::new();
        for field in Field::ALL {
            let said = given(field, options).or_else(|| {
                let found = fields.and_then(|fields| fields.get(&field)).cloned();
                let profile = found.zip(of_profile.clone());
                let set = set(field, environment);
                let first = [profile, set].into_iter().flatten();
                first.min_by_key(|(_, origin)| origin.step())
            });
            if let Some(said) = said {
                values.insert(field, said);
            }
        }
        let mut settings = Self { profile, values };
        settings.drop_conflicting();
        Ok(settings)
    }

    /// Drops settings that do not belong together. A region takes precedence over an endpoint of lower rank, so an
    /// option is not overridden by the environment or a profile. A customer takes precedence over a site of lower rank,
    /// which would belong to another customer.
    fn drop_conflicting(&mut self) {
        let step = |field| self.values.get(&field).map(|(_, origin)| origin.step());
        let before = |first, second| match (step(first), step(second)) {
            (Some(first), Some(second)) => first < second,
            _ => false,
        };
        let (region, customer) = (
            before(Field::Region, Field::Endpoint),
            before(Field::Customer, Field::Site),
        );
        if region {
            self.values.remove(&Field::Endpoint);
        }
        if customer {
            self.values.remove(&Field::Site);
        }
    }

    /// Returns the profile in use, and what selected it.
    pub(crate) fn profile(&self) -> Option<(&str, &Origin)> {
        let profile = self.profile.as_ref();
        profile.map(|(name, origin)| (name.as_str(), origin))
    }

    /// Returns a value and its origin.
    pub(crate) fn get(&self, field: Field) -> Option<(&str, &Origin)> {
        let found = self.values.get(&field);
        found.map(|(value, origin)| (value.as_str(), origin))
    }

    /// Returns a value.
    pub(crate) fn value(&self, field: Field) -> Option<&str> {
        self.get(field).map(|(value, _)| value)
    }

    /// Configures the endpoint, region and version of a client.
    ///
    /// # Errors
    ///
    /// If the environment contains an invalid region or version.
    pub(crate) fn locate(&self, mut builder: ClientBuilder) -> Result<ClientBuilder, Failure> {
        if let Some(region) = self.parsed::<Region>(Field::Region)? {
            builder = builder.region(region);
        }
        if let Some(api_version) = self.parsed::<ApiVersion>(Field::ApiVersion)? {
            builder = builder.api_version(api_version);
        }
        Ok(match self.value(Field::Endpoint) {
            Some(url) => builder.endpoint(url),
            None => builder,
        })
    }

    fn parsed<T>(&self, field: Field) -> Result<Option<T>, Failure>
    where
        T: std::str::FromStr<Err = citrix_cloud::Error>,
    {
        let Some((text, origin)) = self.get(field) else {
            return Ok(None);
        };
        match text.parse() {
            Ok(value) => Ok(Some(value)),
            Err(error) => Err(Failure::Usage(format!("{origin}: {error}"))),
        }
    }
}

/// Returns the profile in use.
fn active(
    options: &Options,
    environment: Environment,
    config: &Config,
    missing: Missing,
) -> Result<Option<(String, Origin)>, Failure> {
    if let Some(name) = &options.profile {
        if missing == Missing::Refused && config.profile(name).is_none() {
            return Err(Failure::Missing(config.unknown(name)));
        }
        return Ok(Some((name.clone(), Origin::Option("--profile"))));
    }
    if let Some(name) = environment(PROFILE) {
        let refused = |words: &str| Failure::Usage(format!("{PROFILE}: {words}"));
        profile_name(&name).map_err(|words| refused(&words))?;
        if missing == Missing::Refused && config.profile(&name).is_none() {
            return Err(Failure::Missing(format!(
                "{PROFILE}: {}",
                config.unknown(&name)
            )));
        }
        return Ok(Some((name, Origin::Environment(PROFILE))));
    }
    let default = config.default_profile().map(str::to_owned);
    Ok(default.map(|name| (name.clone(), Origin::Profile(name))))
}

/// Returns the value of an option.
fn given(field: Field, options: &Options) -> Option<(String, Origin)> {
    let value = match field {
        Field::Customer => options.customer.clone(),
        Field::Region => options.region.map(|it| it.to_string()),
        Field::Endpoint => options.endpoint.clone(),
        Field::ApiVersion => options.api_version.map(|it| it.to_string()),
        Field::ClientId | Field::Site | Field::SecretStore => None,
    };
    value.zip(field.option().map(Origin::Option))
}

/// Returns the value from the environment.
fn set(field: Field, environment: Environment) -> Option<(String, Origin)> {
    let mut variables = field.variables().iter();
    variables.find_map(|name| environment(name).map(|it| (it, Origin::Environment(name))))
}

/// Returns the effective fields that `login` writes to a profile.
pub(crate) fn kept(settings: &Settings) -> Profile {
    let fields = [
        Field::Customer,
        Field::Region,
        Field::Endpoint,
        Field::ApiVersion,
        Field::Site,
    ];
    let kept = fields.into_iter().filter_map(|field| {
        let value = settings.value(field)?;
        Some((field, value.to_owned()))
    });
    kept.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "
        default_profile = 'work'
        [profiles.work]
        customer = 'work-customer'
        client_id = 'work-id'
        region = 'eu'
        site = 'work-site'
        [profiles.lab]
        customer = 'lab-customer'
        endpoint = 'http://127.0.0.1:1'
    ";

    fn nothing(_: &str) -> Option<String> {
        None
    }

    fn said(options: &Options, environment: Environment) -> String {
        let config = Config::parse(FILE).unwrap();
        let settings = Settings::resolve(options, environment, &config, Missing::Refused);
        let settings = settings.unwrap();
        let said = Field::ALL.into_iter().filter_map(|field| {
            let (value, origin) = settings.get(field)?;
            Some(format!("{field}={value} ({origin})"))
        });
        said.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn the_environment_comes_before_the_default_profile_and_after_a_named_one() {
        let environment: Environment = |name| match name {
            "CITRIX_CLOUD_ENDPOINT" => Some("http://127.0.0.1:2".to_owned()),
            "CITRIX_CLIENT_ID" => Some("environment-id".to_owned()),
            _ => None,
        };
        let mut options = Options::default();
        assert_eq!(
            said(&options, nothing),
            "customer=work-customer (profile work), client_id=work-id (profile work), region=eu \
             (profile work), site=work-site (profile work)"
        );
        assert_eq!(
            said(&options, environment),
            "customer=work-customer (profile work), client_id=environment-id (CITRIX_CLIENT_ID), \
             region=eu (profile work), endpoint=http://127.0.0.1:2 (CITRIX_CLOUD_ENDPOINT), \
             site=work-site (profile work)"
        );
        options.profile = Some("work".to_owned());
        assert_eq!(
            said(&options, environment),
            said(&Options::default(), nothing),
            "a named profile is left as it is by the environment"
        );
        options.profile = Some("lab".to_owned());
        assert_eq!(
            said(&options, environment),
            "customer=lab-customer (profile lab), client_id=environment-id (CITRIX_CLIENT_ID), \
             endpoint=http://127.0.0.1:1 (profile lab)"
        );
    }

    #[test]
    fn a_region_overrules_a_weaker_endpoint_and_a_customer_a_weaker_site() {
        let environment: Environment = |name| match name {
            "CITRIX_CLOUD_PROFILE" => Some("lab".to_owned()),
            "CITRIX_CLOUD_SITE" => Some("environment-site".to_owned()),
            _ => None,
        };
        let mut options = Options {
            region: Some(Region::Us),
            ..Options::default()
        };
        assert_eq!(
            said(&options, environment),
            "customer=lab-customer (profile lab), region=us (--region), \
             site=environment-site (CITRIX_CLOUD_SITE)"
        );
        options.customer = Some("other".to_owned());
        assert_eq!(
            said(&options, environment),
            "customer=other (--customer), region=us (--region)"
        );
    }
}
