//! Builds a request from the parameters of an operation.

use std::fmt::Display;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName};
use http::uri::PathAndQuery;
use http::{HeaderMap, HeaderValue, Request, Uri};
use serde::Serialize;
use serde_json::Value;

use super::{InvalidRequest, Meta, Reason, encode};
use crate::Secret;

/// A value that can be sent in a header.
pub trait HeaderText {
    /// Returns the header value, or `None` if the text is not allowed in a header.
    fn header_value(&self) -> Option<HeaderValue>;
}

impl<T: Display> HeaderText for T {
    fn header_value(&self) -> Option<HeaderValue> {
        HeaderValue::try_from(self.to_string()).ok()
    }
}

impl HeaderText for Secret {
    fn header_value(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::try_from(self.expose()).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

/// A builder for the request of an operation; it remembers the first parameter that cannot be sent.
#[derive(Debug)]
pub struct RequestBuilder {
    meta: Meta,
    /// The rest of the path template.
    rest: &'static str,
    target: String,
    has_query: bool,
    headers: HeaderMap,
    body: Bytes,
    content_type: Option<&'static str>,
    failed: Option<(&'static str, Reason)>,
}

impl RequestBuilder {
    /// Starts with the method and path of an operation.
    #[must_use]
    pub fn new(meta: Meta) -> Self {
        Self {
            rest: meta.path,
            target: String::with_capacity(meta.path.len() + 64),
            has_query: false,
            headers: HeaderMap::new(),
            body: Bytes::new(),
            content_type: None,
            failed: None,
            meta,
        }
    }

    fn fail(&mut self, parameter: &'static str, reason: Reason) {
        self.failed.get_or_insert((parameter, reason));
    }

    /// Puts a value into the next placeholder of the path.
    #[must_use]
    pub fn path(mut self, name: &'static str, value: &impl ToString) -> Self {
        let value = value.to_string();
        match value.as_str() {
            "" => self.fail(name, Reason::RefusedSegment("")),
            "." => self.fail(name, Reason::RefusedSegment(".")),
            ".." => self.fail(name, Reason::RefusedSegment("..")),
            _ => {}
        }
        if let Some((before, after)) = self.rest.split_once('{') {
            self.target.push_str(before);
            self.rest = after.split_once('}').map_or("", |(_, after)| after);
        }
        encode::segment(&mut self.target, &value);
        self
    }

    fn finish_path(&mut self) {
        self.target.push_str(std::mem::take(&mut self.rest));
    }

    /// Adds a parameter to the query: nothing for `None`, one pair per value of a list, and one per
    /// field of an object.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: &impl Serialize) -> Self {
        match serde_json::to_value(value) {
            Ok(value) => self.pairs(name, value),
            Err(error) => self.fail(name, Reason::NotOfItsType(error)),
        }
        self
    }

    fn pairs(&mut self, name: &str, value: Value) {
        match value {
            Value::Null => {}
            Value::Array(values) => values.into_iter().for_each(|value| self.pairs(name, value)),
            Value::Object(fields) => fields
                .into_iter()
                .for_each(|(name, value)| self.pairs(&name, value)),
            Value::String(text) => self.pair(name, &text),
            other => self.pair(name, &other.to_string()),
        }
    }

    fn pair(&mut self, name: &str, value: &str) {
        self.finish_path();
        self.target.push(if self.has_query { '&' } else { '?' });
        self.has_query = true;
        encode::query(&mut self.target, name);
        self.target.push('=');
        encode::query(&mut self.target, value);
    }

    /// Adds a header, if it has a value.
    #[must_use]
    pub fn header(mut self, name: &'static str, value: Option<&impl HeaderText>) -> Self {
        if let Some(value) = value {
            let name_and_value = HeaderName::try_from(name).ok().zip(value.header_value());
            match name_and_value {
                Some((name, value)) => drop(self.headers.append(name, value)),
                None => self.fail(name, Reason::NotAHeader),
            }
        }
        self
    }

    /// Sets the media type of the body instead of the default one.
    #[must_use]
    pub fn content_type(mut self, media: &'static str) -> Self {
        self.content_type = Some(media);
        self
    }

    /// Sends a body as JSON, if there is one.
    #[must_use]
    pub fn json(mut self, body: Option<&impl Serialize>) -> Self {
        if let Some(body) = body {
            match serde_json::to_vec(body) {
                Ok(body) => self.content(body.into(), "application/json"),
                Err(error) => self.fail("body", Reason::NotOfItsType(error)),
            }
        }
        self
    }

    /// Sends a body as a form, if there is one: a list becomes one field per value, other nested
    /// values become JSON, and null is left out.
    #[must_use]
    pub fn form(mut self, body: Option<&impl Serialize>) -> Self {
        fn add(to: &mut String, name: &str, value: Value) {
            let text = match value {
                Value::Null => return,
                Value::Array(values) => {
                    return values.into_iter().for_each(|value| add(to, name, value));
                }
                Value::String(text) => text,
                other => other.to_string(),
            };
            if !to.is_empty() {
                to.push('&');
            }
            encode::form(to, name);
            to.push('=');
            encode::form(to, &text);
        }

        match body.map(serde_json::to_value) {
            Some(Ok(Value::Object(fields))) => {
                let mut form = String::new();
                for (name, value) in fields {
                    add(&mut form, &name, value);
                }
                self.content(form.into(), "application/x-www-form-urlencoded");
            }
            Some(Ok(_)) => self.fail("body", Reason::NotAForm),
            Some(Err(error)) => self.fail("body", Reason::NotOfItsType(error)),
            None => {}
        }
        self
    }

    /// Sends a raw body, if there is one.
    #[must_use]
    pub fn bytes(mut self, body: Option<Bytes>, usual: &'static str) -> Self {
        if let Some(body) = body {
            self.content(body, usual);
        }
        self
    }

    fn content(&mut self, body: Bytes, usual: &'static str) {
        self.body = body;
        let media = HeaderValue::from_static(self.content_type.unwrap_or(usual));
        self.headers.entry(CONTENT_TYPE).or_insert(media);
    }

    /// Returns the request.
    ///
    /// # Errors
    ///
    /// The error for the first parameter that cannot be sent.
    pub fn build(mut self) -> Result<Request<Bytes>, InvalidRequest> {
        self.finish_path();
        let target = PathAndQuery::from_maybe_shared(Bytes::from(self.target));
        let failed = match (self.failed, target) {
            (Some(failed), _) => failed,
            (None, Err(_)) => ("path", Reason::TooLong),
            (None, Ok(target)) => {
                let mut request = Request::new(self.body);
                *request.method_mut() = self.meta.method;
                *request.uri_mut() = Uri::from(target);
                *request.headers_mut() = self.headers;
                return Ok(request);
            }
        };
        let (parameter, reason) = failed;
        Err(InvalidRequest {
            operation: self.meta.id,
            parameter,
            reason,
        })
    }
}
