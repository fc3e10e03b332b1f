//! What was searched for, as staff are told; and which days they ask about.

use actix_web::{HttpRequest, HttpResponse};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{Datelike, Days, NaiveDate};
use engine::id::StoreId;
use engine::searched::{Only, Order, Place, Row, Sort};
use serde::Serialize;
use utoipa::ToSchema;

use crate::error::ApiError;
use crate::extract::{PageRequest, Parameters};
use crate::state::State;
use crate::view::{Listing, PageView};

/// Days that are shown where nobody says which.
const DAYS: u64 = 30;

#[derive(Serialize, ToSchema)]
#[schema(as = SearchedQuery)]
struct QueryView {
    /// In small letters.
    #[schema(example = "red shirt")]
    query: String,
    #[serde(flatten)]
    #[schema(inline)]
    counts: CountsView,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SearchCounts)]
struct CountsView {
    /// First pages that were shown.
    #[schema(example = 40)]
    searches: i64,
    /// Those that found nothing good.
    #[schema(example = 2)]
    without_results: i64,
    /// Those that found something although no product has one of the words: mistyped, or missed.
    #[schema(example = 1)]
    with_unknown_words: i64,
    /// Results that were chosen, as far as the storefront tells.
    #[schema(example = 16)]
    clicks: i64,
    /// Clicks for each search.
    #[schema(example = 0.4)]
    click_through_rate: f64,
    /// Where what was chosen stood, counted from 1. Null: nothing was.
    #[schema(example = 2.5)]
    mean_click_position: Option<f64>,
}

#[derive(Serialize, ToSchema)]
#[schema(as = SearchedQueries)]
pub(super) struct Response {
    /// Those that were searched for at least three times on these days.
    data: Vec<QueryView>,
    page: PageView,
    /// All searches on these days, also those that are not told apart.
    all: CountsView,
}

/// Which days, and which page.
pub(super) struct Stretch {
    from: Option<NaiveDate>,
    to: Option<NaiveDate>,
    page: PageRequest,
    after: Option<Place>,
}

impl Stretch {
    pub(super) fn take(parameters: &mut Parameters) -> Result<Self, ApiError> {
        let (from, to) = (day(parameters, "from")?, day(parameters, "to")?);
        let page = PageRequest::take(parameters)?;
        let after = page.cursor_with(place)?;
        Ok(Self { from, to, page, after })
    }

    pub(super) async fn respond(
        self,
        request: &HttpRequest,
        state: &State,
        store: StoreId,
        (only, by, descending): (Only, Order, bool),
    ) -> Result<HttpResponse, ApiError> {
        let to = self.to.unwrap_or_else(|| state.engine.clock().now().date_naive());
        let from = self.from.unwrap_or_else(|| to.checked_sub_days(Days::new(DAYS - 1)).unwrap_or(to));
        if from > to {
            return Err(ApiError::bad_request("parameter \"from\" is not after \"to\"").member("parameter", "from"));
        }
        let (wanted, sort) = (i64::from(self.page.limit) + 1, Sort { from, to, only, by, descending });
        let report = state.engine.searched().report(store, sort, self.after, wanted).await?;
        let cursor = |row: &Row| written(&row.place(by));
        let listing = Listing::cut(report.rows, self.page.limit, cursor, QueryView::from);
        let mut response = listing.link(request.path(), request.query_string());
        Ok(response.json(Response { data: listing.data, page: listing.page, all: CountsView::of(&report.all) }))
    }
}

/// A day of some calendar that PostgreSQL has as well.
fn day(parameters: &mut Parameters, name: &str) -> Result<Option<NaiveDate>, ApiError> {
    parameters.parsed(name, |text| {
        let day = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok();
        day.filter(|day| (2000..=9999).contains(&day.year())).ok_or("a day as 2026-11-27")
    })
}

fn written(place: &Place) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("{}.{}", place.value, place.text))
}

fn place(cursor: &str) -> Option<Place> {
    let text = String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(cursor).ok()?).ok()?;
    let (value, text) = text.split_once('.')?;
    // PostgreSQL has no text with it.
    if text.contains('\0') {
        return None;
    }
    Some(Place { value: value.parse().ok()?, text: text.to_owned() })
}

impl From<Row> for QueryView {
    fn from(row: Row) -> Self {
        Self { counts: CountsView::of(&row), query: row.text }
    }
}

impl CountsView {
    fn of(row: &Row) -> Self {
        Self {
            searches: row.searches,
            without_results: row.without_results,
            with_unknown_words: row.with_unknown_words,
            clicks: row.clicks,
            click_through_rate: ratio(row.clicks, row.searches).unwrap_or(0.0),
            mean_click_position: ratio(row.click_position_sum, row.clicks),
        }
    }
}

/// To four digits behind the point.
#[expect(clippy::float_arithmetic, reason = "statistics")]
fn ratio(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| (part as f64 / whole as f64 * 10_000.0).round() / 10_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let end = Place { value: 7, text: "größe 4.2".to_owned() };
        assert_eq!(place(&written(&end)), Some(end));
        for wrong in ["", "x", "!", &BASE64_URL_SAFE_NO_PAD.encode("7"), &BASE64_URL_SAFE_NO_PAD.encode("7.a\0b")] {
            assert_eq!(place(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_rate_of_nothing_is_none() {
        assert_eq!((ratio(1, 3), ratio(0, 2), ratio(1, 0)), (Some(0.3333), Some(0.0), None));
    }
}
