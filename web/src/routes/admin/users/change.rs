//! `PATCH /api/v1/admin/users/{id}`

use actix_web::HttpResponse;
use engine::id::AccountId;
use identity::access::Role;
use identity::staff::Turn;
use serde::Deserialize;
use utoipa::ToSchema;

use super::turned;
use super::view::UserView;
use crate::description::words;
use crate::error::ApiError;
use crate::extract::Body;
use crate::extract::needs::StaffWrite;
use crate::routes::admin::thing::{Change, ok};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UserPatch)]
pub(super) struct Request {
    #[schema(value_type = words::AccountRole)]
    role: String,
}

/// Changes what somebody may do. Their sessions end, so that they log in to it anew. Somebody who is a customer is found by
/// their id here too, and can be taken on, once they have confirmed their address. The last admin stays one. Whoever changes it
/// may do themselves what both roles may.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/users/{id}",
    tag = "admin: users",
    security(("account" = ["staff:write"]), ("key" = ["staff:write"])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header)
    ),
    request_body = Request,
    responses((status = 200, body = UserView))
)]
pub(super) async fn handler(
    change: Change<StaffWrite, AccountId>,
    body: Body<Request>,
) -> Result<HttpResponse, ApiError> {
    let role: Role =
        body.value.role.parse().map_err(|_| ApiError::invalid("/role", "one of customer, seller, support, admin"))?;
    Ok(ok(&UserView::from(turned(change, Turn::Role(role)).await?)))
}
