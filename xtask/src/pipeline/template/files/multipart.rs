//! Bodies of `multipart/form-data` operations, ready-made.
//!
//! ```ignore
//! let form = multipart::Form::new().text("name", "report").file("file", "report.csv", bytes);
//! let upload = ops::Upload::new(form.content_type(), form.into_body());
//! client.send(upload).await?;
//! ```

/// A form of parts.
#[derive(Debug, Clone)]
pub struct Form {
    boundary: String,
    body: Vec<u8>,
}

impl Default for Form {
    fn default() -> Self {
        Self::new()
    }
}

impl Form {
    /// A form without parts.
    #[must_use]
    pub fn new() -> Self {
        use std::hash::{BuildHasher as _, Hasher as _};

        // Each random state differs, and no content can know the boundary in advance.
        let random = || {
            std::collections::hash_map::RandomState::new()
                .build_hasher()
                .finish()
        };
        Self {
            boundary: format!("{:016x}{:016x}", random(), random()),
            body: Vec::new(),
        }
    }

    /// Adds a text.
    #[must_use]
    pub fn text(self, name: &str, value: &str) -> Self {
        let disposition = format!("form-data; name=\"{}\"", quoted(name));
        self.part(&disposition, None, value.as_bytes())
    }

    /// Adds a part with its own media type, such as `application/json`.
    #[must_use]
    pub fn typed(self, name: &str, media: &str, value: &[u8]) -> Self {
        let disposition = format!("form-data; name=\"{}\"", quoted(name));
        self.part(&disposition, Some(media), value)
    }

    /// Adds a file.
    #[must_use]
    pub fn file(self, name: &str, file_name: &str, content: &[u8]) -> Self {
        let (name, file_name) = (quoted(name), quoted(file_name));
        let disposition = format!("form-data; name=\"{name}\"; filename=\"{file_name}\"");
        self.part(&disposition, Some("application/octet-stream"), content)
    }

    /// The value of the `Content-Type` header.
    #[must_use]
    pub fn content_type(&self) -> String {
        format!("multipart/form-data; boundary={}", self.boundary)
    }

    /// The bytes.
    #[must_use]
    pub fn into_body(mut self) -> Vec<u8> {
        let end = format!("--{}--\r\n", self.boundary);
        self.body.extend_from_slice(end.as_bytes());
        self.body
    }

    fn part(mut self, disposition: &str, media: Option<&str>, content: &[u8]) -> Self {
        let mut head = format!(
            "--{}\r\nContent-Disposition: {disposition}\r\n",
            self.boundary
        );
        if let Some(media) = media {
            head.push_str(&format!("Content-Type: {}\r\n", quoted(media)));
        }
        head.push_str("\r\n");
        self.body.extend_from_slice(head.as_bytes());
        self.body.extend_from_slice(content);
        self.body.extend_from_slice(b"\r\n");
        self
    }
}

/// As browsers write names: what would end the value or the line is percent-encoded.
fn quoted(text: &str) -> String {
    text.replace('\r', "%0D")
        .replace('\n', "%0A")
        .replace('"', "%22")
}
