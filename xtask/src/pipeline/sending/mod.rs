//! The client that sends, as `citrix-cloud-gen` still has it beside its operations.
//!
//! Everything in this folder serves that client alone, and goes with it; stand-alone crates have
//! models and operations only.

use anyhow::Result;
use openapiv3::OpenAPI;
use serde_json::Value;

use crate::pipeline::generate::{self, Source};
use crate::pipeline::module::Module;
use crate::pipeline::normalize::reach::Reach;

pub mod builders;
pub mod client;
pub mod content_types;
pub mod forms;
pub mod optional_bodies;
pub mod senders;
pub mod setters;
pub mod tables;
pub mod verbs;

/// Generates one module with the struct builders that requests need.
///
/// # Errors
///
/// As [`generate::generate`].
pub fn generate(document: &OpenAPI, module: &Module, reach: &Reach) -> Result<Source> {
    let tokens = generate::tokens(document, module)?;
    generate::parsed(builders::needed(tokens, reach))
}

/// Makes the generated client send what the prepared document says, through our seam.
///
/// # Errors
///
/// Names the unauthenticated operation that the generated code does not have.
pub fn apply(file: &mut Source, document: &OpenAPI, prepared: &Value) -> Result<()> {
    let optional = optional_bodies::of(document);
    content_types::apply(file, &content_types::of(document), &optional);
    optional_bodies::apply(file, &optional);
    verbs::apply(file);
    client::apply(file);
    tables::apply(file, &tables::unauthenticated(prepared))?;
    setters::apply(file);
    forms::apply(file);
    senders::apply(file);
    Ok(())
}
