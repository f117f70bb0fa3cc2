//! The order of the pipeline's stages, as it logs them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use citrix_cloud_emulator::faults::{Fault, FaultKind};
use citrix_cloud_emulator::{Emulator, ids};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::{ApiVersion, Client, ClientBuilder};

/// Collects the stages of the pipeline.
#[derive(Clone, Default)]
struct Stages {
    seen: Arc<Mutex<Vec<String>>>,
    /// How many call spans the thread is in.
    depth: Arc<AtomicUsize>,
}

impl Subscriber for Stages {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "citrix_cloud::pipeline"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Stage(&self.seen));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Stage(&self.seen));
    }

    fn enter(&self, _: &Id) {
        self.depth.fetch_add(1, Ordering::Relaxed);
    }

    fn exit(&self, _: &Id) {
        self.depth.fetch_sub(1, Ordering::Relaxed);
    }
}

struct Stage<'a>(&'a Mutex<Vec<String>>);

impl Visit for Stage<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "stage" {
            self.0.lock().unwrap().push(value.to_owned());
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        if field.name() == "error.type" {
            self.0.lock().unwrap().push(format!("{value:?}"));
        }
    }
}

fn builder_of(url: &str) -> ClientBuilder {
    Client::builder()
        .credentials(
            crate::Credentials::new(ids::CLIENT_ID, ids::CLIENT_SECRET, ids::CUSTOMER_ID).unwrap(),
        )
        .api_version(ApiVersion::Current)
        .endpoint(url)
}

fn client_of(url: &str) -> Client {
    builder_of(url).build().unwrap()
}

#[tokio::test]
async fn a_refusal_is_recorded_in_the_span_of_its_call() {
    let server = Emulator::default().serve(([127, 0, 0, 1], 0).into()).await;
    let server = server.unwrap();
    let stages = Stages::default();
    let logged = tracing::subscriber::set_default(stages.clone());
    let site = client_of(server.url()).daas().site(ids::SITE_ID);
    site.machine("nobody").get().await.unwrap_err();
    drop(logged);
    let seen = stages.seen.lock().unwrap();
    assert_eq!(seen.last().map(String::as_str), Some("not found"));
}

#[tokio::test]
async fn a_call_goes_through_its_stages_in_this_order() {
    let fault = Fault::new(FaultKind::Status(503)).on("MachinesGetMachine");
    let faults = vec![fault.times(1)];
    let emulator = Emulator::builder().faults(faults).build();
    let server = emulator.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    let client = client_of(server.url());
    let stages = Stages::default();
    let logged = tracing::subscriber::set_default(stages.clone());
    let machine = client.daas().site(ids::SITE_ID).machine(ids::KESTREL_ID);
    machine.get().await.unwrap();
    drop(logged);
    let seen = stages.seen.lock().unwrap().join(" ");
    assert_eq!(
        seen,
        "headers route token permit send read classify token permit send read classify decode"
    );
}

#[tokio::test]
async fn the_traceparent_is_requested_inside_the_span_of_the_call() {
    let server = Emulator::default().serve(([127, 0, 0, 1], 0).into()).await;
    let server = server.unwrap();
    let stages = Stages::default();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (depth, depths) = (stages.depth.clone(), asked.clone());
    let client = builder_of(server.url()).traceparent(move || {
        depths.lock().unwrap().push(depth.load(Ordering::Relaxed));
        None
    });
    let logged = tracing::subscriber::set_default(stages.clone());
    client.build().unwrap().daas().me().await.unwrap();
    drop(logged);
    assert_eq!(*asked.lock().unwrap(), [1]);
}
