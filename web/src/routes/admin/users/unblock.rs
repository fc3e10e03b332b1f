//! `POST /api/v1/admin/users/{id}/unblock`

use actix_web::HttpResponse;
use engine::id::AccountId;
use identity::staff::Turn;

use super::turned;
use super::view::UserView;
use crate::error::ApiError;
use crate::extract::needs::StaffWrite;
use crate::extract::{NoFields, OptionalBody};
use crate::routes::admin::thing::{Change, ok};

/// Lets somebody in again who was kept out.
#[utoipa::path(
    post,
    path = "/api/v1/admin/users/{id}/unblock",
    tag = "admin: users",
    security(("account" = ["staff:write"]), ("key" = ["staff:write"])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header)
    ),
    responses((status = 200, body = UserView))
)]
pub(super) async fn handler(
    change: Change<StaffWrite, AccountId>,
    _: OptionalBody<NoFields>,
) -> Result<HttpResponse, ApiError> {
    Ok(ok(&UserView::from(turned(change, Turn::Unblock).await?)))
}
