//! `POST /api/v1/auth/register`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use identity::account::Registration;
use identity::proof::Task;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use super::accepted::Accepted;
use super::email::email;
use crate::error::ApiError;
use crate::extract::{Body, Query, admit_everywhere, note, proof};
use crate::middleware::{Arrival, Caller};
use crate::state::State;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Registration)]
pub(super) struct Request {
    #[schema(max_length = 254, format = Email, example = "ann@example.com")]
    email: String,
    /// None of those that everybody tries first.
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 256)]
    password: SecretString,
    #[schema(min_length = 1, max_length = 500, example = "Ann")]
    name: Option<String>,
}

/// Makes an account.
///
/// The answer is the same whether or not there is an account with this address, and takes as long: nobody learns from it who
/// is a customer of this shop. Whom the address belongs to is told by mail. A new account can log in at once.
#[utoipa::path(
    post,
    path = "/api/v1/auth/register",
    tag = "auth",
    params(("Proof-Of-Work" = Option<String>, Header, description = "an answered challenge, where one is asked for")),
    request_body = Request,
    responses((status = 202, body = Accepted))
)]
pub(super) async fn handler(
    request: HttpRequest,
    arrival: Arrival,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let Request { email: address, password, name } = body.value;
    let wanted = Registration { email: email("/email", &address)?, password, name: note("/name", name)? };
    admit_everywhere(&request, Caller::SigningIn).await?;
    proof::demand(&request, Task::Registration, proof::of_network(arrival.address)).await?;
    state.identity.accounts().register(arrival.store, wanted, arrival.now).await?;
    Ok(Accepted::respond())
}
