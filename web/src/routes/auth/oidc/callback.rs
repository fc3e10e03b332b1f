//! `GET /api/v1/auth/oidc/{provider}/callback`

use actix_web::cookie::Cookie;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, LOCATION, SET_COOKIE};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use identity::federation::{Callback, Landing};

use super::departing;
use super::provider::ProviderName;
use crate::error::ApiError;
use crate::extract::{FromQuery, Parameters, Query, Segment, admit_everywhere};
use crate::middleware::{Arrival, Caller};
use crate::routes::auth::{first_factor, signed_in};
use crate::state::State;

pub(super) struct Answer(Callback);

const MAX: usize = 4096;

impl FromQuery for Answer {
    /// The one route that passes over what it does not know: providers add what they like (RFC 6749, 4.1.2).
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let callback = Callback {
            code: parameters.text("code", MAX)?,
            state: parameters.text("state", MAX)?,
            error: parameters.text("error", MAX)?,
            issuer: parameters.text("iss", MAX)?,
        };
        parameters.prefixed("");
        Ok(Self(callback))
    }
}

/// Where a provider sends the browser back to.
///
/// Ends at the path that `start` was given. Who has a second factor is not in yet: the challenge stands behind the path as
/// `#second_factor_challenge=...`, for `POST /api/v1/auth/second-factor`.
#[utoipa::path(
    get,
    path = "/api/v1/auth/oidc/{provider}/callback",
    tag = "auth",
    params(
        ("provider" = String, Path, description = "Of `GET /api/v1/auth/oidc`.", example = "google"),
        ("code" = Option<String>, Query, description = "The provider's."),
        ("state" = Option<String>, Query, description = "What the browser left with."),
        ("error" = Option<String>, Query, description = "The provider's."),
        ("iss" = Option<String>, Query, description = "Who the provider is.")
    ),
    responses((status = 303, description = "to the shop"))
)]
pub(super) async fn handler(
    request: HttpRequest,
    arrival: Arrival,
    provider: Segment<ProviderName>,
    answer: Query<Answer>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    admit_everywhere(&request, Caller::SigningIn).await?;
    let (Segment(ProviderName(provider)), Query(Answer(callback))) = (provider, answer);
    let sealed = departing::shown(&request).ok_or_else(ApiError::sign_in_failed)?;
    let landed = state.identity.federation().finish(arrival.store, provider, &sealed, callback).await?;
    let (to, cookies) = match landed {
        Landing::Linked { return_to } => (return_to.to_string(), Vec::new()),
        Landing::SignsIn { account, guest, return_to, .. } => {
            let account = first_factor::find(&state, arrival.store, account).await?;
            match state.identity.second_factors().question(&account).await? {
                Some(question) => (return_to.with_fragment("second_factor_challenge", &question.challenge), Vec::new()),
                None => {
                    let answer = signed_in::signed_in(&request, &state, account, guest, false).await?;
                    (return_to.to_string(), answer.headers().get_all(SET_COOKIE).cloned().collect())
                }
            }
        }
    };
    Ok(see(&to, cookies, departing::gone(&state)))
}

fn see(path: &str, cookies: Vec<HeaderValue>, gone: Cookie<'static>) -> HttpResponse {
    let mut response = HttpResponse::SeeOther();
    response.cookie(gone);
    for cookie in cookies {
        response.append_header((SET_COOKIE, cookie));
    }
    response.insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")));
    response.insert_header((LOCATION, path)).finish()
}
