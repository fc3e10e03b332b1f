//! `GET /api/v1/admin/customers/{id}`

use actix_web::HttpResponse;
use engine::id::AccountId;

use super::view::CustomerView;
use crate::error::ApiError;
use crate::extract::needs::CustomersRead;
use crate::routes::admin::thing::{Look, ok};

/// One customer's account.
#[utoipa::path(
    get,
    path = "/api/v1/admin/customers/{id}",
    tag = "admin: customers",
    security(("account" = ["customers:read"]), ("key" = ["customers:read"])),
    params(("id" = String, Path)),
    responses((status = 200, body = CustomerView))
)]
pub(super) async fn handler(look: Look<CustomersRead, AccountId>) -> Result<HttpResponse, ApiError> {
    let account = look.users().customer(look.staff.store, look.id).await?;
    Ok(ok(&CustomerView::from(account)))
}
