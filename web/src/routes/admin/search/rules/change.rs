//! `PATCH /api/v1/admin/search/rules/{id}`

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use engine::id::SearchRuleId;
use engine::merchandising::RulePatch;
use serde::Deserialize;
use utoipa::ToSchema;

use super::fields::{WeighFields, effect};
use super::view::RuleView;
use crate::error::ApiError;
use crate::extract::needs::SearchWrite;
use crate::extract::{Body, present};
use crate::routes::admin::thing::{Change, ok};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SearchRulePatch, example = json!({ "weigh": { "brand": "acme", "percent": 150 }, "ends_at": null }))]
pub(super) struct Request {
    #[schema(min_length = 1, max_length = 300)]
    name: Option<String>,
    /// `always` takes the text away.
    #[schema(pattern = "^(always|is|contains)$")]
    when: Option<String>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 64)]
    text: Option<Option<String>>,
    /// As a whole; a rule that weighed pins from now on.
    #[schema(min_items = 1, max_items = 50)]
    pin: Option<Vec<String>>,
    /// As a whole; a rule that pinned weighs from now on.
    weigh: Option<WeighFields>,
    active: Option<bool>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    starts_at: Option<Option<DateTime<Utc>>>,
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<DateTime<Utc>>)]
    ends_at: Option<Option<DateTime<Utc>>>,
}

/// Changes a rule. What is left out stays as it is.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/search/rules/{id}",
    tag = "admin: search",
    security(("account" = ["search:write"]), ("key" = ["search:write"])),
    params(
        ("id" = String, Path),
        ("If-Match" = String, Header)
    ),
    request_body = Request,
    responses((status = 200, body = RuleView))
)]
pub(super) async fn handler(
    change: Change<SearchWrite, SearchRuleId>,
    body: Body<Request>,
) -> Result<HttpResponse, ApiError> {
    let Request { name, when, text, pin, weigh, active, starts_at, ends_at } = body.value;
    let patch = RulePatch { name, when, text, effect: effect(pin, weigh)?, active, starts_at, ends_at };
    let rule = change.merchandising().change_rule(change.staff.store, change.id, change.expected, patch).await?;
    Ok(ok(&RuleView::from(rule)))
}
