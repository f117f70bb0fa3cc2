//! Where a setting comes from.

use std::fmt;

/// The source of a setting. The order of the variants is the order of precedence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// An option of the command line.
    Option(&'static str),
    /// The profile that `--profile` names: as good as an option.
    NamedProfile(String),
    /// A variable of the environment.
    Environment(&'static str),
    /// The profile that the environment names, or the default one.
    Profile(String),
}

impl Origin {
    /// How far up in the order of precedence it is; two settings of one step go together.
    pub(crate) fn step(&self) -> u8 {
        match self {
            Self::Option(_) => 0,
            Self::NamedProfile(_) => 1,
            Self::Environment(_) => 2,
            Self::Profile(_) => 3,
        }
    }

    /// Whether it is a profile.
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
