//! How a job ended.

use crate::error::Inner;
use crate::models::{Job, JobStatus};
use crate::{Error, ErrorKind};

/// Returns the name of the status.
pub(super) fn status(job: &Job) -> String {
    let status = job.status.as_ref().map_or("Unknown", JobStatus::as_str);
    status.to_owned()
}

/// Returns whether the job has ended. Undocumented statuses count as final.
pub(super) fn is_over(job: &Job) -> bool {
    use JobStatus as S;
    !matches!(
        job.status,
        Some(S::Unknown | S::NotStarted | S::InProgress) | None
    )
}

/// Returns a finished job, or the error that it ended with; details come first, because they
/// are the most specific.
pub(super) fn conclude(job: Job, id: &str) -> Result<Job, Error> {
    let status = status(&job);
    if matches!(
        job.status,
        Some(JobStatus::Complete | JobStatus::CompleteWithWarning)
    ) {
        return Ok(job);
    }
    // The text is printed within a line.
    let plain = |text: String| text.replace(char::is_control, " ").trim().to_owned();
    let details: Vec<(String, String)> = job
        .error_parameters
        .unwrap_or_default()
        .into_iter()
        .map(|pair| {
            (
                pair.name.unwrap_or_default(),
                plain(pair.value.unwrap_or_default()),
            )
        })
        .collect();
    let explained = details.iter().find(|(name, _)| name == "ErrorDetails");
    let explained = explained.map(|(_, value)| value.clone());
    let said = job.error_string.map(plain);
    let mut words: Vec<String> = Vec::new();
    for text in explained.into_iter().chain(said) {
        if !text.is_empty() && !words.iter().any(|word| word.contains(&text)) {
            words.push(text);
        }
    }
    let message = match words.as_slice() {
        [] => format!("job {id} ended as {status}"),
        words => format!("job {id} ended as {status}: {}", words.join("; ")),
    };
    let mut inner = Inner::new(ErrorKind::JobFailed, message);
    inner.job = Some(id.to_owned());
    inner.code = job.error_code.map(|code| code.as_str().to_owned());
    inner.details = details;
    Err(inner.into_error())
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn job(value: Value) -> Job {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn every_job_status_has_an_outcome() {
        let over = |status: Value| is_over(&job(json!({ "Status": status })));
        for status in ["Unknown", "NotStarted", "InProgress"] {
            assert!(!over(json!(status)), "{status}");
        }
        assert!(!over(Value::Null));
        for status in ["Complete", "CompleteWithWarning"] {
            assert!(over(json!(status)));
            assert!(conclude(job(json!({ "Status": status })), "j").is_ok());
        }
        for status in ["Failed", "Canceled", "NonTerminatingError", "Exploded"] {
            assert!(over(json!(status)));
            let error = conclude(job(json!({ "Status": status })), "j").unwrap_err();
            assert_eq!(error.message(), format!("job j ended as {status}"));
        }
    }

    #[test]
    fn the_message_of_a_failed_job_begins_with_its_details() {
        let failed = job(json!({
            "Status": "Failed",
            "ErrorString": "It failed.",
            "ErrorCode": "UnknownError",
            "ErrorParameters": [
                { "Name": "Machine", "Value": "7" },
                { "Name": "ErrorDetails", "Value": "No network.\r\nCheck the switch." },
                { "Name": null, "Value": null },
            ],
        }));
        let error = conclude(failed, "j").unwrap_err();
        assert_eq!(
            error.message(),
            "job j ended as Failed: No network.  Check the switch.; It failed."
        );
        assert_eq!(error.code(), Some("UnknownError"));
        assert_eq!(error.details()[0], ("Machine".to_owned(), "7".to_owned()));
        let shown = error.to_string();
        assert_eq!(shown.matches("No network").count(), 1, "{shown}");
        assert!(shown.contains("Machine: 7"), "{shown}");
    }
}
