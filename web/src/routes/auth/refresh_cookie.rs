//! The refresh token's cookie: scripts do not see it, other sites do not send it, and it goes nowhere but to where it is
//! needed.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use engine::clock::Timestamp;
use secrecy::{ExposeSecret, SecretString};

const NAME: &str = "doorbuster_refresh";
const PATH: &str = "/api/v1/auth";

pub(super) fn of(token: &SecretString, expires_at: Timestamp, now: Timestamp, behind_tls: bool) -> Cookie<'static> {
    with(token.expose_secret().to_owned(), Duration::milliseconds((expires_at - now).num_milliseconds()), behind_tls)
}

/// Takes it away again.
pub(super) fn gone(behind_tls: bool) -> Cookie<'static> {
    with(String::new(), Duration::ZERO, behind_tls)
}

pub(super) fn shown(request: &HttpRequest) -> Option<SecretString> {
    request.cookie(NAME).map(|cookie| cookie.value().into())
}

fn with(value: String, age: Duration, behind_tls: bool) -> Cookie<'static> {
    Cookie::build(NAME, value)
        .path(PATH)
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(behind_tls)
        .max_age(age)
        .finish()
}
