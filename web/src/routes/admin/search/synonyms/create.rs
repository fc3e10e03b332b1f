//! `POST /api/v1/admin/search/synonyms`

use actix_web::HttpResponse;
use engine::merchandising::SynonymDraft;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::SynonymView;
use crate::error::ApiError;
use crate::extract::Body;
use crate::extract::needs::SearchWrite;
use crate::routes::admin::thing::{Create, created};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SynonymDraft)]
pub(super) struct Request {
    /// What is typed: words, or a few in a row, of at most 64 characters.
    #[schema(min_items = 1, max_items = 20, example = json!(["sofa", "couch"]))]
    words: Vec<String>,
    /// One way: who types one of `words` is shown these as well, and not the other way round. Left out: two-way.
    #[serde(default)]
    #[schema(max_items = 20, example = json!([]))]
    means: Vec<String>,
}

/// Makes a synonym. Searches know it within seconds. A shop has at most 5,000.
#[utoipa::path(
    post,
    path = "/api/v1/admin/search/synonyms",
    tag = "admin: search",
    security(("account" = ["search:write"]), ("key" = ["search:write"])),
    params(
        ("Idempotency-Key" = Option<String>, Header)
    ),
    request_body = Request,
    responses((status = 201, body = SynonymView))
)]
pub(super) async fn handler(create: Create<SearchWrite>, body: Body<Request>) -> Result<HttpResponse, ApiError> {
    let Request { words, means } = body.value;
    let draft = SynonymDraft { words, means };
    let keyed = create.keyed::<_, SynonymView>("POST /admin/search/synonyms", &body.raw);
    created::<_, SynonymView>(create.merchandising().make_synonym(create.staff.store, draft, keyed).await?)
}
