//! A request, written out once. The bytes can be sent again as they are, which is what a retry is.

use super::Target;

#[derive(Clone)]
pub(crate) struct Request {
    bytes: Vec<u8>,
    /// Answered without a body whatever the headers say.
    pub(super) is_head: bool,
}

impl Request {
    pub(crate) fn get(target: &Target, path: &str) -> Self {
        Self::new(target, "GET", path)
    }

    pub(crate) fn post(target: &Target, path: &str) -> Self {
        Self::new(target, "POST", path)
    }

    pub(crate) fn patch(target: &Target, path: &str) -> Self {
        Self::new(target, "PATCH", path)
    }

    fn new(target: &Target, method: &str, path: &str) -> Self {
        let mut bytes = Vec::with_capacity(1024);
        for part in [method, " ", &target.prefix, path, " HTTP/1.1\r\nhost: ", &target.authority, "\r\n"] {
            bytes.extend_from_slice(part.as_bytes());
        }
        Self { bytes, is_head: method == "HEAD" }
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        for part in [name, ": ", value, "\r\n"] {
            self.bytes.extend_from_slice(part.as_bytes());
        }
        self
    }

    pub(crate) fn bearer(mut self, token: &str) -> Self {
        for part in ["authorization: Bearer ", token, "\r\n"] {
            self.bytes.extend_from_slice(part.as_bytes());
        }
        self
    }

    /// Ends the head and appends `body`.
    pub(crate) fn json(self, body: &[u8]) -> Self {
        self.body("application/json", body)
    }

    /// Ends the head and appends `body`.
    pub(crate) fn body(mut self, media_type: &str, body: &[u8]) -> Self {
        for part in ["content-type: ", media_type, "\r\ncontent-length: ", &body.len().to_string(), "\r\n\r\n"] {
            self.bytes.extend_from_slice(part.as_bytes());
        }
        self.bytes.extend_from_slice(body);
        self
    }

    /// Ends the head of a request without a body.
    pub(crate) fn empty(mut self) -> Self {
        if self.bytes.starts_with(b"POST") {
            self.bytes.extend_from_slice(b"content-length: 0\r\n");
        }
        self.bytes.extend_from_slice(b"\r\n");
        self
    }

    /// Where `text` begins in it.
    pub(crate) fn position(&self, text: &str) -> Option<usize> {
        self.bytes.windows(text.len()).position(|part| part == text.as_bytes())
    }

    /// The same request with `text` written over what is `at` that place.
    pub(crate) fn overwritten(&self, at: usize, text: &str) -> Self {
        let mut request = self.clone();
        request.bytes[at..at + text.len()].copy_from_slice(text.as_bytes());
        request
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}
