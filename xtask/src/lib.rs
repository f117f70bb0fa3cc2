//! Turns the OpenAPI documents under `openapi/` into the modules of `citrix-cloud-gen`.
//!
//! The way of one document: [`document`] reads it, [`overlay`] corrects it, [`prepare`] rewrites
//! what the generator cannot take, [`generate`] runs progenitor, [`shape`] rewrites the generated
//! syntax tree, [`operations`] emits one value for each operation, [`regen`] writes the files. Everything before [`generate`] works on JSON values, so
//! each step can be shown on a tiny document. [`diff`] compares documents, [`coverage`] counts
//! operations, [`mod@bench`] measures whole programs.

pub mod bench;
pub mod config;
pub mod coverage;
pub mod diff;
pub mod document;
pub mod generate;
pub mod limits;
pub mod merge;
pub mod operations;
pub mod overlay;
pub mod pin;
pub mod prepare;
pub mod regen;
pub mod sending;
pub mod shape;
pub mod standalone;
