//! A change, and the verdict on all changes.

use serde::{Deserialize, Serialize};

/// The subject of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A method of the generated client.
    Operation,
    /// A generated type.
    Model,
}

/// How it changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It is new.
    Added,
    /// It has been removed.
    Removed,
    /// It is different.
    Changed,
}

/// The part of the subject that changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The operation or model itself.
    Whole,
    /// Its name.
    Name,
    /// Method and path of an operation.
    Path,
    /// The Rust code that callers write for it.
    Call,
    /// The words of its command.
    Command,
    /// A parameter.
    Parameter,
    /// The request body, or a field of an inline one.
    RequestBody,
    /// The success response, or a field of an inline one.
    Response,
    /// A field of a model.
    Field,
    /// A value of an enum.
    Value,
    /// The type of a model without fields.
    Type,
    /// The documentation.
    Documentation,
}

/// How a change affects users of the crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It was reviewed, and does not count.
    None,
    /// Nothing that they can name: only documentation, or how a call looks on the wire.
    Patch,
    /// Something is added.
    Minor,
    /// Their code may no longer compile, or the service may reject it.
    Major,
}

/// What users of the crates write for an operation or a model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Callers {
    /// The struct, below `citrix_cloud_gen`.
    pub rust: String,
    /// The method of a handle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// The command.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The subject.
    pub subject: Subject,
    /// Its name in the document: an operationId, or a model's name.
    pub name: String,
    /// How it changed.
    pub change: Kind,
    /// The changed part.
    pub part: Part,
    /// The parameter, field or value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// The version step from version 1.0 on.
    pub effect: Effect,
    /// Why it counts for less than the rules say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waived: Option<String>,
    /// A description of the change.
    pub text: String,
    /// What users write, if the workspace knows the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callers: Option<Callers>,
}

impl Change {
    /// Returns whether callers break.
    #[must_use]
    pub fn breaks(&self) -> bool {
        self.effect == Effect::Major
    }

    /// `+`, `-` or `~`.
    #[must_use]
    pub fn mark(&self) -> char {
        match self.change {
            Kind::Added => '+',
            Kind::Removed => '-',
            Kind::Changed => '~',
        }
    }
}

/// The verdict on a difference, which determines the exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing has changed for users of the crate.
    Nothing,
    /// Existing code continues to work.
    Compatible,
    /// Callers break.
    Breaking,
}

impl Verdict {
    /// Returns the verdict on all changes.
    #[must_use]
    pub fn of(changes: &[Change]) -> Self {
        if changes.iter().all(|change| change.effect == Effect::None) {
            Self::Nothing
        } else if changes.iter().any(Change::breaks) {
            Self::Breaking
        } else {
            Self::Compatible
        }
    }

    /// Returns the exit code of the command.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::Compatible => 10,
            Self::Breaking => 20,
        }
    }
}

/// The version step that a difference requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Step {
    /// From version 1.0 on: `none`, `patch`, `minor` or `major`.
    pub from_1_0: &'static str,
    /// Before 1.0, where a breaking change requires a minor version and everything else a patch.
    pub before_1_0: &'static str,
}

impl Step {
    /// Returns the largest step that any change requires.
    #[must_use]
    pub fn of(changes: &[Change]) -> Self {
        let (from_1_0, before_1_0) = match changes.iter().map(|change| change.effect).max() {
            None | Some(Effect::None) => ("none", "none"),
            Some(Effect::Patch) => ("patch", "patch"),
            Some(Effect::Minor) => ("minor", "patch"),
            Some(Effect::Major) => ("major", "minor"),
        };
        Self {
            from_1_0,
            before_1_0,
        }
    }
}
