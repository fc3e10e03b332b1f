//! `GET /api/v1/admin/keys/{id}`

use actix_web::HttpResponse;
use engine::id::ApiKeyId;

use super::view::KeyView;
use crate::error::ApiError;
use crate::extract::needs::KeysRead;
use crate::routes::admin::thing::{Look, ok};

/// One key, without its secret.
#[utoipa::path(
    get,
    path = "/api/v1/admin/keys/{id}",
    tag = "admin: keys",
    security(("account" = ["keys:read"]), ("key" = ["keys:read"])),
    params(("id" = String, Path)),
    responses((status = 200, body = KeyView))
)]
pub(super) async fn handler(look: Look<KeysRead, ApiKeyId>) -> Result<HttpResponse, ApiError> {
    let key = look.keys().get(look.staff.store, look.id).await?;
    Ok(ok(&KeyView::from(key)))
}
