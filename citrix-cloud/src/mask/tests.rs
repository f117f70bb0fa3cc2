use std::time::Instant;

use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use proptest::prelude::*;

use super::*;

fn masked(secret: &str, text: &str) -> String {
    let mut text = text.to_owned();
    KnownSecrets::new(secret).mask(&mut text);
    text
}

/// One way to write a text.
#[derive(Debug, Clone, Copy)]
enum Encoding {
    Json,
    JsonSlashes,
    Unicode { upper: bool },
    Braces,
    Hex,
    Percent { upper: bool },
    Form,
    Html,
    HtmlNumbers { hex: bool },
    HtmlNames,
}

fn encode(text: &str, encoding: Encoding) -> String {
    let json = || {
        let quoted = serde_json::to_string(text).unwrap();
        quoted[1..quoted.len() - 1].to_owned()
    };
    let each = |special: &dyn Fn(char) -> String| -> String {
        text.chars()
            .map(|it| match it.is_ascii_alphanumeric() {
                true => it.to_string(),
                false => special(it),
            })
            .collect()
    };
    let html = || {
        text.replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
            .replace('\'', "&#39;")
    };
    match encoding {
        Encoding::Json => json(),
        Encoding::JsonSlashes => json().replace('/', r"\/"),
        Encoding::Unicode { upper } => each(&|it| {
            let mut units = [0; 2];
            let units = it.encode_utf16(&mut units).iter();
            units
                .map(|unit| match upper {
                    true => format!("\\u{unit:04X}"),
                    false => format!("\\u{unit:04x}"),
                })
                .collect()
        }),
        Encoding::Braces => each(&|it| format!("\\u{{{:x}}}", u32::from(it))),
        Encoding::Hex => each(&|it| match it.is_ascii() {
            true => format!("\\x{:02x}", u32::from(it)),
            false => it.to_string(),
        }),
        Encoding::Percent { upper } => text
            .bytes()
            .map(|byte| match (byte.is_ascii_alphanumeric(), upper) {
                (true, _) => char::from(byte).to_string(),
                (false, true) => format!("%{byte:02X}"),
                (false, false) => format!("%{byte:02x}"),
            })
            .collect(),
        Encoding::Form => url::form_urlencoded::byte_serialize(text.as_bytes()).collect(),
        Encoding::Html => html(),
        Encoding::HtmlNumbers { hex: true } => each(&|it| format!("&#x{:X};", u32::from(it))),
        Encoding::HtmlNumbers { hex: false } => each(&|it| format!("&#{};", u32::from(it))),
        Encoding::HtmlNames => html()
            .replace('+', "&plus;")
            .replace('/', "&sol;")
            .replace('=', "&equals;"),
    }
}

fn encodings() -> impl Strategy<Value = Vec<Encoding>> {
    let one = prop::sample::select(vec![
        Encoding::Json,
        Encoding::JsonSlashes,
        Encoding::Unicode { upper: true },
        Encoding::Unicode { upper: false },
        Encoding::Braces,
        Encoding::Hex,
        Encoding::Percent { upper: true },
        Encoding::Percent { upper: false },
        Encoding::Form,
        Encoding::Html,
        Encoding::HtmlNumbers { hex: true },
        Encoding::HtmlNumbers { hex: false },
        Encoding::HtmlNames,
    ]);
    prop::collection::vec(one, 0..4)
}

/// Secrets as services issue them, with everything in them that an encoding changes.
fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "[A-Za-z0-9+/]{8,60}={0,2}",
        r#"[A-Za-z0-9][A-Za-z0-9+/=_.~!$&'"<>{}#:%\\ é😀-]{8,40}[A-Za-z0-9]"#,
    ]
    .prop_filter("long enough without what encodings change", |text| {
        canonical::needle(text.as_bytes()).0.len() >= SHORTEST
    })
}

proptest! {
    #[test]
    fn any_encoding_of_any_encoding_is_masked(
        secret in secret(),
        encodings in encodings(),
        before in r#"([A-Za-z ]{0,20}[ "=:])?"#,
        after in r#"([ ",}][A-Za-z ]{0,20})?"#,
    ) {
        let encoded = encodings.iter().fold(secret.clone(), |text, it| encode(&text, *it));
        let text = format!("{before}{encoded}{after}");
        prop_assert_eq!(
            masked(&secret, &text),
            format!("{before}***{after}"),
            "{} as {:?}: {}", secret, encodings, text
        );
    }

    #[test]
    fn base64_that_contains_a_secret_is_masked_completely(
        secret in secret(),
        user in "[a-z0-9-]{0,12}:?",
        after in "[a-z]{0,4}",
        encodings in encodings(),
    ) {
        for plain in [secret.clone(), encode(&secret, Encoding::Form)] {
            let pair = format!("{user}{plain}{after}");
            let forms = [
                STANDARD.encode(&pair),
                STANDARD_NO_PAD.encode(&pair),
                URL_SAFE.encode(&pair),
                URL_SAFE_NO_PAD.encode(&pair),
            ];
            for form in forms {
                let form = encodings.iter().fold(form, |text, it| encode(&text, *it));
                let text = format!("Authorization: Basic {form}, sent");
                prop_assert_eq!(masked(&secret, &text), "Authorization: Basic ***, sent", "{}", text);
            }
        }
    }

    #[test]
    fn a_text_without_a_secret_stays_as_it_is(text in any::<String>(), secret in "[A-Z0-9]{24}") {
        prop_assert_eq!(masked(&secret, &text), text);
    }

    #[test]
    fn a_prefix_of_a_secret_is_masked(secret in "[A-Za-z0-9]{20,60}", at in 16..20_usize) {
        prop_assert_eq!(masked(&secret, &format!("sent {}...", &secret[..at])), "sent ***...");
    }
}

#[test]
fn a_short_secret_does_not_blank_ordinary_words() {
    let text = "the machine is in use";
    for secret in ["a", "is", "in", "use", "e", " ", "in us"] {
        assert_eq!(masked(secret, text), text, "{secret}");
    }
    assert_eq!(masked("machine", text), "the *** is in use");
}

#[test]
fn text_before_a_secret_is_not_mistaken_for_an_escape() {
    for before in ["100%", r"DOMAIN\", r"\u", "&"] {
        assert_eq!(
            masked("beefcafe-12", &format!("{before}beefcafe-12")),
            format!("{before}***")
        );
        assert_eq!(
            masked("notmine-12", &format!("{before}notmine-12")),
            format!("{before}***")
        );
    }
}

#[test]
fn secrets_that_overlap_are_masked_together() {
    let secrets = KnownSecrets::new("client-secret");
    let header = |token: &str| format!("CwsAuth Bearer=eyJhbGciOiJSUzI1NiJ9.{token}");
    for token in ["first-of-all", "second-of-all"] {
        secrets.add(&header(token));
        secrets.add(&header(token)[15..]);
    }
    let mut text = format!("got {}!", header("second-of-all"));
    secrets.mask(&mut text);
    assert_eq!(text, "got ***!");
}

#[test]
fn the_oldest_token_is_forgotten_first_and_the_client_secret_never() {
    let secrets = KnownSecrets::new("client-secret");
    (0..REMEMBERED + 1).for_each(|number| secrets.add(&format!("token-number-{number}.")));
    let mut text =
        format!("client-secret token-number-0. token-number-1. token-number-{REMEMBERED}.");
    secrets.mask(&mut text);
    assert_eq!(text, "*** token-number-0. *** ***");
    assert!(!format!("{secrets:?}").contains("token"));
}

#[test]
fn credentials_of_headers_are_known_with_and_without_their_scheme() {
    let mut headers = HeaderMap::new();
    headers.insert(
        "x-admincredential",
        "Basic dXNlcjpodW50ZXIyLTI=".parse().unwrap(),
    );
    headers.insert("x-accesstoken", "opaque-access-token".parse().unwrap());
    headers.insert(
        "authorization",
        "CwsAuth Bearer=the-token-itself".parse().unwrap(),
    );
    headers.insert("accept", "application/json".parse().unwrap());
    let secrets = KnownSecrets::new("client-secret");
    secrets.add_headers(&headers);
    let mut text = "hunter2-2 dXNlcjpodW50ZXIyLTI= opaque-access-token the-token-itself \
                    application/json"
        .to_owned();
    secrets.mask(&mut text);
    assert_eq!(text, "*** *** *** *** application/json");
}

#[test]
fn a_long_text_is_cut_after_it_was_masked() {
    let secrets = KnownSecrets::new("a-secret-of-some-length");
    for before in LONGEST - 30..LONGEST + 2 {
        let mut text = format!(
            "{}a-secret-of-some-length{}",
            "ü".repeat(before / 2),
            "x".repeat(LONGEST)
        );
        secrets.mask_and_cut(&mut text);
        assert!(
            text.len() <= LONGEST + 3 && !text.contains("a-s"),
            "{before}"
        );
    }
}

#[test]
fn a_text_made_to_be_slow_is_masked_in_linear_time() {
    const LENGTH: usize = 250_000;
    let token = "aB".repeat(1000);
    let secrets = KnownSecrets::new(&"a".repeat(2000));
    secrets.add(&token);
    let encoded = STANDARD.encode(&token);
    for piece in [
        "a",
        "aB",
        "%61",
        "%25",
        r"\",
        "&",
        "&#x61;",
        r"\u0061",
        &"a".repeat(1999),
        &token[..1999],
        &encoded,
        &format!("{}+", &encoded[..30]),
        &format!("{}x", &token[..16]),
    ] {
        let time = |length: usize| {
            let mut text = piece.repeat(length / piece.len());
            let started = Instant::now();
            secrets.mask(&mut text);
            started.elapsed()
        };
        let (tenth, whole) = (time(LENGTH / 10), time(LENGTH));
        // Ten times is linear and a hundred times quadratic; other work on the machine is between.
        let limit = tenth.max(std::time::Duration::from_millis(20)) * 50;
        assert!(whole < limit, "{:.20}: {tenth:?}, then {whole:?}", piece);
    }
}
