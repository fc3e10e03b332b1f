//! `ApiError`: what a request is told when the answer is no, in one shape for all of the program (RFC 9457).
//!
//! An error is made where the refusal is known (`ApiError::price_changed(..)`), and written out by the door, which knows
//! the path and the trace id. The causes of our own faults go to the log and never into the body.

mod code;
mod constructors;
mod customer;
mod domain;
pub(crate) mod members;
mod problem;
mod ways_in;
mod who;

use std::any::Any;
use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde_json::{Map, Value};

pub use code::Code;
pub use constructors::{FieldError, LimitReached, Shortage};
pub(crate) use problem::{Context, Rendered, render};

/// A refusal or a failure. Boxed inside, so that a `Result` that carries it stays small.
pub struct ApiError(Box<Parts>);

struct Parts {
    code: Code,
    status: StatusCode,
    detail: Option<Cow<'static, str>>,
    /// The members that `code` adds to the document.
    members: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// What was not read of the body. The connection ends after the answer.
    unread: RefCell<Option<Box<dyn Any>>>,
    /// For the log only.
    cause: Option<String>,
}

impl ApiError {
    pub fn new(code: Code) -> Self {
        Self(Box::new(Parts {
            code,
            status: code.status(),
            detail: None,
            members: Map::new(),
            headers: Vec::new(),
            unread: RefCell::new(None),
            cause: None,
        }))
    }

    pub fn code(&self) -> Code {
        self.0.code
    }

    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// A sentence for people: lower case, no full stop, with the values.
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// # Panics
    /// In debug builds, if the code does not promise this member: the description would be wrong.
    pub fn member(mut self, name: &str, value: impl Into<Value>) -> Self {
        debug_assert!(self.0.code.members().any(|member| member.name == name), "{} has no {name}", self.0.code.name());
        self.0.members.insert(name.to_owned(), value.into());
        self
    }

    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Ends the connection after the answer. The server closes only while somebody still holds the rest of the body; it
    /// would wait for a chunked one for ever.
    pub(crate) fn leaving_unread(self, rest: impl Any) -> Self {
        self.0.unread.replace(Some(Box::new(rest)));
        self
    }

    /// The same code under another status, where the conventions know two (`version_conflict`).
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = status;
        self
    }

    /// What the log shall say about it. Never shown to the caller.
    pub fn caused_by(mut self, cause: impl fmt::Display) -> Self {
        self.0.cause = Some(cause.to_string());
        self
    }

    #[cfg(test)]
    pub(crate) fn first_field(&self) -> Option<(String, String)> {
        let first = self.0.members.get("errors")?.get(0)?;
        let text = |name| first.get(name).and_then(Value::as_str).map(str::to_owned);
        Some((text("pointer")?, text("code")?))
    }

    pub(crate) fn cause(&self) -> Option<&str> {
        self.0.cause.as_deref()
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.code.name())?;
        match self.0.detail.as_deref().or(self.0.cause.as_deref()) {
            Some(detail) => write!(f, ": {detail}"),
            None => Ok(()),
        }
    }
}

impl fmt::Debug for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    /// The status alone: the door replaces it by the document, which needs the path and the trace id.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.0.status)
    }
}
