//! `DELETE /api/v1/me`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use chrono::TimeDelta;
use engine::cart::{Edit, Owner};
use identity::access::Role;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Customer, OptionalBody, Query};
use crate::middleware::Arrival;
use crate::routes::auth::admit_guess;
use crate::state::State;

#[derive(Deserialize, Default, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Farewell)]
pub(super) struct Request {
    /// Needed unless you signed in within the last ten minutes.
    #[schema(value_type = Option<String>, format = Password, max_length = 256)]
    current_password: Option<SecretString>,
}

const FRESH: TimeDelta = TimeDelta::minutes(10);

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

/// That it is the owner who asks, and not whoever found their phone.
async fn assure(
    request: &HttpRequest,
    state: &State,
    customer: Customer,
    arrival: &Arrival,
    password: Option<SecretString>,
) -> Result<(), ApiError> {
    let Some(password) = password else {
        let sessions = state.identity.sessions().list(customer.store, customer.account, arrival.now).await?;
        let mine = sessions.iter().find(|session| session.id == customer.session);
        return match mine {
            Some(session) if arrival.now - session.begun_at <= FRESH => Ok(()),
            Some(_) | None => Err(ApiError::invalid("/current_password", "send it, or log in again first")),
        };
    };
    admit_guess(request, customer.account).await?;
    let account = state.identity.accounts().find(customer.store, customer.account).await?;
    let email = account.and_then(|account| account.email);
    let Some(email) = email else { return Err(ApiError::invalid("/current_password", "there is none")) };
    match state.identity.accounts().log_in(customer.store, email, password).await {
        Ok(account) if account.id == customer.account => Ok(()),
        Ok(_) | Err(identity::account::LoginError::Wrong) => {
            Err(ApiError::invalid("/current_password", "is not your password"))
        }
        Err(error) => Err(error.into()),
    }
}
