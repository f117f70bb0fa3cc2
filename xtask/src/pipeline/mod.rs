//! From documents to code: a library that knows nothing of the workspace's own documents.
//!
//! The way of one document: [`document`] reads it, [`overlay`] corrects it, [`explain`] describes
//! its fields, [`facts`] keeps what it says beside OpenAPI, [`normalize`] rewrites what the generator
//! cannot take (with [`foreign`] for what only documents of others have), [`generate`] runs progenitor, [`operations`] emits one value for each operation, [`handles`]
//! a method for each, and [`rewrite`] changes the syntax tree of the models. Everything before [`generate`] works on JSON values, so
//! each step can be shown on a tiny document. [`template`] makes a crate of the result.

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
