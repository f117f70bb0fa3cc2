//! What goes over the wire, byte for byte, against a server with scripted replies.

mod batch;
mod batch_repeats;
mod bulk;
mod bulk_sessions;
mod bulk_trust;
mod customers;
mod drift;
mod echoes;
mod errors;
mod failures;
mod farm;
mod further;
mod idle;
mod ids;
mod jobs;
mod lists;
mod paths;
mod platform;
mod raw;
mod repeats;
mod secrets;
mod selections;
mod token;
mod traces;
mod watch;
