//! The origin of a setting.

use std::fmt;

/// The source of a setting. The order of the variants is the order of precedence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// An option of the command line.
    Option(&'static str),
    /// The profile that `--profile` names, which counts like an option.
    NamedProfile(String),
    /// An environment variable.
    Environment(&'static str),
    /// The profile that the environment names, or the default one.
    Profile(String),
}

impl Origin {
    /// Returns its rank in the order of precedence; two settings of the same rank belong together.
    pub(crate) fn step(&self) -> u8 {
        match self {
            Self::Option(_) => 0,
            Self::NamedProfile(_) => 1,
            Self::Environment(_) => 2,
            Self::Profile(_) => 3,
        }
    }

    /// Returns whether it is a profile.
    pub(crate) fn is_profile(&self) -> bool {
        matches!(self, Self::NamedProfile(_) | Self::Profile(_))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Option(name) | Self::Environment(name) => f.write_str(name),
            Self::NamedProfile(name) | Self::Profile(name) => write!(f, "profile {name}"),
        }
    }
}
