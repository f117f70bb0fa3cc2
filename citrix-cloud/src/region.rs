//! The customer's region, and the version of the API.

use std::fmt;
use std::str::FromStr;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Error;

/// The region that a Citrix Cloud customer was onboarded in; it determines the API host.
///
/// The hosts are those of Citrix's walkthrough and its DaaS migration page. A region is displayed,
/// parsed and serialized by its short name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Region {
    /// `api.cloud.com`, the entry point for customers in the US, the EU and Asia Pacific South.
    #[default]
    Global,
    /// `api-us.cloud.com`.
    Us,
    /// `api-eu.cloud.com`.
    Eu,
    /// `api-ap-s.cloud.com`.
    ApSouth,
    /// `api.citrixcloud.jp`, a separate environment.
    Japan,
}

impl Region {
    /// All regions, in the order of Citrix's documentation.
    pub const ALL: [Self; 5] = [Self::Global, Self::Us, Self::Eu, Self::ApSouth, Self::Japan];

    /// Returns the short name: `global`, `us`, `eu`, `ap-s` or `jp`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Global => "global",
            Self::Us => "us",
            Self::Eu => "eu",
            Self::ApSouth => "ap-s",
            Self::Japan => "jp",
        }
    }

    /// Returns the API host.
    #[must_use]
    pub fn api_host(self) -> &'static str {
        match self {
            Self::Global => "api.cloud.com",
            Self::Us => "api-us.cloud.com",
            Self::Eu => "api-eu.cloud.com",
            Self::ApSouth => "api-ap-s.cloud.com",
            Self::Japan => "api.citrixcloud.jp",
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Region {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|region| region.as_str() == text)
            .ok_or_else(|| {
                Error::config(format!(
                    "`{text}` is not a region (expected global, us, eu, ap-s or jp)"
                ))
            })
    }
}

/// The version of the API that a client uses for all services.
///
/// Citrix's walkthrough uses an older version of the API than the reference pages. If a service has
/// a path in only one version, that path is used with both. A version is displayed, parsed and
/// serialized by its short name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ApiVersion {
    /// The current paths; for DaaS, the version that responds to `/me` on the first DaaS call.
    #[default]
    Auto,
    /// The paths of the reference pages: `/cvad/manage/...`, with everything on the API host.
    Current,
    /// The paths of the walkthrough: `/cvadapis/{site}/...`, with one host per platform service.
    Preview,
}

impl ApiVersion {
    /// All API versions.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Current, Self::Preview];

    /// Returns the short name: `auto`, `current` or `preview`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::Current => "current",
            Self::Preview => "preview",
        }
    }
}

impl fmt::Display for ApiVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for ApiVersion {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|version| version.as_str() == text)
            .ok_or_else(|| {
                Error::config(format!(
                    "`{text}` is not an API version (expected auto, current or preview)"
                ))
            })
    }
}

/// Implements `Display`, `FromStr` and serde for a type by its short name.
macro_rules! by_name {
    ($type:ty) => {
        impl Serialize for $type {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(D::Error::custom)
            }
        }
    };
}

by_name!(Region);
by_name!(ApiVersion);

/// Returns whether this is one of Citrix's API hosts, which are several names for one service.
#[cfg(feature = "monitor")]
pub(crate) fn is_api_host(url: &reqwest::Url) -> bool {
    let mut hosts = Region::ALL.iter().map(|region| region.api_host());
    let usual = url.scheme() == "https" && url.port().is_none();
    usual
        && url
            .host_str()
            .is_some_and(|host| hosts.any(|it| it == host))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fmt::Debug;

    use serde::de::DeserializeOwned;
    use serde_json::json;

    use super::*;

    fn goes_round<T>(all: &[T], names: &[&str])
    where
        T: Copy
            + Debug
            + fmt::Display
            + DeserializeOwned
            + FromStr<Err = Error>
            + PartialEq
            + Serialize,
    {
        assert_eq!(all.len(), names.len());
        for (value, name) in all.iter().zip(names) {
            assert_eq!(value.to_string(), *name);
            assert_eq!(name.parse::<T>().unwrap(), *value);
            let json = serde_json::to_value(value).unwrap();
            assert_eq!(json, json!(name));
            assert_eq!(serde_json::from_value::<T>(json).unwrap(), *value);
        }
    }

    #[test]
    fn regions_and_versions_round_trip_as_text_and_json() {
        goes_round(&Region::ALL, &["global", "us", "eu", "ap-s", "jp"]);
        goes_round(&ApiVersion::ALL, &["auto", "current", "preview"]);
    }

    #[test]
    fn other_values_are_rejected_with_the_ones_expected() {
        let region = "a region (expected global, us, eu, ap-s or jp)";
        let version = "an API version (expected auto, current or preview)";
        for text in ["", "EU", "eu ", "mars"] {
            let words = format!("`{text}` is not {region}");
            assert_eq!(text.parse::<Region>().unwrap_err().to_string(), words);
            let error = serde_json::from_value::<Region>(json!(text)).unwrap_err();
            assert_eq!(error.to_string(), words);
            let words = format!("`{text}` is not {version}");
            assert_eq!(text.parse::<ApiVersion>().unwrap_err().to_string(), words);
            let error = serde_json::from_value::<ApiVersion>(json!(text)).unwrap_err();
            assert_eq!(error.to_string(), words);
        }
        assert!(serde_json::from_value::<Region>(json!(2)).is_err());
    }

    #[test]
    fn a_region_can_be_the_key_of_a_map() {
        let names = r#"{"eu":"Frankfurt","jp":"Tokyo"}"#;
        let read: BTreeMap<Region, String> = serde_json::from_str(names).unwrap();
        assert_eq!(read[&Region::Japan], "Tokyo");
        assert_eq!(serde_json::to_string(&read).unwrap(), names);
    }
}
