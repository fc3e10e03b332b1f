//! `PATCH /api/v1/admin/search/settings`

use actix_web::HttpResponse;
use actix_web::web::Data;
use engine::search::TuningPatch;
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::SettingsView;
use crate::error::ApiError;
use crate::extract::needs::SearchWrite;
use crate::extract::{Body, IfMatch, Query, Staff};
use crate::state::State;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = SearchSettingsPatch)]
pub(super) struct Request {
    /// Of the shop's texts, by its ISO 639-1 code: ar, da, nl, en, fi, fr, de, el, hu, it, no, pt, ro, ru, es, sv, ta, tr; or
    /// `und` for any other, whose words are found only as they are written.
    #[schema(example = "en")]
    language: Option<String>,
    /// By how many percent the most wanted product may stand above its equals.
    #[schema(minimum = 0, maximum = 1000)]
    popularity: Option<u32>,
    /// The same for the best rated one.
    #[schema(minimum = 0, maximum = 1000)]
    rating: Option<u32>,
    /// The same for the newest one.
    #[schema(minimum = 0, maximum = 1000)]
    newness: Option<u32>,
    /// After how many days a product is half as new.
    #[schema(minimum = 1, maximum = 3650)]
    newness_half_life_days: Option<u32>,
    /// How many percent are taken off what is sold out.
    #[schema(minimum = 0, maximum = 100)]
    sold_out: Option<u32>,
}

/// Changes how the shop is searched, within seconds. What is left out stays as it is.
///
/// In another language the index is made anew; until it is, the shop is searched in the old one.
#[utoipa::path(
    patch,
    path = "/api/v1/admin/search/settings",
    tag = "admin: search",
    security(("account" = ["search:write"]), ("key" = ["search:write"])),
    params(("If-Match" = String, Header)),
    request_body = Request,
    responses((status = 200, body = SettingsView))
)]
pub(super) async fn handler(
    staff: Staff<SearchWrite>,
    version: IfMatch,
    _: Query<()>,
    body: Body<Request>,
    state: Data<State>,
) -> Result<HttpResponse, ApiError> {
    let Request { language, popularity, rating, newness, newness_half_life_days, sold_out } = body.value;
    let patch = TuningPatch { language, popularity, rating, newness, newness_half_life_days, sold_out };
    let tuning = state.search.change_tuning(staff.store, staff.actor(), version.expected(), patch).await?;
    Ok(SettingsView::from(tuning).ok())
}
