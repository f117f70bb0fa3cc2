//! One change, and what all of them call for.

use serde::{Deserialize, Serialize};

/// What a change is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Subject {
    /// A method of the generated client.
    Operation,
    /// A generated type.
    Model,
}

/// What happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It is different.
    Changed,
}

/// Which part of the subject it happened to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// The operation or model itself.
    Whole,
    /// Its name.
    Name,
    /// Method and path of an operation.
    Path,
    /// What a caller writes for it in Rust.
    Call,
    /// The words of its command.
    Command,
    /// A parameter.
    Parameter,
    /// The request body, or a field in one that has no model.
    RequestBody,
    /// The success response, or a field in one that has no model.
    Response,
    /// A field of a model.
    Field,
    /// A value of an enum.
    Value,
    /// The type of a model that has no fields.
    Type,
    /// What the document says about it.
    Documentation,
}

/// What a change does to those who use the crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// It was looked at and counts for nothing.
    None,
    /// Nothing that they can name changes: documentation, or how a call looks on the wire.
    Patch,
    /// There is more than before.
    Minor,
    /// What they wrote may not compile, or the service may refuse it.
    Major,
}

/// What those who use the crates write for an operation or a model.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Callers {
    /// The struct, below `citrix_cloud_gen`.
    pub rust: String,
    /// The method of a handle.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// The command of the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub command: Option<String>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Change {
    /// What it is about.
    pub subject: Subject,
    /// Its name in the document: an operationId, or a model's name.
    pub name: String,
    /// What happened.
    pub change: Kind,
    /// To which part.
    pub part: Part,
    /// The parameter, field or value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// What it calls for from version 1.0 on.
    pub effect: Effect,
    /// Why it counts for less than the rules say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub waived: Option<String>,
    /// The change in words.
    pub text: String,
    /// What its users write, where the workspace knows the document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub callers: Option<Callers>,
}

impl Change {
    /// Whether callers break.
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

/// The judgement on a difference, and the exit code that says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing changed for a user of the crate.
    Nothing,
    /// What was written against the old document goes on working.
    Compatible,
    /// Callers break.
    Breaking,
}

impl Verdict {
    /// Judges all changes together.
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

    /// The exit code of the command.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Nothing => 0,
            Self::Compatible => 10,
            Self::Breaking => 20,
        }
    }
}

/// The version step that a difference calls for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Step {
    /// From version 1.0 on: `none`, `patch`, `minor` or `major`.
    pub from_1_0: &'static str,
    /// Before, where a breaking change takes a minor version and everything else a patch.
    pub before_1_0: &'static str,
}

impl Step {
    /// The step of the change that asks for most.
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
