//! One operation of a document, with the Rust types of its parts.

use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use syn::Type;

use super::rust_types::{OperationTypes, RustTypes, argument, plain};
use crate::pipeline::document::resolve;
use crate::pipeline::facts::{Fact, Facts};
use crate::pipeline::normalize::rust_names::{self, builder, snake, unmarked};

/// Where a parameter goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pipeline) enum Place {
    Path,
    Query,
    Header,
    Body,
}

/// A parameter, or the body.
pub(in crate::pipeline) struct Parameter {
    pub(in crate::pipeline) place: Place,
    /// The name on the wire.
    pub(in crate::pipeline) wire: String,
    /// The name in Rust.
    pub(in crate::pipeline) name: String,
    pub(in crate::pipeline) required: bool,
    pub(in crate::pipeline) description: Option<String>,
    pub(in crate::pipeline) ty: Type,
}

/// The form of a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::pipeline) enum Form {
    Json,
    Urlencoded,
    Text,
    Bytes,
}

/// How the response is decoded.
pub(in crate::pipeline) enum Reads {
    Json(Type),
    Optional(Type),
    Empty,
    Bytes,
    Exists,
}

/// The format of a page, and how it is taken apart.
pub(in crate::pipeline) struct Envelope {
    pub(in crate::pipeline) items: String,
    pub(in crate::pipeline) items_optional: bool,
    pub(in crate::pipeline) item: Type,
    /// The fields of an item, by wire name.
    pub(in crate::pipeline) item_fields: BTreeMap<String, Type>,
    pub(in crate::pipeline) token: Option<String>,
    pub(in crate::pipeline) token_parameter: Option<String>,
    pub(in crate::pipeline) limit_parameter: Option<String>,
}

/// An operation.
pub(in crate::pipeline) struct Operation {
    pub(in crate::pipeline) id: String,
    pub(in crate::pipeline) fact: Fact,
    pub(in crate::pipeline) method: String,
    /// The path template, with names as on the wire.
    pub(in crate::pipeline) path: String,
    pub(in crate::pipeline) summary: Option<String>,
    pub(in crate::pipeline) description: Option<String>,
    /// In the order of the path, then alphabetically; the body is last.
    pub(in crate::pipeline) parameters: Vec<Parameter>,
    pub(in crate::pipeline) form: Form,
    pub(in crate::pipeline) content_type: Option<String>,
    pub(in crate::pipeline) reads: Reads,
    /// The fields of the response, by wire name.
    pub(in crate::pipeline) response_fields: BTreeMap<String, Type>,
    pub(in crate::pipeline) envelope: Option<Envelope>,
}

/// What is needed to describe the operations of one document.
pub(in crate::pipeline) struct Source<'a> {
    pub(in crate::pipeline) document: &'a Value,
    pub(in crate::pipeline) types: &'a RustTypes,
    pub(in crate::pipeline) facts: &'a Facts,
    pub(in crate::pipeline) always_returns: &'a dyn Fn(&str) -> bool,
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.id)
    }
}

impl Operation {
    pub(in crate::pipeline) fn is_safe(&self) -> bool {
        self.fact.safe.unwrap_or_else(|| self.is_safe_by_method())
    }

    pub(in crate::pipeline) fn is_safe_by_method(&self) -> bool {
        ["get", "head", "options"].contains(&self.method.as_str())
    }

    pub(in crate::pipeline) fn has(&self, place: Place, wire: &str, ty: &str) -> bool {
        self.parameters.iter().any(|parameter| {
            let written = quote::ToTokens::to_token_stream(&parameter.ty).to_string();
            parameter.place == place
                && parameter.wire == wire
                && !parameter.required
                && written == ty
        })
    }
}

impl Source<'_> {
    /// Returns the description of a body, or else of its model.
    fn of_body(&self, body: &Value) -> Option<String> {
        let mut media = body["content"].as_object().into_iter().flatten();
        let reference = media.find_map(|(_, media)| media["schema"]["$ref"].as_str());
        let model = reference.and_then(|reference| resolve(self.document, reference));
        let texts = [Some(body), model].into_iter().flatten();
        let mut texts = texts.filter_map(|it| it["description"].as_str());
        texts
            .find(|text| !text.trim().is_empty())
            .map(str::to_owned)
    }

    pub(in crate::pipeline) fn describe(
        &self,
        path: &str,
        method: &str,
        operation: &Value,
    ) -> Result<Operation> {
        let text = |key: &str| operation[key].as_str().map(str::to_owned);
        let id = text("operationId").context("no operationId")?;
        let types = self
            .types
            .operation(&builder(&id))
            .context("the generated code has no builder for it")?;
        let fact = self.facts.get(path, method);
        let mut parameters = Vec::new();
        for place in [Place::Path, Place::Query, Place::Header] {
            let mut of_place = in_place(place, operation, types)?;
            match place {
                Place::Path => {
                    of_place.sort_by_cached_key(|(marked, _)| path.find(marked.as_str()));
                }
                _ => of_place.sort_by(|(_, a), (_, b)| a.wire.cmp(&b.wire)),
            }
            parameters.extend(of_place.into_iter().map(|(_, parameter)| parameter));
        }
        let content = operation["requestBody"]["content"].as_object();
        let media = content.and_then(|content| content.keys().next());
        let form = match media.map(String::as_str) {
            Some("application/x-www-form-urlencoded") => Form::Urlencoded,
            Some("text/plain") => Form::Text,
            Some("application/octet-stream") => Form::Bytes,
            _ => Form::Json,
        };
        if media.is_some() {
            let ty = match form {
                Form::Bytes => syn::parse_quote!(::bytes::Bytes),
                _ => types
                    .parameters
                    .get("body")
                    .map(plain)
                    .context("its body has no type")?,
            };
            parameters.push(Parameter {
                place: Place::Body,
                wire: "body".to_owned(),
                name: "body".to_owned(),
                required: !fact.optional_body,
                description: self.of_body(&operation["requestBody"]),
                ty,
            });
        }
        let mut described = Operation {
            method: method.to_owned(),
            path: without_marks(path),
            summary: text("summary"),
            description: text("description"),
            parameters,
            form,
            content_type: fact.content_type.clone(),
            reads: Reads::Empty,
            response_fields: BTreeMap::new(),
            envelope: None,
            fact,
            id: unmarked(&id).to_owned(),
        };
        described.reads = self.reads(&described, operation, types)?;
        if let Reads::Json(ty) | Reads::Optional(ty) = &described.reads {
            described.response_fields = self.fields(ty);
        }
        described.envelope = self.envelope(&described, operation);
        ensure!(
            !described.fact.list || described.envelope.is_some(),
            "`{}` has `x-list`, but is not a read that returns an array",
            described.id
        );
        Ok(described)
    }

    fn reads(
        &self,
        described: &Operation,
        operation: &Value,
        types: &OperationTypes,
    ) -> Result<Reads> {
        if described.method == "head" {
            return Ok(Reads::Exists);
        }
        let content = operation["responses"]["2XX"]["content"].as_object();
        match content
            .and_then(|content| content.keys().next())
            .map(String::as_str)
        {
            None => return Ok(Reads::Empty),
            Some("application/json") => {}
            Some(_) => return Ok(Reads::Bytes),
        }
        let output = types
            .response
            .as_ref()
            .map(plain)
            .context("its response has no type")?;
        if let Some(inner) = argument(&output, "Option") {
            return Ok(Reads::Optional(inner));
        }
        // A write may succeed without a body. Treating that as a failure would hide that it ran.
        let always_returns = described.is_safe() || (self.always_returns)(&described.id);
        Ok(if always_returns {
            Reads::Json(output)
        } else {
            Reads::Optional(output)
        })
    }

    fn fields(&self, ty: &Type) -> BTreeMap<String, Type> {
        let Type::Path(path) = ty else {
            return BTreeMap::new();
        };
        let last = path.path.segments.last().map(|last| last.ident.to_string());
        let fields = last.and_then(|model| self.types.fields(&model));
        fields.cloned().unwrap_or_default()
    }

    /// A list is a response that is an object with a field `Items`, in either casing, or an array
    /// that the document marks as a list.
    fn envelope(&self, described: &Operation, operation: &Value) -> Option<Envelope> {
        let Reads::Json(Type::Path(output)) = &described.reads else {
            return None;
        };
        if !described.is_safe() {
            return None;
        }
        let model = output.path.segments.last()?.ident.to_string();
        let content = &operation["responses"]["2XX"]["content"]["application/json"];
        let schema = &content["schema"];
        if described.fact.list {
            let item = argument(&Type::Path(output.clone()), "Vec")?;
            return Some(Envelope {
                item_fields: self.fields(&item),
                items: String::new(),
                items_optional: false,
                item,
                token: None,
                token_parameter: None,
                limit_parameter: None,
            });
        }
        let schema = match schema["$ref"].as_str() {
            Some(reference) => resolve(self.document, reference)?,
            None => schema,
        };
        let fields = schema["properties"].as_object()?;
        let field = |name: &str| {
            let mut names = fields.keys().map(|name| unmarked(name));
            names.find(|field| field.eq_ignore_ascii_case(name))
        };
        let items = field("items")?;
        let ty = plain(self.types.field(&model, items)?);
        let (items_optional, list) = match argument(&ty, "Option") {
            Some(inner) => (true, inner),
            None => (false, ty),
        };
        let item = argument(&list, "Vec")?;
        let token = field("continuationToken").filter(|token| {
            let ty = self.types.field(&model, token).map(plain);
            ty.is_some_and(|ty| argument(&ty, "Option").is_some())
        });
        let parameter = |names: [&str; 2]| {
            let mut queries = described.parameters.iter();
            let found = queries.find(|parameter| {
                let mut names = names.iter();
                parameter.place == Place::Query
                    && names.any(|name| parameter.wire.eq_ignore_ascii_case(name))
            });
            found.map(|parameter| parameter.wire.clone())
        };
        let item_fields = self.fields(&item);
        Some(Envelope {
            item_fields,
            items: items.to_owned(),
            items_optional,
            item,
            token: token.map(str::to_owned),
            token_parameter: parameter(["continuationToken", "requestContinuation"]),
            limit_parameter: parameter(["limit", "maxItemCount"]),
        })
    }
}

/// Returns the parameters of one place, each with its name in the normalized document.
fn in_place(
    place: Place,
    operation: &Value,
    types: &OperationTypes,
) -> Result<Vec<(String, Parameter)>> {
    let word = match place {
        Place::Path => "path",
        Place::Query => "query",
        Place::Header => "header",
        Place::Body => "body",
    };
    let listed = operation["parameters"].as_array().into_iter().flatten();
    listed
        .filter(|parameter| parameter["in"] == word)
        .map(|parameter| {
            let marked = parameter["name"].as_str().unwrap_or_default();
            let name = snake(marked);
            let ty = types
                .parameters
                .get(&rust_names::parameter(marked))
                .with_context(|| format!("its parameter `{marked}` has no type"))?;
            let described = Parameter {
                place,
                wire: unmarked(marked).to_owned(),
                name,
                required: parameter["required"] == true,
                description: parameter["description"].as_str().map(|text| match place {
                    Place::Path => without_escapes(text),
                    _ => text.to_owned(),
                }),
                ty: plain(ty),
            };
            Ok((format!("{{{marked}}}"), described))
        })
        .collect()
}

/// Returns the description of a path parameter without instructions for escaping backslashes,
/// because callers pass names as they are.
fn without_escapes(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentences = text.split_inclusive(". ");
    let kept = sentences.filter(|it| !(it.contains("ackslash") && it.contains("written as `|`")));
    kept.collect::<String>().trim().to_owned()
}

/// Returns the path template with the wire names of its parameters.
fn without_marks(path: &str) -> String {
    let parts = path.split('{').enumerate().map(|(index, part)| {
        match part.split_once('}').filter(|_| index > 0) {
            Some((name, rest)) => format!("{{{}}}{rest}", unmarked(name)),
            None => part.to_owned(),
        }
    });
    parts.collect()
}
