//! How the shop is searched, as its staff sees it.

use actix_web::HttpResponse;
use actix_web::http::header::ETAG;
use engine::search::{Ranking, Tuning};
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::{etag, rfc3339};

#[derive(Serialize, ToSchema)]
#[schema(as = SearchSettings)]
pub(super) struct SettingsView {
    #[schema(example = "en")]
    language: &'static str,
    /// By how many percent the most wanted product may stand above its equals.
    popularity: u32,
    rating: u32,
    newness: u32,
    /// After how many days a product is half as new.
    newness_half_life_days: u32,
    /// How many percent are taken off what is sold out.
    sold_out: u32,
    version: i64,
    /// Null: nobody changed it yet.
    #[schema(format = DateTime)]
    updated_at: Option<String>,
}

impl From<Tuning> for SettingsView {
    fn from(tuning: Tuning) -> Self {
        let Ranking { popularity, rating, newness, newness_half_life_days, sold_out } = tuning.ranking;
        Self {
            language: tuning.language.code(),
            popularity,
            rating,
            newness,
            newness_half_life_days,
            sold_out,
            version: tuning.version,
            updated_at: tuning.updated_at.map(rfc3339),
        }
    }
}

impl SettingsView {
    pub(super) fn ok(self) -> HttpResponse {
        HttpResponse::Ok().insert_header((ETAG, etag(self.version))).json(self)
    }
}
