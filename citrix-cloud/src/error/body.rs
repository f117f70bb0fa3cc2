//! Parses the ten families of error bodies into one form.
//!
//! The shapes come from Citrix's error-code page and Citrix's own clients. Whatever text a body
//! contains is used; having none is never an error.

use std::time::Duration;

use serde_json::{Map, Value};

use super::delay;
use crate::escapes::{mended, without_mark};
use crate::mask::KnownSecrets;

/// The contents of an error body.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct ErrorBody {
    pub(crate) message: String,
    pub(crate) code: Option<String>,
    pub(crate) details: Vec<(String, String)>,
    pub(crate) retry_after: Option<Duration>,
    /// Whether it comes from DaaS itself, which proves that the path exists.
    pub(crate) from_daas: bool,
}

/// The longest excerpt of a text or HTML body, in characters.
const EXCERPT: usize = 300;

impl ErrorBody {
    /// Parses a body of any family and masks secrets in it; an empty body gives an empty message.
    ///
    /// Line breaks and other control characters become spaces, because the text is printed within
    /// a line.
    pub(crate) fn read(body: &[u8], secrets: &KnownSecrets) -> Self {
        let mut words = Self::of_body(without_mark(body), secrets);
        let details = words
            .details
            .iter_mut()
            .flat_map(|(name, value)| [name, value]);
        for text in details.chain([&mut words.message]).chain(&mut words.code) {
            secrets.mask_and_cut(text);
            if text.contains(char::is_control) {
                *text = text.replace(char::is_control, " ");
            }
        }
        words
    }

    /// Returns the customer's region, as named by the 307 of another region.
    pub(crate) fn region(&self) -> Option<&str> {
        let named = self.details.iter();
        let mut named = named.filter(|(name, _)| name.eq_ignore_ascii_case("customerDataRegion"));
        named.next().map(|(_, region)| region.as_str())
    }

    fn of_body(body: &[u8], secrets: &KnownSecrets) -> Self {
        match serde_json::from_slice::<Value>(&mended(body)) {
            Ok(Value::Object(map)) => Self::of_object(&map, secrets),
            Ok(Value::String(text)) => Self::of_text(&text, secrets),
            _ => Self::of_text(&String::from_utf8_lossy(body), secrets),
        }
    }

    fn of_object(map: &Map<String, Value>, secrets: &KnownSecrets) -> Self {
        if let Some(Value::Object(legacy)) = map.get("Error") {
            return Self::said(text(legacy, "Message"), text(legacy, "Type"));
        }
        if let Some(Value::Object(odata)) = map.get("error")
            && let Some(words) = Self::of_odata(odata)
        {
            return words;
        }
        if map.contains_key("ErrorMessage") || map.contains_key("SdkErrorId") {
            return Self::of_daas(map);
        }
        if let Some(description) = text(map, "error_description") {
            return Self::of_oauth(map, &description);
        }
        // Problem bodies before the gateway's, because a problem may also have a `status`.
        if map.contains_key("detail") || map.contains_key("type") || map.contains_key("title") {
            let mut words = Self::said(
                text(map, "detail").or_else(|| text(map, "title")),
                text(map, "type"),
            );
            words.details = parameters(map.get("parameters"));
            words.retry_after = words.delay();
            return words;
        }
        let mut words = Self::said(text(map, "message").or_else(|| text(map, "Message")), None);
        words
            .details
            .extend(text(map, "activityId").map(|id| ("activityId".to_owned(), id)));
        words.retry_after = words.delay();
        if words.message.is_empty() {
            words.message = excerpt(Value::Object(map.clone()).to_string(), secrets);
        }
        words
    }

    fn of_daas(map: &Map<String, Value>) -> Self {
        let mut words = Self::said(text(map, "ErrorMessage"), text(map, "ErrorType"));
        words.from_daas = true;
        words
            .details
            .extend(text(map, "ErrorDetails").map(|d| ("ErrorDetails".to_owned(), d)));
        if words.message.is_empty() {
            words.message = text(map, "SdkErrorId").unwrap_or_default();
        }
        words
    }

    /// `OData` bodies: one message with its cause, or several in different languages.
    fn of_odata(error: &Map<String, Value>) -> Option<Self> {
        let inner = || text(error.get("innererror")?.as_object()?, "message");
        let by_language = || {
            let first = error.get("messages")?.as_array()?.first()?.as_object()?;
            first.values().next().map(plain)
        };
        let message = text(error, "message").or_else(by_language).or_else(inner)?;
        let code = text(error, "code").or_else(|| text(error, "errorCode"));
        let mut words = Self::said(Some(message), code);
        words.retry_after = words.delay();
        Some(words)
    }

    /// OAuth bodies, and those of licensing, whose description is JSON text.
    fn of_oauth(map: &Map<String, Value>, description: &str) -> Self {
        let code = text(map, "error");
        match serde_json::from_str::<Value>(description) {
            Ok(Value::Object(inner)) => {
                let mut words = Self::said(text(&inner, "Message"), text(&inner, "Code").or(code));
                words
                    .details
                    .extend(text(&inner, "Details").map(|d| ("Details".to_owned(), d)));
                words
            }
            _ => Self::said(Some(description.to_owned()), code),
        }
    }

    fn of_text(body: &str, secrets: &KnownSecrets) -> Self {
        let mut text = body.to_owned();
        if body.trim_start().starts_with('<') {
            // Before tags are removed, because a secret may look like one, and in `excerpt` again
            // afterwards, because a secret may contain some.
            secrets.mask_and_cut(&mut text);
            text = untagged(&text);
        }
        let mut words = Self::said(Some(excerpt(text, secrets)), None);
        words.retry_after = words.delay();
        words
    }

    fn said(message: Option<String>, code: Option<String>) -> Self {
        Self {
            message: message.unwrap_or_default(),
            code,
            ..Self::default()
        }
    }

    /// Returns the delay in the `retryDelay` parameter, or in "Try again in N seconds" in the
    /// message.
    fn delay(&self) -> Option<Duration> {
        let named = self.details.iter().find(|(name, _)| name == "retryDelay");
        match named {
            Some((_, value)) => Some(delay::seconds(value).unwrap_or(delay::LONGEST)),
            None => {
                let (_, rest) = self.message.split_once("ry again in ")?;
                delay::seconds(rest.split_whitespace().next()?)
            }
        }
    }
}

/// Reads `parameters`, which is a list of `{name, value}` or `{key, value}`, one such object, a
/// list of maps, or a map.
fn parameters(value: Option<&Value>) -> Vec<(String, String)> {
    match value {
        Some(Value::Array(items)) => items
            .iter()
            .flat_map(|item| parameters(Some(item)))
            .collect(),
        Some(Value::Object(map)) => {
            let name = text(map, "name").or_else(|| text(map, "key"));
            match (name, map.get("value")) {
                (Some(name), Some(value)) => vec![(name, plain(value))],
                _ => map
                    .iter()
                    .map(|(name, value)| (name.clone(), plain(value)))
                    .collect(),
            }
        }
        _ => Vec::new(),
    }
}

fn text(map: &Map<String, Value>, key: &str) -> Option<String> {
    map.get(key)
        .filter(|value| !value.is_null())
        .map(plain)
        .filter(|text| !text.is_empty())
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    }
}

/// Returns the text of an HTML page.
fn untagged(html: &str) -> String {
    let mut words = String::new();
    let mut in_tag = false;
    for character in html.chars() {
        match character {
            '<' => in_tag = true,
            '>' => {
                in_tag = false;
                words.push(' ');
            }
            _ if !in_tag => words.push(character),
            _ => {}
        }
    }
    words
}

/// Returns the beginning of a text, truncated after masking, because a truncated secret is not
/// recognized.
fn excerpt(mut text: String, secrets: &KnownSecrets) -> String {
    secrets.mask_and_cut(&mut text);
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let printable: String = words
        .chars()
        .filter(|character| !character.is_control())
        .collect();
    match printable.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}...", &printable[..end]),
        None => printable,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    /// A field as a family has it, or of any other type.
    fn field() -> impl Strategy<Value = Value> {
        prop_oneof![
            3 => any::<String>().prop_map(Value::from),
            1 => Just(Value::Null),
            1 => any::<i64>().prop_map(Value::from),
            1 => prop::collection::vec(any::<String>(), 0..3).prop_map(Value::from),
            1 => (any::<String>(), any::<String>())
                .prop_map(|(name, value)| json!([{ "name": name, "value": value }])),
            1 => (any::<String>(), any::<String>())
                .prop_map(|(message, kind)| json!({ "Message": message, "Type": kind })),
        ]
    }

    proptest! {
        #[test]
        fn any_body_gives_a_message_on_one_line(body in any::<Vec<u8>>()) {
            let words = ErrorBody::read(&body, &KnownSecrets::default());
            prop_assert!(!words.message.contains(char::is_control));
            prop_assert!(!words.from_daas && words.message.chars().count() <= EXCERPT + 3);
        }

        #[test]
        fn any_fields_of_any_family_give_a_message_on_one_line(
            fields in prop::collection::hash_map(
                prop::sample::select(&[
                    "Error", "ErrorMessage", "ErrorType", "ErrorDetails", "SdkErrorId", "error",
                    "error_description", "detail", "type", "title", "parameters", "message",
                    "Message", "activityId", "statusCode", "innererror", "messages",
                ][..]),
                field(),
                0..8,
            ),
        ) {
            let body = json!(fields).to_string();
            let words = ErrorBody::read(body.as_bytes(), &KnownSecrets::default());
            let details = words.details.iter().map(|(_, value)| value);
            for text in details.chain([&words.message]) {
                prop_assert!(!text.contains(char::is_control), "{:?}", text);
            }
        }

        #[test]
        fn every_family_says_its_message_and_code(
            message in "[a-zA-Z][a-zA-Z .]{0,40}[a-z]",
            code in "[a-zA-Z]{1,20}",
        ) {
            let inner = json!({ "Message": &message, "Code": &code }).to_string();
            let families = [
                (json!({ "Error": { "Message": &message, "Type": &code } }), true),
                (json!({ "ErrorMessage": &message, "ErrorType": &code }), true),
                (json!({ "error": &code, "error_description": &message }), true),
                (json!({ "error_description": inner }), true),
                (json!({ "error": { "code": &code, "message": &message } }), true),
                (
                    json!({ "error": { "errorCode": &code, "messages": [{ "en-US": &message }] } }),
                    true,
                ),
                (json!({ "detail": &message, "type": &code }), true),
                (json!({ "title": &message, "type": &code, "status": 400 }), true),
                (json!({ "statusCode": 500, "message": &message }), false),
                (json!({ "Message": &message }), false),
                (json!(&message), false),
            ];
            for (body, coded) in families {
                let words = ErrorBody::read(body.to_string().as_bytes(), &KnownSecrets::default());
                if body.is_string() {
                    let words: Vec<_> = words.message.split(' ').collect();
                    prop_assert_eq!(words, message.split_whitespace().collect::<Vec<_>>());
                } else {
                    prop_assert_eq!(&words.message, &message);
                }
                prop_assert_eq!(words.code.as_ref(), coded.then_some(&code), "{}", body);
            }
        }
    }

    fn read(body: &str) -> (String, Option<String>, Vec<(String, String)>) {
        let words = ErrorBody::read(body.as_bytes(), &KnownSecrets::default());
        (words.message, words.code, words.details)
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn every_family_gives_its_message() {
        let problem = "https://errors-api.cloud.com/common/authentication";
        let cases = [
            (
                r#"{"detail":"Missing or invalid authentication details","parameters":{"reason":"invalid"},"type":"https://errors-api.cloud.com/common/authentication"}"#,
                "Missing or invalid authentication details",
                Some(problem),
                vec![pair("reason", "invalid")],
            ),
            (
                r#"{"activityId":"c59d","message":"Internal server error","statusCode":500}"#,
                "Internal server error",
                None,
                vec![pair("activityId", "c59d")],
            ),
            (
                r#"{"Error":{"Message":"Missing or invalid CWSAuth header.","Type":"CWSAuthException"}}"#,
                "Missing or invalid CWSAuth header.",
                Some("CWSAuthException"),
                vec![],
            ),
            (
                r#"{"error":"invalid_client","error_description":"Invalid client id or client secret."}"#,
                "Invalid client id or client secret.",
                Some("invalid_client"),
                vec![],
            ),
            (
                r#"{"error_description":"{\"Code\":\"X1\",\"Message\":\"No licence\",\"Details\":\"none left\"}"}"#,
                "No licence",
                Some("X1"),
                vec![pair("Details", "none left")],
            ),
            (
                r#"{"error":{"code":"","message":"The query specified in the URI is not valid. Unknown column `Nam`.","innererror":{"message":"Unknown column `Nam`","type":"Microsoft.OData.ODataException","stacktrace":"   at Microsoft.OData"}}}"#,
                "The query specified in the URI is not valid. Unknown column `Nam`.",
                None,
                vec![],
            ),
            (
                r#"{"error":{"code":"BadRequest","message":"","innererror":{"message":"A binary operator with incompatible types was detected."}}}"#,
                "A binary operator with incompatible types was detected.",
                Some("BadRequest"),
                vec![],
            ),
            (
                r#"{"error":{"errorCode":"42","httpStatusCode":"400","messages":[{"en-US":"No such column."}],"created":"2026-01-05T08:00:00Z"}}"#,
                "No such column.",
                Some("42"),
                vec![],
            ),
            (
                r#"{"SdkErrorId":"e","ErrorMessage":"Machine does not support specified power action.","ErrorType":null,"ErrorDetails":"why"}"#,
                "Machine does not support specified power action.",
                None,
                vec![pair("ErrorDetails", "why")],
            ),
            (
                r#"{"type":"about:blank","title":"Bad Request","status":400,"detail":null}"#,
                "Bad Request",
                Some("about:blank"),
                vec![],
            ),
            (
                "<html><head><title>502</title></head>\n<body>Bad  gateway</body></html>",
                "502 Bad gateway",
                None,
                vec![],
            ),
            ("access denied\u{1b}[31m", "access denied[31m", None, vec![]),
            (
                r#"{"detail":"first\nerror: second"}"#,
                "first error: second",
                None,
                vec![],
            ),
            (
                r#"{"detail":"Catalog \x27Sales\x27 is gone"}"#,
                "Catalog 'Sales' is gone",
                None,
                vec![],
            ),
            ("", "", None, vec![]),
        ];
        for (body, message, code, details) in cases {
            assert_eq!(
                read(body),
                (message.into(), code.map(Into::into), details),
                "{body}"
            );
        }
    }

    #[test]
    fn every_shape_of_parameters_is_read() {
        let expected = vec![pair("entityType", "Machine"), pair("id", "7")];
        for shape in [
            r#"[{"name":"entityType","value":"Machine"},{"name":"id","value":7}]"#,
            r#"[{"key":"entityType","value":"Machine"},{"key":"id","value":"7"}]"#,
            r#"[{"entityType":"Machine"},{"id":"7"}]"#,
            r#"{"entityType":"Machine","id":"7"}"#,
        ] {
            let body = format!(r#"{{"detail":"x","parameters":{shape}}}"#);
            assert_eq!(
                ErrorBody::read(body.as_bytes(), &KnownSecrets::default()).details,
                expected,
                "{shape}"
            );
        }
        let one = r#"{"detail":"x","type":"404","parameters":{"name":"id","value":"7"}}"#;
        assert_eq!(
            ErrorBody::read(one.as_bytes(), &KnownSecrets::default()).details,
            [pair("id", "7")]
        );
        let none = r#"{"detail":"x","parameters":null}"#;
        assert!(
            ErrorBody::read(none.as_bytes(), &KnownSecrets::default())
                .details
                .is_empty()
        );
    }

    #[test]
    fn a_delay_is_read_from_parameters_or_the_message() {
        for body in [
            r#"{"detail":"slow","parameters":[{"name":"retryDelay","value":"30"}]}"#,
            r#"{"statusCode":429,"message":"Rate limit is exceeded. Try again in 30 seconds."}"#,
        ] {
            assert_eq!(
                ErrorBody::read(body.as_bytes(), &KnownSecrets::default()).retry_after,
                Some(Duration::from_secs(30))
            );
        }
    }

    #[test]
    fn a_long_text_is_cut_between_characters() {
        let words = ErrorBody::read("ü".repeat(1000).as_bytes(), &KnownSecrets::default());
        assert_eq!(words.message.chars().count(), EXCERPT + 3);
    }
}
