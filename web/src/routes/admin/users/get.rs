//! `GET /api/v1/admin/users/{id}`

use actix_web::HttpResponse;
use engine::id::AccountId;

use super::view::UserView;
use crate::error::ApiError;
use crate::extract::needs::StaffRead;
use crate::routes::admin::thing::{Look, ok};

/// One account of the staff, or of a seller.
#[utoipa::path(
    get,
    path = "/api/v1/admin/users/{id}",
    tag = "admin: users",
    security(("account" = ["staff:read"]), ("key" = ["staff:read"])),
    params(("id" = String, Path)),
    responses((status = 200, body = UserView))
)]
pub(super) async fn handler(look: Look<StaffRead, AccountId>) -> Result<HttpResponse, ApiError> {
    let account = look.users().get(look.staff.store, look.id).await?;
    Ok(ok(&UserView::from(account)))
}
