//! `GET /api/v1/admin/search/rules`

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use engine::id::SearchRuleId;

use super::view::RuleView;
use crate::error::ApiError;
use crate::extract::needs::SearchRead;
use crate::extract::{Query, Staff};
use crate::routes::admin::thing::After;
use crate::state::State;
use crate::view::Listing;

/// All rules, by id.
#[utoipa::path(
    get,
    path = "/api/v1/admin/search/rules",
    tag = "admin: search",
    security(("account" = ["search:read"]), ("key" = ["search:read"])),
    params(
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 100),
        ("cursor" = Option<String>, Query, min_length = 1)
    ),
    responses((status = 200, body = Listing<RuleView>))
)]
pub(super) async fn handler(
    request: HttpRequest,
    staff: Staff<SearchRead>,
    Query(page): Query<After<SearchRuleId>>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let read = state.engine.merchandising().rules_after(staff.store, page.after, page.wanted()).await?;
    Ok(page.respond(&request, read, RuleView::from))
}
