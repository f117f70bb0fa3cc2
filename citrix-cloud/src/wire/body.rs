//! Reads the whole body of a response, within limits.

use std::io::Write as _;

use bytes::{Buf as _, Bytes, BytesMut};
use flate2::write::MultiGzDecoder;
use http::header;
use reqwest::Response;

use crate::escapes::MARK;

/// The default limit for a body; a page of 1,000 machines has 9 MB.
pub(crate) const DEFAULT_LIMIT: usize = 256 * 1024 * 1024;

/// The maximum compression ratio; JSON with a thousand identical machines stays below 100.
const MOST_GROWTH: usize = 200;

/// The ratio is only checked above this size, so that short responses never exceed it.
const ALWAYS_ALLOWED: usize = 1024 * 1024;

/// How much is decompressed between two checks of the limits.
const STEP: usize = 8 * 1024;

/// Why a body could not be read.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The connection failed while it was read.
    CutShort(reqwest::Error),
    /// It is too long, or its compression ratio is too high.
    TooLong(String),
    /// It is not compressed as its header says.
    Garbled(String),
}

/// Reads the body of a response, and removes a byte order mark in front of JSON.
pub(crate) async fn read(response: &mut Response, limit: usize) -> Result<Bytes, Broken> {
    let kind = response.headers().get(header::CONTENT_TYPE);
    let json = kind.is_none_or(|kind| {
        let kind = kind.as_bytes().to_ascii_lowercase();
        memchr::memmem::find(&kind, b"json").is_some()
    });
    let mut body = read_whole(response, limit).await?;
    if json && body.starts_with(MARK) {
        body.advance(MARK.len());
    }
    Ok(body)
}

async fn read_whole(response: &mut Response, limit: usize) -> Result<Bytes, Broken> {
    let encoding = response.headers().get(header::CONTENT_ENCODING);
    let compressed = match encoding.map(|value| value.as_bytes().to_ascii_lowercase()) {
        None => false,
        Some(name) => match name.as_slice() {
            b"gzip" | b"x-gzip" => true,
            b"" | b"identity" => false,
            _ => {
                let name = String::from_utf8_lossy(&name).into_owned();
                return Err(Broken::Garbled(format!("it is encoded as `{name}`")));
            }
        },
    };
    let announced = response.content_length();
    if announced.is_some_and(|length| length > limit as u64) {
        return Err(too_long(limit));
    }
    if compressed {
        return inflate(response, limit).await;
    }
    let Some(first) = chunk(response).await? else {
        return Ok(Bytes::new());
    };
    // A response that arrived in one piece is not copied.
    let Some(second) = chunk(response).await? else {
        return within(first, limit);
    };
    let announced = announced.and_then(|length| usize::try_from(length).ok());
    let mut body = BytesMut::with_capacity(announced.unwrap_or(2 * (first.len() + second.len())));
    body.extend_from_slice(&first);
    body.extend_from_slice(&second);
    while let Some(next) = chunk(response).await? {
        if body.len() + next.len() > limit {
            return Err(too_long(limit));
        }
        body.extend_from_slice(&next);
    }
    within(body.freeze(), limit)
}

async fn inflate(response: &mut Response, limit: usize) -> Result<Bytes, Broken> {
    let garbled = |error: std::io::Error| Broken::Garbled(format!("it is not valid gzip: {error}"));
    let mut decoder = MultiGzDecoder::new(Vec::new());
    let mut received = 0;
    while let Some(chunk) = chunk(response).await? {
        for step in chunk.chunks(STEP) {
            decoder.write_all(step).map_err(garbled)?;
            received += step.len();
            let length = decoder.get_ref().len();
            if length > limit {
                return Err(too_long(limit));
            }
            if length > ALWAYS_ALLOWED && length / MOST_GROWTH > received {
                let message = format!("{received} compressed bytes became {length}");
                return Err(Broken::TooLong(message));
            }
        }
    }
    if received == 0 {
        return Ok(Bytes::new());
    }
    decoder.finish().map(Bytes::from).map_err(garbled)
}

async fn chunk(response: &mut Response) -> Result<Option<Bytes>, Broken> {
    response.chunk().await.map_err(Broken::CutShort)
}

fn within(body: Bytes, limit: usize) -> Result<Bytes, Broken> {
    match body.len() > limit {
        true => Err(too_long(limit)),
        false => Ok(body),
    }
}

fn too_long(limit: usize) -> Broken {
    Broken::TooLong(format!("it is longer than {limit} bytes"))
}

#[cfg(test)]
mod tests {
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use http_body::Frame;
    use http_body_util::StreamBody;

    use super::*;

    fn response(encoding: Option<&str>, body: impl Into<reqwest::Body>) -> Response {
        let mut response = http::Response::new(body.into());
        if let Some(encoding) = encoding {
            let encoding = encoding.parse().unwrap();
            response
                .headers_mut()
                .insert(header::CONTENT_ENCODING, encoding);
        }
        Response::from(response)
    }

    fn gzip(body: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(body).unwrap();
        encoder.finish().unwrap()
    }

    #[tokio::test]
    async fn compressed_and_plain_bodies_read_alike() {
        let text = b"{\"Items\":[]}".as_slice();
        for (encoding, body) in [
            (None, text.to_vec()),
            (Some("identity"), text.to_vec()),
            (Some("GZIP"), gzip(text)),
        ] {
            assert_eq!(
                read(&mut response(encoding, body), 100).await.unwrap(),
                text
            );
        }
        let empty = read(&mut response(Some("gzip"), Vec::new()), 100)
            .await
            .unwrap();
        assert!(empty.is_empty());
    }

    #[tokio::test]
    async fn gzip_members_are_joined_and_a_byte_order_mark_is_skipped() {
        let members = [gzip(b"\xEF\xBB\xBF{\"Items\":"), gzip(b"[]}")].concat();
        for length in 1..=members.len() {
            let pieces: Vec<_> = members.chunks(length).map(<[u8]>::to_vec).collect();
            let frames = pieces.into_iter().map(|it| Frame::data(Bytes::from(it)));
            let frames = futures_util::stream::iter(frames.map(std::io::Result::Ok));
            let body = reqwest::Body::wrap(StreamBody::new(frames));
            let whole = read(&mut response(Some("gzip"), body), 100).await.unwrap();
            assert_eq!(whole, b"{\"Items\":[]}".as_slice(), "in pieces of {length}");
        }
        let cut = &members[..members.len() - 3];
        let cut = read(&mut response(Some("gzip"), cut.to_vec()), 100).await;
        assert!(matches!(cut, Err(Broken::Garbled(_))));
        let mut file = response(None, b"\xEF\xBB\xBFa,b".to_vec());
        file.headers_mut()
            .insert(header::CONTENT_TYPE, "text/csv".parse().unwrap());
        assert_eq!(
            read(&mut file, 100).await.unwrap(),
            b"\xEF\xBB\xBFa,b".as_slice()
        );
    }

    #[tokio::test]
    async fn limits_end_the_reading() {
        let long = read(&mut response(None, vec![b' '; 101]), 100).await;
        assert!(matches!(long, Err(Broken::TooLong(why)) if why.contains("100 bytes")));
        let bomb = gzip(&vec![b'0'; 64 * 1024 * 1024]);
        let small = bomb.len();
        let grown = read(&mut response(Some("gzip"), bomb), usize::MAX).await;
        assert!(
            matches!(grown, Err(Broken::TooLong(why)) if why.contains("became")),
            "{small}"
        );
    }

    #[tokio::test]
    async fn a_body_that_does_not_match_its_headers_is_named() {
        for (encoding, body, word) in [
            ("gzip", b"{}".to_vec(), "not valid gzip"),
            (
                "gzip",
                gzip(b"{\"Items\":[]}")[..15].to_vec(),
                "not valid gzip",
            ),
            ("br", b"{}".to_vec(), "`br`"),
        ] {
            let broken = read(&mut response(Some(encoding), body), 100).await;
            assert!(matches!(broken, Err(Broken::Garbled(why)) if why.contains(word)));
        }
    }
}
