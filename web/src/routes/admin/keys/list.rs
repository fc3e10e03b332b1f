//! `GET /api/v1/admin/keys`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::id::ApiKeyId;

use super::view::KeyView;
use crate::error::ApiError;
use crate::extract::needs::KeysRead;
use crate::extract::{Query, Staff};
use crate::routes::admin::thing::After;
use crate::state::State;
use crate::view::Listing;

/// All keys, also those that have ended, by id.
#[utoipa::path(
    get,
    path = "/api/v1/admin/keys",
    tag = "admin: keys",
    security(("account" = ["keys:read"]), ("key" = ["keys:read"])),
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, min_length = 1)
    ),
    responses((status = 200, body = Listing<KeyView>))
)]
pub(super) async fn handler(
    request: HttpRequest,
    staff: Staff<KeysRead>,
    Query(page): Query<After<ApiKeyId>>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let read = state.identity.keys().after(staff.store, page.after, page.wanted()).await?;
    Ok(page.respond(&request, read, KeyView::from))
}
