//! The wire format, compared with the walkthrough and the documentation.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

#[path = "wire/admission.rs"]
mod admission;
#[path = "wire/apart.rs"]
mod apart;
#[path = "wire/batch.rs"]
mod batch;
#[path = "wire/client.rs"]
mod client;
#[path = "wire/control.rs"]
mod control;
#[path = "wire/cuts.rs"]
mod cuts;
#[path = "wire/events.rs"]
mod events;
#[path = "wire/faults.rs"]
mod faults;
#[path = "wire/hosts.rs"]
mod hosts;
#[path = "wire/http2.rs"]
mod http2;
#[path = "wire/in_process.rs"]
mod in_process;
#[path = "wire/jobs.rs"]
mod jobs;
#[path = "wire/journal.rs"]
mod journal;
#[path = "wire/lenient.rs"]
mod lenient;
#[path = "wire/machines.rs"]
mod machines;
#[path = "wire/model.rs"]
mod model;
#[path = "wire/paging.rs"]
mod paging;
#[path = "wire/platform.rs"]
mod platform;
#[path = "wire/platform_operations.rs"]
mod platform_operations;
#[path = "wire/robust.rs"]
mod robust;
#[path = "wire/services.rs"]
mod services;
#[path = "wire/sessions.rs"]
mod sessions;
#[path = "wire/socket.rs"]
mod socket;
#[path = "wire/token.rs"]
mod token;
