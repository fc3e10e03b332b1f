//! A JSON body, read strictly: JSON in UTF-8 by its own word, within the limits of size and time, and nothing in it that
//! the route does not know.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use actix_web::{FromRequest, HttpRequest};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_path_to_error::{Path, Segment};

use super::{header, state};
use crate::error::{ApiError, FieldError};
use crate::state::BodyLimits;

/// A body of type `T`, which should deny unknown fields, and its bytes as they came.
pub struct Body<T> {
    pub value: T,
    pub raw: Bytes,
}

/// A body that may be left out: then everything in it is as by default.
pub struct OptionalBody<T> {
    pub value: T,
    pub raw: Bytes,
}

/// The body of a request that has nothing to say.
#[derive(Debug, Default, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoFields {}

impl<T: DeserializeOwned + Default + 'static> FromRequest for OptionalBody<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let length = request.headers().get(CONTENT_LENGTH).map(|length| length.as_bytes() == b"0");
        let absent = length.unwrap_or(!request.headers().contains_key(TRANSFER_ENCODING));
        if absent {
            return Box::pin(std::future::ready(Ok(Self { value: T::default(), raw: Bytes::new() })));
        }
        let body = Body::from_request(request, payload);
        Box::pin(async move { body.await.map(|Body { value, raw }| Self { value, raw }) })
    }
}

impl<T: DeserializeOwned> FromRequest for Body<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limits = state(request).body_limits;
        let head = check_head(request, limits);
        let mut payload = payload.take();
        Box::pin(async move {
            let reading = async {
                head?;
                let reading = tokio::time::timeout(limits.timeout, read(&mut payload, limits.max_bytes));
                reading.await.map_err(|_| ApiError::request_timeout())?
            };
            let raw = match reading.await {
                Ok(raw) => raw,
                Err(error) => return Err(error.leaving_unread(payload)),
            };
            let value = parse(&raw)?;
            Ok(Self { value, raw })
        })
    }
}

fn check_head(request: &HttpRequest, limits: BodyLimits) -> Result<(), ApiError> {
    let media_type = header(request, &CONTENT_TYPE)?.ok_or_else(ApiError::unsupported_media_type)?;
    if !is_json(media_type) {
        return Err(ApiError::unsupported_media_type());
    }
    let length = header(request, &CONTENT_LENGTH)?.and_then(|length| length.parse::<u64>().ok());
    if length.is_some_and(|length| length > limits.max_bytes as u64) {
        return Err(ApiError::payload_too_large(limits.max_bytes));
    }
    Ok(())
}

/// `application/json`, or a dialect of it; in UTF-8, which is the only encoding JSON has.
fn is_json(media_type: &str) -> bool {
    let mut parts = media_type.split(';').map(str::trim);
    let essence = parts.next().unwrap_or("");
    let json = essence.eq_ignore_ascii_case("application/json")
        || (essence.starts_with("application/") && essence.ends_with("+json"));
    let utf8 = |parameter: &str| match parameter.split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
        }
        Some(_) | None => true,
    };
    json && parts.all(utf8)
}

async fn read(payload: &mut Payload, max_bytes: usize) -> Result<Bytes, ApiError> {
    let broken = |error| ApiError::bad_request("the body broke off").caused_by(error);
    // Most bodies are one chunk, which is handed on as it is.
    let Some(first) = payload.next().await.transpose().map_err(broken)? else { return Ok(Bytes::new()) };
    if first.len() > max_bytes {
        return Err(ApiError::payload_too_large(max_bytes));
    }
    let Some(second) = payload.next().await.transpose().map_err(broken)? else { return Ok(first) };
    let mut whole = BytesMut::with_capacity(first.len() + second.len());
    whole.extend_from_slice(&first);
    let mut chunk = Some(second);
    while let Some(more) = chunk {
        if whole.len() + more.len() > max_bytes {
            return Err(ApiError::payload_too_large(max_bytes));
        }
        whole.extend_from_slice(&more);
        chunk = payload.next().await.transpose().map_err(broken)?;
    }
    Ok(whole.freeze())
}

/// Not JSON is 400; JSON that is not what the route takes is 422 and says where. serde_json stops at 128 levels.
///
/// What a route takes has names. serde would take a list as well, field by field in the order of the code.
fn parse<T: DeserializeOwned>(raw: &[u8]) -> Result<T, ApiError> {
    let value = serde_json::from_slice(raw).map_err(|error| refuse::<T>(raw, &error))?;
    if raw.trim_ascii_start().first() == Some(&b'[') {
        return Err(ApiError::invalid("", "an object, not a list"));
    }
    Ok(value)
}

fn refuse<T: DeserializeOwned>(raw: &[u8], error: &serde_json::Error) -> ApiError {
    if !error.is_data() {
        return ApiError::bad_request(format!("the body is not JSON: {error}"));
    }
    // Read again, now with a note of the way: this costs only those who made a mistake.
    let mut deserializer = serde_json::Deserializer::from_slice(raw);
    match serde_path_to_error::deserialize::<_, T>(&mut deserializer) {
        Ok(_) => ApiError::bad_request(format!("the body is not what it should be: {error}")),
        Err(error) => ApiError::validation(vec![field_error(error.path(), error.inner())]),
    }
}

fn field_error(path: &Path, error: &serde_json::Error) -> FieldError {
    let text = error.to_string();
    let detail = text.split(" at line ").next().unwrap_or(&text);
    let mut pointer = pointer(path);
    // These two are told of the object, and are about a field of it.
    for (beginning, code) in [("missing field `", "required"), ("unknown field `", "unknown")] {
        if let Some(field) = detail.strip_prefix(beginning).and_then(|rest| rest.split('`').next()) {
            let step = format!("/{}", escape(field));
            if code == "required" || !pointer.ends_with(&step) {
                pointer.push_str(&step);
            }
            return FieldError::new(pointer, code, detail);
        }
    }
    FieldError::new(pointer, "invalid", detail)
}

/// RFC 6901.
fn pointer(path: &Path) -> String {
    let step = |segment: &Segment| match segment {
        Segment::Seq { index } => format!("/{index}"),
        Segment::Map { key } => format!("/{}", escape(key)),
        Segment::Enum { .. } | Segment::Unknown => String::new(),
    };
    path.iter().map(step).collect()
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Order {
        #[expect(dead_code, reason = "only read")]
        items: Vec<Item>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Item {
        #[expect(dead_code, reason = "only read")]
        sku: String,
        #[expect(dead_code, reason = "only read")]
        quantity: i64,
    }

    #[test]
    fn a_mistake_is_told_with_its_place() {
        let cases = [
            (r#"{"items":[{"sku":"A","quantity":1}]}"#, "ok"),
            (r#"{"items":[{"sku":"A","quantity":"1"}]}"#, "validation_failed /items/0/quantity invalid"),
            (r#"{"items":[{"sku":"A","quantity":1.5}]}"#, "validation_failed /items/0/quantity invalid"),
            (
                r#"{"items":[{"sku":"A","quantity":9223372036854775808}]}"#,
                "validation_failed /items/0/quantity invalid",
            ),
            (r#"{"items":[{"sku":"A","quantity":1},{"sku":"B"}]}"#, "validation_failed /items/1/quantity required"),
            (r#"{"items":[{"sku":"A","quantity":1,"a/b":1}]}"#, "validation_failed /items/0/a~1b unknown"),
            (r#"{"items":[],"more":1}"#, "validation_failed /more unknown"),
            (r#"{"items":null}"#, "validation_failed /items invalid"),
            ("[]", "validation_failed  invalid"),
            (r#"[[{"sku":"A","quantity":1}]]"#, "validation_failed  invalid"),
            ("7", "validation_failed  invalid"),
            ("", "bad_request"),
            ("{", "bad_request"),
            (r#"{"items":[]} x"#, "bad_request"),
        ];
        for (body, expected) in cases {
            assert_eq!(told::<Order>(body.as_bytes()), expected, "{body}");
        }
        assert_eq!(told::<Order>(b"{\"items\":[{\"sku\":\"\xff\",\"quantity\":1}]}"), "bad_request");
        assert_eq!(told::<serde_json::Value>("[".repeat(200).as_bytes()), "bad_request");
    }

    #[test]
    fn only_json_in_utf8_is_json() {
        for json in [
            "application/json",
            "application/json; charset=utf-8",
            "APPLICATION/JSON;charset=\"UTF-8\"",
            "application/merge-patch+json",
        ] {
            assert!(is_json(json), "{json}");
        }
        for other in ["", "text/plain", "application/xml", "application/json; charset=latin1", "application/jsonx"] {
            assert!(!is_json(other), "{other}");
        }
    }

    fn told<T: DeserializeOwned>(body: &[u8]) -> String {
        match parse::<T>(body) {
            Ok(_) => "ok".to_owned(),
            Err(error) => match error.first_field() {
                Some((pointer, code)) => format!("{} {pointer} {code}", error.code().name()),
                None => error.code().name().to_owned(),
            },
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_taken_or_refused_with_a_place(
            body in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..200),
                "[\\[\\]{}\":,0-9a-z.\\\\u ]{0,60}".prop_map(String::into_bytes),
                r#"\{"items":\[(\{"(sku|quantity|\PC{0,4})":("\PC{0,4}"|-?[0-9]{1,20}|null|\[\]),?"quantity":1\},?){0,3}\]\}"#
                    .prop_map(String::into_bytes),
            ]
        ) {
            let told = told::<Order>(&body);
            prop_assert!(
                told == "ok" || told == "bad_request" || told.starts_with("validation_failed "),
                "{}: {}", String::from_utf8_lossy(&body), told
            );
        }
    }
}
