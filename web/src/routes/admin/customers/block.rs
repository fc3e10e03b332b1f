//! `POST /api/v1/admin/customers/{id}/block`

use actix_web::HttpResponse;
use engine::id::AccountId;
use identity::staff::Turn;

use super::turned;
use super::view::CustomerView;
use crate::error::ApiError;
use crate::extract::needs::CustomersWrite;
use crate::extract::{NoFields, OptionalBody};
use crate::routes::admin::thing::{Change, ok};

/// Keeps a customer out: their sessions end, and they cannot log in. Their orders go on.
#[utoipa::path(
    post,
    path = "/api/v1/admin/customers/{id}/block",
    tag = "admin: customers",
    security(("account" = ["customers:write"]), ("key" = ["customers:write"])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header)
    ),
    responses((status = 200, body = CustomerView))
)]
pub(super) async fn handler(
    change: Change<CustomersWrite, AccountId>,
    _: OptionalBody<NoFields>,
) -> Result<HttpResponse, ApiError> {
    Ok(ok(&CustomerView::from(turned(change, Turn::Block).await?)))
}
