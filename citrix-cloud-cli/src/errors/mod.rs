//! The common form of errors: what happened, why, and what to do, for people and for programs.

use citrix_cloud::{Error, ErrorKind};
use serde_json::{Value, json};

use crate::exit::Failure;
use crate::output::escaped;

mod clauses;
mod kinds;
mod wording;

use clauses::Clauses;
pub(crate) use wording::of_the_program;

/// An error as it is reported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ErrorReport {
    what: String,
    why: Option<String>,
    hint: Option<String>,
    status: Option<u16>,
    code: Option<String>,
    transaction_id: Option<String>,
    kind: String,
    /// The resulting exit code of the program.
    exit_code: Option<u8>,
}

impl ErrorReport {
    /// Converts the failure of a command, with the resulting exit code.
    pub(crate) fn of(failure: &Failure, exit_code: u8) -> Self {
        let mut error_report = Self::of_failure(failure);
        error_report.exit_code = Some(exit_code);
        error_report
    }

    fn of_failure(failure: &Failure) -> Self {
        match failure {
            Failure::Usage(text) => Self::of_text("usage", text),
            Failure::Missing(text) => Self::of_text("notFound", text),
            Failure::Interrupted => {
                Self::of_text("interrupted", "interrupted; nothing was changed")
            }
            Failure::Machine(error) => Self::of_text("io", &error.to_string()),
            Failure::Service(error) => Self::of_error(error),
            Failure::Advised(failure, hint) => Self {
                hint: Some(hint.clone()),
                ..Self::of_failure(failure)
            },
        }
    }

    /// Converts an error of the SDK or the service.
    pub(crate) fn of_error(error: &Error) -> Self {
        let kind = kinds::name(error.kind());
        let error_report = match (error.kind(), error.status()) {
            // Nothing was sent, and the message is our own.
            (ErrorKind::Config | ErrorKind::Input, None) => {
                Self::of_text(&kind, &of_the_program(error.message()))
            }
            _ => Self {
                what: kinds::what(error),
                why: Some(kinds::why(error)),
                ..Self::of_text(&kind, "")
            },
        };
        Self {
            hint: kinds::hint(error).or(error_report.hint),
            status: error.status(),
            code: error.code().map(str::to_owned),
            transaction_id: error.transaction_id().map(str::to_owned),
            ..error_report
        }
    }

    /// Converts an error about an argument.
    pub(crate) fn of_arguments(error: &clap::Error) -> Self {
        let text = error.to_string();
        let mut parts = text.split("\n\n").map(str::trim);
        let mut first = parts.next().unwrap_or_default().lines().map(str::trim);
        let what = first.next().unwrap_or_default();
        let why: Vec<&str> = first.collect();
        let tip = parts.find_map(|part| part.strip_prefix("tip: "));
        let tip = tip.map(|it| it.lines().map(str::trim).collect::<Vec<_>>().join(" "));
        Self {
            what: what.strip_prefix("error: ").unwrap_or(what).to_owned(),
            why: (!why.is_empty()).then(|| why.join(" ")),
            hint: Some(tip.unwrap_or_else(|| "see what there is with --help".to_owned())),
            exit_code: u8::try_from(error.exit_code()).ok(),
            ..Self::of_text("usage", "")
        }
    }

    fn of_text(kind: &str, text: &str) -> Self {
        let Clauses { what, hint } = Clauses::of(text);
        Self {
            what,
            why: None,
            hint,
            status: None,
            code: None,
            transaction_id: None,
            kind: kind.to_owned(),
            exit_code: None,
        }
    }

    /// Prefixes the error with its subject.
    pub(crate) fn about(mut self, thing: &str) -> Self {
        self.what = format!("{thing}: {}", self.what);
        self
    }

    /// Rewords all texts of the error.
    pub(crate) fn reworded(mut self, words: impl Fn(&str) -> String) -> Self {
        self.what = words(&self.what);
        self.why = self.why.as_deref().map(&words);
        self.hint = self.hint.as_deref().map(&words);
        self
    }

    /// Returns whether both errors have the same hint.
    pub(crate) fn has_hint_of(&self, other: &Self) -> bool {
        self.hint == other.hint
    }

    pub(crate) fn without_hint(mut self) -> Self {
        self.hint = None;
        self
    }

    /// Converts it to a failure.
    pub(crate) fn into_usage(self) -> Failure {
        let words = match self.why {
            Some(why) => format!("{} {why}", self.what),
            None => self.what,
        };
        let failure = Failure::Usage(words);
        match self.hint {
            Some(hint) => failure.advised(hint),
            None => failure,
        }
    }

    /// Formats it for people, one line per part.
    pub(crate) fn text(&self) -> String {
        let mut lines = vec![format!("error: {}", escaped(&self.what))];
        lines.extend(
            self.why_with_facts()
                .map(|why| format!("why: {}", escaped(&why))),
        );
        let hint = self.hint.as_deref();
        lines.extend(hint.map(|hint| format!("hint: {}", escaped(hint))));
        lines.join("\n")
    }

    /// Returns the reason, with the details that support asks for.
    fn why_with_facts(&self) -> Option<String> {
        let mut facts = Vec::new();
        facts.extend(self.status.map(|status| format!("status {status}")));
        // Some codes are URLs of pages, and add nothing to the message.
        let code = self.code.as_deref().filter(|code| !code.contains("://"));
        facts.extend(code.map(|code| format!("code {code}")));
        let transaction = self.transaction_id.as_deref();
        facts.extend(transaction.map(|id| format!("transaction {id}")));
        let facts = facts.join(", ");
        match (&self.why, facts.is_empty()) {
            (why, true) => why.clone(),
            (Some(why), false) => Some(format!("{why} ({facts})")),
            (None, false) => Some(facts),
        }
    }

    /// Formats it for programs.
    pub(crate) fn json(&self) -> Value {
        let mut json = json!({
            "what": self.what,
            "why": self.why,
            "hint": self.hint,
            "status": self.status,
            "code": self.code,
            "transaction_id": self.transaction_id,
            "kind": self.kind,
        });
        if let Some(code) = self.exit_code {
            json["exit_code"] = json!(code);
        }
        json
    }

    /// Formats it as the line of JSON on standard error.
    pub(crate) fn json_line(&self) -> String {
        crate::output::harmless(&json!({ "error": self.json() }).to_string()).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [ErrorKind; 18] = [
        ErrorKind::Config,
        ErrorKind::Input,
        ErrorKind::Auth,
        ErrorKind::Forbidden,
        ErrorKind::NotFound,
        ErrorKind::Conflict,
        ErrorKind::Throttled,
        ErrorKind::Unavailable,
        ErrorKind::SiteFrozen,
        ErrorKind::Api,
        ErrorKind::Connect,
        ErrorKind::Timeout,
        ErrorKind::Network,
        ErrorKind::OutcomeUnknown,
        ErrorKind::Decode,
        ErrorKind::JobStarted,
        ErrorKind::JobFailed,
        ErrorKind::JobVanished,
    ];

    /// Returns one failure of each kind.
    fn failures() -> Vec<Failure> {
        let of = |kind| Failure::Service(Error::new(kind, "the words; and more of them"));
        let mut failures: Vec<Failure> = KINDS.into_iter().map(of).collect();
        failures.extend([
            Failure::Usage("--x: no `a; b`; give --y; nothing was sent".to_owned()),
            Failure::Missing("no site `lab`; did you mean Lab?".to_owned()),
            Failure::Interrupted,
            Failure::Machine(std::io::Error::other("disk full")),
            Failure::Service(Error::new(ErrorKind::NotFound, "x")).advised("did you mean y?"),
        ]);
        failures
    }

    #[test]
    fn every_kind_has_its_lines() {
        let lines: Vec<String> = failures()
            .iter()
            .map(|failure| ErrorReport::of(failure, failure.code(true)).text())
            .collect();
        insta::assert_snapshot!(lines.join("\n\n"));
    }

    #[test]
    fn every_kind_has_its_json() {
        let lines: Vec<String> = failures()
            .iter()
            .map(|failure| ErrorReport::of(failure, failure.code(true)).json_line())
            .collect();
        insta::assert_snapshot!(lines.join("\n"));
    }

    #[test]
    fn an_argument_that_cannot_be_read_has_the_same_form() {
        let read = |arguments: &[&str]| {
            let all = std::iter::once(&"citrix-cloud").chain(arguments);
            let refused = crate::options::parsed_from(all.map(Into::into))
                .err()
                .unwrap();
            ErrorReport::of_arguments(&refused).text()
        };
        assert_eq!(
            read(&["--region", "moon", "daas", "me"]),
            "error: invalid value 'moon' for '--region <REGION>'\n\
             why: [possible values: global, us, eu, ap-s, jp]\n\
             hint: see what there is with --help"
        );
        let near = read(&["daas", "machnes", "list"]);
        assert!(
            near.contains("hint: ") && near.contains("machines"),
            "{near}"
        );
    }

    #[test]
    fn nothing_can_drive_a_terminal_or_break_a_line() {
        let failure = Failure::Missing("no `\u{1b}[31m\n`; did you mean \u{7}?".to_owned());
        let error_report = ErrorReport::of(&failure, 4);
        assert_eq!(error_report.text().lines().count(), 2);
        for shown in [error_report.text(), error_report.json_line()] {
            assert!(!shown.contains(['\u{1b}', '\u{7}']), "{shown}");
        }
        assert_eq!(error_report.json_line().lines().count(), 1);
    }
}
