//! Secrets out of what people look at.

use bytes::Bytes;
use serde_json::Value;

use crate::http::decode_form;

const MASK: &str = "***";

const HEADERS: [&str; 6] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "x-admincredential",
    "x-accesstoken",
];

/// Names of properties and form fields, in small letters and without underscores.
const FIELDS: [&str; 9] = [
    "accesstoken",
    "adminpassword",
    "authheaders",
    "clientsecret",
    "openidtoken",
    "password",
    "refreshtoken",
    "secret",
    "token",
];

pub(super) fn headers(headers: &[(String, String)]) -> Vec<(String, String)> {
    let masked = headers.iter().map(|(name, value)| {
        let value = if is_secret_header(name) { MASK } else { value };
        (name.clone(), value.to_owned())
    });
    masked.collect()
}

/// Masks the fields of a body that have a secret's name. One that cannot be read is masked as a whole where secrets
/// travel: at the token endpoint and in a batch.
pub(super) fn body(path: &str, body: &Bytes) -> Bytes {
    if body.is_empty() {
        return body.clone();
    }
    if let Ok(mut json) = serde_json::from_slice::<Value>(body) {
        return if in_json(&mut json) {
            serde_json::to_vec(&json).unwrap_or_default().into()
        } else {
            body.clone()
        };
    }
    let path = decode_form(path).to_ascii_lowercase();
    if !path.contains("/tokens") && !path.contains("$batch") && !holds_a_name(body) {
        return body.clone();
    }
    match std::str::from_utf8(body) {
        Ok(form) if !form.contains(['{', '<', '\n']) => in_form(form).into(),
        _ => Bytes::from_static(MASK.as_bytes()),
    }
}

fn in_form(form: &str) -> String {
    let fields = form.split('&').map(|field| match field.split_once('=') {
        Some((name, _)) if is_secret_field(&decode_form(name)) => format!("{name}={MASK}"),
        // What is no field at all may be a secret by itself.
        None => MASK.to_owned(),
        Some(_) => field.to_owned(),
    });
    fields.collect::<Vec<_>>().join("&")
}

/// Masks in place, and says whether there was anything to mask.
fn in_json(value: &mut Value) -> bool {
    let mut found = false;
    match value {
        Value::Object(fields) => {
            let of_secret = ["Name", "name"].iter().any(|key| {
                let name = fields.get(*key).and_then(Value::as_str);
                name.is_some_and(is_secret_header)
            });
            for (name, value) in fields.iter_mut() {
                let masks =
                    is_secret_field(name) || of_secret && name.eq_ignore_ascii_case("value");
                if masks && !value.is_null() {
                    *value = Value::from(MASK);
                    found = true;
                } else {
                    found |= in_json(value);
                }
            }
        }
        Value::Array(items) => {
            for item in items {
                found |= in_json(item);
            }
        }
        // The body of a batch item is JSON text.
        Value::String(text) if text.starts_with(['{', '[']) => {
            if let Ok(mut inner) = serde_json::from_str::<Value>(text)
                && in_json(&mut inner)
            {
                *text = inner.to_string();
                found = true;
            }
        }
        _ => {}
    }
    found
}

/// Says whether a body that is no JSON, or was cut, mentions a secret's name.
fn holds_a_name(body: &[u8]) -> bool {
    let plain: String = String::from_utf8_lossy(body)
        .chars()
        .filter(|it| *it != '_')
        .collect::<String>()
        .to_ascii_lowercase();
    FIELDS
        .iter()
        .any(|name| plain.contains(&format!("\"{name}\"")))
}

fn is_secret_header(name: &str) -> bool {
    HEADERS.iter().any(|it| it.eq_ignore_ascii_case(name))
}

fn is_secret_field(name: &str) -> bool {
    let plain = name.replace('_', "").to_ascii_lowercase();
    FIELDS.contains(&plain.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn masked(path: &str, text: &str) -> String {
        let body = body(path, &Bytes::from(text.to_owned()));
        String::from_utf8(body.to_vec()).unwrap()
    }

    #[test]
    fn secrets_leave_and_the_rest_stays() {
        for (path, given, wanted) in [
            (
                "/cctrustoauth2/root/tokens/clients",
                "grant_type=client_credentials&client_id=me&client%5Fsecret=s%3Ds",
                "grant_type=client_credentials&client_id=me&client%5Fsecret=***",
            ),
            (
                "/x/tokens/clients",
                r#" {"clientId":"me","clientSecret":"s"}"#,
                r#"{"clientId":"me","clientSecret":"***"}"#,
            ),
            ("/x/tokens/clients", r#"{"clientSecret":"s""#, "***"),
            ("/x/tokens/clients", "just-the-secret", "***"),
            (
                "/cvad/manage/%24batch",
                r#"{"Items":[{"Headers":[{"Name":"authorization","Value":"Bearer t"}],"Body":"{\"Password\":\"p\"}"}]}"#,
                r#"{"Items":[{"Headers":[{"Name":"authorization","Value":"***"}],"Body":"{\"Password\":\"***\"}"}]}"#,
            ),
            ("/cvad/manage/$batch", "[{\"Value\":\"Bearer t\"", "***"),
            ("/elsewhere", "{\"Password\": \"p\", ", "***"),
            ("/elsewhere", r#"{"Items": [] }"#, r#"{"Items": [] }"#),
            ("/elsewhere", "<html>", "<html>"),
        ] {
            assert_eq!(masked(path, given), wanted, "{given}");
        }
    }
}
