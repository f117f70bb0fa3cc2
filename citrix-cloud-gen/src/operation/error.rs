//! Why a request could not be built.

use std::fmt;

/// The error for a request that could not be built, so nothing was sent. It never shows a value.
#[derive(Debug)]
pub struct InvalidRequest {
    /// The `operationId`.
    pub operation: &'static str,
    /// The wire name of the parameter; `body` for the body.
    pub parameter: &'static str,
    /// What is wrong with it.
    pub reason: Reason,
}

/// What is wrong with a parameter.
#[derive(Debug)]
#[non_exhaustive]
pub enum Reason {
    /// It is required but missing.
    Missing,
    /// Its value (empty, `.` or `..`) would change the path of the request.
    RefusedSegment(&'static str),
    /// Its value contains characters that are not allowed in a header.
    NotAHeader,
    /// Its value has the wrong type, or cannot be serialized as JSON.
    NotOfItsType(serde_json::Error),
    /// It cannot be sent as a form, which consists of names and values.
    NotAForm,
    /// It makes the URL too long.
    TooLong,
}

impl fmt::Display for InvalidRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: `{}` {}",
            self.operation, self.parameter, self.reason
        )
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is missing")?,
            Self::RefusedSegment("") => f.write_str("is empty")?,
            Self::RefusedSegment(value) => {
                write!(f, "is `{value}`, which is not an id or a name")?;
            }
            Self::NotAHeader => f.write_str("has characters that a header cannot have")?,
            Self::NotOfItsType(_) => f.write_str("is not of its type")?,
            Self::NotAForm => f.write_str("is not an object of names and values")?,
            Self::TooLong => f.write_str("makes the URL too long")?,
        }
        f.write_str("; nothing was sent")
    }
}

impl std::error::Error for InvalidRequest {}
