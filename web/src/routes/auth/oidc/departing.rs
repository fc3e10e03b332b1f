//! What a browser takes along to a provider: a cookie that no script sees, and that comes back with the provider's answer and
//! to nowhere else. `SameSite=Lax`: it is the provider that sends the browser back.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::HOST;
use engine::clock::Timestamp;
use identity::federation::Departure;

use crate::state::State;

const NAME: &str = "doorbuster_signin";
const PATH: &str = "/api/v1/auth/oidc";

pub(crate) fn cookie(departure: &Departure, now: Timestamp, state: &State) -> Cookie<'static> {
    let age = Duration::milliseconds((departure.expires_at - now).num_milliseconds());
    with(departure.sealed.clone(), age, state.behind_tls)
}

/// Takes it away again.
pub(super) fn gone(state: &State) -> Cookie<'static> {
    with(String::new(), Duration::ZERO, state.behind_tls)
}

pub(super) fn shown(request: &HttpRequest) -> Option<String> {
    request.cookie(NAME).map(|cookie| cookie.value().to_owned())
}

/// Where the provider sends the browser back to: the shop as the browser knows it. A provider sends nobody to an address that
/// was not written down with it.
pub(crate) fn redirect_uri(request: &HttpRequest, state: &State, provider: &str) -> String {
    let public = state.public_url.trim_end_matches('/');
    if !public.is_empty() {
        return format!("{public}{PATH}/{provider}/callback");
    }
    let scheme = if state.behind_tls { "https" } else { "http" };
    let named = request.headers().get(HOST).and_then(|host| host.to_str().ok());
    let host = named.or_else(|| request.uri().authority().map(|authority| authority.as_str())).unwrap_or_default();
    format!("{scheme}://{host}{PATH}/{provider}/callback")
}

fn with(value: String, age: Duration, behind_tls: bool) -> Cookie<'static> {
    Cookie::build(NAME, value)
        .path(PATH)
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(behind_tls)
        .max_age(age)
        .finish()
}
