//! How generated code handles a media type.

/// How a body with some media type is sent or read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// As JSON: `application/json`, `text/json`, `application/*+json`, `*/*`.
    Json,
    /// As a form of names and values.
    Form,
    /// As a form of parts, which may be files.
    Multipart,
    /// As text.
    Text,
    /// As bytes.
    Bytes,
}

/// Classifies a media type by its name, regardless of case and parameters.
#[must_use]
pub fn kind(media: &str) -> Kind {
    let media = essence(media);
    let (family, subtype) = media.split_once('/').unwrap_or((&media, ""));
    match (family, subtype) {
        ("multipart", _) => Kind::Multipart,
        ("application", "x-www-form-urlencoded") => Kind::Form,
        ("*" | "application", "*") | ("application" | "text", "json") => Kind::Json,
        (_, subtype) if subtype.ends_with("+json") => Kind::Json,
        ("text", _) => Kind::Text,
        _ => Kind::Bytes,
    }
}

/// Returns the media type without parameters, in lower case.
#[must_use]
pub fn essence(media: &str) -> String {
    let media = media.split(';').next().unwrap_or(media);
    media.trim().to_ascii_lowercase()
}

/// Returns whether the type can be used in a `Content-Type` header as it is.
#[must_use]
pub fn is_definite(media: &str) -> bool {
    let visible = |c: char| c.is_ascii_graphic() || c == ' ';
    !media.contains('*') && media.contains('/') && media.chars().all(visible)
}
