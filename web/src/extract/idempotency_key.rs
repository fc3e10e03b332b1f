//! `Idempotency-Key`: the name a client gives to an attempt, so that a repetition is recognised.
//!
//! Written as the draft has it, a quoted string (`"8e03978e"`), or bare, as most clients do.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::HeaderName;
use actix_web::{FromRequest, HttpRequest};

use super::header;
use crate::error::ApiError;

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
const MAX_LENGTH: usize = 255;

/// A key, required.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

/// A key, if one was sent. A key that cannot be read is refused, not ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptionalIdempotencyKey(pub Option<IdempotencyKey>);

impl IdempotencyKey {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn into_string(self) -> String {
        self.0
    }

    fn parse(value: &str) -> Result<Self, ApiError> {
        let key = match value.strip_prefix('"') {
            Some(rest) => unquote(rest),
            None => value.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"').then(|| value.to_owned()),
        };
        match key {
            Some(key) if (1..=MAX_LENGTH).contains(&key.len()) => Ok(Self(key)),
            Some(_) | None => Err(ApiError::bad_request("Idempotency-Key is 1 to 255 printable ASCII characters")),
        }
    }
}

/// A string of structured fields (RFC 8941), after its first quote.
fn unquote(rest: &str) -> Option<String> {
    let mut key = String::with_capacity(rest.len());
    let mut characters = rest.chars();
    loop {
        match characters.next()? {
            '"' => break,
            '\\' => key.push(characters.next().filter(|escaped| matches!(escaped, '"' | '\\'))?),
            plain @ ' '..='~' => key.push(plain),
            _ => return None,
        }
    }
    characters.as_str().is_empty().then_some(key)
}

impl FromRequest for IdempotencyKey {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match header(request, &HEADER) {
            Ok(Some(value)) => Self::parse(value),
            Ok(None) => Err(ApiError::idempotency_key_required()),
            Err(error) => Err(error),
        })
    }
}

impl FromRequest for OptionalIdempotencyKey {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let value = header(request, &HEADER);
        ready(value.and_then(|value| value.map(IdempotencyKey::parse).transpose()).map(Self))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_is_read_quoted_or_bare() {
        let cases = [
            ("8e03978e-40d5-43dd-bc93-6894a57f9324", Some("8e03978e-40d5-43dd-bc93-6894a57f9324")),
            ("\"8e03978e\"", Some("8e03978e")),
            (r#""a \"b\" \\ c""#, Some(r#"a "b" \ c"#)),
            ("", None),
            ("\"\"", None),
            ("\"open", None),
            ("\"a\"b", None),
            ("\"a\\n\"", None),
            ("two words", None),
            ("half\"quoted", None),
        ];
        for (value, key) in cases {
            assert_eq!(IdempotencyKey::parse(value).ok().map(IdempotencyKey::into_string).as_deref(), key, "{value}");
        }
        assert!(IdempotencyKey::parse(&"k".repeat(255)).is_ok());
        assert!(IdempotencyKey::parse(&"k".repeat(256)).is_err());
    }

    proptest! {
        #[test]
        fn every_key_is_read_as_it_was_quoted(key in "[ -~]{1,255}") {
            let quoted = format!("\"{}\"", key.replace('\\', "\\\\").replace('"', "\\\""));
            prop_assert_eq!(IdempotencyKey::parse(&quoted).ok().map(IdempotencyKey::into_string), Some(key));
        }

        #[test]
        fn any_text_is_a_key_of_a_bearable_length_or_none(text in "\\PC{0,300}|\"[ -~]{0,300}\"?") {
            if let Ok(IdempotencyKey(key)) = IdempotencyKey::parse(&text) {
                prop_assert!((1..=MAX_LENGTH).contains(&key.len()));
                prop_assert!(key.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            }
        }
    }
}
