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
        (
            "/cvad/manage/$batch",
            "[{\"Value\":\"Bearer t\"",
            "[{\"Value\":\"***\"",
        ),
        (
            "/elsewhere",
            "{\"Password\": \"p\", ",
            "{\"Password\": \"***\", ",
        ),
        ("/elsewhere", r#"{"Items": [] }"#, r#"{"Items": [] }"#),
        (
            "/elsewhere",
            r#"{"ContinuationToken":"7","ResetPassword":true,"Secret":null}"#,
            r#"{"ContinuationToken":"7","ResetPassword":true,"Secret":null}"#,
        ),
        ("/elsewhere", "<html>", "<html>"),
        (
            "/elsewhere",
            "<a Name=\"Region\" Value=\"eu\"/>",
            "<a Name=\"Region\" Value=\"eu\"/>",
        ),
    ] {
        assert_eq!(masked(path, given), wanted, "{given}");
    }
}

/// Bodies with a secret that starts with `hunter2`. None of them may show it, wherever they are cut off.
const LEAKY: [&str; 27] = [
    r#"{"AccountSecret":"hunter2","SecretExpiryTime":"2030-01-01"}"#,
    r#"{"ConnectionDetails":{"ApiKey":"me","SecretKey":"hunter2"}}"#,
    r#"{"ApplicationSecret":"hunter2","ApplicationSecretFormat":"PlainText"}"#,
    r#"{"ServiceAccountCredentials":"{\"private_key\":\"hunter2\"}"}"#,
    r#"{"ServiceAccountCredentials":{"a":["}",{"b":"hunter2"}]}}"#,
    r#"{"ServiceAccountCredentials":[{"type":"x"},"]","hunter2"]}"#,
    r#"{"Key1":"hunter2"}"#,
    r#"  {"Password":"a\"hunter2"}"#,
    "\u{feff}{\"Password\":\"hunter2\"}",
    r#"{"Password":"a\\\\","Secret":"x\\\"hunter2"}"#,
    r#"{"Items":[{"Headers":{"Authorization":"hunter2"}}]}"#,
    r#"{"Items":[{"Headers":[{"Value":"hunter2","Name":"X-AdminCredential"}]}]}"#,
    r#"{"Items":[{"Headers":[{"key":"Authorization","value":["hunter2"]}]}]}"#,
    r#"{"Items":[{"Headers":["Authorization: CwsAuth Bearer=hunter2"]}]}"#,
    r#"{"Items":[{"Headers":[["Authorization","hunter2"]]}]}"#,
    r#"{"Items":[{"Headers":[{"Authorization":"CwsAuth bearer=hunter2"}]}]}"#,
    r#"{"Items":[{"Headers":"Authorization: Bearer hunter2\r\nAccept: */*"}]}"#,
    r#"{"Items":[{"Body":" {\"NewPassword\":\"hunter2\"}"}]}"#,
    r#"{"Items":[{"Body":"{\"NewPassword\":\"x\\\"hunter2\",\"a\":1"}]}"#,
    r#"{"Items":[{"Body":"grant_type=x&client_secret=hunter2"}]}"#,
    r#"{"CustomProperties":"<Property Name=\"Password\" Value=\"hunter2\"/>"}"#,
    r#"{"Metadata":[{"Name":"DbPassword","Value":"hunter2"}]}"#,
    r#"{"\u0050assword":"hunter2","a":"b"}"#,
    "grant_type=client_credentials&client_id=me&client_secret=hunter2",
    "a=b&more=%7B%22password%22%3A%22hunter2%22%7D",
    "--x\r\nContent-Disposition: form-data; name=\"client_secret\"\r\n\r\nhunter2\r\n--x--",
    "<Credentials><Password>hunter2</Password></Credentials>",
];

#[test]
fn no_body_shows_a_secret_wherever_it_was_cut_off() {
    for given in LEAKY {
        let begun = given.find("hunter2").unwrap() + 3;
        for end in begun..=given.len() {
            for path in ["/unknown", "/cvad/manage/$batch"] {
                let seen = masked(path, &given[..end]);
                assert!(!seen.contains("hun"), "{} becomes {seen}", &given[..end]);
            }
        }
    }
}

#[test]
fn a_field_that_comes_twice_hides_neither_value() {
    let seen = masked(
        "/unknown",
        r#"{"a":"Bearer hunter2","a":"b","Password":false}"#,
    );
    assert!(!seen.contains("hunter2"), "{seen}");
}

#[test]
fn queries_and_headers_are_masked_like_bodies() {
    assert_eq!(
        query("a=1&access%5Ftoken=hunter2&limit=3"),
        "a=1&access%5Ftoken=***&limit=3"
    );
    assert_eq!(
        query("continuationToken=abc&async=true"),
        "continuationToken=abc&async=true"
    );
    let given = [
        ("authorization", "hunter2"),
        ("x-api-key", "hunter2"),
        ("referer", "https://x/?client_secret=hunter2&a=b"),
        ("x-forwarded", "Basic bWU6aHVudGVyMg=="),
        ("accept", "application/json"),
    ];
    let given = given.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let seen = headers(&given);
    assert_eq!(seen[2].1, "https://x/?client_secret=***&a=b");
    assert_eq!(seen[3].1, "Basic ***");
    assert_eq!(seen[4], given[4]);
    assert_eq!((seen[0].1.as_str(), seen[1].1.as_str()), ("***", "***"));
}

#[test]
fn binary_content_is_masked_completely() {
    let given = Bytes::from_static(b"\x1f\x8b\x08\0hunter2");
    assert_eq!(&body("/unknown", &given)[..], b"***");
    let cut = Bytes::from_static(b"{\"Password\":\"hunter2\",\"Name\":\"J\xc3");
    assert!(!String::from_utf8_lossy(&body("/unknown", &cut)).contains("hunter2"));
}

proptest::proptest! {
    #[test]
    fn any_text_can_be_scanned(text in ".{0,200}", path in "(/tokens|/x)") {
        let _ = masked(&path, &text);
    }

    #[test]
    fn a_secret_of_any_characters_does_not_survive_in_json(secret in "[^*]{4,20}", end in 0_usize..400) {
        let inner = serde_json::json!({ "AccountPassword": format!("hunter{secret}") }).to_string();
        let text = serde_json::json!({ "Items": [{ "Body": inner }] }).to_string();
        let mut end = end.min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        proptest::prop_assert!(!masked("/x", &text[..end]).contains("hunter"));
    }
}
