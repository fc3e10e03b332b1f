//! `DELETE /api/v1/me`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::cart::{Edit, Owner};
use identity::access::Role;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::assured::assure;
use crate::error::ApiError;
use crate::extract::{Customer, OptionalBody, Query};
use crate::middleware::Arrival;
use crate::state::State;

#[derive(Deserialize, Default, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Farewell)]
pub(super) struct Request {
    /// Needed unless you signed in within the last ten minutes.
    #[schema(value_type = Option<String>, format = Password, max_length = 256)]
    current_password: Option<SecretString>,
}

/// Forgets you.
///
/// Your account, addresses, wishes and messages go at once, and your address may register again. Your orders stay with what
/// was bought and paid, as tax law asks; how to reach you is taken out of them as soon as they have ended, where they went
/// when the time is over that the law asks for. Needs your password, or that you signed in just now.
#[utoipa::path(
    delete,
    path = "/api/v1/me",
    tag = "me",
    security(("account" = [])),
    request_body(content = Option<Request>),
    responses((status = 204, description = "you are forgotten"))
)]
pub(super) async fn handler(
    request: HttpRequest,
    customer: Customer,
    arrival: Arrival,
    _: Query<()>,
    body: OptionalBody<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    if customer.role != Role::Customer {
        return Err(ApiError::forbidden("customer").detail("who works for the shop asks its admin"));
    }
    assure(&request, &state, customer, &arrival, body.value.current_password).await?;
    let owner = Owner { store: customer.store, principal: customer.account.principal() };
    for line in &state.engine.cart().view(owner).await?.lines {
        state.engine.cart().edit(owner, Edit::Remove { sku: line.sku.clone() }, None).await?;
    }
    let ended = state.identity.customers().erase(customer.store, customer.account).await?;
    state.identity.sessions().heard(ended, arrival.now);
    Ok(HttpResponse::NoContent().finish())
}
