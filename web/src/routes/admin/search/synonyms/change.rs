//! `PATCH /api/v1/admin/search/synonyms/{id}`

use actix_web::HttpResponse;
use engine::id::SynonymId;
use engine::merchandising::SynonymPatch;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::SynonymView;
use crate::error::ApiError;
use crate::extract::Body;
use crate::extract::needs::SearchWrite;
use crate::routes::admin::thing::{Change, ok};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SynonymPatch)]
pub(super) struct Request {
    /// As a whole.
    #[schema(min_items = 1, max_items = 20, example = json!(["sofa", "couch", "settee"]))]
    words: Option<Vec<String>>,
    /// As a whole.
    #[schema(max_items = 20, example = json!([]))]
    means: Option<Vec<String>>,
}

/// Changes a synonym. What is left out stays as it is.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/search/synonyms/{id}",
    tag = "admin: search",
    security(("account" = ["search:write"]), ("key" = ["search:write"])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header)
    ),
    request_body = Request,
    responses((status = 200, body = SynonymView))
)]
pub(super) async fn handler(
    change: Change<SearchWrite, SynonymId>,
    body: Body<Request>,
) -> Result<HttpResponse, ApiError> {
    let Request { words, means } = body.value;
    let patch = SynonymPatch { words, means };
    let synonym = change.merchandising().change_synonym(change.staff.store, change.id, change.expected, patch).await?;
    Ok(ok(&SynonymView::from(synonym)))
}
