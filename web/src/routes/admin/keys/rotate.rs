//! `POST /api/v1/admin/keys/{id}/rotate`

use actix_web::HttpResponse;
use engine::id::ApiKeyId;
use identity::access::Overlap;
use serde::Deserialize;
use utoipa::ToSchema;

use super::may_hand_out;
use super::view::{IssuedView, issued};
use crate::error::ApiError;
use crate::extract::Body;
use crate::extract::needs::KeysWrite;
use crate::routes::admin::thing::Change;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RotateRequest)]
pub(super) struct Request {
    /// For how long the old key goes on to open what it opened: at most seven days. 0: not at all.
    #[schema(minimum = 0, maximum = 604_800)]
    overlap_s: i64,
}

/// Makes a key that takes the place of this one: the same name, scopes and expiry, another secret.
///
/// The secret is in this answer and nowhere else. A key is replaced once: of two who try at the same time one is told
/// `invalid_state`. Idempotency keys of the old key are known under the new one.
#[utoipa::path(
    post,
    path = "/api/v1/admin/keys/{id}/rotate",
    tag = "admin: keys",
    security(("account" = ["keys:write"]), ("key" = ["keys:write"])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header)
    ),
    request_body = Request,
    responses((status = 201, body = IssuedView))
)]
pub(super) async fn handler(
    change: Change<KeysWrite, ApiKeyId>,
    body: Body<Request>,
) -> Result<HttpResponse, ApiError> {
    let seconds = body.value.overlap_s;
    let overlap =
        Overlap::seconds(seconds).ok_or_else(|| ApiError::invalid("/overlap_s", format!("0 to {}", Overlap::MAX_S)))?;
    let (keys, store) = (change.keys(), change.staff.store);
    let old = keys.get(store, change.id).await?;
    may_hand_out(&change.staff, old.kind, &old.scopes)?;
    Ok(issued(keys.rotate(store, change.id, change.expected, overlap).await?))
}
