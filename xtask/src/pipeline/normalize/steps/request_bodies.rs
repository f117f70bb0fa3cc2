//! Reduces every request body to one media type that generated code can send.
//!
//! The generator panics on several media types, and rejects all except JSON, forms of names and
//! values, plain text and byte streams. Callers pass any other body ready-made, as bytes or text.
//! If its `Content-Type` is a constant in the document, it is recorded in the [`Facts`]. Otherwise
//! it becomes a parameter, for example because of the boundary of a multipart form. That a body is
//! optional is recorded too, because the generator makes every body an argument.

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::parameters::styles::joined_by;
use crate::pipeline::facts::Facts;
use crate::pipeline::normalize::media::{Kind, essence, is_definite, kind};
use crate::pipeline::normalize::schemas::each_operation;
use crate::pipeline::normalize::{Context, Report};

/// Keeps JSON if there is any, or else a form, parts, text or bytes.
///
/// # Errors
///
/// Never; all steps have this signature.
pub fn apply(document: &mut Value, facts: &mut Facts, _: Context<'_>) -> Result<Report> {
    let mut report = Report::default();
    each_operation(document, &mut |operation, at| {
        let Some(body) = operation.shift_remove("requestBody") else {
            return;
        };
        let place = format!("{at}.requestBody");
        let Some(Value::Object(content)) = body.get("content").cloned() else {
            report
                .notes
                .push(format!("{place}: has no `content`, left out"));
            report.count();
            return;
        };
        let Some((media, holder)) = chosen(&content) else {
            return;
        };
        if content.len() > 1 {
            report.count();
            let others: Vec<&str> = content
                .keys()
                .map(String::as_str)
                .filter(|other| *other != media)
                .collect();
            report.notes.push(format!(
                "{place}: sent as `{media}`, never as {}",
                others.join(", ")
            ));
        }
        let described = body["description"].as_str();
        let mut sent = Sent::of(&media, &holder, described, &place, &mut report);
        if body["required"] != true {
            facts.entry(at.path, at.method).optional_body = true;
            if let Some(parameter) = &mut sent.parameter {
                parameter["required"] = json!(false);
            }
            report.count();
        }
        if sent.content_type.is_some() {
            facts.entry(at.path, at.method).content_type = sent.content_type;
        }
        if let Some(parameter) = sent.parameter
            && let Value::Array(parameters) =
                operation.entry("parameters").or_insert_with(|| json!([]))
        {
            parameters.push(parameter);
        }
        let mut kept =
            json!({ "content": { sent.media: { "schema": sent.schema } }, "required": true });
        if let Some(description) = sent.description {
            kept["description"] = json!(description);
        }
        operation.insert("requestBody".into(), kept);
    });
    Ok(report)
}

/// Returns the best media type; of several equally good ones, the one that names JSON most plainly,
/// or the first.
fn chosen(content: &Map<String, Value>) -> Option<(String, Value)> {
    let rank = |media: &str| (kind(media), essence(media) != "application/json");
    let best = content.iter().min_by_key(|(media, _)| rank(media))?;
    Some((best.0.clone(), best.1.clone()))
}

/// Converts a body to a form that generated code can send.
struct Sent {
    media: &'static str,
    schema: Value,
    description: Option<String>,
    content_type: Option<String>,
    parameter: Option<Value>,
}

impl Sent {
    fn of(
        media: &str,
        holder: &Value,
        described: Option<&str>,
        place: &str,
        report: &mut Report,
    ) -> Self {
        let schema = holder.get("schema").filter(|schema| schema.is_object());
        let mut schema = schema.cloned().unwrap_or_else(|| json!({}));
        let binary = schema["format"] == "binary";
        let judged = match kind(media) {
            // Swashbuckle writes `*/*` for uploads too.
            Kind::Json if binary && media.contains('*') => Kind::Bytes,
            Kind::Form if schema["type"] == "string" => Kind::Text,
            judged => judged,
        };
        if judged == Kind::Form {
            joined(&mut schema, &holder["encoding"], place, report);
        }
        let usual = match judged {
            Kind::Json => "application/json",
            Kind::Form => "application/x-www-form-urlencoded",
            Kind::Text => "text/plain",
            Kind::Multipart | Kind::Bytes => "application/octet-stream",
        };
        let mut sent = Self {
            media: usual,
            schema: match judged {
                Kind::Json | Kind::Form => schema,
                Kind::Text => json!({ "type": "string" }),
                Kind::Multipart | Kind::Bytes => json!({ "type": "string", "format": "binary" }),
            },
            description: described.map(str::to_owned),
            content_type: None,
            parameter: None,
        };
        if judged == Kind::Multipart {
            report.count();
            report.notes.push(format!(
                "{place}: a `{media}` body is passed ready-made, with its `Content-Type`"
            ));
            sent.multipart(media, holder);
        } else if media != usual {
            report.count();
            if is_definite(media) {
                sent.content_type = Some(media.to_owned());
                report.notes.push(format!("{place}: goes out as `{media}`"));
            } else {
                report
                    .notes
                    .push(format!("{place}: `{media}` goes out as `{usual}`"));
            }
        }
        sent
    }

    /// The description lists the parts' names and types, and the boundary is a parameter.
    fn multipart(&mut self, media: &str, holder: &Value) {
        let mut text = self.description.take().unwrap_or_default();
        text.push_str(&format!(
            "\n\nThe ready-made bytes of a `{media}` body; pass its type with the boundary as \
             `content_type`."
        ));
        let parts = holder
            .pointer("/schema/properties")
            .and_then(Value::as_object);
        for (name, part) in parts.into_iter().flatten() {
            let kind = match (part["format"].as_str(), part["type"].as_str()) {
                (Some("binary"), _) => "a file",
                (_, Some(kind)) => kind,
                _ => "any JSON",
            };
            text.push_str(&format!(" Part `{name}`: {kind}."));
        }
        self.description = Some(text.trim().to_owned());
        self.parameter = Some(json!({
            "name": "Content-Type",
            "in": "header",
            "required": true,
            "description": format!("`{media}; boundary=...`, with the boundary of the body"),
            "schema": { "type": "string" }
        }));
    }
}

/// Lists in a form that are sent as one text each.
fn joined(schema: &mut Value, encoding: &Value, place: &str, report: &mut Report) {
    for (name, how) in encoding.as_object().into_iter().flatten() {
        let style = how["style"].as_str().unwrap_or_default();
        let Some(joined_by) = joined_by(style, how.get("explode")) else {
            continue;
        };
        if let Some(field) = schema["properties"].get_mut(name)
            && field["type"] == "array"
        {
            let mut text = json!({ "type": "string" });
            if let Some(description) = field.get("description") {
                text["description"] = description.clone();
            }
            *field = text;
            report.count();
            report.notes.push(format!(
                "{place}: the caller passes `{name}` as the values joined by {joined_by}"
            ));
        }
    }
}
