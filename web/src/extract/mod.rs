//! What is easy to forget, as arguments of a handler: who is asking, under which key, against which version, and bodies
//! and queries in which nothing is ignored.

mod body;
mod customer;
mod first_key;
mod guest_token;
mod idempotency_key;
mod if_match;
pub mod needs;
mod page;
mod present;
mod principal;
pub(crate) mod proof;
mod query;
mod refuses;
mod segment;
mod sku;
mod staff;

pub use body::{Body, NoFields, OptionalBody};
pub use customer::Customer;
pub use first_key::{AdminKey, FirstKey};
pub use guest_token::{GuestToken, GuestTokens, InvalidToken};
pub use idempotency_key::{IdempotencyKey, OptionalIdempotencyKey};
pub use if_match::{IfMatch, IfNoneMatch, OptionalIfMatch};
pub use needs::Needs;
pub use page::PageRequest;
pub(crate) use present::present;
pub use principal::{Anyone, COOKIE, Principal};
pub(crate) use principal::{access_shown, admit, admit_everywhere, guest_shown, has_shown};
pub use query::{FromQuery, Parameters, Query};
pub use refuses::Refuses;
pub use segment::{FromSegment, Segment};
pub use staff::Staff;

use actix_web::HttpRequest;
use actix_web::web::Data;

use crate::state::State;

fn state(request: &HttpRequest) -> &State {
    request.app_data::<Data<State>>().expect("the state is put into every application")
}

/// A header's value, if it is sent once and is text.
fn header<'a>(
    request: &'a HttpRequest,
    name: &actix_web::http::header::HeaderName,
) -> Result<Option<&'a str>, crate::error::ApiError> {
    let mut values = request.headers().get_all(name);
    let Some(first) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(crate::error::ApiError::bad_request(format!("send {name} once")));
    }
    let text = first.to_str().map_err(|_| crate::error::ApiError::bad_request(format!("{name} is not text")))?;
    Ok(Some(text.trim()))
}

/// A short text for people: at most 500 characters, none of them a control character.
pub(crate) fn note(pointer: &str, text: Option<String>) -> Result<Option<String>, crate::error::ApiError> {
    match text {
        Some(text) if text.chars().count() > 500 || text.chars().any(char::is_control) || text.trim().is_empty() => {
            Err(crate::error::ApiError::invalid(pointer, "1 to 500 characters on one line"))
        }
        text => Ok(text),
    }
}

/// A word of a closed list.
pub(crate) fn word<T>(pointer: &str, text: Option<String>) -> Result<Option<T>, crate::error::ApiError>
where
    T: std::str::FromStr<Err: std::fmt::Display>,
{
    let parse = |text: String| {
        text.parse().map_err(|error: T::Err| crate::error::ApiError::invalid(pointer, error.to_string()))
    };
    text.map(parse).transpose()
}
