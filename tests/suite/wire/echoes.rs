//! Gateways that echo requests: no error shows any part of a secret, in any encoding.

use citrix_cloud::models::platform::GetAccessTokenBody;
use citrix_cloud::operations::identity::GetForests;
use citrix_cloud::operations::platform::GetAccessToken;
use citrix_cloud::{ApiVersion, Error};
use citrix_cloud_tests::{Reply, SITE, Scripted, client, client_of};

/// With every character that an encoding changes, and longer than any excerpt.
const TOKEN: &str = "eyJ0b2tlbiI6.aB+cD/eF==&gH<iJ>'kL~mN";

const SECRET: &str = r#"p+ss/w=rd "q" \n%41&amp;<é>"#;

/// Returns `text` in each form in which servers and gateways may write it.
fn forms(text: &str) -> Vec<(&'static str, String)> {
    let json = |text: &str| {
        let quoted = serde_json::to_string(text).unwrap();
        quoted[1..quoted.len() - 1].to_owned()
    };
    let percent = |text: &str, upper: bool| -> String {
        let escaped = text.bytes().map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => char::from(byte).to_string(),
            _ if upper => format!("%{byte:02X}"),
            _ => format!("%{byte:02x}"),
        });
        escaped.collect()
    };
    let each = |of: fn(char) -> String| -> String {
        let escaped = text.chars().map(|it| match it.is_ascii_alphanumeric() {
            true => it.to_string(),
            false => of(it),
        });
        escaped.collect()
    };
    let html = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;");
    vec![
        ("plain", text.to_owned()),
        ("percent", percent(text, true)),
        ("percent, lower case", percent(text, false)),
        ("percent, twice", percent(&percent(text, true), true)),
        ("form", percent(text, true).replace("%20", "+")),
        ("JSON", json(text)),
        ("JSON in JSON", json(&json(text))),
        ("JSON in JSON in JSON", json(&json(&json(text)))),
        ("slashes", json(text).replace('/', r"\/")),
        ("\\u upper", each(|it| format!("\\u{:04X}", u32::from(it)))),
        ("\\u lower", each(|it| format!("\\u{:04x}", u32::from(it)))),
        ("Rust", format!("{text:?}").trim_matches('"').to_owned()),
        ("HTML", html.clone()),
        ("HTML in JSON", json(&html)),
        ("HTML, hex", each(|it| format!("&#x{:X};", u32::from(it)))),
        (
            "HTML, hex, lower",
            each(|it| format!("&#x{:02x};", u32::from(it))),
        ),
        ("HTML, decimal", each(|it| format!("&#{};", u32::from(it)))),
        (
            "HTML, names",
            text.replace('&', "&amp;")
                .replace('+', "&plus;")
                .replace('/', "&sol;")
                .replace('=', "&equals;"),
        ),
        ("Base64", base64(text.as_bytes(), true, true)),
        ("Base64, no padding", base64(text.as_bytes(), true, false)),
        ("Base64, URL", base64(text.as_bytes(), false, true)),
        (
            "Base64, URL, no padding",
            base64(text.as_bytes(), false, false),
        ),
        (
            "Basic",
            base64(format!("client-1:{text}").as_bytes(), true, true),
        ),
        (
            "Basic, URL",
            base64(format!("id:{text}").as_bytes(), false, false),
        ),
        (
            "Basic, JSON",
            base64(format!("user:{text}").as_bytes(), true, true).replace('/', r"\/"),
        ),
    ]
}

fn base64(bytes: &[u8], standard: bool, pad: bool) -> String {
    let alphabet: &[u8; 64] = match standard {
        true => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        false => b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
    };
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let mut three = [0; 3];
        three[..group.len()].copy_from_slice(group);
        let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        for at in 0..=group.len() {
            text.push(char::from(alphabet[(bits >> (18 - 6 * at)) as usize & 63]));
        }
        if pad {
            text.push_str(&"=".repeat(3 - group.len()));
        }
    }
    text
}

/// Returns bodies of several families that contain `echo`, which is escaped for a JSON string
/// already.
fn bodies(echo: &str) -> Vec<String> {
    let string = serde_json::to_string(echo).unwrap();
    let nested = serde_json::json!({ "Message": echo, "Details": echo }).to_string();
    vec![
        format!(r#"{{"detail":{string},"type":{string},"parameters":{{{string}:{string}}}}}"#),
        format!(r#"{{"message":{string},"activityId":{string}}}"#),
        format!(r#"{{"unknown":["{}",{string}]}}"#, "x".repeat(250)),
        serde_json::json!({ "error": "e", "error_description": nested }).to_string(),
        format!("sent: {echo}"),
        format!("{} {echo}", "x".repeat(285)),
        format!(
            "<html><body><p>{}</p> {echo}</body></html>",
            "y ".repeat(140)
        ),
        format!("\u{feff}{{\"detail\":{string}}}"),
    ]
}

fn shown(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?} {:?}", error.details());
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        text.push_str(&format!("{inner} {inner:?}"));
        source = inner.source();
    }
    text
}

/// No eight consecutive characters of the echo may remain, except those that everybody knows.
fn assert_hidden(error: &Error, echo: &str, what: &str) {
    let text = shown(error);
    let text = text.replace("\\\\", "\\");
    let pieces: Vec<char> = echo.chars().filter(|it| !it.is_whitespace()).collect();
    for piece in pieces.windows(8) {
        let piece: String = piece.iter().collect();
        assert!(
            !text.contains(&piece),
            "{what}: `{piece}` of `{echo}`\n{text}"
        );
    }
}

#[tokio::test]
async fn no_form_of_a_token_is_shown() {
    for (form, echo) in forms(TOKEN) {
        for body in bodies(&echo) {
            let server =
                Scripted::start([Reply::token_named(TOKEN), Reply::json(403, &body)]).await;
            let client = client_of(&server.url(), ApiVersion::Current);
            let error = client.service_principals().list().all().await.unwrap_err();
            assert_hidden(&error, &echo, &format!("{form}: {body}"));
        }
    }
}

#[tokio::test]
async fn no_form_of_the_secret_is_shown() {
    for (form, echo) in forms(SECRET) {
        for body in bodies(&echo) {
            let server = Scripted::start([Reply::json(400, &body)]).await;
            let client = client(&server.url())
                .credentials(
                    citrix_cloud::Credentials::new("client-1", SECRET, "abcd1024xyz").unwrap(),
                )
                .build()
                .unwrap();
            let error = client.service_principals().list().all().await.unwrap_err();
            assert_hidden(&error, &echo, &format!("{form}: {body}"));
        }
    }
}

#[tokio::test]
async fn a_token_that_was_refused_is_masked_in_that_refusal_and_in_later_errors() {
    let (first, second) = ("first-token-of-two", "second-token-of-two");
    let both = format!(r#"{{"detail":"no: {first}, {second}"}}"#);
    let server = Scripted::start([
        Reply::token_named(first),
        Reply::json(401, &both),
        Reply::token_named(second),
        Reply::json(401, &both),
        Reply::token_named("third-token"),
        Reply::json(403, &both),
    ])
    .await;
    let client = client_of(&server.url(), ApiVersion::Current);
    for _ in 0..2 {
        let error = client.service_principals().list().all().await.unwrap_err();
        assert_eq!(error.message(), "no: ***, ***");
    }
}

#[tokio::test]
async fn credentials_in_headers_of_operations_are_masked() {
    const ADMIN: &str = "Basic YWRtaW46aHVudGVyMi1odW50ZXIy";
    let body = r#"{"detail":"sent YWRtaW46aHVudGVyMi1odW50ZXIy, which is hunter2-hunter2"}"#;
    let server = Scripted::start([Reply::token(), Reply::json(403, body)]).await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let forests = GetForests::new().x_admin_credential(ADMIN);
    let error = client.daas().site(SITE).send(forests).await.unwrap_err();
    assert_eq!(error.message(), "sent ***, which is ***");
}

#[tokio::test]
async fn a_token_requested_by_hand_is_masked() {
    let server = Scripted::start([
        Reply::token_named("token-by-hand"),
        Reply::json(400, r#"{"detail":"token-by-hand of another-secret"}"#),
    ])
    .await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let ask = || {
        let body = GetAccessTokenBody {
            grant_type: "client_credentials".into(),
            client_id: "client-1".into(),
            client_secret: "another-secret".into(),
        };
        client.send(GetAccessToken::new("root", body))
    };
    ask().await.unwrap();
    let error = ask().await.unwrap_err();
    assert_eq!(error.message(), "*** of ***");
}

#[tokio::test]
async fn headers_of_a_response_are_masked_where_an_error_repeats_them() {
    let echo = format!("https://api.cloud.com/cvad/manage/Jobs/{TOKEN}");
    let server = Scripted::start([
        Reply::token_named(TOKEN),
        Reply::json(202, "")
            .with("Location", &*echo)
            .with("Citrix-TransactionId", TOKEN),
        Reply::json(
            200,
            format!(r#"{{"Items":[{{"SessionCount":"{TOKEN}"}}]}}"#),
        )
        .with("Citrix-TransactionId", TOKEN),
    ])
    .await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let site = client.daas().site(SITE);
    let error = site.machine("m").get().await.unwrap_err();
    assert_hidden(&error, TOKEN, "a job");
    let error = site.machines().list().all().await.unwrap_err();
    assert_hidden(&error, TOKEN, "a value that is no number");
}

#[tokio::test]
async fn continuation_tokens_are_masked_before_they_are_cut() {
    let token = format!("{}{TOKEN}", "x".repeat(110));
    let page = format!(r#"{{"Items":[],"ContinuationToken":"{token}"}}"#);
    let server = Scripted::start([
        Reply::token_named(TOKEN),
        Reply::json(200, &page),
        Reply::json(200, &page),
    ])
    .await;
    let client = client_of(&server.url(), ApiVersion::Current);
    let error = client
        .daas()
        .site(SITE)
        .machines()
        .list()
        .all()
        .await
        .unwrap_err();
    assert_hidden(&error, TOKEN, "twice the same token");
    assert!(error.message().contains("twice"), "{error}");
}
