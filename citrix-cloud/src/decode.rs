//! Decodes the response to an operation.

use std::borrow::Cow;
use std::marker::PhantomData;

use bytes::Bytes;
use citrix_cloud_gen::operation::{self, Operation, Reads};
use http::{StatusCode, header};
use serde::de::{DeserializeOwned, DeserializeSeed};
use serde_json::Value;

use crate::Error;
use crate::escapes::mended;
use crate::json_path;

/// A response with its complete body.
pub(crate) type Response = http::Response<Bytes>;

/// Why a successful response could not be decoded.
#[derive(Debug)]
pub(crate) enum Unreadable {
    /// The service turned the call into a job with this id.
    Job(String),
    /// It is not JSON, because it was cut off or came from a gateway. Another attempt may succeed.
    Garbled(String),
    /// It is JSON, but not of the documented type.
    Mismatch(String),
    /// It is a list that does not contain the wanted item.
    Absent(String),
}

/// Decodes a response in the way its operation asks for.
pub(crate) type DecodeInto<T> = Box<dyn FnMut(&Response) -> Result<T, Unreadable> + Send>;

/// Holds the value that the pipeline decoded last, for its caller.
pub(crate) struct Decoded<T> {
    decode: DecodeInto<T>,
    value: Option<T>,
}

impl<T> Decoded<T> {
    pub(crate) fn by(decode: DecodeInto<T>) -> Self {
        Self {
            decode,
            value: None,
        }
    }

    pub(crate) fn read(&mut self, response: &Response) -> Result<(), Unreadable> {
        self.value = Some((self.decode)(response)?);
        Ok(())
    }

    /// Returns the decoded value; the pipeline only succeeds once there is one.
    pub(crate) fn into_value(self) -> Result<T, Error> {
        self.value
            .ok_or_else(|| Error::decode("the response was not read"))
    }
}

/// Decodes one response in the way its operation asks for.
pub(crate) struct Reader<'a> {
    response: &'a Response,
    safe: bool,
}

impl<'a> Reader<'a> {
    /// Reads the response to an operation.
    ///
    /// `null` in response to a read means that nothing was found. In response to a write it did not
    /// come from the service, which returns a model or no content.
    pub(crate) fn of<O: Operation>(response: &'a Response) -> Self {
        let safe = O::META.safe;
        Self { response, safe }
    }
}

impl operation::Response for Reader<'_> {
    type Error = Unreadable;

    fn json<T: DeserializeOwned>(self) -> Result<T, Unreadable> {
        read(self.response.body())
            .map_err(|error| job(self.response).map_or(error, Unreadable::Job))
    }

    fn optional<T: DeserializeOwned>(self) -> Result<Option<T>, Unreadable> {
        match self.response.body().trim_ascii() {
            b"" => self.empty().map(|()| None),
            b"null" if self.safe => Ok(None),
            _ => self.json().map(Some),
        }
    }

    fn empty(self) -> Result<(), Unreadable> {
        job(self.response).map_or(Ok(()), |id| Err(Unreadable::Job(id)))
    }

    fn exists(self) -> Result<bool, Unreadable> {
        Ok(self.response.status().is_success())
    }

    fn bytes(self) -> Result<Bytes, Unreadable> {
        Ok(self.response.body().clone())
    }
}

/// Returns whether the operation can decode a response with this status.
pub(crate) fn is_readable(status: StatusCode, reads: Reads) -> bool {
    status.is_success() || (reads == Reads::Exists && status == StatusCode::NOT_FOUND)
}

/// Returns the response as the service sent it, or `null` if it has no body.
pub(crate) fn value(response: &Response, reads: Reads) -> Result<Value, Unreadable> {
    match (reads, response.body().trim_ascii(), job(response)) {
        (Reads::Exists, ..) => Ok(response.status().is_success().into()),
        (_, b"", Some(id)) => Err(Unreadable::Job(id)),
        (_, b"", None) => Ok(Value::Null),
        (_, body, job) => read(body).map_err(|error| job.map_or(error, Unreadable::Job)),
    }
}

/// Deserializes JSON; if it is malformed, tries once more with its escapes repaired.
fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, Unreadable> {
    seeded(body, &PhantomData)
}

/// Deserializes JSON with a seed.
pub(crate) fn read_seed<T>(
    response: &Response,
    seed: &(impl for<'de> DeserializeSeed<'de, Value = T> + Clone),
) -> Result<T, Unreadable> {
    seeded(response.body(), seed).map_err(|error| job(response).map_or(error, Unreadable::Job))
}

fn seeded<T, S>(body: &[u8], seed: &S) -> Result<T, Unreadable>
where
    S: for<'de> DeserializeSeed<'de, Value = T> + Clone,
{
    let error = match parse(body, seed) {
        Ok(value) => return Ok(value),
        Err(error) => error,
    };
    if error.is_data() {
        return Err(mismatch(body, &error));
    }
    if let Cow::Owned(mended) = mended(body) {
        match parse(&mended, seed) {
            Ok(value) => return Ok(value),
            Err(error) if error.is_data() => return Err(mismatch(&mended, &error)),
            Err(_) => {}
        }
    }
    Err(Unreadable::Garbled(match body.is_empty() {
        true => "the response is empty".to_owned(),
        false => format!("the response is not the JSON that the document describes: {error}"),
    }))
}

fn parse<T, S>(body: &[u8], seed: &S) -> serde_json::Result<T>
where
    S: for<'de> DeserializeSeed<'de, Value = T> + Clone,
{
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = seed.clone().deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

fn mismatch(body: &[u8], error: &serde_json::Error) -> Unreadable {
    let path = json_path::at(body, error);
    Unreadable::Mismatch(match path.as_str() {
        "" => format!("the response is not the JSON that the document describes: {error}"),
        path => format!("the response cannot be read at `{path}`: {error}"),
    })
}

/// Returns the id of the job that replaces a response: the last segment of the `Location` of a 202.
pub(crate) fn job(response: &Response) -> Option<String> {
    if response.status() != StatusCode::ACCEPTED {
        return None;
    }
    let location = response.headers().get(header::LOCATION)?.to_str().ok()?;
    let path = location.split(['?', '#']).next()?.trim_end_matches('/');
    let id = path.rsplit('/').next()?;
    (!id.is_empty()).then(|| id.to_owned())
}
