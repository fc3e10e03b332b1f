//! Writes the problem document. Needs what only the door knows: where it happened, and the trace id.

use std::any::Any;
use std::convert::Infallible;
use std::fmt;
use std::pin::Pin;
use std::task::{self, Poll};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use bytes::Bytes;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::ApiError;

pub(crate) const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

/// Where it happened.
pub(crate) struct Context<'a> {
    pub(crate) instance: &'a str,
    pub(crate) trace_id: &'a str,
}

/// The response that says `error`.
pub(crate) fn render(error: &ApiError, context: &Context<'_>) -> HttpResponse<BoxBody> {
    let document = Document { error, context };
    let body = serde_json::to_vec(&document).expect("a document of strings and JSON values is JSON");
    let body = match error.0.unread.take() {
        Some(rest) => BoxBody::new(LastWord { body: Some(body.into()), _rest: rest }),
        None => BoxBody::new(body),
    };
    let mut response = HttpResponse::with_body(error.status(), body);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, MEDIA_TYPE);
    for (name, value) in &error.0.headers {
        headers.append(name.clone(), value.clone());
    }
    response
}

/// A body that holds the rest of the request's body until it is written.
struct LastWord {
    body: Option<Bytes>,
    _rest: Box<dyn Any>,
}

impl MessageBody for LastWord {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.body.as_ref().map_or(0, Bytes::len) as u64)
    }

    fn poll_next(mut self: Pin<&mut Self>, _: &mut task::Context<'_>) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(self.body.take().map(Ok))
    }
}

struct Document<'a> {
    error: &'a ApiError,
    context: &'a Context<'a>,
}

impl Serialize for Document<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let parts = &self.error.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("type", &format_args!("/problems/{}", parts.code.slug()))?;
        map.serialize_entry("title", parts.code.title())?;
        map.serialize_entry("status", &parts.status.as_u16())?;
        map.serialize_entry("code", parts.code.name())?;
        if let Some(detail) = &parts.detail {
            map.serialize_entry("detail", detail)?;
        }
        map.serialize_entry("instance", self.context.instance)?;
        map.serialize_entry("trace_id", self.context.trace_id)?;
        for (name, value) in &parts.members {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// An error that carries its finished document, for when the request it belongs to is gone (a panic, a deadline) and the
/// server's outermost layer has to write it.
pub(crate) struct Rendered {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Rendered {
    /// `headers` are those that every response of ours has.
    pub(crate) fn new(error: &ApiError, context: &Context<'_>, mut headers: HeaderMap) -> Self {
        headers.insert(CONTENT_TYPE, MEDIA_TYPE);
        for (name, value) in &error.0.headers {
            headers.append(name.clone(), value.clone());
        }
        let body = serde_json::to_vec(&Document { error, context }).expect("it is JSON, as above");
        Self { status: error.status(), headers, body }
    }
}

impl ResponseError for Rendered {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::with_body(self.status, BoxBody::new(self.body.clone()));
        *response.headers_mut() = self.headers.clone();
        response
    }
}

impl fmt::Display for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.status)
    }
}

impl fmt::Debug for Rendered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::id::LocationId;

    use crate::error::Shortage;

    fn document(error: &ApiError) -> String {
        let context = Context { instance: "/api/v1/checkout", trace_id: "4bf92f3577b34da6a3ce929d0e0e4736" };
        serde_json::to_string(&Document { error, context: &context }).expect("JSON")
    }

    #[test]
    fn a_refusal_says_what_the_conventions_promise() {
        let shortage = Shortage {
            sku: "TEE-M".to_owned(),
            location_id: LocationId::MAIN,
            requested: 2,
            available: Some(1),
            seq: 4711,
        };
        assert_eq!(
            document(&ApiError::out_of_stock(&[shortage])),
            r#"{"type":"/problems/out-of-stock","title":"Not enough stock","status":409,"code":"out_of_stock","#
                .to_owned()
                + r#""detail":"SKU TEE-M: 2 asked, 1 left","instance":"/api/v1/checkout","#
                + r#""trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","#
                + r#""items":[{"available":1,"location_id":"loc_00000000000070008000000000000002","requested":2,"seq":4711,"sku":"TEE-M"}]}"#
        );
    }

    #[test]
    fn a_fault_of_ours_says_only_the_trace_id() {
        let text = document(&ApiError::internal("connection to 10.0.0.7 lost"));
        assert!(!text.contains("10.0.0.7"), "{text}");
        assert!(!text.contains("detail"), "{text}");
        assert!(text.contains("4bf92f35"), "{text}");
    }
}
