//! `GET /api/v1/auth/oidc/{provider}/start`

use actix_web::http::header::{CACHE_CONTROL, HeaderValue, LOCATION};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use identity::federation::{ReturnTo, Traveller};

use super::departing;
use super::provider::ProviderName;
use crate::error::ApiError;
use crate::extract::{FromQuery, Parameters, Query, Segment, admit_everywhere};
use crate::middleware::{Arrival, Caller};
use crate::routes::auth::first_factor;
use crate::state::State;

#[derive(Debug, Clone, Default)]
pub(super) struct Wish {
    return_to: ReturnTo,
}

impl FromQuery for Wish {
    fn from_query(parameters: &mut Parameters) -> Result<Self, ApiError> {
        Ok(Self { return_to: parameters.parsed("return_to", ReturnTo::parse)?.unwrap_or_default() })
    }
}

/// Sends a browser to a provider.
///
/// To be visited, not fetched: the provider asks who they are and sends the browser back, which ends at `return_to` with the
/// refresh token in its cookie; `POST /api/v1/auth/refresh` gets the access token.
#[utoipa::path(
    get,
    path = "/api/v1/auth/oidc/{provider}/start",
    tag = "auth",
    params(
        ("provider" = String, Path, description = "Of `GET /api/v1/auth/oidc`.", example = "google"),
        ("return_to" = Option<String>, Query, description = "A path of this shop.", example = "/account")
    ),
    responses((status = 303, description = "to the provider"))
)]
pub(super) async fn handler(
    request: HttpRequest,
    arrival: Arrival,
    provider: Segment<ProviderName>,
    wish: Query<Wish>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    admit_everywhere(&request, Caller::SigningIn).await?;
    let Segment(ProviderName(provider)) = provider;
    let back = departing::redirect_uri(&request, &state, &provider);
    let guest = Traveller::Guest(first_factor::was_guest(&request));
    let federation = state.identity.federation();
    let departure = federation.begin(arrival.store, provider, back, wish.return_to.clone(), guest).await?;
    Ok(HttpResponse::SeeOther()
        .cookie(departing::cookie(&departure, arrival.now, &state))
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .insert_header((LOCATION, departure.url))
        .finish())
}
