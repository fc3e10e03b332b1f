//! `GET /api/v1/admin/search/synonyms/{id}`

use actix_web::HttpResponse;
use engine::id::SynonymId;

use super::view::SynonymView;
use crate::error::ApiError;
use crate::extract::needs::SearchRead;
use crate::routes::admin::thing::{Look, ok};

/// One synonym.
#[utoipa::path(
    get,
    path = "/api/v1/admin/search/synonyms/{id}",
    tag = "admin: search",
    security(("account" = ["search:read"]), ("key" = ["search:read"])),
    params(("id" = String, Path)),
    responses((status = 200, body = SynonymView))
)]
pub(super) async fn handler(look: Look<SearchRead, SynonymId>) -> Result<HttpResponse, ApiError> {
    let synonym = look.merchandising().synonym(look.staff.store, look.id).await?;
    Ok(ok(&SynonymView::from(synonym)))
}
