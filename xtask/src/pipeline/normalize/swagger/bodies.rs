//! Converts request bodies and responses of Swagger 2.0.

use serde_json::{Map, Value, json};

use super::super::media::{Kind, kind};
use super::{parameters, schema};

/// Returns the body that `body` and `formData` parameters describe.
pub(super) fn request(sent: &[Value], consumes: &[String]) -> Option<Value> {
    if let Some(body) = sent.iter().find(|parameter| parameter["in"] == "body") {
        let mut described = body["schema"].clone();
        schema::convert(&mut described);
        let plain = |media: &&String| !matches!(kind(media), Kind::Form | Kind::Multipart);
        let content: Map<String, Value> = consumes
            .iter()
            .filter(plain)
            .map(|media| (media.clone(), json!({ "schema": described })))
            .collect();
        let content = if content.is_empty() {
            Map::from_iter([(
                "application/json".to_owned(),
                json!({ "schema": described }),
            )])
        } else {
            content
        };
        let mut body_of = json!({ "content": content, "required": body["required"] == true });
        if let Some(description) = body["description"].as_str() {
            body_of["description"] = json!(description);
        }
        return Some(body_of);
    }
    if sent.is_empty() {
        return None;
    }
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut encoding = Map::new();
    for field in sent {
        let Some(name) = field["name"].as_str() else {
            continue;
        };
        let mut property = schema::of_parameter(field);
        if let Some(description) = field["description"].as_str() {
            property["description"] = json!(description);
        }
        properties.insert(name.to_owned(), property);
        let style = parameters::style(field);
        if !style.is_empty() {
            encoding.insert(name.to_owned(), Value::Object(style));
        }
        if field["required"] == true {
            required.push(name);
        }
    }
    let files = sent.iter().any(|field| field["type"] == "file");
    let listed = |wanted: Kind| consumes.iter().find(|media| kind(media) == wanted);
    let media = match (files, listed(Kind::Form), listed(Kind::Multipart)) {
        (false, Some(form), _) => form.as_str(),
        (_, _, Some(multipart)) => multipart.as_str(),
        (true, _, None) => "multipart/form-data",
        (false, None, None) => "application/x-www-form-urlencoded",
    };
    let mut form = json!({ "type": "object", "properties": properties });
    let needed = !required.is_empty();
    if needed {
        form["required"] = json!(required);
    }
    let mut holder = json!({ "schema": form });
    if !encoding.is_empty() {
        holder["encoding"] = Value::Object(encoding);
    }
    Some(json!({ "content": { media: holder }, "required": needed }))
}

/// Moves the schema of a response below each media type that the operation produces.
pub(super) fn response(mut response: Value, produces: &[String]) -> Value {
    let Some(map) = response.as_object_mut() else {
        return response;
    };
    if map.contains_key("$ref") {
        return response;
    }
    map.shift_remove("headers");
    map.shift_remove("examples");
    if let Some(mut described) = map.shift_remove("schema") {
        if described["type"] == "file" {
            map.insert(
                "content".into(),
                json!({ "application/octet-stream": {
                    "schema": { "type": "string", "format": "binary" }
                } }),
            );
            return response;
        }
        schema::convert(&mut described);
        let content: Map<String, Value> = produces
            .iter()
            .map(|media| (media.clone(), json!({ "schema": described })))
            .collect();
        map.insert("content".into(), Value::Object(content));
    }
    response
}
