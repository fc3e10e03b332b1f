//! `If-Match` and `If-None-Match`: against which version.
//!
//! Entity tags of things that change are their version in quotes (`"7"`). A weak tag never matches a change, a tag that is
//! not ours matches nothing.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{self as fields, HeaderName, HeaderValue};
use actix_web::{FromRequest, HttpRequest};

use super::header;
use crate::document::names;
use crate::error::ApiError;

/// The version that a change is made against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IfMatch {
    /// `*`: whatever version is there.
    Any,
    Version(i64),
    /// A tag that is no version of ours: matches nothing.
    Nothing,
}

/// `If-Match`, where it is not required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptionalIfMatch(pub Option<IfMatch>);

/// The tags of the copies that a reader has.
#[derive(Debug, Clone)]
pub struct IfNoneMatch(Option<HeaderValue>);

impl IfMatch {
    fn parse(value: &str) -> Result<Self, ApiError> {
        if value == "*" {
            return Ok(Self::Any);
        }
        let mut tags = value.split(',').map(str::trim).filter(|tag| !tag.is_empty());
        let (Some(tag), None) = (tags.next(), tags.next()) else {
            return Err(ApiError::bad_request("If-Match names one version"));
        };
        let strong = tag.strip_prefix("W/").is_none();
        let opaque = tag.trim_start_matches("W/");
        let Some(opaque) = opaque.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')) else {
            return Err(ApiError::bad_request("If-Match is an entity tag in quotes, or *"));
        };
        Ok(match opaque.parse() {
            Ok(version) if strong => Self::Version(version),
            Ok(_) | Err(_) => Self::Nothing,
        })
    }

    /// The version to compare with. Versions count from 0, so -1 is none of them.
    pub fn expected(self) -> Option<i64> {
        match self {
            Self::Any => None,
            Self::Version(version) => Some(version),
            Self::Nothing => Some(-1),
        }
    }
}

impl FromRequest for IfMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match header(request, &fields::IF_MATCH) {
            Ok(Some(value)) => Self::parse(value),
            Ok(None) => Err(ApiError::precondition_required()),
            Err(error) => Err(error),
        })
    }
}

impl FromRequest for OptionalIfMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let value = header(request, &fields::IF_MATCH);
        ready(value.and_then(|value| value.map(IfMatch::parse).transpose()).map(Self))
    }
}

impl IfNoneMatch {
    const NAME: HeaderName = fields::IF_NONE_MATCH;

    /// Whether the reader has this very copy.
    pub fn has(&self, etag: &HeaderValue) -> bool {
        self.0.as_ref().is_some_and(|known| names(known, etag))
    }
}

impl FromRequest for IfNoneMatch {
    type Error = ApiError;
    type Future = Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(request.headers().get(Self::NAME).cloned())))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_version_is_named_by_a_strong_tag_in_quotes() {
        let cases = [
            ("\"7\"", Some(IfMatch::Version(7))),
            ("*", Some(IfMatch::Any)),
            ("W/\"7\"", Some(IfMatch::Nothing)),
            ("\"other\"", Some(IfMatch::Nothing)),
            ("7", None),
            ("\"7\", \"8\"", None),
            ("", None),
        ];
        for (value, parsed) in cases {
            assert_eq!(IfMatch::parse(value).ok(), parsed, "{value}");
        }
    }

    proptest! {
        #[test]
        fn every_version_is_read_as_it_was_shown(version in any::<i64>()) {
            let shown = crate::view::etag(version);
            prop_assert_eq!(IfMatch::parse(shown.to_str().expect("ASCII")).ok(), Some(IfMatch::Version(version)));
        }

        #[test]
        fn any_text_is_a_version_or_none(text in "(W/)?\"?\\PC{0,8}\"?(, ?\"[0-9]\")?") {
            if let Ok(IfMatch::Version(version)) = IfMatch::parse(&text) {
                prop_assert!(text.contains(&version.to_string()) || text.contains('+') || text.contains("0"));
            }
        }
    }
}
