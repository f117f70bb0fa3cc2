//! Recognizes the names of secrets, in headers, fields and parameters.

/// Fields and headers that Citrix's documents mark as secrets, and a few that they do not mark (`Key1`, `Key2`); in
/// lower case, without punctuation.
const MARKED: [&str; 17] = [
    "accesstoken",
    "accountpassword",
    "accountsecret",
    "apikey",
    "applicationsecret",
    "clientsecret",
    "key1",
    "key2",
    "newpassword",
    "oldpassword",
    "password",
    "secret",
    "secretkey",
    "serviceaccountcredential",
    "serviceaccountcredentials",
    "token",
    "xadmincredential",
];

/// Parts of names that suggest a secret, even if no document marks it.
const PATTERNS: [&str; 18] = [
    "accesskey",
    "accountkey",
    "apikey",
    "authheader",
    "authorization",
    "connectionstring",
    "cookie",
    "credential",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "secret",
    "sessionkey",
    "sharedkey",
    "signingkey",
    "token",
];

/// Endings of names that describe a secret but do not hold one.
const ABOUT: [&str; 27] = [
    "allowed",
    "count",
    "date",
    "duration",
    "enabled",
    "endpoint",
    "expire",
    "expires",
    "expiresat",
    "expiresin",
    "expiry",
    "expirytime",
    "format",
    "id",
    "ids",
    "kind",
    "length",
    "lifetime",
    "method",
    "name",
    "policy",
    "required",
    "state",
    "status",
    "type",
    "url",
    "version",
];

/// Tokens that mark a position in a list.
const PLACES: [&str; 3] = ["continuationtoken", "nexttoken", "pagetoken"];

/// Returns whether a header, field or parameter of this name holds a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|it| it.to_ascii_lowercase())
        .collect();
    if MARKED.contains(&plain.as_str()) {
        return true;
    }
    PATTERNS.iter().any(|it| plain.contains(it))
        && !PLACES.iter().any(|it| plain.ends_with(it))
        && !ABOUT.iter().any(|it| plain.ends_with(it))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use super::*;

    /// Documented fields whose names look like secrets but are not.
    const HARMLESS: [&str; 3] = [
        "AuthenticationAuthority",
        "DaysUntilPasswordExpiry",
        "ServicePublicKey",
    ];

    fn repository() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
    }

    fn documents(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                documents(&path, found);
            } else if path.extension().is_some_and(|it| it == "yml") {
                found.push(path);
            }
        }
    }

    /// Returns the names that a document marks: the nearest property or parameter above `format: password`.
    fn marked(text: &str) -> BTreeSet<String> {
        let lines: Vec<&str> = text.lines().collect();
        let indent = |line: &str| line.len() - line.trim_start().len();
        let mut names = BTreeSet::new();
        for (place, line) in lines.iter().enumerate() {
            if line.trim() != "format: password" {
                continue;
            }
            let mut depth = indent(line);
            for above in lines[..place].iter().rev() {
                let text = above.trim();
                if text.starts_with("name: ") && indent(above) <= depth {
                    names.insert(text["name: ".len()..].to_owned());
                    break;
                }
                if let Some((_, target)) = text.split_once("target: $.") {
                    names.insert(target.rsplit('.').next().unwrap().to_owned());
                    break;
                }
                if text.is_empty() || indent(above) >= depth || !text.ends_with(':') {
                    continue;
                }
                depth = indent(above);
                let name = text.trim_end_matches(':');
                if !["update", "schema", "items"].contains(&name) {
                    names.insert(name.to_owned());
                    break;
                }
            }
        }
        names
    }

    #[test]
    fn everything_that_the_documents_mark_is_a_secret() {
        let mut paths = Vec::new();
        documents(&repository().join("openapi"), &mut paths);
        let texts = paths.iter().map(|it| std::fs::read_to_string(it).unwrap());
        let names: BTreeSet<String> = texts.flat_map(|it| marked(&it)).collect();
        assert!(
            names.len() >= 13 && names.contains("ServiceAccountCredentials"),
            "{names:?}"
        );
        assert!(
            names.contains("X-AccessToken") && names.contains("client_secret"),
            "{names:?}"
        );
        for name in names {
            let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            assert!(is_secret_name(&name), "{name}");
            assert!(is_secret_name(&plain.to_uppercase()), "{plain}");
        }
    }

    #[test]
    fn every_text_of_the_facts_that_sounds_like_a_secret_is_one_or_is_listed() {
        let facts = std::fs::read_to_string(repository().join("tests/facts/daas-models.txt"));
        let words = [
            "password",
            "secret",
            "credential",
            "token",
            "key",
            "passphrase",
            "author",
        ];
        for field in facts.unwrap().split_whitespace() {
            let Some((name, kind)) = field.split_once(':') else {
                continue;
            };
            let name = name.trim_end_matches('?');
            let lower = name.to_ascii_lowercase();
            let sounds = words.iter().any(|it| lower.contains(it)) && !lower.contains("keyword");
            if !sounds || !kind.trim_start_matches("[]").starts_with("string") {
                continue;
            }
            let about = ["id", "name", "expirytime", "continuationtoken"]
                .iter()
                .any(|it| lower.ends_with(it));
            let harmless = about || HARMLESS.contains(&name);
            assert_eq!(is_secret_name(name), !harmless, "{name}");
        }
    }

    #[test]
    fn fields_about_secrets_are_not_secrets() {
        for name in [
            "ContinuationToken",
            "token_type",
            "PasswordFormat",
            "SecretExpiryTime",
            "client_id",
            "Name",
            "TokenName",
            "expires_in",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
        for name in [
            "Set-Cookie",
            "Proxy-Authorization",
            "openIdToken",
            "DB_PASSWORD",
            "gcp-private-key",
            "AuthHeaders",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
    }
}
