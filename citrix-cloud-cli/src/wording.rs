//! Errors of the SDK in the words of the command line.

use citrix_cloud::Region;

/// Settings that the SDK's errors name, and the options that they are here.
const OPTIONS: [(&str, &str); 6] = [
    ("`max_unavailable`", "--max-unavailable"),
    ("`min_available`", "--min-available"),
    ("`keep`", "--min-available"),
    ("`drain`", "--drain"),
    ("split it with `windowed`", "split it with --window"),
    (
        "has several sites; choose one:",
        "has several sites; choose one with --site:",
    ),
];

/// What the SDK says before the base URL of a customer's region, and after it.
const REGION: (&str, &str) = (
    "its base URL is ",
    " (--region, or ClientBuilder::follow_region)",
);

/// The text with options in place of what they are called in Rust.
pub(crate) fn of_the_program(text: &str) -> String {
    // A request that the user wrote has no other name.
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
                "`drain` does not go with start",
                "--drain does not go with start",
            ),
            ("nothing of ours", "nothing of ours"),
        ] {
            assert_eq!(of_the_program(theirs), ours);
        }
    }
}
