//! Options of other command lines, and their equivalents here.

use clap::Error;
use clap::builder::StyledStr;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// Options typed out of habit, and what to use instead.
const INSTEAD: [(&str, &str); 12] = [
    (
        "--jq",
        "use --query with a JMESPath expression, or --output json and pipe it to jq",
    ),
    (
        "--template",
        "use --columns, or --query with a JMESPath expression",
    ),
    ("--json", "use --output json"),
    ("--format", "use --output"),
    ("--filter", "use --query with a JMESPath expression"),
    ("--top", "use --limit"),
    ("--max-items", "use --limit"),
    ("--max-record-count", "use --limit"),
    (
        "--no-wait",
        "use --async where the service can run it as a job",
    ),
    ("--what-if", "use --dry-run"),
    ("--whatif", "use --dry-run"),
    ("--debug", "use -vvv"),
];

/// Adds the equivalent of another tool's option to the error.
pub(crate) fn advised(mut error: Error) -> Error {
    let Some(ContextValue::String(wrong)) = error.get(ContextKind::InvalidArg) else {
        return error;
    };
    let instead = INSTEAD.iter().find(|(name, _)| name == wrong);
    if let (ErrorKind::UnknownArgument, Some((_, words))) = (error.kind(), instead) {
        error.remove(ContextKind::SuggestedArg);
        let words = StyledStr::from(*words);
        error.insert(
            ContextKind::Suggested,
            ContextValue::StyledStrs(vec![words]),
        );
    }
    error
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use super::*;

    fn refused(line: &str) -> Option<String> {
        let arguments = line.split(' ').map(OsString::from);
        let refused = crate::options::parsed_from(arguments).err()?;
        Some(refused.to_string())
    }

    #[test]
    fn options_of_other_tools_get_a_hint() {
        for (option, words) in INSTEAD {
            for command in ["citrix-cloud daas tags list", "citrix-cloud api GET /Tags"] {
                let line = format!("{command} {option} x");
                let said = refused(&line).unwrap();
                assert!(said.contains(&format!("tip: {words}")), "{line}: {said}");
            }
        }
    }

    #[test]
    fn commands_that_hints_suggest_exist() {
        for line in [
            "citrix-cloud daas tags list --query [0] --limit 3 --columns Name --output json -vvv",
            "citrix-cloud daas machines reboot x --async",
            "citrix-cloud daas tags delete x --dry-run",
        ] {
            assert_eq!(refused(line), None, "{line}");
        }
    }

    #[test]
    fn other_options_are_left_to_the_parser() {
        let said = refused("citrix-cloud daas tags list --colums x").unwrap();
        assert!(said.contains("--columns"), "{said}");
    }
}
