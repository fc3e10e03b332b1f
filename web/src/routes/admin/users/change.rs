//! `PATCH /api/v1/admin/users/{id}`

use actix_web::HttpResponse;
use engine::id::AccountId;
use identity::access::Role;
use identity::staff::Turn;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::UserView;
use crate::error::ApiError;
use crate::extract::Body;
use crate::extract::needs::StaffWrite;
use crate::routes::admin::thing::{Change, ok};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UserPatch)]
pub(super) struct Request {
    #[schema(example = "admin", pattern = "^(customer|seller|support|admin)$")]
    role: String,
}

/// Changes what somebody may do. Their sessions end, so that they log in to it anew. Somebody who is a customer is found by
/// their id here too, and can be taken on. The last admin stays one.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/users/{id}",
    tag = "admin: users",
    security(("account" = ["staff:write"]), ("key" = ["staff:write"])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header, pattern = r#"^(\*|"[0-9]+")$"#, description = "the ETag you read, or *")
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
    let (store, actor) = (change.staff.store, change.staff.actor());
    let account = change.users().turn(store, change.id, change.expected, Turn::Role(role), actor).await?;
    Ok(ok(&UserView::from(account)))
}
