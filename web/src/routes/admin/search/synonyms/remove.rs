//! `DELETE /api/v1/admin/search/synonyms/{id}`

use actix_web::HttpResponse;
use engine::id::SynonymId;

use crate::error::ApiError;
use crate::extract::needs::SearchWrite;
use crate::extract::{NoFields, OptionalBody};
use crate::routes::admin::thing::Change;

/// Removes a synonym.
#[utoipa::path(
    delete,
    path = "/api/v1/admin/search/synonyms/{id}",
    tag = "admin: search",
    security(("account" = ["search:write"]), ("key" = ["search:write"])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header)
    ),
    responses((status = 204, description = "it is gone"))
)]
pub(super) async fn handler(
    change: Change<SearchWrite, SynonymId>,
    _: OptionalBody<NoFields>,
) -> Result<HttpResponse, ApiError> {
    change.merchandising().remove_synonym(change.staff.store, change.id, change.expected).await?;
    Ok(HttpResponse::NoContent().finish())
}
