//! Bytes that are served as they are, with the entity tag of their content.

use actix_web::http::header::HeaderValue;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use sha2::{Digest, Sha256};

/// A body and its strong entity tag. Cheap to clone.
#[derive(Clone)]
pub struct Document {
    body: Bytes,
    etag: HeaderValue,
}

impl Document {
    pub fn new(body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let digest = Sha256::digest(&body);
        let tag = format!("\"{}\"", BASE64_URL_SAFE_NO_PAD.encode(&digest[..12]));
        Self { body, etag: HeaderValue::try_from(tag).expect("base64 in quotes is ASCII") }
    }

    pub fn body(&self) -> Bytes {
        self.body.clone()
    }

    pub fn etag(&self) -> &HeaderValue {
        &self.etag
    }
}
