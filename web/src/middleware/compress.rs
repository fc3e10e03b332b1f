//! Compresses what was made for one request alone: carts, orders, listings for the admin, pages, metrics. What is served
//! again and again keeps its own compressed copy (`document`), and what has no end (server-sent events) is left alone.
//!
//! The entity tag stays what it is, a version to make changes against: these bodies are never kept by a cache, so that
//! nobody can mistake one encoding for the other.

use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue, VARY};

use crate::encoding::{COMPRESS_FROM_BYTES, gzip, takes_gzip};

/// The response, compressed if its reader takes that and it is worth it. An answer that is small costs one comparison.
pub(super) fn compress<B: MessageBody + 'static>(
    mut response: ServiceResponse<EitherBody<B>>,
) -> ServiceResponse<EitherBody<B>> {
    let is_large = match response.response().body().size() {
        BodySize::Sized(bytes) => bytes >= COMPRESS_FROM_BYTES as u64,
        BodySize::None | BodySize::Stream => false,
    };
    if !is_large || response.headers().contains_key(CONTENT_ENCODING) || !is_text(response.headers()) {
        return response;
    }
    if !response.headers().contains_key(VARY) {
        response.headers_mut().insert(VARY, HeaderValue::from_static("accept-encoding"));
    }
    if !takes_gzip(response.request().headers()) {
        return response;
    }
    let mut is_compressed = false;
    let mut response = response.map_body(|_, body| match body.try_into_bytes() {
        Ok(plain) => EitherBody::right(BoxBody::new(match gzip(&plain) {
            Some(packed) => {
                is_compressed = true;
                packed
            }
            None => plain,
        })),
        Err(body) => body,
    });
    if is_compressed {
        response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn is_text(headers: &HeaderMap) -> bool {
    let media_type = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    [&b"application/json"[..], b"application/problem+json", b"text/"].iter().any(|begin| media_type.starts_with(begin))
}
