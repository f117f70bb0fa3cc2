//! The output of `--verbose`: a line for each request, then headers, then everything.
//!
//! Only our own crates' spans and events pass the filter, because the HTTP stack logs headers, which include the token.

use std::fmt::{self, Write as _};
use std::io;

use tracing::field::{Field, Visit};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::output::{escaped, note};

/// The target under which the SDK logs a finished request.
const REQUEST: &str = "citrix_cloud::request";

/// The target under which the SDK logs the headers of requests and responses.
const HEADERS: &str = "citrix_cloud::headers";

/// Starts logging to standard error at the requested level.
pub(crate) fn start(verbose: u8, colored: bool) {
    match verbose {
        0 => {}
        1 | 2 => {
            let lines = Lines {
                headers: verbose == 2,
                print: note,
            };
            tracing_subscriber::registry().with(lines).init();
        }
        _ => tracing_subscriber::fmt()
            .with_env_filter(EnvFilter::new(
                "citrix_cloud=trace,citrix_cloud_emulator=off",
            ))
            .with_writer(io::stderr)
            .with_ansi(colored)
            .with_target(false)
            .with_span_events(FmtSpan::CLOSE)
            .compact()
            .init(),
    }
}

/// Prints a line for each request, such as `GET /Machines 200 35 ms (retry 1)`.
struct Lines {
    /// Whether headers are printed too.
    headers: bool,
    print: fn(&str),
}

impl<S: Subscriber> Layer<S> for Lines {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        match metadata.target() {
            REQUEST => true,
            HEADERS => self.headers,
            // Warnings and errors are always shown.
            target => target.starts_with("citrix_cloud") && *metadata.level() <= Level::WARN,
        }
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = EventFields::default();
        event.record(&mut fields);
        let line = match event.metadata().target() {
            REQUEST => fields.request(),
            HEADERS => fields.line,
            _ => fields.message,
        };
        (self.print)(&escaped(&line));
    }
}

/// The fields of an event.
#[derive(Debug, Default)]
struct EventFields {
    method: String,
    path: String,
    status: Option<u64>,
    elapsed: u64,
    retry: u64,
    error: Option<String>,
    line: String,
    message: String,
}

impl EventFields {
    fn request(&self) -> String {
        let mut line = format!("{} {}", self.method, self.path);
        // Writing to a `String` cannot fail.
        let _ = match self.status {
            Some(status) => write!(line, " {status} {} ms", self.elapsed),
            None => write!(line, " no response {} ms", self.elapsed),
        };
        if self.retry > 0 {
            let _ = write!(line, " (retry {})", self.retry);
        }
        if let Some(error) = &self.error {
            let _ = write!(line, ": {error}");
        }
        line
    }
}

impl Visit for EventFields {
    fn record_u64(&mut self, field: &Field, value: u64) {
        match field.name() {
            "http.response.status_code" => self.status = Some(value),
            "http.request.resend_count" => self.retry = value,
            "elapsed_ms" => self.elapsed = value,
            _ => {}
        }
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "http.request.method" => value.clone_into(&mut self.method),
            "url.path" => value.clone_into(&mut self.path),
            "error" => self.error = Some(value.to_owned()),
            "line" => value.clone_into(&mut self.line),
            _ => {}
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        match field.name() {
            "message" => {
                let rest = std::mem::take(&mut self.message);
                self.message = format!("{value:?}{rest}");
            }
            "error" => {
                let _ = write!(self.message, ": {value:?}");
            }
            _ => {}
        }
    }
}
