//! `POST /api/v1/me/identities/{provider}`

use actix_web::http::header::{CACHE_CONTROL, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use identity::federation::{ReturnTo, Traveller};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Customer, OptionalBody, Query, Segment};
use crate::middleware::Arrival;
use crate::routes::auth::oidc::{ProviderName, departing};
use crate::routes::me::assured::assure;
use crate::state::State;

#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = IdentityLink)]
pub(super) struct Request {
    /// A path of this shop: where the browser ends.
    #[serde(default)]
    #[schema(max_length = 512, example = "/account")]
    return_to: Option<String>,
    /// Needed unless you signed in within the last ten minutes.
    #[schema(value_type = Option<String>, format = Password, max_length = 256)]
    current_password: Option<SecretString>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = IdentityLinkBegun)]
pub(super) struct Response {
    /// Where to send the browser.
    #[schema(example = "https://accounts.google.com/o/oauth2/v2/auth?response_type=code&client_id=shop")]
    url: String,
}

/// Begins to link an account elsewhere with yours.
///
/// Send the browser that asked to `url`. It comes back by way of the provider, and from then on that account opens yours. Needs
/// your password, or that you signed in just now; and an address that you confirmed, where you have one.
#[utoipa::path(
    post,
    path = "/api/v1/me/identities/{provider}",
    tag = "me",
    params(("provider" = String, Path, description = "Of `GET /api/v1/auth/oidc`.", example = "google")),
    security(("account" = [])),
    request_body = Request,
    responses((status = 200, body = Response))
)]
pub(super) async fn handler(
    request: HttpRequest,
    arrival: Arrival,
    customer: Customer,
    provider: Segment<ProviderName>,
    _: Query<()>,
    body: OptionalBody<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let Segment(ProviderName(provider)) = provider;
    let Request { return_to, current_password } = body.value;
    let return_to = match return_to {
        Some(path) => ReturnTo::parse(&path).map_err(|error| ApiError::invalid("/return_to", error.to_string()))?,
        None => ReturnTo::default(),
    };
    assure(&request, &state, customer, &arrival, current_password).await?;
    let back = departing::redirect_uri(&request, &state, &provider);
    let federation = state.identity.federation();
    let traveller = Traveller::Account { id: customer.account, session: customer.session };
    let departure = federation.begin(customer.store, provider, back, return_to, traveller).await?;
    Ok(HttpResponse::Ok()
        .cookie(departing::cookie(&departure, arrival.now, &state))
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .json(Response { url: departure.url }))
}
