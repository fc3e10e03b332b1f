//! `POST /api/v1/admin/search/rules`

use actix_web::HttpResponse;
use chrono::{DateTime, Utc};
use engine::merchandising::RuleDraft;
use serde::Deserialize;
use utoipa::ToSchema;

use super::fields::{WeighFields, effect};
use super::view::RuleView;
use crate::error::ApiError;
use crate::extract::Body;
use crate::extract::needs::SearchWrite;
use crate::routes::admin::thing::{Create, created};

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SearchRuleDraft, example = json!({
    "name": "Summer sale", "when": "contains", "text": "shirt", "pin": ["prod_0192f0c17e9b7cc0a8a4c1f0e3b5d6a7"],
    "ends_at": "2026-11-30T18:30:00.000Z"
}))]
pub(super) struct Request {
    /// By which explanations name it; no other rule of the shop has it.
    #[schema(min_length = 1, max_length = 300)]
    name: String,
    /// For which searches: `always`, `is` (these words and no others) or `contains` (these words, and perhaps others).
    #[schema(pattern = "^(always|is|contains)$")]
    when: String,
    /// The words of `is` and `contains`, in any form and order.
    #[schema(min_length = 1, max_length = 64)]
    text: Option<String>,
    /// Ids of products that come first, in this order, whatever their words. Filters still hold. Either this or `weigh`.
    #[schema(min_items = 1, max_items = 50)]
    pin: Option<Vec<String>>,
    /// Either this or `pin`.
    weigh: Option<WeighFields>,
    /// `false`: it waits to be switched on.
    #[serde(default = "yes")]
    #[schema(default = true)]
    active: bool,
    /// It holds from then on. Left out: at once.
    starts_at: Option<DateTime<Utc>>,
    /// It holds until just before. Left out: until it is switched off.
    ends_at: Option<DateTime<Utc>>,
}

fn yes() -> bool {
    true
}

/// Makes a rule. Searches go by it within seconds. A shop has at most 1,000.
#[utoipa::path(
    post,
    path = "/api/v1/admin/search/rules",
    tag = "admin: search",
    security(("account" = ["search:write"]), ("key" = ["search:write"])),
    params(
        ("Idempotency-Key" = Option<String>, Header)
    ),
    request_body = Request,
    responses((status = 201, body = RuleView))
)]
pub(super) async fn handler(create: Create<SearchWrite>, body: Body<Request>) -> Result<HttpResponse, ApiError> {
    let Request { name, when, text, pin, weigh, active, starts_at, ends_at } = body.value;
    let draft = RuleDraft { name, when, text, effect: effect(pin, weigh)?, active, starts_at, ends_at };
    let keyed = create.keyed::<_, RuleView>("POST /admin/search/rules", &body.raw);
    created::<_, RuleView>(create.merchandising().make_rule(create.staff.store, draft, keyed).await?)
}
