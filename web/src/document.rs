//! Bytes that are served again and again: made once, with the entity tag of their content, compressed once when somebody
//! first wants them so.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    AGE, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_NONE_MATCH, VARY,
};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use engine::searched::Outcome;
use sha2::{Digest, Sha256};

use crate::encoding::{COMPRESS_FROM_BYTES, gzip, takes_gzip};

/// Anybody may keep it, and asks each time whether it still holds: the answer is 304 and costs next to nothing.
const ASK_EACH_TIME: HeaderValue = HeaderValue::from_static("public, no-cache");

/// RFC 9211.
const CACHE_STATUS: HeaderName = HeaderName::from_static("cache-status");
const LAST_KNOWN: HeaderValue = HeaderValue::from_static("doorbuster; hit; detail=\"last known\"");

/// A body with its media type and strong entity tags. Cheap to clone.
#[derive(Clone)]
pub struct Document {
    parts: Arc<Parts>,
    /// Of one that is shown because there is no newer one.
    age: Option<Duration>,
    /// Of the search that it answers.
    outcome: Outcome,
}

struct Parts {
    media_type: HeaderValue,
    plain: Representation,
    /// None: too small to be worth it.
    gzip: OnceLock<Option<Representation>>,
    others: HeaderMap,
}

/// Two encodings of one body are different bytes, so each has an entity tag of its own (RFC 9110, 8.8.3.3).
struct Representation {
    body: Bytes,
    etag: HeaderValue,
}

impl Document {
    pub fn new(media_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self::with_headers(media_type, body, HeaderMap::new())
    }

    /// With headers of its own besides.
    pub fn with_headers(media_type: &'static str, body: impl Into<Bytes>, others: HeaderMap) -> Self {
        let body = body.into();
        let digest = Sha256::digest(&body);
        let etag = tag(&BASE64_URL_SAFE_NO_PAD.encode(&digest[..12]), "");
        let plain = Representation { body, etag };
        let media_type = HeaderValue::from_static(media_type);
        let parts = Arc::new(Parts { media_type, plain, gzip: OnceLock::new(), others });
        Self { parts, age: None, outcome: Outcome::default() }
    }

    pub fn json(body: impl Into<Bytes>) -> Self {
        Self::new("application/json", body)
    }

    /// The same, as what was last known so long ago.
    pub fn as_of_old(&self, age: Duration) -> Self {
        Self { age: Some(age), ..self.clone() }
    }

    /// The same, of a search: how that went is asked of it later, however often it is served.
    #[must_use]
    pub fn of_search(self, outcome: Outcome) -> Self {
        Self { outcome, ..self }
    }

    pub fn outcome_of_search(&self) -> Outcome {
        self.outcome
    }

    pub fn age(&self) -> Option<Duration> {
        self.age
    }

    pub fn len(&self) -> usize {
        self.parts.plain.body.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The document in the encoding that the request takes, or 304 if the reader has it.
    pub fn respond(&self, request: &HttpRequest) -> HttpResponse {
        let headers = request.headers();
        let compressed = if takes_gzip(headers) { self.compressed() } else { None };
        let chosen = compressed.unwrap_or(&self.parts.plain);
        let known = headers.get(IF_NONE_MATCH).is_some_and(|known| names(known, &chosen.etag));
        let status = if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK };
        let body = if known { Bytes::new() } else { chosen.body.clone() };
        let mut response = HttpResponse::with_body(status, actix_web::body::BoxBody::new(body));
        let out = response.headers_mut();
        out.insert(ETAG, chosen.etag.clone());
        out.insert(CACHE_CONTROL, ASK_EACH_TIME);
        if self.parts.plain.body.len() >= COMPRESS_FROM_BYTES {
            out.insert(VARY, HeaderValue::from_static("accept-encoding"));
        }
        if let Some(age) = self.age {
            out.insert(AGE, HeaderValue::from(age.as_secs()));
            out.insert(CACHE_STATUS, LAST_KNOWN);
        }
        if !known {
            out.insert(CONTENT_TYPE, self.parts.media_type.clone());
            if compressed.is_some() {
                out.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            }
        }
        for (name, value) in &self.parts.others {
            out.insert(name.clone(), value.clone());
        }
        response
    }

    fn compressed(&self) -> Option<&Representation> {
        let plain = &self.parts.plain;
        let compress = || {
            if plain.body.len() < COMPRESS_FROM_BYTES {
                return None;
            }
            let etag = tag(plain.etag.to_str().ok()?.trim_matches('"'), "-gz");
            Some(Representation { body: gzip(&plain.body)?, etag })
        };
        self.parts.gzip.get_or_init(compress).as_ref()
    }
}

fn tag(opaque: &str, suffix: &str) -> HeaderValue {
    HeaderValue::try_from(format!("\"{opaque}{suffix}\"")).expect("base64 in quotes is ASCII")
}

/// Whether a list of entity tags has this one. Compared weakly (RFC 9110, 13.1.2).
pub(crate) fn names(known: &HeaderValue, etag: &HeaderValue) -> bool {
    if known == etag {
        return true;
    }
    let (Ok(known), Ok(etag)) = (known.to_str(), etag.to_str()) else { return false };
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    known.trim() == "*" || known.split(',').any(|tag| opaque(tag) == opaque(etag))
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::ACCEPT_ENCODING;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_document_is_sent_in_the_encoding_that_is_wanted_and_not_twice() {
        let document = Document::json("x".repeat(2000));
        let plain = document.respond(&TestRequest::default().to_http_request());
        assert!(plain.headers().get(CONTENT_ENCODING).is_none());
        let gzip = TestRequest::default().insert_header((ACCEPT_ENCODING, "br, gzip;q=0.8")).to_http_request();
        let gzip = document.respond(&gzip);
        assert_eq!(gzip.headers().get(CONTENT_ENCODING).expect("compressed"), "gzip");
        let tag = |response: &HttpResponse| response.headers().get(ETAG).expect("always there").clone();
        let (plain_tag, gzip_tag) = (tag(&plain), tag(&gzip));
        assert_ne!(plain_tag, gzip_tag);
        let again = TestRequest::default().insert_header((IF_NONE_MATCH, plain_tag.clone())).to_http_request();
        assert_eq!(document.respond(&again).status(), StatusCode::NOT_MODIFIED);
        let small = Document::json("x");
        let gzip = TestRequest::default().insert_header((ACCEPT_ENCODING, "gzip")).to_http_request();
        assert!(small.respond(&gzip).headers().get(CONTENT_ENCODING).is_none());
    }

    #[test]
    fn a_copy_is_recognised_weakly_and_in_a_list() {
        let has = |known: &'static str| names(&HeaderValue::from_static(known), &HeaderValue::from_static("\"abc\""));
        assert!(has("\"abc\"") && has("W/\"abc\"") && has("\"x\", \"abc\"") && has("*"));
        assert!(!has("\"abcd\"") && !has("abc\"x") && !has(""));
    }
}
