//! Keeps secrets out of errors, even when a service or a gateway echoes them.
//!
//! A client remembers the secrets that it holds or has held: the client secret, every token, and
//! the credentials in headers. They are masked in error texts, however they are encoded, and before
//! a text is truncated, because truncation could leave a fragment that is no longer recognized.
//!
//! A secret shorter than [`SHORTEST`] is not masked: it would blank out ordinary words, and nothing
//! that Citrix issues is that short. A longer one is recognized by its first [`PREFIX`] bytes and
//! masked as far as it goes, so it is also masked when a service has truncated it.

use std::collections::VecDeque;
use std::sync::{PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, HeaderName, HeaderValue};

mod canonical;
mod needle;

use canonical::Canonical;
use needle::Needle;

/// The shortest secret that is masked, in bytes.
const SHORTEST: usize = 6;

/// How many bytes of a longer secret are enough to recognize it.
const PREFIX: usize = 16;

/// How many secrets are remembered besides the client's own; the oldest is forgotten first.
const REMEMBERED: usize = 64;

/// The longest text of an error, in bytes.
const LONGEST: usize = 64 * 1024;

/// The replacement for a secret.
const MASK: &str = "***";

/// The secrets of one client, shared by its clones.
#[derive(Default)]
pub(crate) struct KnownSecrets(RwLock<Remembered>);

#[derive(Default)]
struct Remembered {
    own: Vec<Secret>,
    last: VecDeque<Secret>,
}

struct Secret {
    text: String,
    /// The secret, and those of its encodings that do not decode byte by byte, in canonical form.
    needles: Vec<Needle>,
    literal: Needle,
}

impl KnownSecrets {
    /// Starts with the client secret, which is never forgotten.
    pub(crate) fn new(client_secret: &str) -> Self {
        let own = Secret::new(client_secret).into_iter().collect();
        Self(RwLock::new(Remembered {
            own,
            ..Remembered::default()
        }))
    }

    /// Remembers a secret.
    pub(crate) fn add(&self, text: &str) {
        {
            let remembered = self.0.read().unwrap_or_else(PoisonError::into_inner);
            let mut all = remembered.own.iter().chain(remembered.last.back());
            if all.any(|it| it.text == text) {
                return;
            }
        }
        let mut remembered = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let again = remembered.last.iter().position(|it| it.text == text);
        let secret = match again {
            Some(at) => remembered.last.remove(at),
            None => Secret::new(text),
        };
        remembered.last.extend(secret);
        if remembered.last.len() > REMEMBERED {
            remembered.last.pop_front();
        }
    }

    /// Remembers the credentials among the headers of a request.
    pub(crate) fn add_headers(&self, headers: &HeaderMap) {
        for (name, value) in headers {
            if is_secret(name, value)
                && let Ok(text) = value.to_str()
            {
                self.add_header(text);
            }
        }
    }

    /// Returns the names and values of headers, with credentials masked.
    pub(crate) fn masked_headers<'a>(
        &self,
        headers: &'a HeaderMap,
    ) -> impl Iterator<Item = (&'a str, String)> {
        headers.iter().map(|(name, value)| {
            let shown = match is_secret(name, value) {
                true => MASK.to_owned(),
                false => String::from_utf8_lossy(value.as_bytes()).into_owned(),
            };
            (name.as_str(), shown)
        })
    }

    /// Remembers the whole value, the part after its scheme, and the password of `user:password`.
    fn add_header(&self, text: &str) {
        let credentials = match text.split_once(' ') {
            Some((_, rest)) => rest.split_once("Bearer=").map_or(rest, |(_, token)| token),
            None => text,
        };
        let decoded = STANDARD.decode(credentials.trim()).ok();
        let decoded = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
        let password = decoded.as_deref().and_then(|pair| pair.split_once(':'));
        let parts = [
            Some(text),
            Some(credentials.trim()),
            password.map(|(_, it)| it),
        ];
        parts.into_iter().flatten().for_each(|text| self.add(text));
    }

    /// Masks every secret in a text of any length.
    pub(crate) fn mask(&self, text: &mut String) {
        let remembered = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let secrets = || remembered.own.iter().chain(&remembered.last);
        let mut spans = Vec::new();
        // The literal text first: after decoding, a `%` or `\` in front of a secret would have
        // swallowed its first characters as an escape.
        for secret in secrets() {
            let found = |from, to| spans.push((from, to));
            secret.literal.find(text.as_bytes(), found);
        }
        let canonical = Canonical::of(text.as_bytes());
        for needle in secrets().flat_map(|secret| &secret.needles) {
            let mut done = 0;
            needle.find(canonical.bytes(), |from, to| match needle.is_base64() {
                true => spans.extend(canonical.base64_span(from, to, &mut done)),
                false => spans.push(canonical.span(from, to, needle.end())),
            });
        }
        if !spans.is_empty() {
            *text = without(text, spans);
        }
    }

    /// Masks every secret in a text and truncates it to the length allowed in an error.
    ///
    /// Masking covers some text beyond the cut, so that no fragment of a secret remains before it.
    pub(crate) fn mask_and_cut(&self, text: &mut String) {
        text.truncate(boundary(text, 2 * LONGEST));
        self.mask(text);
        if text.len() > LONGEST {
            text.truncate(boundary(text, LONGEST));
            text.push_str("...");
        }
    }
}

impl std::fmt::Debug for KnownSecrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KnownSecrets")
    }
}

impl Secret {
    fn new(text: &str) -> Option<Self> {
        if text.len() < SHORTEST {
            return None;
        }
        let form: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let encoded = [text, &form]
            .into_iter()
            .take(if form == text { 1 } else { 2 });
        let base64 = encoded.flat_map(|text| (0..3).map(|before| inside_base64(text, before)));
        let base64 = base64.map(|text| Needle::new(canonical::needle(text.as_bytes()), true));
        let plain = Needle::new(canonical::needle(text.as_bytes()), false);
        let needles = std::iter::once(plain).chain(base64);
        Some(Self {
            needles: needles.filter(|it| it.len() >= SHORTEST).collect(),
            literal: Needle::new((text.as_bytes().to_vec(), Vec::new()), false),
            text: text.to_owned(),
        })
    }
}

/// Returns the Base64 characters that depend only on `text` when `before` other bytes precede it.
fn inside_base64(text: &str, before: usize) -> String {
    let bytes = [&[0; 3][..before], text.as_bytes()].concat();
    let encoded = STANDARD.encode(&bytes);
    let (start, end) = ((before * 8).div_ceil(6), bytes.len() * 8 / 6);
    encoded.get(start..end).unwrap_or_default().to_owned()
}

/// Returns whether a header carries a credential, judging by its name or by the sensitive flag.
fn is_secret(name: &HeaderName, value: &HeaderValue) -> bool {
    const WORDS: [&str; 7] = [
        "authorization",
        "credential",
        "token",
        "secret",
        "password",
        "cookie",
        "api-key",
    ];
    value.is_sensitive() || WORDS.iter().any(|word| name.as_str().contains(word))
}

/// Replaces each span of a text with the mask.
fn without(text: &str, mut spans: Vec<(usize, usize)>) -> String {
    spans.sort_unstable();
    let mut masked = String::with_capacity(text.len());
    let mut done = 0;
    let mut spans = spans.into_iter().peekable();
    while let Some((from, mut to)) = spans.next() {
        while let Some((_, further)) = spans.next_if(|(next, _)| *next < to) {
            to = to.max(further);
        }
        let from = boundary(text, from).max(done);
        masked.push_str(&text[done..from]);
        masked.push_str(MASK);
        done = to;
        while !text.is_char_boundary(done) {
            done += 1;
        }
    }
    masked.push_str(&text[done..]);
    masked
}

/// Returns the last character boundary at or before `at`.
fn boundary(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests;
