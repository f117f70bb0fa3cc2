//! The wire format of a batch.

use std::collections::HashMap;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, header};
use serde::ser::{Serialize, SerializeStruct, Serializer};
use serde_json::Value;

use super::RelativeUrls;
use crate::pipeline::{BeforeSend, Call};
use crate::raw::takes_body;
use crate::{Error, Secret};

/// Headers that belong to the batch rather than an item, or that the pipeline would have set.
const OUTER: [&str; 6] = [
    "accept",
    "authorization",
    "citrix-customerid",
    "content-length",
    "content-type",
    "host",
];

/// One call as an item, without its token.
///
/// It does not implement `Debug`, because headers and bodies may contain credentials.
pub(super) struct Item {
    reference: usize,
    writes: bool,
    idempotent: bool,
    check: Option<Arc<dyn BeforeSend>>,
    method: http::Method,
    url: String,
    headers: Vec<(String, String)>,
    body: Option<String>,
}

impl Item {
    /// Creates the item for a call.
    ///
    /// Its reference is the index in the whole batch as text, which is unique and matches the
    /// pattern that the service accepts, `[-_0-9a-zA-Z]*`.
    pub(super) fn new(
        index: usize,
        call: &Call,
        request: &http::Request<Bytes>,
        form: RelativeUrls,
        site: &str,
    ) -> Result<Self, Error> {
        let body = std::str::from_utf8(request.body())
            .map_err(|_| Error::input("the body of a batch item must be JSON"))?;
        let body = Some(body).filter(|body| !body.is_empty());
        if body.is_some() && !takes_body(request.method()) {
            let method = request.method();
            return Err(Error::input(format!("a {method} in a batch takes no body")));
        }
        let headers = request.headers().iter();
        let headers = headers.filter(|(name, _)| !OUTER.contains(&name.as_str()));
        let headers = headers.map(|(name, value)| {
            let value = value.to_str().map_err(|_| {
                Error::input(format!(
                    "header `{name}` is not text; a batch cannot carry it"
                ))
            })?;
            Ok((name.to_string(), value.to_owned()))
        });
        let mut headers = headers.collect::<Result<Vec<_>, Error>>()?;
        if let Some(id) = &call.options.transaction_id {
            headers.push(("Citrix-TransactionId".to_owned(), id.clone()));
        }
        let customer = call.shared.settings.credentials.customer();
        Ok(Self {
            reference: index,
            writes: !call.meta.safe,
            idempotent: call.is_idempotent(),
            check: call.options.before_send.clone(),
            method: request.method().clone(),
            url: form.write(request.uri(), customer, site),
            headers,
            body: body.map(str::to_owned),
        })
    }

    pub(super) fn index(&self) -> usize {
        self.reference
    }

    /// Returns the check that runs when the item is about to be sent.
    pub(super) fn check(&self) -> Option<&Arc<dyn BeforeSend>> {
        self.check.as_ref()
    }

    pub(super) fn writes(&self) -> bool {
        self.writes
    }

    /// Returns whether the item may run twice: it reads, or the caller says so.
    pub(super) fn is_idempotent(&self) -> bool {
        self.idempotent
    }
}

/// The body of a batch.
struct Body<'a> {
    items: Vec<Tokened<'a>>,
}

/// An item with the token that it carries.
struct Tokened<'a> {
    item: &'a Item,
    authorization: &'a str,
}

struct Header<'a> {
    name: &'a str,
    value: &'a str,
}

impl Serialize for Body<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut body = to.serialize_struct("Body", 1)?;
        body.serialize_field("Items", &self.items)?;
        body.end()
    }
}

impl Serialize for Tokened<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let token = Header {
            name: "Authorization",
            value: self.authorization,
        };
        let own = self.item.headers.iter();
        let own = own.map(|(name, value)| Header { name, value });
        let headers: Vec<_> = std::iter::once(token).chain(own).collect();

        let mut item = to.serialize_struct("Item", 5)?;
        item.serialize_field("Reference", &self.item.reference.to_string())?;
        item.serialize_field("Method", self.item.method.as_str())?;
        item.serialize_field("RelativeUrl", &self.item.url)?;
        item.serialize_field("Headers", &headers)?;
        if let Some(body) = &self.item.body {
            item.serialize_field("Body", body)?;
        }
        item.end()
    }
}

impl Serialize for Header<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut header = to.serialize_struct("Header", 2)?;
        header.serialize_field("Name", self.name)?;
        header.serialize_field("Value", self.value)?;
        header.end()
    }
}

/// Returns the body of a batch. Each item carries the token, as plain `Bearer`.
pub(super) fn write<'a>(items: impl Iterator<Item = &'a Item>, token: &Secret) -> Vec<u8> {
    let authorization = format!("Bearer {}", token.expose());
    let items = items.map(|item| Tokened {
        item,
        authorization: &authorization,
    });
    let body = Body {
        items: items.collect(),
    };
    // Serializing strings and lists of strings cannot fail.
    serde_json::to_vec(&body).unwrap_or_default()
}

/// One item of the response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ParsedItem {
    /// It has a response.
    Response(u16, Vec<(HeaderName, HeaderValue)>, Bytes),
    /// It is present, but cannot be understood.
    Unclear(String),
}

/// Reads the response to a batch, by reference.
///
/// Order, the type of a reference and the type of a code differ between descriptions. An item that
/// appears twice says nothing definite.
pub(crate) fn read(response: Value) -> Result<HashMap<String, ParsedItem>, Error> {
    let response = match response {
        Value::String(text) => serde_json::from_str(&text).unwrap_or_default(),
        other => other,
    };
    let items = match response {
        Value::Object(mut response) => response.remove("Items"),
        _ => None,
    };
    let Some(Value::Array(items)) = items else {
        return Err(Error::decode(
            "the response to the batch has no `Items` array, so the outcome of its items is unknown",
        ));
    };
    let mut parsed = HashMap::with_capacity(items.len());
    for item in items {
        let Value::Object(mut item) = item else {
            continue;
        };
        let reference = match item.remove("Reference") {
            Some(Value::String(text)) => text,
            Some(Value::Number(number)) => number.to_string(),
            _ => continue,
        };
        let response = response_of(item);
        parsed.entry(reference)
            .and_modify(|first| {
                if *first != response {
                    let twice = "the response to the batch contains this item twice, with different results";
                    *first = ParsedItem::Unclear(twice.to_owned());
                }
            })
            .or_insert(response);
    }
    Ok(parsed)
}

fn response_of(mut item: serde_json::Map<String, Value>) -> ParsedItem {
    let code = match item.remove("Code") {
        Some(Value::Number(number)) => number.as_u64(),
        Some(Value::String(text)) => text.trim().parse().ok(),
        _ => None,
    };
    let code = code.and_then(|code| u16::try_from(code).ok());
    let Some(code) = code.filter(|code| (100..600).contains(code)) else {
        return ParsedItem::Unclear(
            "the response to the batch has no status code for this item".to_owned(),
        );
    };
    let headers = match item.remove("Headers") {
        Some(Value::Array(headers)) => headers.iter().filter_map(header_of).collect(),
        _ => Vec::new(),
    };
    let body = match item.remove("Body") {
        None | Some(Value::Null) => Bytes::new(),
        Some(Value::String(text)) => text.into(),
        Some(other) => other.to_string().into(),
    };
    ParsedItem::Response(code, headers, body)
}

fn header_of(header: &Value) -> Option<(HeaderName, HeaderValue)> {
    let name = header["Name"].as_str()?.parse().ok()?;
    let value = header["Value"].as_str()?.parse().ok()?;
    // They describe the body before it was embedded here as text.
    let framing = [
        header::CONTENT_LENGTH,
        header::CONTENT_ENCODING,
        header::TRANSFER_ENCODING,
    ];
    (!framing.contains(&name)).then_some((name, value))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn anything() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".{0,8}".prop_map(Value::from),
            (0..700_u16).prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 5, |inner| {
            let keys = [
                "Items",
                "Reference",
                "Code",
                "Headers",
                "Body",
                "Name",
                "Value",
            ];
            let key = prop::sample::select(keys.to_vec());
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                prop::collection::vec((key, inner), 0..5).prop_map(|pairs| {
                    let pairs = pairs.into_iter();
                    Value::Object(pairs.map(|(key, value)| (key.to_owned(), value)).collect())
                }),
            ]
        })
    }

    /// An item in one of the forms that servers may use, with its meaning.
    fn item() -> impl Strategy<Value = (String, u16, Option<String>, Value)> {
        let body = prop::option::of("[ -~]{0,12}");
        (0..6_u8, 200..205_u16, body, any::<[bool; 2]>()).prop_map(
            |(reference, code, body, [numeric, textual])| {
                let text = reference.to_string();
                let item = json!({
                    "Reference": if numeric { json!(reference) } else { json!(text) },
                    "Code": if textual { json!(code.to_string()) } else { json!(code) },
                    "Body": body,
                    "Headers": [{ "Name": "X", "Value": "y" }],
                });
                (text, code, body, item)
            },
        )
    }

    #[test]
    fn the_operation_has_the_name_that_the_document_gives_it() {
        use citrix_cloud_gen::operation::Operation as _;
        let meta = citrix_cloud_gen::ops::jobs::DoBatchRequest::META;
        assert_eq!(meta.id, super::super::OPERATION);
    }

    proptest! {
        #[test]
        fn any_json_reads_or_is_a_readable_error(response in anything()) {
            match read(response.clone()) {
                Ok(parsed) => {
                    let items = response["Items"].as_array().map_or(0, Vec::len);
                    prop_assert!(parsed.len() <= items);
                }
                Err(error) => prop_assert!(error.message().contains("Items")),
            }
        }

        #[test]
        fn a_reference_takes_the_facts_that_all_its_items_share(
            items in prop::collection::vec(item(), 0..12),
            as_text in any::<bool>(),
        ) {
            let written: Vec<_> = items.iter().map(|(_, _, _, item)| item.clone()).collect();
            let response = json!({ "Items": written });
            let response = if as_text { Value::String(response.to_string()) } else { response };
            let parsed = read(response).unwrap();
            for reference in (0..6_u8).map(|it| it.to_string()) {
                let mut said: Vec<_> = items
                    .iter()
                    .filter(|(name, ..)| *name == reference)
                    .map(|(_, code, body, _)| (*code, body.clone().unwrap_or_default()))
                    .collect();
                said.dedup();
                match (said.as_slice(), parsed.get(&reference)) {
                    ([], parsed) => prop_assert_eq!(parsed, None),
                    ([(code, body)], Some(ParsedItem::Response(read, headers, text))) => {
                        prop_assert_eq!((code, body.as_bytes()), (read, text.as_ref()));
                        prop_assert_eq!(headers.len(), 1);
                    }
                    (_, parsed) => {
                        prop_assert!(said.len() > 1 && matches!(parsed, Some(ParsedItem::Unclear(_))));
                    }
                }
            }
        }
    }
}
