//! `POST /api/v1/admin/keys/{id}/revoke`

use actix_web::HttpResponse;
use engine::id::ApiKeyId;

use super::view::KeyView;
use crate::error::ApiError;
use crate::extract::needs::KeysWrite;
use crate::extract::{NoFields, OptionalBody};
use crate::routes::admin::thing::{Change, ok};

/// Ends a key for good. Other servers of this shop know of it within half a second.
#[utoipa::path(
    post,
    path = "/api/v1/admin/keys/{id}/revoke",
    tag = "admin: keys",
    security(("account" = ["keys:write"]), ("key" = ["keys:write"])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header)
    ),
    responses((status = 200, body = KeyView))
)]
pub(super) async fn handler(
    change: Change<KeysWrite, ApiKeyId>,
    _: OptionalBody<NoFields>,
) -> Result<HttpResponse, ApiError> {
    let key = change.keys().revoke(change.staff.store, change.id, change.expected).await?;
    Ok(ok(&KeyView::from(key)))
}
