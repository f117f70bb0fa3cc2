//! The one seam between generated code and the transport.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use progenitor_client::{ByteStream, Error, ResponseValue};
use serde::de::DeserializeOwned;

/// What a transport fails with; it arrives as the source of the [`reqwest::Error`] that the
/// generated code returns.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The future that [`Transport::send`] returns.
pub type Sending<'a> =
    Pin<Box<dyn Future<Output = Result<reqwest::Response, BoxError>> + Send + 'a>>;

/// Sends the requests that generated operations build.
pub trait Transport: Send + Sync {
    /// Sends `request` for the operation of that name and returns whatever answer came.
    ///
    /// The request's path and query are the operation's; scheme, host and path prefix are whatever
    /// the client was made with and may be replaced.
    fn send<'a>(&'a self, request: reqwest::Request, operation: &'static str) -> Sending<'a>;
}

/// The inner value of every generated client: its way to the transport.
#[derive(Clone)]
pub struct Link(Arc<dyn Transport>);

impl Link {
    /// Ties a client to a transport.
    #[must_use]
    pub fn new(transport: Arc<dyn Transport>) -> Self {
        Self(transport)
    }

    /// Sends the request of an operation whose answer its own code reads.
    // A parameter called like a variable of the generated code keeps an operation in this form.
    #[allow(dead_code)]
    pub(crate) async fn exec(
        &self,
        request: reqwest::Request,
        operation: &'static str,
    ) -> reqwest::Result<reqwest::Response> {
        match self.send(request, operation).await {
            Ok(response) => Ok(response),
            Err(error) => Err(carried(error).await),
        }
    }

    /// Sends a request and returns its answer if it is a success.
    async fn success(
        &self,
        operation: &'static str,
        request: Result<reqwest::Request, Error<()>>,
    ) -> Result<reqwest::Response, Error<()>> {
        match self.send(request?, operation).await {
            Ok(response) if response.status().is_success() => Ok(response),
            Ok(response) => Err(Error::UnexpectedResponse(response)),
            Err(error) => match error.downcast::<RefusedSegment>() {
                Ok(refused) => Err(Error::InvalidRequest(refused.to_string())),
                Err(error) => Err(Error::CommunicationError(carried(error).await)),
            },
        }
    }

    async fn send(
        &self,
        request: reqwest::Request,
        operation: &'static str,
    ) -> Result<reqwest::Response, BoxError> {
        match refused_segment(request.url().path()) {
            Some(value) => Err(RefusedSegment { operation, value }.into()),
            None => self.0.send(request, operation).await,
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link")
    }
}

/// A path parameter that would have made the request go to another path; nothing was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedSegment {
    /// The operation that was called.
    pub operation: &'static str,
    /// The value as it was given: empty, `.` or `..`.
    pub value: &'static str,
}

impl fmt::Display for RefusedSegment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}: `{}` is not a usable id or name in a path; nothing was sent",
            self.operation, self.value
        )
    }
}

impl std::error::Error for RefusedSegment {}

// An encoded NUL cannot come from an id that a service has given, and the URL parser keeps it. It
// carries a refusal from `encode_path`, which cannot fail, to `Link::exec`, which can.
const REFUSED: [(&str, &str); 3] = [("", "%00empty"), ("..", "%00dotdot"), (".", "%00dot")];

/// What `send` of an operation returns: the answer, once it is awaited.
pub type Answer<'a, T> =
    Pin<Box<dyn Future<Output = Result<ResponseValue<T>, Error<()>>> + Send + 'a>>;

/// Sends a request and reads the JSON of a success.
#[doc(hidden)]
pub fn json<'a, T: DeserializeOwned + Send + 'a>(
    link: &'a Link,
    operation: &'static str,
    request: Result<reqwest::Request, Error<()>>,
) -> Answer<'a, T> {
    Box::pin(async move {
        let response = link.success(operation, request).await?;
        ResponseValue::from_response(response).await
    })
}

/// Sends a request whose success has nothing to read.
#[doc(hidden)]
pub fn empty<'a>(
    link: &'a Link,
    operation: &'static str,
    request: Result<reqwest::Request, Error<()>>,
) -> Answer<'a, ()> {
    Box::pin(async move {
        let response = link.success(operation, request).await?;
        Ok(ResponseValue::empty(response))
    })
}

/// Sends a request whose success is read by the caller.
#[doc(hidden)]
pub fn stream<'a>(
    link: &'a Link,
    operation: &'static str,
    request: Result<reqwest::Request, Error<()>>,
) -> Answer<'a, ByteStream> {
    Box::pin(async move {
        let response = link.success(operation, request).await?;
        Ok(ResponseValue::stream(response))
    })
}

/// Converts a value that an operation needs; `refusal` says what cannot be converted.
#[doc(hidden)]
pub fn given<V: TryInto<T>, T>(value: V, refusal: &str) -> Result<T, String> {
    value.try_into().map_err(|_| refusal.to_owned())
}

/// Converts a value that an operation may have.
#[doc(hidden)]
pub fn given_some<V: TryInto<T>, T>(value: V, refusal: &str) -> Result<Option<T>, String> {
    given(value, refusal).map(Some)
}

/// Converts the value of a field; the reason follows on `refusal`.
#[doc(hidden)]
pub fn explained<V: TryInto<T>, T>(value: V, refusal: &str) -> Result<T, String>
where
    V::Error: fmt::Display,
{
    value
        .try_into()
        .map_err(|error| format!("{refusal}{error}"))
}

/// Converts a body to its model, and that to the model's builder.
#[doc(hidden)]
pub fn given_model<V: TryInto<T>, T: Into<B>, B>(value: V, refusal: &str) -> Result<B, String>
where
    V::Error: fmt::Display,
{
    explained(value, refusal).map(Into::into)
}

/// Adds a form of names and values to a request: a list is one field for each of its values, a
/// value that is neither text, number nor truth value is JSON, and null is left out.
///
/// # Errors
///
/// A body that is no object.
// The error is the generator's, and its size with it.
#[doc(hidden)]
#[allow(clippy::result_large_err)]
pub fn form(
    request: reqwest::RequestBuilder,
    body: &impl serde::Serialize,
) -> Result<reqwest::RequestBuilder, Error<()>> {
    use serde_json::Value;

    fn add(fields: &mut Vec<(String, String)>, name: &str, value: Value) {
        match value {
            Value::Null => {}
            Value::Array(values) => values
                .into_iter()
                .for_each(|value| add(fields, name, value)),
            Value::String(text) => fields.push((name.to_owned(), text)),
            other => fields.push((name.to_owned(), other.to_string())),
        }
    }

    let body =
        serde_json::to_value(body).map_err(|error| Error::InvalidRequest(error.to_string()))?;
    let Value::Object(body) = body else {
        return Err(Error::InvalidRequest(
            "the body of a form must be an object of names and values".to_owned(),
        ));
    };
    let mut fields = Vec::new();
    for (name, value) in body {
        add(&mut fields, &name, value);
    }
    Ok(request.form(&fields))
}

/// An answer without content (204, 205 or an empty body) as JSON: `null`.
///
/// For transports that answer operations of which a success may have content or none. Errors and
/// answers with content come back as they are.
#[must_use]
pub fn null_if_empty(answer: reqwest::Response) -> reqwest::Response {
    let empty = [
        reqwest::StatusCode::NO_CONTENT,
        reqwest::StatusCode::RESET_CONTENT,
    ]
    .contains(&answer.status())
        || answer.content_length() == Some(0);
    if !answer.status().is_success() || !empty {
        return answer;
    }
    let mut null = http::Response::new("null");
    *null.status_mut() = answer.status();
    null.headers_mut().extend(answer.headers().clone());
    null.headers_mut().remove(reqwest::header::CONTENT_LENGTH);
    null.into()
}

/// Whether the generated code will read the answer to a request as JSON.
#[must_use]
pub fn reads_json(request: &reqwest::Request) -> bool {
    request
        .headers()
        .get(reqwest::header::ACCEPT)
        .is_some_and(|accept| accept == "application/json")
}

/// What a `HEAD` operation says: whether there is such a thing. 404 means no.
///
/// # Errors
///
/// Every other error of the operation.
// The error is the generator's, and its size with it.
#[allow(clippy::result_large_err)]
pub fn exists<T, E>(answer: Result<ResponseValue<T>, Error<E>>) -> Result<bool, Error<E>> {
    match answer {
        Ok(_) => Ok(true),
        Err(error) if error.status() == Some(reqwest::StatusCode::NOT_FOUND) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Encodes one path parameter so that it stays one segment of the path.
///
/// Everything but unreserved characters is percent-encoded. A backslash becomes `|` first, as
/// Citrix DaaS wants `DOMAIN\NAME` written. An empty value, `.` and `..`, which a URL parser would
/// turn into another path, are marked here and refused before anything is sent.
#[must_use]
pub fn encode_path(value: &str) -> String {
    use fmt::Write as _;

    if let Some((_, mark)) = REFUSED.iter().find(|(refused, _)| *refused == value) {
        return (*mark).to_owned();
    }
    let mut encoded = String::with_capacity(value.len());
    for byte in value.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                encoded.push(char::from(byte));
            }
            b'\\' => encoded.push_str("%7C"),
            other => {
                let _ = write!(encoded, "%{other:02X}");
            }
        }
    }
    encoded
}

fn refused_segment(path: &str) -> Option<&'static str> {
    // A mark may be a part of its segment: a path can have several parameters in one.
    REFUSED
        .iter()
        .find(|(_, mark)| path.contains(mark))
        .map(|(value, _)| *value)
}

/// A [`reqwest::Error`] cannot be made from outside; a body that fails with our error makes one.
async fn carried(error: BoxError) -> reqwest::Error {
    let error = match error.downcast::<reqwest::Error>() {
        Ok(error) => return *error,
        Err(error) => error,
    };
    let body =
        reqwest::Body::wrap_stream(futures_util::stream::iter([Err::<bytes::Bytes, _>(error)]));
    match reqwest::Response::from(http::Response::new(body))
        .bytes()
        .await
    {
        Err(error) => error,
        Ok(_) => unreachable!("a body whose only frame is an error cannot be read"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_stays_one_segment() {
        assert_eq!(encode_path("a/b?c#d"), "a%2Fb%3Fc%23d");
        assert_eq!(encode_path(r"DEMOLAB\EAGLE"), "DEMOLAB%7CEAGLE");
        assert_eq!(encode_path("DEMOLAB|EAGLE"), "DEMOLAB%7CEAGLE");
        assert_eq!(encode_path("%2e%2e"), "%252e%252e");
        assert_eq!(encode_path("Büro 1"), "B%C3%BCro%201");
    }

    #[test]
    fn values_that_change_the_path_are_marked_and_found() {
        for (value, mark) in REFUSED {
            assert_eq!(encode_path(value), mark);
            for path in ["/Machines/{}/$reboot", "/Machines/name-{}", "/{}-name"] {
                assert_eq!(refused_segment(&path.replace("{}", mark)), Some(value));
            }
        }
        assert_eq!(refused_segment("/Machines/.../$reboot"), None);
    }

    #[test]
    fn a_form_is_made_of_names_and_values() {
        let form = |body: serde_json::Value| {
            let request = reqwest::Client::new().post("http://127.0.0.1/");
            let built = form(request, &body).map_err(|error| error.to_string())?;
            let built = built.build().map_err(|error| error.to_string())?;
            let sent = built.body().and_then(reqwest::Body::as_bytes);
            Ok::<_, String>(String::from_utf8_lossy(sent.unwrap_or_default()).into_owned())
        };
        let body = serde_json::json!({
            "text": "a b", "number": 1.5, "yes": true, "none": null, "list": ["x", null, 2],
            "object": { "a": [1] },
        });
        assert_eq!(
            form(body).unwrap(),
            "text=a+b&number=1.5&yes=true&list=x&list=2&object=%7B%22a%22%3A%5B1%5D%7D"
        );
        let refused = form(serde_json::json!(["secret"])).unwrap_err();
        assert!(
            refused.contains("an object of names and values") && !refused.contains("secret"),
            "{refused}"
        );
    }
}
