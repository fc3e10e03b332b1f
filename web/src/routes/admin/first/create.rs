//! `POST /api/v1/admin/first`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::audit::Actor;
use identity::access::Role;
use identity::staff::Invitation;
use secrecy::SecretString;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{Body, FirstKey, Query, note};
use crate::middleware::Arrival;
use crate::routes::admin::users::{UserView, address};
use crate::state::State;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = FirstAdmin)]
pub(super) struct Request {
    #[schema(max_length = 254, example = "ann@example.com")]
    email: String,
    #[schema(min_length = 1, max_length = 500)]
    name: Option<String>,
    #[schema(value_type = String, format = Password, min_length = 8, max_length = 256)]
    password: SecretString,
}

/// Makes the first admin, while there is none. Takes the admin key of the configuration, which is good for nothing else.
#[utoipa::path(
    post,
    path = "/api/v1/admin/first",
    tag = "admin: users",
    security(("admin_key" = [])),
    request_body = Request,
    responses((status = 201, body = UserView))
)]
pub(super) async fn handler(
    _: FirstKey,
    arrival: Arrival,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let Request { email, name, password } = body.value;
    let invitation = Invitation { email: address(&email)?, name: note("/name", name)?, role: Role::Admin };
    let actor =
        Actor { address: Some(arrival.address), trace_id: Some(arrival.trace.id().to_owned()), ..Actor::OPERATOR };
    let account = state.identity.staff().make_first_admin(arrival.store, invitation, password, actor).await?;
    Ok(HttpResponse::Created().json(UserView::from(account)))
}
