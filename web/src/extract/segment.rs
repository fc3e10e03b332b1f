//! A segment of the path, parsed into what it names. What cannot be the name of anything is not there (404).

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::error::ApiError;

/// What can be read from a path. `NAME` is the placeholder in the route's pattern.
pub trait FromSegment: Sized {
    const NAME: &'static str;

    /// `None`: no such thing can exist.
    fn from_segment(text: &str) -> Option<Self>;
}

/// The path's `{NAME}`.
#[derive(Debug, Clone)]
pub struct Segment<T>(pub T);

impl<T: FromSegment> FromRequest for Segment<T> {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(segment(request).map(Self))
    }
}

fn segment<T: FromSegment>(request: &HttpRequest) -> Result<T, ApiError> {
    let raw = request.match_info().get(T::NAME).expect("the route's pattern has this placeholder");
    let text = decode(raw).ok_or_else(|| ApiError::bad_request("the path is not percent-encoded UTF-8"))?;
    T::from_segment(&text).ok_or_else(|| ApiError::not_found(format!("no {} is called that", T::NAME)))
}

fn decode(raw: &str) -> Option<std::borrow::Cow<'_, str>> {
    if !raw.contains('%') {
        return Some(raw.into());
    }
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let mut digit = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
                u8::try_from(digit()? * 16 + digit()?).expect("two hexadecimal digits")
            }
            plain => plain,
        });
    }
    String::from_utf8(bytes).ok().map(Into::into)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_segment_is_read_as_it_was_written(name in any::<String>()) {
            let encoded = name.bytes().fold(String::new(), |mut encoded, byte| {
                write!(encoded, "%{byte:02x}").expect("a string takes everything");
                encoded
            });
            let read = decode(&encoded);
            prop_assert_eq!(read.as_deref(), Some(name.as_str()));
        }

        #[test]
        fn any_segment_is_a_text_or_none(raw in "[a-c%0-9]{0,20}|\\PC{0,20}") {
            match decode(&raw) {
                Some(text) if raw.contains('%') => prop_assert!(text.len() < raw.len()),
                Some(text) => prop_assert_eq!(text.as_ref(), raw.as_str()),
                None => prop_assert!(raw.contains('%')),
            }
        }
    }
}
