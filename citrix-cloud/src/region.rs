//! Where a customer lives, and which version of the API is used.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// The region a Citrix Cloud customer was onboarded in; it decides the API host.
///
/// Hosts as in Citrix's walkthrough and its DaaS migration page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Region {
    /// `api.cloud.com`, the entry for customers in the US, the EU and Asia Pacific South.
    #[default]
    Global,
    /// `api-us.cloud.com`.
    Us,
    /// `api-eu.cloud.com`.
    Eu,
    /// `api-ap-s.cloud.com`.
    ApSouth,
    /// `api.citrixcloud.jp`, an environment of its own.
    Japan,
}

impl Region {
    /// Every region, in the order of the documentation.
    pub const ALL: [Self; 5] = [Self::Global, Self::Us, Self::Eu, Self::ApSouth, Self::Japan];

    /// The short name: `global`, `us`, `eu`, `ap-s` or `jp`.
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

    /// The API host.
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
                    "region `{text}` is none of global, us, eu, ap-s, jp"
                ))
            })
    }
}

/// Which version of the API a client uses, for all services at once.
///
/// The walkthrough teaches an older version of the API than Citrix's reference pages. Where a service has a
/// path in one version only, that one is used in both.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ApiVersion {
    /// Current paths; for DaaS, the version that answers to `/me` at the first DaaS call.
    #[default]
    Auto,
    /// The paths of the reference pages: `/cvad/manage/...`, everything behind the API host.
    Current,
    /// The paths of the walkthrough: `/cvadapis/{site}/...`, one host per platform service.
    Preview,
}

impl ApiVersion {
    /// Every API version.
    pub const ALL: [Self; 3] = [Self::Auto, Self::Current, Self::Preview];

    /// The short name: `auto`, `current` or `preview`.
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
