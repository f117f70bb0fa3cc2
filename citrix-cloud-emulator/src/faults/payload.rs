//! How the body of a response is sent.

use std::time::Duration;

use axum::body::Body;
use axum::response::Response;
use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream;
use http::HeaderValue;
use http::header::CONTENT_LENGTH;

use super::distort::Ending;
use crate::connection::{Aborted, ConnectionHandle, Cut};
use crate::http::Reply;

/// The number of pieces of a slow body.
const DROPS: usize = 20;

/// Time for written data to be sent before the connection is cut.
const FLUSH: Duration = Duration::from_millis(1);

/// Sends a response with its ending. Without a connection, as in a test without a port, the body ends early instead.
pub(crate) fn respond(
    reply: Reply,
    ending: Ending,
    handle: Option<&ConnectionHandle>,
) -> Result<Response, Aborted> {
    match ending {
        Ending::Whole => Ok(reply.into_response()),
        Ending::Aborted(cut) => Err(Aborted(cut)),
        Ending::Slow(time) => {
            let size = reply.body.len().div_ceil(DROPS).max(1);
            let drops = drops(&reply.body, size);
            let pause = time / u32::try_from(drops.len().max(1)).unwrap_or(u32::MAX);
            let drops = stream::iter(drops).then(move |drop| async move {
                tokio::time::sleep(pause).await;
                Ok::<_, Aborted>(drop)
            });
            Ok(with_length(reply, |_| Body::from_stream(drops)))
        }
        Ending::Broken(cut) => {
            let handle = handle.cloned();
            Ok(with_length(reply, |body| {
                let first = body.slice(..body.len() / 2);
                let first = stream::iter([Ok(first)]);
                let end = stream::once(broken(handle, cut));
                Body::from_stream(first.chain(end))
            }))
        }
    }
}

async fn broken(handle: Option<ConnectionHandle>, cut: Cut) -> Result<Bytes, Aborted> {
    tokio::time::sleep(FLUSH).await;
    if let Some(handle) = handle {
        handle.cut(cut);
    }
    Err(Aborted(cut))
}

fn drops(body: &Bytes, size: usize) -> Vec<Bytes> {
    let starts = (0..body.len()).step_by(size);
    starts
        .map(|start| body.slice(start..body.len().min(start + size)))
        .collect()
}

/// A body sent in pieces still declares its length.
fn with_length(reply: Reply, body: impl FnOnce(Bytes) -> Body) -> Response {
    let length = HeaderValue::from(reply.body.len());
    let mut response = reply.into_response::<Bytes>().map(body);
    response.headers_mut().insert(CONTENT_LENGTH, length);
    response
}
