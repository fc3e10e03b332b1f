//! `GET /api/v1/admin/search/rules/{id}`

use actix_web::HttpResponse;
use engine::id::SearchRuleId;

use super::view::RuleView;
use crate::error::ApiError;
use crate::extract::needs::SearchRead;
use crate::routes::admin::thing::{Look, ok};

/// One rule.
#[utoipa::path(
    get,
    path = "/api/v1/admin/search/rules/{id}",
    tag = "admin: search",
    security(("account" = ["search:read"]), ("key" = ["search:read"])),
    params(("id" = String, Path)),
    responses((status = 200, body = RuleView))
)]
pub(super) async fn handler(look: Look<SearchRead, SearchRuleId>) -> Result<HttpResponse, ApiError> {
    let rule = look.merchandising().rule(look.staff.store, look.id).await?;
    Ok(ok(&RuleView::from(rule)))
}
