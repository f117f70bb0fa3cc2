//! Errors of the service by kind: what happened, why, and what to do.

use std::time::Duration;

use citrix_cloud::{Error, ErrorKind};

use super::of_the_program;
use crate::operations::{self, Operation};

/// The operation that requests a token.
const SIGNING_IN: &str = "getAccessToken";

/// The longest wait that a message mentions.
const NAMED: Duration = Duration::from_secs(3600);

/// Returns the name of a kind for programs: `outcomeUnknown`.
pub(super) fn name(kind: ErrorKind) -> String {
    let kind = format!("{kind:?}");
    let (first, rest) = kind.split_at(1);
    format!("{}{rest}", first.to_lowercase())
}

/// Returns what happened, with the command for the operation that failed.
pub(super) fn what(error: &Error) -> String {
    let phrase = phrase(error);
    match operation(error) {
        Some(operation) => format!("{}: {phrase}", operation.command()),
        None => phrase.to_owned(),
    }
}

fn phrase(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::Config => "a setting is invalid",
        ErrorKind::Input => "the request cannot be sent",
        ErrorKind::Auth if signs_in(error) => "signing in failed",
        ErrorKind::Auth => "the token was rejected",
        ErrorKind::Forbidden => "not allowed",
        ErrorKind::NotFound => "not found",
        ErrorKind::Conflict => "it conflicts with the current state",
        ErrorKind::Throttled => "too many requests",
        ErrorKind::Unavailable => "the service is unavailable",
        ErrorKind::SiteFrozen => "the site is frozen",
        ErrorKind::Connect => "no connection",
        ErrorKind::Timeout => "no response in time",
        ErrorKind::Network => "the connection broke",
        ErrorKind::OutcomeUnknown => "it may or may not have been done",
        ErrorKind::Decode => "the response cannot be read",
        ErrorKind::JobStarted => "it runs as a job",
        ErrorKind::JobFailed => "the job failed",
        ErrorKind::JobVanished => "the job is gone; it is not known how it ended",
        _ => "the service rejected it",
    }
}

/// Returns the service's message, with the likely cause.
pub(super) fn why(error: &Error) -> String {
    let message = error.message();
    let mut why = match message.starts_with("status ") && message.ends_with(" without a reason") {
        true => "the service gives no reason".to_owned(),
        false => message.to_owned(),
    };
    for (name, value) in error.details() {
        // The message of a failed job already starts with these values, and a call has its transaction id.
        if !message.contains(value.as_str()) && name != "activityId" {
            why = format!("{}; {name}: {value}", why.trim_end_matches('.'));
        }
    }
    if let (Some(cause), _) = cause_and_advice(error)
        && !contains(&why, &cause)
        && !contains(phrase(error), &cause)
    {
        why = format!("{}; {cause}", why.trim_end_matches('.'));
    }
    of_the_program(&why)
}

/// Returns whether a text contains a phrase, capitalized as at its start or within it.
fn contains(text: &str, words: &str) -> bool {
    text.to_lowercase().contains(&words.to_lowercase())
}

/// Returns what to do about the error.
pub(super) fn hint(error: &Error) -> Option<String> {
    let (_, advice) = cause_and_advice(error);
    let advice = advice.map(|advice| of_the_program(&advice));
    advice.or_else(|| by_kind(error))
}

/// Splits the SDK's likely cause into `cause; what to do`, or the cause alone.
fn cause_and_advice(error: &Error) -> (Option<String>, Option<String>) {
    let Some(hint) = error.hint() else {
        return (None, None);
    };
    match hint.rsplit_once("; ") {
        Some((cause, advice)) => (Some(cause.to_owned()), Some(advice.to_owned())),
        None => (Some(hint.to_owned()), None),
    }
}

fn by_kind(error: &Error) -> Option<String> {
    let hint = match error.kind() {
        ErrorKind::Config | ErrorKind::Input => return None,
        ErrorKind::Auth => {
            "see who is signed in with `citrix-cloud whoami`, or sign in again with \
                            `citrix-cloud login`"
        }
        ErrorKind::Forbidden => {
            "see who is signed in with `citrix-cloud whoami`; check the role of this API client, \
             --customer and --region"
        }
        ErrorKind::NotFound => match operation(error).and_then(Operation::list_command) {
            Some(command) => {
                return Some(format!("see what exists with `citrix-cloud {command}`"));
            }
            None => "check the id or the name",
        },
        ErrorKind::Conflict => "check the current state of the object, and try again",
        ErrorKind::Throttled => match error.retry_after().filter(|wait| *wait <= NAMED) {
            Some(wait) => {
                let seconds = wait.as_secs_f64().ceil();
                return Some(format!(
                    "wait {seconds} s, or send less with --requests-per-second"
                ));
            }
            None => "wait a little, or send less with --requests-per-second",
        },
        ErrorKind::Unavailable => {
            "try again later; if it keeps failing, give Citrix support the transaction id"
        }
        ErrorKind::SiteFrozen => "wake it up with `citrix-cloud daas sites activate`",
        ErrorKind::Connect => {
            "check the network, HTTPS_PROXY, and --region or --endpoint; -v shows what is sent"
        }
        ErrorKind::Timeout => "give it more time with --timeout, or a list with --list-timeout",
        ErrorKind::Network => "try again; -v shows what is sent",
        ErrorKind::OutcomeUnknown | ErrorKind::JobVanished => {
            "check the object before trying again"
        }
        ErrorKind::Decode => "see the raw response with `citrix-cloud api GET PATH`",
        ErrorKind::JobStarted => return Some(of_job(error, "wait for it", "wait")),
        ErrorKind::JobFailed => return Some(of_job(error, "see what it did", "get")),
        _ => "correct what the service objects to, and try again",
    };
    Some(hint.to_owned())
}

fn of_job(error: &Error, what: &str, verb: &str) -> String {
    let id = error.job_id().unwrap_or("ID");
    format!("{what} with `citrix-cloud daas jobs {verb} {id}`")
}

fn signs_in(error: &Error) -> bool {
    error.operation() == Some(SIGNING_IN)
}

fn operation(error: &Error) -> Option<&'static Operation> {
    operations::by_id(error.operation()?)
}
