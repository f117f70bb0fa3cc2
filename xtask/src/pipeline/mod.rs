//! Turns documents into code. This library does not know the workspace's own documents.
//!
//! A document passes through these modules: [`document`] reads it, [`overlay`] corrects it,
//! [`explain`] describes its fields, [`facts`] records what it says outside OpenAPI, [`normalize`]
//! rewrites what the generator cannot handle (with [`foreign`] for other people's documents),
//! [`generate`] runs progenitor, [`operations`] emits one value for each operation, [`handles`]
//! emits a method for each, and [`rewrite`] changes the syntax tree of the models. Everything
//! before [`generate`] works on JSON values, so each step can be shown on a tiny document.
//! [`template`] turns the result into a crate.

pub mod commands;
pub mod document;
pub mod explain;
pub mod facts;
pub mod foreign;
pub mod generate;
pub mod handles;
pub mod limits;
pub mod merge;
pub mod module;
pub mod normalize;
pub mod operations;
pub mod overlay;
pub mod rewrite;
pub mod template;
