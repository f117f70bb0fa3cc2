//! Rewords the SDK's errors for the command line.

use citrix_cloud::Region;

/// Settings in the SDK's errors, and their options here.
const OPTIONS: [(&str, &str); 19] = [
    ("`max_unavailable`", "--max-unavailable"),
    ("`min_available`", "--min-available"),
    ("`drain`", "--drain"),
    ("`force`", "--force"),
    ("split it with `windowed`", "split it with --window"),
    (
        "has several sites; choose one:",
        "has several sites; choose one with --site:",
    ),
    ("`count` counts", "--count counts"),
    ("`windowed` returns", "--window returns"),
    ("`aggregate` determines", "--apply determines"),
    (
        "`top`, `aggregate` or `windowed`",
        "--top, --apply or --window",
    ),
    (
        "`top`, `aggregate` or `order_by`",
        "--top, --apply or --order-by",
    ),
    ("`select` or `expand`", "--select or --expand"),
    (
        "set it with Endpoints::service, or avoid the walkthrough's paths",
        "take another --region, or --api-version current",
    ),
    (
        "try ApiVersion::Preview or ApiVersion::Current (--api-version)",
        "try --api-version preview or --api-version current",
    ),
    (
        "Site::activate_and_wait wakes it up",
        "wake it up with `citrix-cloud daas sites activate`",
    ),
    (
        "check CITRIX_CLIENT_ID and CITRIX_CLIENT_SECRET (or CLIENT_ID and CLIENT_SECRET)",
        "sign in again with `citrix-cloud login`, or check CITRIX_CLIENT_ID and CITRIX_CLIENT_SECRET",
    ),
    (
        "check CITRIX_CLIENT_ID, CITRIX_CLIENT_SECRET and the region",
        "sign in again with `citrix-cloud login`, or check CITRIX_CLIENT_ID, CITRIX_CLIENT_SECRET \
         and --region",
    ),
    (
        "a new one was tried, so check region and credentials",
        "check --region, or sign in again with `citrix-cloud login`",
    ),
    (
        "check CITRIX_CUSTOMER_ID (or CUSTOMER_ID)",
        "check --customer, the profile or CITRIX_CUSTOMER_ID",
    ),
];

/// The SDK's text before and after the base URL of a customer's region.
const REGION: (&str, &str) = (
    "its base URL is ",
    " (--region, or ClientBuilder::follow_region)",
);

/// Replaces the Rust names in an SDK message by options.
pub(crate) fn of_the_program(text: &str) -> String {
    // A request written by the user has no other name.
    let mut text = text.strip_prefix("send_raw: ").unwrap_or(text).to_owned();
    for (theirs, ours) in OPTIONS {
        text = text.replace(theirs, ours);
    }
    if let Some((before, rest)) = text.split_once(REGION.0)
        && let Some((url, after)) = rest.split_once(REGION.1)
    {
        return format!("{before}{}{after}", region(url));
    }
    text
}

fn region(url: &str) -> String {
    let host = url.trim_start_matches("https://").trim_end_matches('/');
    let known = Region::ALL.into_iter().find(|it| it.api_host() == host);
    match known {
        Some(region) => format!("use --region {region}"),
        None => format!("use --endpoint {url}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Messages that this program never causes.
    const NEVER: [&str; 2] = [
        "call `credentials`, or use",
        "is an operation of a site; send it with",
    ];

    #[test]
    fn no_text_of_the_sdk_names_rust() {
        let sdk = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../citrix-cloud/src");
        let mut named = Vec::new();
        for file in [
            "client",
            "daas",
            "endpoints.rs",
            "error",
            "pipeline",
            "services/monitor",
        ] {
            for text in texts(&sdk.join(file)) {
                let text = of_the_program(&text);
                let rust = text.match_indices("::").any(|(at, _)| {
                    let before = text[..at].chars().next_back();
                    before.is_some_and(char::is_alphanumeric)
                });
                if rust && !NEVER.iter().any(|it| text.contains(it)) {
                    named.push(text);
                }
            }
        }
        assert!(named.is_empty(), "{named:#?}");
    }

    /// Returns the string literals with spaces in a file, or in the files of a folder.
    fn texts(path: &std::path::Path) -> Vec<String> {
        if path.is_dir() {
            let files = std::fs::read_dir(path).unwrap();
            let paths = files.map(|it| it.unwrap().path());
            return paths.flat_map(|it| texts(&it)).collect();
        }
        let source = std::fs::read_to_string(path).unwrap();
        let (code, _) = source.split_once("#[cfg(test)]").unwrap_or((&source, ""));
        let code = code.lines().filter(|it| !it.trim_start().starts_with("//"));
        let code = code.collect::<Vec<_>>().join("\n");
        let code = code.replace("'\"'", "").replace("\\\"", "'");
        let quoted = code.split('"').skip(1).step_by(2);
        let joined = quoted.map(|it| {
            let lines = it.split("\\\n").map(str::trim_start);
            lines.collect::<String>()
        });
        joined.filter(|it| it.contains(' ')).collect()
    }

    #[test]
    fn settings_become_options() {
        for (theirs, ours) in [
            (
                "the customer lives in another region; its base URL is https://api-eu.cloud.com \
                 (--region, or ClientBuilder::follow_region)",
                "the customer lives in another region; use --region eu",
            ),
            (
                "no; its base URL is https://api.example (--region, or ClientBuilder::follow_region)!",
                "no; use --endpoint https://api.example!",
            ),
            (
                "`drain` cannot be used with start",
                "--drain cannot be used with start",
            ),
            ("nothing of ours", "nothing of ours"),
        ] {
            assert_eq!(of_the_program(theirs), ours);
        }
    }
}
